//! One message to one chat: sent as it is meant, or else as it can be, and what its fate is where it cannot.
//!
//! Telegram says in words what is wrong. Those that we act on are listed here; anything else that is wrong will be so the
//! next time, and the message is put aside with the reason.

use super::api::{Api, Refusal};
use super::backoff::pause_after;
use super::budget::Budget;
use super::decode::{Me, chat_of};
use super::encode::{self, Style};
use crate::dialogue::Reply;
use crate::store::{Outgoing, Waiting};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use teloxide::types::MessageId;
use tokio::time::Instant;

/// After this, an answer is of no use to anybody.
const TRIED_FOR: TimeDelta = TimeDelta::hours(24);

/// The card shows this already.
const NOT_MODIFIED: &str = "message is not modified";

/// The markup is not understood.
const CANNOT_PARSE: &str = "can't parse entities";

/// The text exceeds what a message holds.
const TOO_LONG: &str = "message is too long";

/// The topic of the group is gone, or what is answered is.
const PLACE_GONE: [&str; 3] = [
    "message thread not found",
    "message to be replied not found",
    "topic_closed",
];

/// Nothing that is sent to this chat arrives any more.
const CHAT_GONE: [&str; 6] = [
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
];

/// How a message fared.
#[derive(Debug)]
pub(super) enum Sent {
    /// It is there, as this message.
    Arrived { message_id: i64, style: Style },
    /// It may arrive later; whether this counts as a failed attempt.
    Later { pause: Duration, counts: bool },
    /// It never will.
    Never(String),
    /// No message to this chat ever will.
    Unreachable(String),
}

/// Sends messages, so many in a time.
pub(super) struct Sender {
    api: Api,
    me: Arc<Me>,
    budget: Mutex<Budget>,
}

/// What is of concern in a message that was sent.
#[derive(Deserialize)]
struct Numbered {
    message_id: i64,
}

/// In what form a message is sent, which changes with each refusal that leaves another.
struct Form<'o> {
    chat: i64,
    outgoing: &'o Outgoing,
    /// What is still to be sent of the text, where it had to be cut.
    parts: Vec<Reply>,
    card: Option<MessageId>,
    style: Style,
    /// Whether it is sent to its place in the chat, or just to the chat.
    in_place: bool,
}

impl Sender {
    pub(super) fn new(api: Api, me: Arc<Me>, budget: Budget) -> Self {
        Self {
            api,
            me,
            budget: Mutex::new(budget),
        }
    }

    /// Sends a message, after taking away what is to be gone before it.
    pub(super) async fn send(&self, waiting: &Waiting, now: DateTime<Utc>) -> Sent {
        let Some(outgoing) = &waiting.outgoing else {
            return Sent::Never("it was written by another release".to_owned());
        };
        let Some(chat) = chat_of(&waiting.session) else {
            return Sent::Never("its session is of another channel".to_owned());
        };
        if let Err(pause) = self.remove(chat, &outgoing.removes).await {
            return Sent::Later {
                pause,
                counts: false,
            };
        }
        let mut form = Form {
            chat,
            outgoing,
            parts: vec![outgoing.reply.clone()],
            card: outgoing.replaces.and_then(message_number),
            style: Style::Html,
            in_place: true,
        };
        let refusal = loop {
            match self.attempt(&form).await {
                Ok(message_id) if form.parts.len() <= 1 => {
                    return Sent::Arrived {
                        message_id,
                        style: form.style,
                    };
                }
                Ok(_) => {
                    form.parts.remove(0);
                    form.card = None;
                }
                Err(refusal) => {
                    if let Err(refusal) = form.adapt(refusal) {
                        break refusal;
                    }
                }
            }
        };
        fate(refusal, waiting, now)
    }

    async fn attempt(&self, form: &Form<'_>) -> Result<i64, Refusal> {
        let Some(reply) = form.parts.first() else {
            return Ok(0);
        };
        self.keep_distance().await;
        let answer = if let Some(card) = form.card {
            let edit = encode::edit(form.chat, card, reply, form.style);
            self.api.call(&edit).await
        } else {
            let place = form.outgoing.public.filter(|_| form.in_place);
            let is_public = form.outgoing.public.is_some();
            let username = is_public.then_some(self.me.username.as_str());
            let message = encode::message(form.chat, reply, form.style, place, username);
            self.api.call(&message).await
        };
        match (answer, form.card) {
            (Err(Refusal::Wrong(reason)), Some(MessageId(card)))
                if reason.contains(NOT_MODIFIED) =>
            {
                Ok(card.into())
            }
            // Without its number a message has arrived all the same: only nothing can take its place.
            (answer, _) => answer.map(|message| {
                message
                    .read()
                    .map_or(0, |Numbered { message_id }| message_id)
            }),
        }
    }

