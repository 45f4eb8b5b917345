//! Receiving by webhook: Telegram is told 200 when its update is committed, and never before.
//!
//! Updates that come side by side share a transaction, as they do in a poll's batch. While the store is down, or does
//! not keep up, the answer is 503, and Telegram sends the update again.

use super::api::Api;
use super::backoff::Backoff;
use super::receive::{ALLOWED_UPDATES, Receiver};
use super::{Health, TelegramError, system, until_stopped};
use crate::service::writer::WriterError;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use teloxide::payloads::{SetWebhook, SetWebhookSetters};
use teloxide::requests::Payload;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

/// The header that carries the secret.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// An update is some kilobytes at most.
const BODY_BYTES_MAX: usize = 1 << 20;

/// How many updates wait for the next transaction at most; who comes next is sent away.
const WAITING_MAX: usize = 1024;

/// How many updates share a transaction at most.
const TOGETHER_MAX: usize = 256;

/// After this Telegram should rather ask again than go on waiting.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

/// How long Telegram is asked to wait before it sends an update again, in seconds.
const RETRY_SECONDS: &str = "1";

/// How many connections Telegram may open at once.
const CONNECTIONS_MAX: u8 = 100;

/// An update, and who wants to know that it is committed.
type Delivery = (Value, oneshot::Sender<bool>);

/// What the web server needs.
#[derive(Clone)]
struct Desk {
    inbox: Option<mpsc::Sender<Delivery>>,
    secret: Arc<str>,
    health: Arc<Health>,
    metrics: PrometheusHandle,
}

/// Where updates come in and how the bot fares can be asked.
pub(super) struct Server {
    listener: TcpListener,
    desk: Desk,
}

impl Server {
    /// Listens here.
    pub(super) async fn listen(
        address: SocketAddr,
        health: Arc<Health>,
        metrics: PrometheusHandle,
    ) -> Result<Self, TelegramError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| TelegramError::Listen {
                address,
                detail: error.to_string(),
            })?;
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, "listening: /healthz and /metrics");
        }
        let desk = Desk {
            inbox: None,
            secret: "".into(),
            health,
            metrics,
        };
        Ok(Self { listener, desk })
    }

    /// Answers whoever asks how the bot fares, until told to stop.
    pub(super) async fn serve(self, mut stop: watch::Receiver<bool>) -> Result<(), TelegramError> {
        let app = Router::new()
            .route("/healthz", get(healthz))
            .route("/metrics", get(show_metrics))
            .route("/", post(take))
            .fallback(post(take))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(self.desk);
        let stopped = async move {
            // Whoever tells to stop may be gone; then it is time to stop all the same.
            let _ = stop.wait_for(|stopped| *stopped).await;
        };
        axum::serve(self.listener, app)
            .with_graceful_shutdown(stopped)
            .await
            .map_err(system)
    }

    /// Receives updates at this address until told to stop.
    pub(super) async fn receive(
        mut self,
        url: String,
        receiver: Receiver,
        stop: watch::Receiver<bool>,
    ) -> Result<(), TelegramError> {
        let secret = secret()?;
        let (inbox, deliveries) = mpsc::channel(WAITING_MAX);
        self.desk.inbox = Some(inbox);
        self.desk.secret = secret.as_str().into();
        let address = url.parse();
        let address = address.map_err(|_| TelegramError::WebhookUrl { url })?;
        let request = Webhook(
            SetWebhook::new(address)
                .secret_token(secret)
                .max_connections(CONNECTIONS_MAX),
        );
        let health = Arc::clone(&self.desk.health);
        let api = receiver.api.clone();
        let clerk = tokio::spawn(commit_all(receiver, deliveries, Arc::clone(&health)));
        // Whoever comes before the address is made known is let in as well.
        let serving = tokio::spawn(self.serve(stop.clone()));
        if let Err(error) = announce(&api, &request, &health, stop).await {
            serving.abort();
            return Err(error);
        }
        serving.await.map_err(broken_off)??;
        clerk.await.map_err(broken_off)?
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn broken_off(error: tokio::task::JoinError) -> TelegramError {
    TelegramError::System {
        detail: error.to_string(),
    }
}

/// A secret that nobody knows but Telegram and this process. It is made anew at each start, so that it need not be kept.
fn secret() -> Result<String, TelegramError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| TelegramError::System {
        detail: error.to_string(),
    })?;
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    Ok(digits.collect())
}

