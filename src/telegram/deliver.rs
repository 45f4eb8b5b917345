//! Sending: what the outbox holds, in order within a chat and side by side across chats.
//!
//! A message leaves the outbox when Telegram has it. What may still succeed is tried again, holding up its
//! own chat only; what never will is parked with the reason.

use super::api::Api;
use super::backoff::{Backoff, pause_after};
use super::budget::{Accounts, Budget};
use super::decode::{Me, chat_of};
use super::receive::News;
use super::schedule::Schedule;
use super::send::{Sender, Sent};
use super::{Limits, Now, measures};
use crate::service::writer::{Writer, WriterError};
use crate::store::Waiting;
use futures::FutureExt;
use rustc_hash::FxHashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// For how long the rest is delivered after the order to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// A mistake of ours that ends a delivery will do so again; but it must hold up its chat only.
const AFTER_PANIC: Duration = Duration::from_mins(1);

/// Delivers to all who have something waiting, then to whom `sessions` names, until there are no more names.
pub(super) async fn run(
    courier: Courier,
    mut news: mpsc::UnboundedReceiver<News>,
) -> Result<(), super::TelegramError> {
    let courier = Arc::new(courier);
    let mut schedule = Schedule::default();
    let mut handed = Handed::default();
    let mut visits: JoinSet<(String, Visit)> = JoinSet::new();
    for session in courier.sessions_waiting().await? {
        schedule.add(session);
    }
    let mut ends_at: Option<Instant> = None;
    let chats_max = courier.limits.chats_at_once_max.max(1);
    loop {
        while visits.len() < chats_max
            && let Some(session) = schedule.next(Instant::now())
        {
            let courier = Arc::clone(&courier);
            let first = handed.take(&session);
            visits.spawn(async move {
                let visit = AssertUnwindSafe(courier.visit(&session, first))
                    .catch_unwind()
                    .await;
                (session, visit.unwrap_or(Visit::Hold(AFTER_PANIC)))
            });
        }
        if ends_at.is_some() && visits.is_empty() {
            return Ok(());
        }
        measures::waiting(schedule.len());
        tokio::select! {
            biased;
            one = news.recv(), if ends_at.is_none() => match one {
                Some(News { session, first }) => {
                    if schedule.is_idle(&session) {
                        handed.put(&session, first);
                    }
                    schedule.add(session);
                }
                None => ends_at = Some(Instant::now() + FAREWELL),
            },
            Some(visit) = visits.join_next(), if !visits.is_empty() => match visit {
                Ok((session, Visit::Done { last })) => {
                    handed.delivered(&session, last, news.is_empty());
                    schedule.done(session);
                }
                Ok((session, Visit::Hold(pause))) => schedule.hold(session, Instant::now(), pause),
                Err(error) => tracing::error!(%error, "a delivery broke off"),
            },
            // With no courier free, the end of a hold changes nothing yet.
            () = sleep_until(schedule.wakes_at()), if visits.len() < chats_max => {}
            () = sleep_until(ends_at) => {
                tracing::info!(chats = visits.len(), "stopped before all was delivered: the rest follows at the next start");
                return Ok(());
            }
        }
    }
}

/// How many chats the last delivery is remembered of.
const REMEMBERED_MAX: usize = 4096;

/// How many messages are kept at hand at most. While Telegram is down, as many wait as there are people: in the store.
const HANDED_MAX: usize = 512;

/// Messages that were handed over with the news of them.
///
/// A visit that was under way may have found such a message in the store and delivered it before its news came. So the
/// last number delivered is remembered for as long as there can be such news: until none is left.
#[derive(Default)]
struct Handed {
    first: FxHashMap<String, Waiting>,
    delivered: FxHashMap<String, i64>,
}

impl Handed {
    fn put(&mut self, session: &str, first: Option<Waiting>) {
        let delivered = self.delivered.get(session).copied();
        let is_new = |first: &Waiting| Some(first.id) > delivered;
        if let Some(first) = first.filter(is_new)
            && self.first.len() < HANDED_MAX
        {
            self.first.insert(session.to_owned(), first);
        }
    }

    fn take(&mut self, session: &str) -> Option<Waiting> {
        self.first.remove(session)
    }

