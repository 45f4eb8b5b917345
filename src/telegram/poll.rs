//! Receiving by long polling: ask for updates, commit them, and only then ask for later ones.

use super::api::{self, Refusal};
use super::backoff::Backoff;
use super::receive::{ALLOWED_UPDATES, Receiver};
use super::{Health, TelegramError, until_stopped};
use crate::service::writer::WriterError;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use teloxide::payloads::DeleteWebhook;
use teloxide::requests::Payload;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long Telegram waits for an update before it answers that there is none.
const LONG_POLL: Duration = Duration::from_secs(50);

/// "No updates" sooner than this is no answer to a long poll: asking again at once would be a busy loop.
const SHORTEST_EMPTY_POLL: Duration = Duration::from_secs(1);

/// The request for updates: our own, for teloxide's reads them by its types and loses what it does not know.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; 4],
}

impl Payload for GetUpdates {
    type Output = Value;

    const NAME: &'static str = "getUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(LONG_POLL)
    }
}

/// Receives until told to stop.
pub(super) async fn run(
    receiver: Receiver,
    health: Arc<Health>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), TelegramError> {
    let mut poller = Poller {
        receiver,
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
                health.is_well();
                backoff.reset();
                continue;
            }
            Err(Trouble::Token) => return Err(TelegramError::Token),
            Err(Trouble::WriterGone) => return Err(TelegramError::Writer(WriterError::Gone)),
            Err(Trouble::Passing { reason, pause }) => {
                let pause = backoff.next(pause);
                tracing::warn!(reason, ?pause, "no updates received");
                health.ails(&reason);
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
    receiver: Receiver,
    /// The first update not yet committed; none where all are, for the numbers may start anew after a quiet week.
    offset: Option<i64>,
}

/// Telegram's answer, and how long it took.
struct Answer {
    result: Result<api::Answer, Refusal>,
    took: Duration,
}

impl Poller {
    async fn ask(&self) -> Answer {
        let asked_at = Instant::now();
        let request = GetUpdates {
            offset: self.offset,
            limit: 100,
            timeout: LONG_POLL.as_secs(),
            allowed_updates: ALLOWED_UPDATES,
        };
        Answer {
            result: self.receiver.api.call(&request).await,
            took: asked_at.elapsed(),
        }
    }

    async fn handle(&mut self, answer: Answer) -> Result<(), Trouble> {
        let batch = match answer.result {
            Ok(batch) => batch
                .read::<Vec<Value>>()
                .ok_or_else(|| Trouble::passing(&"the updates are no list"))?,
            Err(Refusal::Token) => return Err(Trouble::Token),
            Err(refusal) => return Err(self.refused(refusal).await),
        };
        if batch.is_empty() {
            self.offset = None;
            if answer.took < SHORTEST_EMPTY_POLL {
                return Err(Trouble::passing(&"the server does not wait for updates"));
            }
            return Ok(());
        }
        let last = self.receiver.commit(batch).await;
        let later = last
            .map_err(|error| match error {
                WriterError::Gone => Trouble::WriterGone,
                WriterError::Store(_) => Trouble::passing(&error),
            })?
            .map(|last| last + 1);
        // An offset that does not move would bring the same batch again, at once.
        if later.is_none() || later <= self.offset {
            return Err(Trouble::passing(&"the updates have no new numbers"));
        }
        self.offset = later;
        Ok(())
    }

    /// A webhook that was set earlier is in the way of polling: it is taken away, and what waits for it comes here.
    async fn refused(&self, refusal: Refusal) -> Trouble {
        if let Refusal::Conflict(description) = &refusal
            && description.contains("webhook")
        {
            tracing::warn!("the bot has a webhook: it is taken away, for this program polls");
            if let Err(refusal) = self.receiver.api.call(&DeleteWebhook::new()).await {
                tracing::warn!(%refusal, "the webhook was not taken away");
            }
        }
        Trouble::Passing {
            reason: refusal.to_string(),
            pause: refusal.pause(),
        }
    }
}
