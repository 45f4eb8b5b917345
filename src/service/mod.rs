//! The one driver: what a channel receives goes through [`step`], and what follows from it is kept.
//!
//! An update's number, the session after it, the journal and the replies are committed together, so that a
//! crash at any moment finds each update either handled or not yet met. An update that fails is taken back
//! alone: its user gets an apology, the operator a dead letter, and the rest of the batch goes on.

mod panics;
pub mod writer;

pub use panics::log_panics;

use crate::dialogue::{Assistant, Content, Input, Outcome, Placement, Reply, Session, Turn, step};
use crate::store::{DeadLetter, Fault, JournalEntry, Loaded, Outgoing, Records, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// How long an update is remembered: Telegram repeats one for 24 hours.
const SEEN_KEPT: TimeDelta = TimeDelta::hours(48);

/// How often the updates remembered for longer are forgotten.
const SEEN_PURGED_EVERY: TimeDelta = TimeDelta::hours(1);

/// One thing that a user did, as a channel received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The channel.
    pub source: &'static str,
    /// The channel's number of it; an update without one is never taken for a repetition.
    pub id: Option<i64>,
    /// Whose session it belongs to.
    pub session: String,
    pub input: Input,
    /// The message whose button was pressed.
    pub card: Option<i64>,
}

/// How replies leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The caller shows them at once.
    Direct,
    /// They are kept until they are delivered.
    Outbox,
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq)]
pub struct Handled {
    pub session: String,
    pub update_id: Option<i64>,
    /// What it led to: for a dead letter the apology, for a repetition nothing.
    pub turn: Option<Turn>,
    pub fate: Fate,
}

/// How an update fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Applied,
    /// It was handled before.
    Duplicate,
    /// It could not be handled.
    DeadLetter,
}

/// Handles updates, and owns the store that they change.
pub struct Service {
    driver: Driver,
    store: Store,
}

impl Service {
    /// A service that keeps its replies in the outbox.
    #[must_use]
    pub fn new(assistant: Arc<Assistant>, store: Store) -> Self {
        let driver = Driver {
            assistant,
            step,
            channel: Channel::Outbox,
            purged_at: None,
        };
        Self { driver, store }
    }

    /// The same service for a channel of another kind.
    #[must_use]
    pub fn with_channel(mut self, channel: Channel) -> Self {
        self.driver.channel = channel;
        self
    }

    /// The same service with another core, for whoever wants to see one fail.
    #[doc(hidden)]
    #[must_use]
    pub fn with_step(mut self, step: Step) -> Self {
        self.driver.step = step;
        self
    }

    /// Handles a batch in one transaction.
    ///
    /// # Errors
    ///
    /// If the store fails. Then no update of the batch has been handled.
    pub fn handle(&mut self, updates: Vec<Update>) -> Result<Vec<Handled>, StoreError> {
        let driver = &mut self.driver;
        self.store
            .transaction(|records| driver.handle(records, updates))
    }
}

/// A core: [`step`], or what stands in for it.
type Step = fn(&Assistant, Session, &Input) -> (Session, Turn);

/// What a service is without its store, so that both can be borrowed at once.
struct Driver {
    assistant: Arc<Assistant>,
    /// [`step`], except where a test wants to see it fail.
    step: Step,
    channel: Channel,
    purged_at: Option<DateTime<Utc>>,
}

/// Why an update could not be handled.
enum Failure {
    Panic(String),
    Record(Fault),
}

impl Driver {
    fn handle(
        &mut self,
        records: &Records<'_>,
        updates: Vec<Update>,
    ) -> Result<Vec<Handled>, Fault> {
        if let Some(latest) = updates.iter().map(|update| update.input.at).max()
            && self
                .purged_at
                .is_none_or(|purged_at| latest - purged_at >= SEEN_PURGED_EVERY)
        {
            records.purge_seen(latest - SEEN_KEPT)?;
            self.purged_at = Some(latest);
        }
        updates
            .into_iter()
            .map(|update| self.handle_one(records, update))
            .collect()
    }

