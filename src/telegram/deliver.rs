//! Sending: what the outbox holds, in order within a chat and side by side across chats.
//!
//! A message leaves the outbox when Telegram has it. What may still succeed is tried again, holding up its
//! own chat only; what never will is parked with the reason.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: parked messages are stamped with the time"
)]

use super::Limits;
use super::api::{Api, Refusal};
use super::backoff::{Backoff, pause_after};
use super::decode::chat_of;
use super::encode::{self, Style};
use super::schedule::Schedule;
use crate::service::writer::{Writer, WriterError};
use crate::store::{Outgoing, Waiting};
use chrono::{TimeDelta, Utc};
use futures::FutureExt;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use teloxide::types::MessageId;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// For how long the rest is delivered after the order to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// After this, an answer is of no use to anybody.
const TRIED_FOR: TimeDelta = TimeDelta::hours(24);

/// A mistake of ours that ends a delivery will do so again; but it must hold up its chat only.
const AFTER_PANIC: Duration = Duration::from_mins(1);

/// Delivers to all who have something waiting, then to whom `sessions` names, until there are no more names.
pub(super) async fn run(
    courier: Courier,
    mut sessions: mpsc::UnboundedReceiver<String>,
) -> Result<(), super::TelegramError> {
    let courier = Arc::new(courier);
    let mut schedule = Schedule::default();
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
            visits.spawn(async move {
                let visit = AssertUnwindSafe(courier.visit(&session))
                    .catch_unwind()
                    .await;
                (session, visit.unwrap_or(Visit::Hold(AFTER_PANIC)))
            });
        }
        if ends_at.is_some() && visits.is_empty() {
            return Ok(());
        }
        tokio::select! {
            session = sessions.recv(), if ends_at.is_none() => match session {
                Some(session) => schedule.add(session),
                None => ends_at = Some(Instant::now() + FAREWELL),
            },
            Some(visit) = visits.join_next(), if !visits.is_empty() => match visit {
                Ok((session, Visit::Done)) => schedule.done(session),
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

/// Sleeps until then, or for ever.
async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Brings messages to chats.
pub(super) struct Courier {
    api: Api,
    writer: Writer,
    limits: Limits,
    /// When the next message may leave, so that they keep their distance.
    next_at: Mutex<Instant>,
}

/// How a visit to a chat ended.
enum Visit {
    /// Nothing is left to deliver.
    Done,
    /// The rest has to wait.
    Hold(Duration),
}

/// How a message fared.
enum Sent {
    /// It is there, as this message.
    Arrived(i64),
    /// It may arrive later; whether this counts as a failed attempt.
    Later { pause: Duration, counts: bool },
    /// It never will.
    Never(String),
    /// No message to this chat ever will.
    Unreachable(String),
}

impl Courier {
    pub(super) fn new(api: Api, writer: Writer, limits: Limits) -> Self {
        Self {
            api,
            writer,
            limits,
            next_at: Mutex::new(Instant::now()),
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
    async fn visit(&self, session: &str) -> Visit {
        match self.try_visit(session).await {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be used");
                Visit::Hold(pause_after(3))
            }
        }
    }

    async fn try_visit(&self, session: &str) -> Result<Visit, WriterError> {
        let mut next = self.writer.next_waiting(session.to_owned()).await?;
        while let Some(waiting) = next {
            let id = waiting.id;
            next = match self.send(&waiting).await {
                Sent::Arrived(message_id) => {
                    let receipt = self.writer.delivered(&waiting, message_id).await?;
                    if let Some(card) = receipt.card_past {
                        self.strip(session, card).await;
                    }
                    receipt.next
                }
                Sent::Later { pause, counts } => {
                    if counts {
                        self.writer.postponed(id).await?;
                    }
                    tracing::warn!(
                        id,
                        attempts = waiting.attempts,
                        ?pause,
                        "a message has to wait"
                    );
                    return Ok(Visit::Hold(pause));
                }
                Sent::Never(reason) => {
                    tracing::error!(id, reason, "a message was parked");
                    self.writer.parked(id, reason, Utc::now()).await?;
                    self.writer.next_waiting(session.to_owned()).await?
                }
                Sent::Unreachable(reason) => {
                    tracing::info!(id, reason, "a chat cannot be reached");
                    self.writer
                        .parked_all(session.to_owned(), reason, Utc::now())
                        .await?;
                    None
                }
            };
        }
        Ok(Visit::Done)
    }

    async fn send(&self, waiting: &Waiting) -> Sent {
        let Some(outgoing) = &waiting.outgoing else {
            return Sent::Never("it was written by another release".to_owned());
        };
        let Some(chat) = chat_of(&waiting.session) else {
            return Sent::Never("its session is of another channel".to_owned());
        };
        match self.send_somehow(chat, outgoing).await {
            Ok(message_id) => Sent::Arrived(message_id),
            Err(Refusal::TooFast(pause)) => Sent::Later {
                pause,
                counts: false,
            },
            Err(Refusal::Forbidden(reason)) => Sent::Unreachable(reason),
            Err(Refusal::Wrong(reason)) if reason.contains("chat not found") => {
                Sent::Unreachable(reason)
            }
            Err(Refusal::Wrong(reason)) => Sent::Never(reason),
            Err(refusal @ (Refusal::Fault(_) | Refusal::Conflict(_) | Refusal::Token)) => {
                if Utc::now() - waiting.created_at > TRIED_FOR {
                    return Sent::Never(format!("tried for too long, at last: {refusal}"));
                }
                Sent::Later {
                    pause: pause_after(waiting.attempts),
                    counts: true,
                }
            }
        }
    }

    /// Sends it as it is meant, or else as it can be: without styles, or as a message of its own where the one
    /// to take the place of is gone.
    async fn send_somehow(&self, chat: i64, outgoing: &Outgoing) -> Result<i64, Refusal> {
        let reply = &outgoing.reply;
        let mut style = Style::Html;
        let mut card = outgoing.replaces.and_then(message_number);
        loop {
            self.keep_distance().await;
            let answer = match card {
                Some(card) => self.api.call(&encode::edit(chat, card, reply, style)).await,
                None => self.api.call(&encode::message(chat, reply, style)).await,
            };
            match (answer, card) {
                // Without its number a message has arrived all the same: only nothing can take its place.
                (Ok(message), _) => {
                    return Ok(message
                        .get("message_id")
                        .and_then(Value::as_i64)
                        .unwrap_or_default());
                }
                (Err(Refusal::Wrong(reason)), Some(MessageId(card)))
                    if reason.contains("message is not modified") =>
                {
                    return Ok(card.into());
                }
                (Err(Refusal::Wrong(reason)), _)
                    if reason.contains("can't parse entities") && style == Style::Html =>
                {
                    tracing::error!(reason, "a text was sent without its styles");
                    style = Style::Plain;
                }
                (Err(Refusal::Wrong(reason)), Some(_)) => {
                    tracing::debug!(reason, "a card could not be edited");
                    card = None;
                }
                (Err(refusal), _) => return Err(refusal),
            }
        }
    }

    /// Takes the buttons from a card whose time has passed. A press on them would do no harm.
    async fn strip(&self, session: &str, card: i64) {
        if let (Some(chat), Some(card)) = (chat_of(session), message_number(card))
            && let Err(refusal) = self.api.call(&encode::strip(chat, card)).await
        {
            tracing::debug!(%refusal, "a card kept its buttons");
        }
    }

    /// Waits for this message's place in the stream of all.
    async fn keep_distance(&self) {
        let distance = Duration::from_secs(1) / self.limits.messages_per_second_max.max(1);
        let place = {
            let mut next_at = self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
            let place = Instant::now().max(*next_at);
            *next_at = place + distance;
            place
        };
        tokio::time::sleep_until(place).await;
    }
}

fn message_number(message_id: i64) -> Option<MessageId> {
    i32::try_from(message_id).ok().map(MessageId)
}
