//! Telegram: a thin shell around the service.
//!
//! Telegram keeps an update until one asks for later ones. So a batch is committed before the next is asked
//! for (`poll`), and what it said is delivered from the outbox (`deliver`): a crash at any moment loses
//! nothing and does nothing twice. Only what was being sent at that moment may be said once more.

mod api;
mod backoff;
mod decode;
mod deliver;
mod encode;
mod poll;
mod schedule;

use crate::dialogue::Assistant;
use crate::service::writer::{Writer, WriterError};
use crate::service::{Service, Update, log_panics};
use crate::store::Store;
use api::{Api, Refusal};
use backoff::Backoff;
use chrono::{DateTime, Utc};
use deliver::Courier;
use secrecy::SecretString;
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use teloxide::payloads::GetMe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

/// The name of this channel in the store.
const SOURCE: &str = "telegram";

/// Which bot to be, and where.
pub struct Options {
    pub token: SecretString,
    /// Another Bot API server than Telegram's own.
    pub api_url: Option<String>,
}

/// How fast to speak.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages to all chats together. Telegram allows 30.
    pub messages_per_second_max: u32,
    /// Chats that are spoken to at the same time.
    pub chats_at_once_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages_per_second_max: 30,
            chats_at_once_max: 64,
        }
    }
}

/// Why the bot cannot run, in words for its operator. The token is in none of them.
#[derive(Debug)]
pub enum TelegramError {
    /// The address of the Bot API server cannot be used.
    ApiUrl { url: String },
    /// Telegram does not know the token.
    Token,
    /// The system denied something.
    System { detail: String },
    /// The store gave up.
    Writer(WriterError),
}

impl fmt::Display for TelegramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiUrl { url } => {
                write!(
                    f,
                    "`{url}` is no address of a Bot API server: one begins with `https://` or `http://`"
                )
            }
            Self::Token => write!(
                f,
                "Telegram does not know this bot token: copy it again from @BotFather into `TELOXIDE_TOKEN` \
                 or the file of `--token-file`"
            ),
            Self::System { detail } => write!(f, "the system does not let the bot run: {detail}"),
            Self::Writer(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for TelegramError {}

impl From<WriterError> for TelegramError {
    fn from(error: WriterError) -> Self {
        Self::Writer(error)
    }
}

/// Reads an update as the bot does: for the fuzzer, which has no other way in.
///
/// # Errors
///
/// Why it is of no concern.
#[doc(hidden)]
pub fn read(update: &Value, at: DateTime<Utc>) -> Result<Update, &'static str> {
    decode::decode(update, at).update
}

/// Runs the bot until SIGTERM or SIGINT.
///
/// # Errors
///
/// If it cannot run at all; whatever may pass is waited for.
pub async fn run(
    options: Options,
    assistant: Arc<Assistant>,
    store: Store,
) -> Result<(), TelegramError> {
    run_with(options, Limits::default(), assistant, store).await
}

/// Runs the bot within these limits.
///
/// # Errors
///
/// As [`run`].
pub async fn run_with(
    options: Options,
    limits: Limits,
    assistant: Arc<Assistant>,
    store: Store,
) -> Result<(), TelegramError> {
    log_panics();
    let api = Api::new(&options)?;
    let mut stop = on_stop_signal()?;
    let Some(()) = until_stopped(&mut stop, introduce(&api))
        .await
        .transpose()?
    else {
        return Ok(());
    };
    let menus = tokio::spawn(set_menus(api.clone(), Arc::clone(&assistant)));
    let (writer, thread) = Writer::start(Service::new(assistant, store)).map_err(system)?;

    let (news, sessions) = mpsc::unbounded_channel();
    let courier = Courier::new(api.clone(), writer.clone(), limits);
    let delivery = tokio::spawn(deliver::run(courier, sessions));
    // The poller takes its end of the news with it: that is how delivery learns that it is over.
    let polled = poll::run(api, writer, news, stop).await;
    let delivered = delivery.await.map_err(|error| TelegramError::System {
        detail: error.to_string(),
    });
    menus.abort();
    // The store is closed in order by the thread that owns it.
    if tokio::task::spawn_blocking(|| thread.join()).await.is_err() {
        tracing::warn!("the store was not closed in order");
    }
    polled.and(delivered?)
}

/// Checks the token, and says who the bot is.
async fn introduce(api: &Api) -> Result<(), TelegramError> {
    let mut backoff = Backoff::default();
    loop {
        match api.call(&GetMe::new()).await {
            Ok(me) => {
                let id = me.get("id").and_then(serde_json::Value::as_i64);
                let username = me.get("username").and_then(serde_json::Value::as_str);
                tracing::info!(id, username, "connected to Telegram");
                return Ok(());
            }
            Err(Refusal::Token) => return Err(TelegramError::Token),
            Err(refusal) => {
                let pause = backoff.next(refusal.pause());
                tracing::warn!(%refusal, ?pause, "Telegram cannot be reached yet");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// Sets the menus of commands. Without them the bot works as well.
async fn set_menus(api: Api, assistant: Arc<Assistant>) {
    for menu in encode::menus(&assistant) {
        if let Err(refusal) = api.call(&menu).await {
            tracing::warn!(%refusal, language_code = menu.language_code, "a menu of commands was not set");
        }
    }
}

fn on_stop_signal() -> Result<watch::Receiver<bool>, TelegramError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(system)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(system)?;
    let (tell, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        tell.send_replace(true);
    });
    Ok(stop)
}

/// Does this work, or drops it at the stop signal.
async fn until_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        _ = stop.wait_for(|stopped| *stopped) => None,
        result = work => Some(result),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn system(error: std::io::Error) -> TelegramError {
    TelegramError::System {
        detail: error.to_string(),
    }
}