    /// Takes messages away. Where that is not allowed, they stay: the user has been told to see to it. Only haste is told of.
    async fn remove(&self, chat: i64, messages: &[i64]) -> Result<(), Duration> {
        for message in messages.iter().copied().filter_map(message_number) {
            self.keep_distance().await;
            match self.api.call(&encode::removal(chat, message)).await {
                Err(Refusal::TooFast(pause)) => return Err(pause),
                Err(refusal) => tracing::info!(%refusal, "a message was not taken away"),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Takes the buttons from a card whose time has passed. A press on them would do no harm. Gives the pause that is asked for.
    pub(super) async fn strip(&self, session: &str, card: i64) -> Option<Duration> {
        let (chat, card) = (chat_of(session)?, message_number(card)?);
        self.keep_distance().await;
        let refusal = self.api.call(&encode::strip(chat, card)).await.err()?;
        tracing::debug!(%refusal, "a card kept its buttons");
        match refusal {
            Refusal::TooFast(pause) => Some(pause),
            Refusal::Fault(_)
            | Refusal::Conflict(_)
            | Refusal::Token
            | Refusal::Forbidden(_)
            | Refusal::Moved(_)
            | Refusal::Wrong(_) => None,
        }
    }

    /// Waits for this message's place in the stream of all.
    async fn keep_distance(&self) {
        let place = {
            let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            budget.reserve(Instant::now())
        };
        tokio::time::sleep_until(place).await;
    }
}

impl Form<'_> {
    /// Takes another form after this refusal, if there is one left.
    fn adapt(&mut self, refusal: Refusal) -> Result<(), Refusal> {
        let reason = match &refusal {
            Refusal::Wrong(reason) => reason.to_lowercase(),
            Refusal::Moved(chat) if *chat != self.chat => {
                self.chat = *chat;
                self.card = None;
                return Ok(());
            }
            Refusal::Moved(_)
            | Refusal::Fault(_)
            | Refusal::TooFast(_)
            | Refusal::Conflict(_)
            | Refusal::Token
            | Refusal::Forbidden(_) => return Err(refusal),
        };
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| reason.contains(phrase));
        if says(&[CANNOT_PARSE]) && self.style == Style::Html {
            tracing::error!(reason, "a text was sent without its styles");
            self.style = Style::Plain;
        } else if says(&[TOO_LONG]) && self.cut() {
            tracing::error!(reason, "a text was sent in parts");
        } else if says(&CHAT_GONE) {
            return Err(refusal);
        } else if says(&PLACE_GONE) && self.in_place && self.outgoing.public.is_some() {
            self.in_place = false;
        } else if self.card.is_some() {
            tracing::debug!(reason, "a card could not be edited");
            self.card = None;
        } else {
            return Err(refusal);
        }
        Ok(())
    }

    /// Cuts what is sent next in two; whether that could be done.
    fn cut(&mut self) -> bool {
        let halves = self.parts.first().and_then(encode::halves);
        halves.is_some_and(|halves| {
            self.parts.splice(..1, halves);
            true
        })
    }
}

/// What becomes of a message after this refusal.
fn fate(refusal: Refusal, waiting: &Waiting, now: DateTime<Utc>) -> Sent {
    match refusal {
        Refusal::TooFast(pause) => Sent::Later {
            pause,
            counts: false,
        },
        Refusal::Forbidden(reason) => Sent::Unreachable(reason),
        Refusal::Wrong(reason) => {
            let lower = reason.to_lowercase();
            if CHAT_GONE.iter().any(|phrase| lower.contains(phrase)) {
                Sent::Unreachable(reason)
            } else {
                Sent::Never(reason)
            }
        }
        Refusal::Fault(_) | Refusal::Conflict(_) | Refusal::Token | Refusal::Moved(_) => {
            if now - waiting.created_at > TRIED_FOR {
                return Sent::Never(format!("tried for too long, at last: {refusal}"));
            }
            Sent::Later {
                pause: pause_after(waiting.attempts),
                counts: true,
            }
        }
    }
}

fn message_number(message_id: i64) -> Option<MessageId> {
    i32::try_from(message_id).ok().map(MessageId)
}