/// Tells Telegram where to send updates.
async fn announce(
    api: &Api,
    request: &Webhook,
    health: &Health,
    mut stop: watch::Receiver<bool>,
) -> Result<(), TelegramError> {
    let mut backoff = Backoff::default();
    loop {
        let Some(answer) = until_stopped(&mut stop, api.call(request)).await else {
            return Ok(());
        };
        match answer {
            Ok(_) => {
                tracing::info!(url = %request.0.url, "updates come by webhook");
                health.is_well();
                return Ok(());
            }
            Err(super::api::Refusal::Token) => return Err(TelegramError::Token),
            Err(refusal) => {
                let pause = backoff.next(refusal.pause());
                health.ails(&refusal.to_string());
                tracing::warn!(%refusal, ?pause, "the webhook was not set");
                if until_stopped(&mut stop, tokio::time::sleep(pause))
                    .await
                    .is_none()
                {
                    return Ok(());
                }
            }
        }
    }
}

/// teloxide's request, with the kinds of updates as we name them.
struct Webhook(SetWebhook);

impl serde::Serialize for Webhook {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("url", &self.0.url)?;
        map.serialize_entry("secret_token", &self.0.secret_token)?;
        map.serialize_entry("max_connections", &self.0.max_connections)?;
        map.serialize_entry("allowed_updates", &ALLOWED_UPDATES)?;
        map.end()
    }
}

impl Payload for Webhook {
    type Output = <SetWebhook as Payload>::Output;

    const NAME: &'static str = SetWebhook::NAME;
}

/// Commits what has come, together, and tells each how it went.
async fn commit_all(
    receiver: Receiver,
    mut deliveries: mpsc::Receiver<Delivery>,
    health: Arc<Health>,
) -> Result<(), TelegramError> {
    let mut together = Vec::new();
    while deliveries.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let (batch, waiting): (Vec<Value>, Vec<_>) = together.drain(..).unzip();
        let committed = receiver.commit(batch).await;
        match &committed {
            Ok(_) => health.is_well(),
            Err(error) => {
                tracing::error!(%error, "updates were sent back");
                health.ails(&error.to_string());
            }
        }
        for told in waiting {
            // Whoever asked may have gone away; then it asks again.
            let _ = told.send(committed.is_ok());
        }
        if let Err(WriterError::Gone) = committed {
            return Err(TelegramError::Writer(WriterError::Gone));
        }
    }
    Ok(())
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(inbox) = &desk.inbox else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let shown = headers
        .get(SECRET_HEADER)
        .map_or(&[][..], |shown| shown.as_bytes());
    if !bool::from(shown.ct_eq(desk.secret.as_bytes())) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(update) = serde_json::from_slice(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (tell, told) = oneshot::channel();
    let committed = async {
        inbox.try_send((update, tell)).ok()?;
        told.await.ok()
    };
    match tokio::time::timeout(ANSWERED_WITHIN, committed).await {
        Ok(Some(true)) => StatusCode::OK.into_response(),
        Ok(Some(false) | None) | Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(RETRY_AFTER, RETRY_SECONDS)],
        )
            .into_response(),
    }
}

async fn healthz(State(desk): State<Desk>) -> Response {
    match desk.health.trouble() {
        None => "ok\n".into_response(),
        Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")).into_response(),
    }
}

async fn show_metrics(State(desk): State<Desk>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], desk.metrics.render()).into_response()
}
