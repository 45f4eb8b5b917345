//! Calls to the Bot API, and what can come instead of a result.
//!
//! teloxide gives the client, the methods and their types. The call itself is our own: an answer is read as
//! plain JSON, so that a message of a newer kind still has its number; a server that is down is told at once,
//! not after the ten seconds that teloxide sleeps; and no error carries the address, which holds the token.

use super::{Options, TelegramError, measures};
use futures::FutureExt;
use futures::future::BoxFuture;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use teloxide::Bot;
use teloxide::net::default_reqwest_settings;
use teloxide::requests::Payload;
use tokio::time::Instant;

/// How long a call may take, beyond what it is meant to wait.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// The Bot API, as one bot.
#[derive(Clone)]
pub(super) struct Api {
    line: Arc<dyn Line>,
}

/// What calls go through.
pub(super) trait Line: Send + Sync {
    /// Calls this method with this JSON, and gives what came back. An error says what failed, without any address.
    fn call(
        &self,
        method: &'static str,
        body: Vec<u8>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<RawAnswer, String>>;
}

/// What came back: status and body.
pub(super) type RawAnswer = (u16, Vec<u8>);

/// The network.
struct Network {
    bot: Bot,
}

impl Line for Network {
    fn call(
        &self,
        method: &'static str,
        body: Vec<u8>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<RawAnswer, String>> {
        let mut url = self.bot.api_url();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&format!("bot{}", self.bot.token())).push(method);
        }
        let request = self.bot.client().post(url).timeout(timeout);
        let request = request.header("content-type", "application/json");
        async move {
            let sent = request.body(body).send().await;
            let response = sent.map_err(|error| chain(&error.without_url()))?;
            let status = response.status().as_u16();
            let body = response.bytes().await;
            let body = body.map_err(|error| chain(&error.without_url()))?;
            Ok((status, body.into()))
        }
        .boxed()
    }
}

/// A result as it came. Most of it is of no concern: a message that was sent comes back whole.
#[derive(Debug)]
pub(super) struct Answer(Box<RawValue>);

impl Answer {
    /// As much of it as is of concern, if it has that form.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.0.get()).ok()
    }
}

/// What came instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No answer, or none of Telegram's: it may come later.
    Fault(String),
    /// Too many calls; the next may come after this.
    TooFast(Duration),
    /// Another program receives the updates of this bot.
    Conflict(String),
    /// The token is not known.
    Token,
    /// The user does not want to hear from the bot, or no longer can.
    Forbidden(String),
    /// The group has become another chat.
    Moved(i64),
    /// The call itself is wrong, and will be the next time.
    Wrong(String),
}

impl Refusal {
    /// The pause that was asked for.
    pub(super) fn pause(&self) -> Option<Duration> {
        match self {
            Self::TooFast(pause) => Some(*pause),
            Self::Fault(_)
            | Self::Conflict(_)
            | Self::Token
            | Self::Forbidden(_)
            | Self::Moved(_)
            | Self::Wrong(_) => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(detail) => write!(f, "no answer from Telegram: {detail}"),
            Self::TooFast(pause) => write!(f, "too many calls, next in {} s", pause.as_secs()),
            Self::Conflict(description) => write!(
                f,
                "another program receives the updates of this bot, stop one of the two: {description}"
            ),
            Self::Token => write!(f, "the token is not known"),
            Self::Moved(_) => write!(f, "the group has become another chat"),
            Self::Forbidden(description) | Self::Wrong(description) => write!(f, "{description}"),
        }
    }
}

impl Api {
    pub(super) fn new(options: &Options) -> Result<Self, TelegramError> {
        let client = default_reqwest_settings()
            .timeout(CALL_TIMEOUT)
            .build()
            .map_err(|error| TelegramError::System {
                detail: chain(&error.without_url()),
            })?;
        let mut bot = Bot::with_client(options.token.expose_secret().trim(), client);
        if let Some(address) = &options.api_url {
            let refused = || TelegramError::ApiUrl {
                url: address.clone(),
            };
            let url = address
                .trim_end_matches('/')
                .parse()
                .map_err(|_| refused())?;
            bot = bot.set_api_url(url);
            if !matches!(bot.api_url().scheme(), "http" | "https") {
                return Err(refused());
            }
        }
        Ok(Self::over(Arc::new(Network { bot })))
    }

    /// The Bot API over another line.
    pub(super) fn over(line: Arc<dyn Line>) -> Self {
        Self { line }
    }

