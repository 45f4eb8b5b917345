//! Telegram: a thin shell around the service.
//!
//! Telegram keeps an update until one asks for later ones. So a batch is committed before the next is asked
//! for (`poll`), and what it said is delivered from the outbox (`deliver`): a crash at any moment loses
//! nothing and does nothing twice. Only what was being sent at that moment may be said once more.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: here the clock is chosen"
)]

mod api;
mod backoff;
mod budget;
mod decode;
mod deliver;
mod encode;
mod health;
mod measures;
mod poll;
mod receive;
mod redact;
mod schedule;
mod send;
#[cfg(test)]
mod simulation;
mod webhook;

pub use budget::Rate;

use crate::dialogue::Assistant;
use crate::service::writer::{Writer, WriterError};
use crate::service::{Service, Update, log_panics};
use crate::store::Store;
use api::{Api, Refusal};
use backoff::Backoff;
use budget::Budget;
use chrono::{DateTime, Utc};
use decode::Me;
use deliver::Courier;
use health::Health;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use receive::Receiver;
use secrecy::SecretString;
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use teloxide::payloads::GetMe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use webhook::Server;

/// The name of this channel in the store.
const SOURCE: &str = "telegram";

/// The clock: a function, so that a test can have its own.
type Now = fn() -> DateTime<Utc>;

/// Which bot to be, and where.
pub struct Options {
    pub token: SecretString,
    /// Another Bot API server than Telegram's own.
    pub api_url: Option<String>,
    /// Where Telegram is to send updates; without it they are asked for.
    pub webhook_url: Option<String>,
    /// Where to listen: for updates, and for whoever asks for `/healthz` and `/metrics`.
    pub listen: Option<SocketAddr>,
    pub limits: Limits,
    /// Updates of one user that are handled in a minute; 0 for any number.
    pub user_updates_per_minute_max: u32,
    /// Days after which what rests is deleted.
    pub keep_days: u32,
}

/// How fast to hear and to speak.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Updates of all users together; those above it wait at Telegram.
    pub updates: Rate,
    /// To all chats together. Telegram allows 30 messages a second.
    pub all: Rate,
    /// To a person. Telegram asks for no more than one a second, short bursts aside.
    pub chat: Rate,
    /// To a group. Telegram allows 20 a minute.
    pub group: Rate,
    /// Chats that are spoken to at the same time.
    pub chats_at_once_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            updates: Rate::within(1000, Duration::from_secs(1), 500),
            all: Rate::within(30, Duration::from_secs(1), 5),
            chat: Rate::within(60, Duration::from_mins(1), 20),
            group: Rate::within(20, Duration::from_mins(1), 10),
            chats_at_once_max: 64,
        }
    }
}

/// Why the bot cannot run, in words for its operator. The token is in none of them.
#[derive(Debug)]
pub enum TelegramError {
    /// The address of the Bot API server cannot be used.
    ApiUrl { url: String },
    /// The address for updates cannot be used.
    WebhookUrl { url: String },
    /// There is no listening here.
    Listen { address: SocketAddr, detail: String },
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
            Self::WebhookUrl { url } => write!(
                f,
                "`{url}` is no address that Telegram can send updates to: one begins with `https://`"
            ),
            Self::Listen { address, detail } => write!(
                f,
                "cannot listen at {address} ({detail}): name another address with `--listen`"
            ),
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
    let me = Me {
        id: 1,
        username: "bot".to_owned(),
    };
    match decode::decode(&me, &Arc::new(update.clone()), at).event? {
        decode::Event::Update(update) => Ok(*update),
        decode::Event::Left(_) => Err("its chat is closed"),
    }
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
    log_panics();
    let api = Api::new(&options)?;
    let mut stop = on_stop_signal()?;
    let health = Arc::new(Health::default());
    let server = match options.listen {
        Some(address) => {
            Some(Server::listen(address, Arc::clone(&health), record_metrics()?).await?)
        }
        None => None,
    };
    let Some(me) = until_stopped(&mut stop, introduce(&api))
        .await
        .transpose()?
    else {
        return Ok(());
    };
    let menus = tokio::spawn(set_menus(api.clone(), Arc::clone(&assistant)));
    let service = Service::new(Arc::clone(&assistant), store)
        .with_bounds(options.user_updates_per_minute_max, options.keep_days);
    let (writer, thread) = Writer::start(service).map_err(system)?;

    let (news, sessions) = mpsc::unbounded_channel();
    let me = Arc::new(me);
    let courier = Courier::new(
        api.clone(),
        writer.clone(),
        options.limits,
        Arc::clone(&me),
        Utc::now,
    );
    let delivery = tokio::spawn(deliver::run(courier, sessions));
    // The receiver takes its end of the news with it: that is how delivery learns that it is over.
    let reception = Receiver {
        api,
        writer,
        assistant,
        news,
        me,
        now: Utc::now,
        intake: Arc::new(Mutex::new(Budget::new(
            options.limits.updates,
            Instant::now(),
        ))),
    };
    let received = match (server, options.webhook_url) {
        (Some(server), Some(url)) => server.receive(url, reception, stop).await,
        (server, _) => {
            let serving = server.map(|server| tokio::spawn(server.serve(stop.clone())));
            let received = poll::run(reception, health, stop).await;
            if let Some(serving) = serving {
                serving.abort();
            }
            received
        }
    };
    let delivered = delivery.await.map_err(|error| TelegramError::System {
        detail: error.to_string(),
    });
    menus.abort();
    // The store is closed in order by the thread that owns it.
    if tokio::task::spawn_blocking(|| thread.join()).await.is_err() {
        tracing::warn!("the store was not closed in order");
    }
    received.and(delivered?)
}

/// From now on, what is measured is kept for `/metrics`.
fn record_metrics() -> Result<PrometheusHandle, TelegramError> {
    let refused = |error: metrics_exporter_prometheus::BuildError| TelegramError::System {
        detail: error.to_string(),
    };
    let recorder = PrometheusBuilder::new()
        .set_buckets(&measures::BUCKETS_SECONDS)
        .map_err(refused)?
        .install_recorder()
        .map_err(refused)?;
    measures::describe();
    Ok(recorder)
}

/// Checks the token, and says who the bot is.
async fn introduce(api: &Api) -> Result<Me, TelegramError> {
    let mut backoff = Backoff::default();
    loop {
        match api.call(&GetMe::new()).await {
            Ok(me) => {
                let me: Value = me.read().unwrap_or_default();
                let id = me.get("id").and_then(Value::as_i64);
                let username = me.get("username").and_then(Value::as_str);
                tracing::info!(id, username, "connected to Telegram");
                return Ok(Me {
                    id: id.unwrap_or_default(),
                    username: username.unwrap_or_default().to_owned(),
                });
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