    fn handle_one(&self, records: &Records<'_>, update: Update) -> Result<Handled, Fault> {
        if let Some(id) = update.id
            && !records.see(update.source, id, update.input.at)?
        {
            return Ok(handled(update, None, Fate::Duplicate));
        }
        let attempt = records.savepoint(|| {
            panics::caught(|| self.apply(records, &update))
                .map_err(Failure::Panic)?
                .map_err(Failure::Record)
        })?;
        match attempt {
            Ok(turn) => Ok(handled(update, Some(turn), Fate::Applied)),
            // No update is to blame for a full disk: the batch is repeated when there is room again.
            Err(Failure::Record(fault)) if fault.is_of_store() => Err(fault),
            Err(failure) => {
                let turn = self.apologise(records, &update, &failure)?;
                Ok(handled(update, Some(turn), Fate::DeadLetter))
            }
        }
    }

    fn apply(&self, records: &Records<'_>, update: &Update) -> Result<Turn, Fault> {
        let Update {
            session: key,
            input,
            ..
        } = update;
        let (session, turn) = (self.step)(&self.assistant, load(records, key)?, input);
        if turn.forget {
            records.forget(key)?;
        } else {
            records.save_session(key, &session, input.at)?;
            records.write_journal(&JournalEntry {
                session: key,
                at: input.at,
                turn: session.turn,
                did: &turn.journal,
                shows: &turn.shows,
                outcome: turn.outcome.map_or("", outcome_name),
            })?;
        }
        self.post(records, update, &turn.replies)?;
        Ok(turn)
    }

    fn apologise(
        &self,
        records: &Records<'_>,
        update: &Update,
        failure: &Failure,
    ) -> Result<Turn, Fault> {
        let (kind, error) = match failure {
            Failure::Panic(place) => ("panic", place.clone()),
            Failure::Record(fault) => ("record", fault.to_string()),
        };
        tracing::error!(
            source = update.source,
            update_id = update.id,
            kind,
            error,
            did = kind_of(&update.input.content),
            "an update could not be handled",
        );
        records.bury(&DeadLetter {
            source: update.source,
            update_id: update.id,
            at: update.input.at,
            kind: &format!("{kind} at {}", kind_of(&update.input.content)),
            error: &error,
        })?;
        let session = load(records, &update.session)?;
        let apology = panics::caught(|| self.assistant.apology(&session));
        let turn = Turn {
            replies: apology.into_iter().collect(),
            ..Turn::silent()
        };
        self.post(records, update, &turn.replies)?;
        Ok(turn)
    }

    fn post(&self, records: &Records<'_>, update: &Update, replies: &[Reply]) -> Result<(), Fault> {
        if self.channel == Channel::Direct {
            return Ok(());
        }
        // Only one reply can take the place of the card; the next would take the place of that reply.
        let mut card = update.card;
        for (index, reply) in replies.iter().enumerate() {
            let replaces = match reply.placement {
                Placement::Replace => card.take(),
                Placement::Below => None,
            };
            let outgoing = Outgoing {
                reply: reply.clone(),
                replaces,
                opens_turn: index == 0,
            };
            records.post(&update.session, &outgoing, update.input.at)?;
        }
        Ok(())
    }
}

fn load(records: &Records<'_>, key: &str) -> Result<Session, Fault> {
    Ok(match records.session(key)? {
        Loaded::Session(session) => *session,
        Loaded::New => Session::default(),
        Loaded::Unreadable => {
            tracing::warn!(
                session = key,
                "a stored session cannot be read: this user starts afresh"
            );
            Session::default()
        }
    })
}

fn handled(update: Update, turn: Option<Turn>, fate: Fate) -> Handled {
    Handled {
        session: update.session,
        update_id: update.id,
        turn,
        fate,
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Solved => "solved",
        Outcome::HandedOver => "handed_over",
        Outcome::Cancelled => "cancelled",
        Outcome::Refused => "refused",
    }
}

/// What can be said of an input without quoting it.
fn kind_of(content: &Content) -> &'static str {
    match content {
        Content::Text(_) => "text",
        Content::Press(_) => "press",
        Content::Command(command, _) => command.name(),
        Content::Media(media) => media.name(),
    }
}

#[cfg(test)]
mod tests;