    /// Calls this method.
    pub(super) async fn call<P: Payload + Serialize>(
        &self,
        payload: &P,
    ) -> Result<Answer, Refusal> {
        let body =
            serde_json::to_vec(payload).map_err(|error| Refusal::Wrong(error.to_string()))?;
        let timeout = CALL_TIMEOUT + payload.timeout_hint().unwrap_or_default();
        let asked_at = Instant::now();
        let answer = self.line.call(P::NAME, body, timeout).await;
        let result = answer
            .map_err(Refusal::Fault)
            .and_then(|(status, body)| read_answer(status, &body));
        measures::called(P::NAME, &result, asked_at.elapsed());
        result
    }
}

/// What the Bot API wraps around a result.
#[derive(Deserialize)]
struct Envelope {
    ok: Option<bool>,
    result: Option<Box<RawValue>>,
    error_code: Option<u64>,
    description: Option<String>,
    parameters: Option<Value>,
}

fn read_answer(status: u16, body: &[u8]) -> Result<Answer, Refusal> {
    // What the body holds instead is not told: it may be anything.
    let answer: Envelope = serde_json::from_slice(body)
        .map_err(|_| Refusal::Fault(format!("status {status}, and no answer of Telegram's")))?;
    let ok = answer.ok;
    if let (Some(true), Some(result)) = (ok, answer.result) {
        return Ok(Answer(result));
    }
    let code = answer.error_code.unwrap_or_else(|| status.into());
    let description = answer
        .description
        .unwrap_or_else(|| "no description".to_owned());
    let parameter = |name: &str| answer.parameters.as_ref().and_then(|all| all.get(name));
    let pause = parameter("retry_after").and_then(Value::as_u64);
    let moved = parameter("migrate_to_chat_id").and_then(Value::as_i64);
    Err(match (ok, code) {
        (Some(false), _) if pause.is_some() => {
            Refusal::TooFast(Duration::from_secs(pause.unwrap_or(1)))
        }
        (Some(false), _) if moved.is_some() => Refusal::Moved(moved.unwrap_or_default()),
        (Some(false), 429) => Refusal::TooFast(Duration::from_secs(1)),
        (Some(false), 401 | 404) => Refusal::Token,
        (Some(false), 403) => Refusal::Forbidden(description),
        (Some(false), 409) => Refusal::Conflict(description),
        (Some(false), 400..500) => Refusal::Wrong(description),
        _ => Refusal::Fault(format!("status {status}: {description}")),
    })
}

/// An error with its causes: the first alone says little.
fn chain(error: &dyn Error) -> String {
    let mut out = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        out.push_str(": ");
        out.push_str(&error.to_string());
        cause = error.source();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, answer: &Result<Value, Refusal>) {
        let read = read_answer(status, body.as_bytes());
        assert_eq!(&read.map(|answer| answer.read().unwrap()), answer);
    }

    #[test]
    fn an_answer_is_a_result_or_a_reason() {
        check(
            200,
            r#"{"ok":true,"result":[1]}"#,
            &Ok(serde_json::json!([1])),
        );
        check(
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}"#,
            &Err(Refusal::TooFast(Duration::from_secs(7))),
        );
        check(
            401,
            r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#,
            &Err(Refusal::Token),
        );
        check(
            404,
            r#"{"ok":false,"error_code":404,"description":"Not Found"}"#,
            &Err(Refusal::Token),
        );
        check(
            409,
            r#"{"ok":false,"error_code":409,"description":"Conflict: x"}"#,
            &Err(Refusal::Conflict("Conflict: x".to_owned())),
        );
        check(
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1005}}"#,
            &Err(Refusal::Moved(-1005)),
        );
        check(
            403,
            r#"{"ok":false,"error_code":403,"description":"Forbidden: y"}"#,
            &Err(Refusal::Forbidden("Forbidden: y".to_owned())),
        );
        check(
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: z"}"#,
            &Err(Refusal::Wrong("Bad Request: z".to_owned())),
        );
    }

    #[test]
    fn what_is_not_telegrams_may_pass() {
        let fault = |detail: &str| Err(Refusal::Fault(detail.to_owned()));
        check(
            502,
            "<html>Bad Gateway</html>",
            &fault("status 502, and no answer of Telegram's"),
        );
        check(
            404,
            "<html>Not Found</html>",
            &fault("status 404, and no answer of Telegram's"),
        );
        check(
            200,
            r#"{"ok":true,"resu"#,
            &fault("status 200, and no answer of Telegram's"),
        );
        check(200, r#"{"ok":true}"#, &fault("status 200: no description"));
        check(200, "{}", &fault("status 200: no description"));
        check(200, "3", &fault("status 200, and no answer of Telegram's"));
        check(
            500,
            r#"{"ok":false,"error_code":500,"description":"Internal"}"#,
            &fault("status 500: Internal"),
        );
    }
}
