//! What is done with updates, however they come: they are committed, and only then does anybody hear that they were.

use super::Now;
use super::api::Api;
use super::budget::Budget;
use super::decode::{Decoded, Event, Me, decode};
use super::measures;
use crate::dialogue::Assistant;
use crate::service::writer::{Writer, WriterError};
use crate::service::{Handled, Update, ahead, caught};
use crate::store::Waiting;
use futures::StreamExt;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use teloxide::payloads::AnswerCallbackQuery;
use teloxide::types::CallbackQueryId;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The kinds of updates that are of concern, as Telegram is asked for them.
pub(super) const ALLOWED_UPDATES: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// A press is shown as pending until it is answered, and Telegram forgets it after some 15 seconds.
const PRESS_ANSWERED_WITHIN: Duration = Duration::from_secs(15);

/// How many presses are answered at the same time.
const PRESSES_AT_ONCE_MAX: usize = 16;

/// Somebody has something to be told.
#[derive(Debug)]
pub(super) struct News {
    pub(super) session: String,
    /// The first message of it, so that it need not be read from the store again.
    pub(super) first: Option<Waiting>,
}

/// Commits updates.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) api: Api,
    pub(super) writer: Writer,
    /// Reads ahead of the writer.
    pub(super) assistant: Arc<Assistant>,
    /// Hears who has something to be told now.
    pub(super) news: mpsc::UnboundedSender<News>,
    pub(super) me: Arc<Me>,
    pub(super) now: Now,
    /// How many updates of all users together are handled in a time: a flood waits at Telegram, where it is kept.
    pub(super) intake: Arc<Mutex<Budget>>,
}

impl Receiver {
    /// Handles a batch and commits it whole, and gives the last number in it. Where this fails, nothing was handled.
    pub(super) async fn commit(&self, batch: Vec<Value>) -> Result<Option<i64>, WriterError> {
        self.keep_pace(batch.len()).await;
        let began_at = Instant::now();
        let mut updates: Vec<Update> = Vec::with_capacity(batch.len());
        let mut presses = Vec::new();
        let mut last = None;
        for value in batch {
            let Decoded {
                update_id,
                press,
                event,
            } = self.decoded(&Arc::new(value));
            last = last.max(update_id);
            presses.extend(press);
            match event {
                Ok(Event::Update(update)) => updates.push(*update),
                Ok(Event::Left(session)) => {
                    let reason = "the chat was closed to the bot".to_owned();
                    self.writer
                        .parked_all(session, reason, (self.now)())
                        .await?;
                }
                Err(reason) => {
                    measures::ignored();
                    tracing::debug!(update_id, reason, "an update was ignored");
                }
            }
        }
        if updates.is_empty() {
            self.answer(presses);
            return Ok(last);
        }
        if let Some(messages) = ahead::messages(&updates) {
            let assistant = Arc::clone(&self.assistant);
            tokio::task::spawn_blocking(move || messages.read(&assistant));
        }
        let handled = self.writer.handle(updates).await?;
        measures::committed(&handled, began_at.elapsed());
        self.answer(presses);
        self.tell(handled);
        Ok(last)
    }

    async fn keep_pace(&self, updates: usize) {
        let place = {
            let mut intake = self.intake.lock().unwrap_or_else(PoisonError::into_inner);
            intake.reserve_all(updates, Instant::now())
        };
        tokio::time::sleep_until(place).await;
    }

    fn decoded(&self, value: &Arc<Value>) -> Decoded {
        let at = (self.now)();
        // An update that cannot even be read must not hold up those behind it.
        caught(|| decode(&self.me, value, at)).unwrap_or_else(|place| {
            tracing::error!(place, "an update could not be read");
            Decoded {
                update_id: value.get("update_id").and_then(Value::as_i64),
                press: None,
                event: Err("it could not be read"),
            }
        })
    }

    fn tell(&self, handled: Vec<Handled>) {
        for one in handled {
            if one.waiting.is_some() {
                // Delivery ends after whoever receives: it listens.
                let _ = self.news.send(News {
                    session: one.session,
                    first: one.waiting,
                });
            }
        }
    }

    /// Answers presses, so that their buttons come to rest. Nothing depends on it.
    fn answer(&self, presses: Vec<String>) {
        if presses.is_empty() {
            return;
        }
        let api = self.api.clone();
        tokio::spawn(tokio::time::timeout(PRESS_ANSWERED_WITHIN, async move {
            let answers = futures::stream::iter(presses).map(|press| {
                let api = &api;
                async move {
                    api.call(&AnswerCallbackQuery::new(CallbackQueryId(press)))
                        .await
                }
            });
            let mut answers = answers.buffer_unordered(PRESSES_AT_ONCE_MAX);
            while let Some(answer) = answers.next().await {
                if let Err(refusal) = answer {
                    tracing::debug!(%refusal, "a press was not answered");
                }
            }
        }));
    }
}
