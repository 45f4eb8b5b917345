//! Receiving: ask for updates, commit them, and only then ask for later ones.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: updates are stamped with the time they come at"
)]

use super::api::{Api, Refusal};
use super::backoff::Backoff;
use super::decode::{Decoded, decode};
use super::{TelegramError, until_stopped};
use crate::service::writer::{Writer, WriterError};
use crate::service::{Fate, Update};
use chrono::Utc;
use futures::StreamExt;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use teloxide::payloads::AnswerCallbackQuery;
use teloxide::requests::Payload;
use teloxide::types::CallbackQueryId;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// How long Telegram waits for an update before it answers that there is none.
const LONG_POLL: Duration = Duration::from_secs(50);

/// "No updates" sooner than this is no answer to a long poll: asking again at once would be a busy loop.
const SHORTEST_EMPTY_POLL: Duration = Duration::from_secs(1);

/// A press is shown as pending until it is answered, and Telegram forgets it after some 15 seconds.
const PRESS_ANSWERED_WITHIN: Duration = Duration::from_secs(15);

/// How many presses are answered at the same time.
const PRESSES_AT_ONCE_MAX: usize = 16;

/// The request for updates: our own, for teloxide's reads them by its types and loses what it does not know.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; 2],
}

impl Payload for GetUpdates {
    type Output = Value;

    const NAME: &'static str = "getUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(LONG_POLL)
    }
}

/// Receives until told to stop. Who has something to hear now is told by `news`.
pub(super) async fn run(
    api: Api,
    writer: Writer,
    news: mpsc::UnboundedSender<String>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), TelegramError> {
    let mut poller = Poller {
        api,
        writer,
        news,
        offset: None,
    };
    let mut backoff = Backoff::default();
    loop {
        // Only the waiting is given up for a stop: a batch that has come is handled to its end.
        let Some(answer) = until_stopped(&mut stop, poller.ask()).await else {
            return Ok(());
        };
        let pause = match poller.handle(answer).await {
            Ok(()) => {
                backoff.reset();
                continue;
            }
            Err(Trouble::Token) => return Err(TelegramError::Token),
            Err(Trouble::WriterGone) => return Err(TelegramError::Writer(WriterError::Gone)),
            Err(Trouble::Passing { reason, pause }) => {
                let pause = backoff.next(pause);
                tracing::warn!(reason, ?pause, "no updates received");
                pause
            }
        };
        if until_stopped(&mut stop, tokio::time::sleep(pause))
            .await
            .is_none()
        {
            return Ok(());
        }
    }
}

/// Why there is nothing to go on with.
enum Trouble {
    Token,
    WriterGone,
    Passing {
        reason: String,
        pause: Option<Duration>,
    },
}

impl Trouble {
    fn passing(reason: &dyn ToString) -> Self {
        Self::Passing {
            reason: reason.to_string(),
            pause: None,
        }
    }
}

struct Poller {
    api: Api,
    writer: Writer,
    news: mpsc::UnboundedSender<String>,
    /// The first update not yet committed; none where all are, for the numbers may start anew after a quiet week.
    offset: Option<i64>,
}

/// Telegram's answer, and how long it took.
struct Answer {
    result: Result<Value, Refusal>,
    took: Duration,
}

impl Poller {
    async fn ask(&self) -> Answer {
        let asked_at = Instant::now();
        let request = GetUpdates {
            offset: self.offset,
            limit: 100,
            timeout: LONG_POLL.as_secs(),
            allowed_updates: ["message", "callback_query"],
        };
        Answer {
            result: self.api.call(&request).await,
            took: asked_at.elapsed(),
        }
    }

    async fn handle(&mut self, answer: Answer) -> Result<(), Trouble> {
        let batch = match answer.result {
            Ok(Value::Array(batch)) => batch,
            Ok(_) => return Err(Trouble::passing(&"the updates are no list")),
            Err(Refusal::Token) => return Err(Trouble::Token),
            Err(refusal) => {
                return Err(Trouble::Passing {
                    reason: refusal.to_string(),
                    pause: refusal.pause(),
                });
            }
        };
        if batch.is_empty() {
            self.offset = None;
            if answer.took < SHORTEST_EMPTY_POLL {
                return Err(Trouble::passing(&"the server does not wait for updates"));
            }
            return Ok(());
        }
        let now = Utc::now();
        let decoded: Vec<Decoded> = batch.iter().map(|update| decode(update, now)).collect();
        let later = decoded
            .iter()
            .filter_map(|decoded| decoded.update_id)
            .max()
            .map(|last| last + 1);
        self.commit(decoded).await?;
        // An offset that does not move would bring the same batch again, at once.
        if later.is_none() || later <= self.offset {
            return Err(Trouble::passing(&"the updates have no new numbers"));
        }
        self.offset = later;
        Ok(())
    }

    async fn commit(&self, decoded: Vec<Decoded>) -> Result<(), Trouble> {
        let mut updates: Vec<Update> = Vec::new();
        let mut presses = Vec::new();
        for Decoded {
            update_id,
            press,
            update,
        } in decoded
        {
            presses.extend(press);
            match update {
                Ok(update) => updates.push(update),
                Err(reason) => tracing::debug!(update_id, reason, "an update was ignored"),
            }
        }
        let received = updates.len();
        let handled = self
            .writer
            .handle(updates)
            .await
            .map_err(|error| match error {
                WriterError::Gone => Trouble::WriterGone,
                WriterError::Store(_) => Trouble::passing(&error),
            })?;
        self.answer(presses);
        for one in handled {
            if one.fate != Fate::Duplicate {
                // Delivery ends after the poller: it listens.
                let _ = self.news.send(one.session);
            }
        }
        tracing::debug!(received, "updates committed");
        Ok(())
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
