//! The one driver: what a channel receives goes through [`step`](crate::dialogue::step), and what follows from it is kept.
//!
//! An update's number, the session after it, the journal and the replies are committed together, so that a
//! crash at any moment finds each update either handled or not yet met. An update that fails is taken back
//! alone: its user gets an apology, the operator a dead letter, and the rest of the batch goes on.

pub mod ahead;
mod keeping;
mod merge;
mod pace;
mod panics;
pub mod writer;

pub use panics::{caught, log_panics};

use crate::dialogue::{
    Assistant, Content, Input, Outcome, Placement, Reading, Session, Turn, public, step_read,
};
use crate::store::{
    DeadLetter, Fault, JournalEntry, Loaded, Outgoing, Public, Records, Store, StoreError, Waiting,
};
use ahead::Ahead;
use keeping::Keeping;
use pace::{Pace, Verdict};
use std::fmt;
use std::sync::Arc;

/// For how many days what rests is kept, unless it is said otherwise.
pub const DAYS_KEPT: u32 = 180;

/// One thing that a user did, as a channel received it.
#[derive(Debug, Clone)]
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
    /// The user's own messages that it was read from.
    pub messages: Vec<i64>,
    /// Where it was said, if others can read it there.
    pub public: Option<Public>,
    /// The album that it is a part of.
    pub album: Option<i64>,
    /// As it was received, its words covered: for the case that it cannot be handled.
    pub received: Received,
    /// What it means, if somebody reads it before it is handled.
    pub ahead: Ahead,
}

impl Update {
    /// What this input makes of a session, with nothing around it.
    #[must_use]
    pub fn new(source: &'static str, id: Option<i64>, session: String, input: Input) -> Self {
        Self {
            source,
            id,
            session,
            input,
            card: None,
            messages: Vec::new(),
            public: None,
            album: None,
            received: Received::default(),
            ahead: Ahead::default(),
        }
    }
}

/// Makes a text of an update that names its parts and quotes none of its words. It is asked for only when it is needed.
#[derive(Clone, Default)]
pub struct Received(Option<Arc<dyn Fn() -> String + Send + Sync>>);

impl Received {
    #[must_use]
    pub fn new(describe: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(describe)))
    }

    fn text(&self) -> String {
        self.0
            .as_ref()
            .map_or_else(String::new, |describe| describe())
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({})", self.text())
    }
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
    /// The first of its messages that wait for delivery.
    pub waiting: Option<Waiting>,
    pub fate: Fate,
}

/// How an update fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Applied,
    /// It was read together with the one before it.
    Merged,
    /// It was handled before.
    Duplicate,
    /// It could not be handled.
    DeadLetter,
    /// Its user sends too many.
    TooFast,
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
            step: step_read,
            channel: Channel::Outbox,
            keeping: Keeping::new(DAYS_KEPT),
            pace: Pace::default(),
        };
        Self { driver, store }
    }

    /// The same service with bounds: so many updates a minute of each user are handled (0: any number), and what rests for so
    /// many days is deleted.
    #[must_use]
    pub fn with_bounds(mut self, updates_per_minute_max: u32, days_kept: u32) -> Self {
        self.driver.pace.per_minute_max = updates_per_minute_max;
        self.driver.keeping = Keeping::new(days_kept);
        self
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
    pub fn handle(&mut self, updates: &[Update]) -> Result<Vec<Handled>, StoreError> {
        let driver = &mut self.driver;
        self.store
            .transaction(|records| driver.handle(records, updates))
    }
}

/// A core: [`step`](crate::dialogue::step), told what was read ahead, or what stands in for it.
type Step = fn(&Assistant, Session, &Input, Option<&Reading>) -> (Session, Turn);

/// What a service is without its store, so that both can be borrowed at once.
struct Driver {
    assistant: Arc<Assistant>,
    /// That of the dialogue, except where a test wants to see it fail.
    step: Step,
    channel: Channel,
    keeping: Keeping,
    pace: Pace,
}

/// Why an update could not be handled.
enum Failure {
    Panic(String),
    Record(Fault),
}

impl Driver {
    fn handle(&mut self, records: &Records<'_>, updates: &[Update]) -> Result<Vec<Handled>, Fault> {
        if let Some(latest) = updates.iter().map(|update| update.input.at).max() {
            self.keeping.tidy(records, latest)?;
        }
        let mut handled = Vec::with_capacity(updates.len());
        for group in merge::groups(updates) {
            self.handle_group(records, group, &mut handled)?;
        }
        Ok(handled)
    }

