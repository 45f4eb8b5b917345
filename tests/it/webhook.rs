//! Updates by webhook: 200 when they are committed, and never before.

use crate::fake_telegram::FakeTelegram;
use crate::telegram::Stage;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A bot with a webhook, as Telegram sees it.
struct Hook {
    stage: Stage,
    address: String,
    secret: String,
}

/// Status, headers and body.
struct Answer {
    status: u16,
    text: String,
}

impl Hook {
    fn set() -> Self {
        let arguments = [
            "--webhook-url",
            "https://bot.example/hook",
            "--listen",
            "127.0.0.1:0",
        ];
        let stage = Stage::set_with(&arguments, |_| {});
        let set = stage.telegram.wait_for("the webhook", |world| {
            let call = world.calls.iter().find(|call| call.method == "setWebhook");
            call.map(|call| call.body.clone())
        });
        assert_eq!(set["url"], "https://bot.example/hook");
        let log = stage.bot.log();
        let address = log.split("address=").nth(1).unwrap();
        let address = address.split_whitespace().next().unwrap().to_owned();
        let secret = set["secret_token"].as_str().unwrap().to_owned();
        Self {
            stage,
            address,
            secret,
        }
    }

    fn telegram(&self) -> &FakeTelegram {
        &self.stage.telegram
    }

    fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, text }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        ))
    }

    fn post(&self, secret: &str, body: &str) -> Answer {
        let length = body.len();
        self.ask(&format!("POST /hook HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-telegram-bot-api-secret-token: {secret}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"))
    }

    fn deliver(&self, update: &Value) -> Answer {
        self.post(&self.secret, &update.to_string())
    }
}

fn start(id: i64, user: i64) -> Value {
    json!({"update_id": id, "message": {"message_id": 1, "date": 1, "text": "/start",
        "chat": {"id": user, "type": "private"}, "from": {"id": user, "is_bot": false}}})
}

#[test]
fn an_update_is_committed_before_it_is_acknowledged() {
    let hook = Hook::set();
    assert_eq!(hook.deliver(&start(7, 1)).status, 200);
    let store = Connection::open(hook.stage.store()).unwrap();
    let seen = "SELECT COUNT(*) FROM seen WHERE update_id = 7";
    let seen: i64 = store.query_row(seen, [], |row| row.get(0)).unwrap();
    assert_eq!(seen, 1);
    hook.telegram().message(1, 1);
    // Telegram sends it again where it did not hear the answer.
    assert_eq!(hook.deliver(&start(7, 1)).status, 200);
    assert_eq!(hook.deliver(&start(8, 2)).status, 200);
    hook.telegram().message(2, 1);
    assert_eq!(hook.telegram().look(|world| world.messages(1).len()), 1);
    assert_eq!(hook.telegram().look(|world| world.count("getUpdates")), 0);
    let (status, log) = hook.stage.bot.end("TERM");
    assert!(status.success(), "{log}");
    assert!(!log.contains(&hook.secret), "{log}");
}

#[test]
fn strangers_and_nonsense_are_turned_away() {
    let hook = Hook::set();
    let update = start(7, 1).to_string();
    for secret in ["", "x", &hook.secret.replace(|_: char| true, "0")] {
        assert_eq!(hook.post(secret, &update).status, 401, "{secret}");
    }
    assert_eq!(hook.post(&hook.secret, "{\"update_id\":").status, 400);
    let large = format!("\"{}\"", "x".repeat(2 << 20));
    assert_eq!(hook.post(&hook.secret, &large).status, 413);
    assert_eq!(
        hook.deliver(&json!({"update_id": 9, "mind_reading": {}}))
            .status,
        200
    );
    assert_eq!(hook.deliver(&json!([1])).status, 200);
}

#[test]
fn while_the_store_is_locked_updates_are_sent_back() {
    let hook = Hook::set();
    assert_eq!(hook.deliver(&start(7, 1)).status, 200);
    hook.telegram().message(1, 1);
    let other = Connection::open(hook.stage.store()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let answer = hook.deliver(&start(8, 2));
    assert_eq!(answer.status, 503);
    assert!(answer.text.to_lowercase().contains("retry-after: 1"));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(hook.deliver(&start(8, 2)).status, 200);
    hook.telegram().message(2, 1);
}

#[test]
fn whoever_watches_over_the_bot_sees_how_it_fares() {
    let hook = Hook::set();
    assert_eq!(hook.deliver(&start(7, 1)).status, 200);
    hook.telegram().message(1, 1);
    let health = hook.get("/healthz");
    assert_eq!((health.status, health.text.ends_with("ok\n")), (200, true));
    let metrics = hook.telegram().wait_for("the metrics", |_| {
        let metrics = hook.get("/metrics").text;
        metrics
            .contains("mibao_messages_total{result=\"arrived\"} 1")
            .then_some(metrics)
    });
    for line in [
        "mibao_updates_total{fate=\"applied\"} 1",
        "mibao_commit_seconds_bucket",
        "mibao_calls_total{method=\"SendMessage\",result=\"ok\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    let arguments = ["--webhook-url", "nonsense", "--listen", "127.0.0.1:0"];
    let mut stage = Stage::set_with(&arguments, |_| {});
    let (status, log) = stage.bot.wait();
    assert!(!status.success());
    assert!(
        log.contains("is no address that Telegram can send updates to"),
        "{log}"
    );
}