    fn delivered(&mut self, session: &str, last: Option<i64>, news_is_out: bool) {
        if news_is_out && self.delivered.len() >= REMEMBERED_MAX {
            self.delivered.clear();
        }
        if let Some(last) = last {
            self.delivered.insert(session.to_owned(), last);
        }
    }
}

/// Sleeps until then, or for ever.
async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Brings messages to chats.
pub(super) struct Courier {
    sender: Sender,
    writer: Writer,
    limits: Limits,
    now: Now,
    accounts: Mutex<Accounts>,
}

/// How a visit to a chat ended.
enum Visit {
    /// Nothing is left to deliver; the last message delivered, if there was one.
    Done { last: Option<i64> },
    /// The rest has to wait.
    Hold(Duration),
}

impl Courier {
    pub(super) fn new(api: Api, writer: Writer, limits: Limits, me: Arc<Me>, now: Now) -> Self {
        let budget = Budget::new(limits.all, Instant::now());
        Self {
            sender: Sender::new(api, me, budget),
            writer,
            limits,
            now,
            accounts: Mutex::default(),
        }
    }

    /// Who has something waiting from before the start.
    async fn sessions_waiting(&self) -> Result<Vec<String>, WriterError> {
        let mut backoff = Backoff::default();
        loop {
            match self.writer.sessions_waiting().await {
                Err(WriterError::Store(error)) => {
                    tracing::error!(%error, "the outbox cannot be used");
                    tokio::time::sleep(backoff.next(None)).await;
                }
                result => return result,
            }
        }
    }

    /// Delivers what waits for this chat, one after the other.
    async fn visit(&self, session: &str, first: Option<Waiting>) -> Visit {
        match self.try_visit(session, first).await {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be used");
                Visit::Hold(pause_after(3))
            }
        }
    }

    async fn try_visit(&self, session: &str, first: Option<Waiting>) -> Result<Visit, WriterError> {
        let mut last = None;
        let mut next = match first {
            Some(first) => Some(first),
            None => self.writer.next_waiting(session.to_owned()).await?,
        };
        while let Some(waiting) = next {
            if let Err(pause) = self.spend(session) {
                return Ok(Visit::Hold(pause));
            }
            let id = waiting.id;
            last = Some(id);
            next = match self.sender.send(&waiting, (self.now)()).await {
                Sent::Arrived { message_id, style } => {
                    let after = (self.now)() - waiting.created_at;
                    measures::arrived(style, after.to_std().unwrap_or_default());
                    let receipt = self.writer.delivered(&waiting, message_id).await?;
                    if let Some(card) = receipt.card_past
                        && let Some(pause) = self.sender.strip(session, card).await
                    {
                        return Ok(Visit::Hold(pause));
                    }
                    receipt.next
                }
                Sent::Later { pause, counts } => {
                    return self.postpone(&waiting, pause, counts).await;
                }
                Sent::Never(reason) => {
                    tracing::error!(id, reason, "a message was parked");
                    measures::fared("parked");
                    self.writer.parked(id, reason, (self.now)()).await?;
                    self.writer.next_waiting(session.to_owned()).await?
                }
                Sent::Unreachable(reason) => {
                    tracing::info!(id, reason, "a chat cannot be reached");
                    measures::fared("unreachable");
                    self.writer
                        .parked_all(session.to_owned(), reason, (self.now)())
                        .await?;
                    None
                }
            };
        }
        Ok(Visit::Done { last })
    }

    async fn postpone(
        &self,
        waiting: &Waiting,
        pause: Duration,
        counts: bool,
    ) -> Result<Visit, WriterError> {
        let Waiting { id, attempts, .. } = waiting;
        measures::fared("postponed");
        if counts {
            self.writer.postponed(*id).await?;
        }
        tracing::warn!(id, attempts, ?pause, "a message has to wait");
        Ok(Visit::Hold(pause))
    }

    /// Spends one message of what this chat may be sent now, or says how long it has to wait for one.
    fn spend(&self, session: &str) -> Result<(), Duration> {
        let Some(chat) = chat_of(session) else {
            return Ok(());
        };
        // Groups have numbers below zero.
        let rate = if chat < 0 {
            self.limits.group
        } else {
            self.limits.chat
        };
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.spend(chat, rate, Instant::now())
    }
}