    /// Handles what one user did in one go.
    fn handle_group(
        &mut self,
        records: &Records<'_>,
        group: Vec<&Update>,
        out: &mut Vec<Handled>,
    ) -> Result<(), Fault> {
        let mut fresh = Vec::with_capacity(group.len());
        for update in group {
            let is_first = match update.id {
                Some(id) => records.see(update.source, id, update.input.at)?,
                None => true,
            };
            if is_first {
                fresh.push(update);
            } else {
                out.push(handled(update, None, Fate::Duplicate));
            }
        }
        // Of an album only what comes first is answered, though the rest may come later.
        if let Some(update) = fresh.first()
            && let Some(album) = update.album
        {
            let source = format!("{} albums", update.source);
            if !records.see(&source, album, update.input.at)? {
                let rest = fresh.iter();
                out.extend(rest.map(|update| handled(update, None, Fate::Merged)));
                return Ok(());
            }
        }
        let Some((update, others)) = merge::merged(fresh) else {
            return Ok(());
        };
        let verdict = self.pace.judge(&update);
        if verdict != Verdict::Handle {
            let told = (verdict == Verdict::Tell && update.public.is_none())
                .then(|| self.slow_down(records, &update))
                .transpose()?;
            out.push(Handled {
                waiting: told.flatten(),
                ..handled(&update, None, Fate::TooFast)
            });
            out.extend(
                others
                    .iter()
                    .map(|other| handled(other, None, Fate::TooFast)),
            );
            return Ok(());
        }
        let attempt = records.savepoint(|| {
            panics::caught(|| self.apply(records, &update))
                .map_err(Failure::Panic)?
                .map_err(Failure::Record)
        })?;
        let ((turn, waiting), fate) = match attempt {
            Ok(done) => (done, Fate::Applied),
            // No update is to blame for a full disk: the batch is repeated when there is room again.
            Err(Failure::Record(fault)) if fault.is_of_store() => return Err(fault),
            Err(failure) => {
                let others = others.iter().copied();
                for update in std::iter::once(&*update).chain(others) {
                    bury(records, update, &failure)?;
                }
                (self.apologise(records, &update)?, Fate::DeadLetter)
            }
        };
        out.push(Handled {
            waiting,
            ..handled(&update, Some(turn), fate)
        });
        let fate = match fate {
            Fate::DeadLetter => Fate::DeadLetter,
            Fate::Applied | Fate::Merged | Fate::Duplicate | Fate::TooFast => Fate::Merged,
        };
        out.extend(others.iter().map(|other| handled(other, None, fate)));
        Ok(())
    }

    fn apply(
        &self,
        records: &Records<'_>,
        update: &Update,
    ) -> Result<(Turn, Option<Waiting>), Fault> {
        let Update {
            session: key,
            input,
            ..
        } = update;
        if update.public.is_some() {
            let turn = public(&self.assistant, input);
            let waiting = self.post(records, update, &turn)?;
            return Ok((turn, waiting));
        }
        let assistant = &*self.assistant;
        let read = update.ahead.taken();
        let (session, turn) = (self.step)(assistant, load(records, key)?, input, read);
        if turn.forget {
            records.forget(key)?;
        } else {
            let entry = JournalEntry {
                session: key,
                at: input.at,
                did: &turn.journal,
                shows: &turn.shows,
                outcome: turn.outcome.map_or("", outcome_name),
            };
            records.keep_turn(&session, &entry)?;
        }
        let waiting = self.post(records, update, &turn)?;
        Ok((turn, waiting))
    }

    fn apologise(
        &self,
        records: &Records<'_>,
        update: &Update,
    ) -> Result<(Turn, Option<Waiting>), Fault> {
        // Others need not know that the assistant failed.
        if update.public.is_some() {
            return Ok((Turn::silent(), None));
        }
        let session = load(records, &update.session)?;
        let apology = panics::caught(|| self.assistant.apology(&session));
        let turn = Turn {
            replies: apology.into_iter().collect(),
            ..Turn::silent()
        };
        let waiting = self.post(records, update, &turn)?;
        Ok((turn, waiting))
    }

    /// Asks whoever sends too many updates to wait.
    fn slow_down(&self, records: &Records<'_>, update: &Update) -> Result<Option<Waiting>, Fault> {
        let session = load(records, &update.session)?;
        let turn = Turn {
            replies: vec![self.assistant.slow_down(&session)],
            ..Turn::silent()
        };
        self.post(records, update, &turn)
    }

    /// Puts what a turn says into the outbox, and gives the first message of it.
    fn post(
        &self,
        records: &Records<'_>,
        update: &Update,
        turn: &Turn,
    ) -> Result<Option<Waiting>, Fault> {
        if self.channel == Channel::Direct {
            return Ok(None);
        }
        let mut first = None;
        let mut removes = if turn.private && update.input.removable {
            update.messages.clone()
        } else {
            Vec::new()
        };
        // Only one reply can take the place of the card; the next would take the place of that reply.
        let mut card = update.card;
        for (index, reply) in turn.replies.iter().enumerate() {
            let replaces = match reply.placement {
                Placement::Replace => card.take(),
                Placement::Below => None,
            };
            let outgoing = Outgoing {
                reply: reply.clone(),
                replaces,
                opens_turn: index == 0,
                removes: std::mem::take(&mut removes),
                public: update.public,
            };
            let created_at = update.input.at;
            let id = records.post(&update.session, &outgoing, created_at)?;
            first.get_or_insert(Waiting {
                id,
                session: update.session.clone(),
                outgoing: Some(outgoing),
                created_at,
                attempts: 0,
            });
        }
        Ok(first)
    }
}

fn bury(records: &Records<'_>, update: &Update, failure: &Failure) -> Result<(), Fault> {
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
        received: &update.received.text(),
    })
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

fn handled(update: &Update, turn: Option<Turn>, fate: Fate) -> Handled {
    Handled {
        session: update.session.clone(),
        update_id: update.id,
        turn,
        waiting: None,
        fate,
    }
}

pub(crate) fn outcome_name(outcome: Outcome) -> &'static str {
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
pub(crate) mod tests;
