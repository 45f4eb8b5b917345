//! The hostile world: a Bot API in memory, the people who use it, and the model of what must hold.

use super::now;
use crate::service::Service;
use crate::telegram::api::{Line, RawAnswer};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What went wrong, and how much of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    updates: u64,
    sends: u64,
    repeated: u64,
    kills: u64,
    store_failures: u64,
    resets: u64,
    answers_lost: u64,
    too_fast: u64,
    server_errors: u64,
    batches_repeated: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.updates += other.updates;
        self.sends += other.sends;
        self.repeated += other.repeated;
        self.kills += other.kills;
        self.store_failures += other.store_failures;
        self.resets += other.resets;
        self.answers_lost += other.answers_lost;
        self.too_fast += other.too_fast;
        self.server_errors += other.server_errors;
        self.batches_repeated += other.batches_repeated;
    }

    /// Everything that can go wrong did.
    #[track_caller]
    pub fn assert_lively(&self) {
        let all = [
            self.kills,
            self.store_failures,
            self.resets,
            self.answers_lost,
            self.too_fast,
            self.server_errors,
            self.batches_repeated,
        ];
        assert!(all.iter().all(|count| *count > 0), "{self}");
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} updates, 0 lost, 0 applied twice; {} messages sent, {} of them once more; \
             {} kills, {} failed transactions, {} resets, {} answers lost, {} times too fast, {} server errors, \
             {} batches repeated",
            self.updates,
            self.sends,
            self.repeated,
            self.kills,
            self.store_failures,
            self.resets,
            self.answers_lost,
            self.too_fast,
            self.server_errors,
            self.batches_repeated,
        )
    }
}

/// Something shown in a chat.
#[derive(Debug, Clone)]
struct Shown {
    chat: i64,
    text: String,
    at: Instant,
}

pub struct World {
    chance: fastrand::Rng,
    users: i64,
    updates_each: usize,
    /// Nothing fails.
    pub is_calm: bool,
    pub is_over: bool,
    pub counts: Counts,
    /// Every call, for comparing runs.
    pub diary: Vec<String>,
    waiting: Vec<Value>,
    given_out: Vec<Value>,
    arrived: Arc<Notify>,
    update_id: i64,
    message_id: i64,
    /// What each user has said, in order.
    said: BTreeMap<i64, Vec<String>>,
    shown: Vec<Shown>,
    /// The message that each user sees the last button on.
    cards: BTreeMap<i64, i64>,
    /// How many messages may be shown again.
    excused: u64,
    /// Calls until the end of this life.
    calls_left: Option<u64>,
    began_at: Option<Instant>,
    /// Chats that may not be sent to before.
    held: BTreeMap<i64, Instant>,
    sent_at: Vec<Instant>,
}

impl World {
    pub fn new(seed: u64, users: i64, updates_each: usize) -> Self {
        Self {
            chance: fastrand::Rng::with_seed(seed),
            users,
            updates_each,
            is_calm: false,
            is_over: false,
            counts: Counts::default(),
            diary: Vec::new(),
            waiting: Vec::new(),
            given_out: Vec::new(),
            arrived: Arc::default(),
            update_id: 100,
            message_id: 0,
            said: BTreeMap::new(),
            shown: Vec::new(),
            cards: BTreeMap::new(),
            excused: 0,
            calls_left: None,
            began_at: None,
            held: BTreeMap::new(),
            sent_at: Vec::new(),
        }
    }

    pub fn begin_life(&mut self) {
        self.began_at = Some(Instant::now());
        self.held.clear();
        self.sent_at.clear();
        self.calls_left = None;
        if self.is_calm {
            return;
        }
        // Most lives end at a call or at a statement; some last.
        match self.chance.u32(..5) {
            0 | 1 => self.calls_left = Some(self.chance.u64(1..60)),
            2 | 3 => crate::store::fuse::light(Some(self.chance.u64(1..900))),
            _ => {}
        }
    }

    /// The process is dead. What it had shown and not yet noted may be shown again.
    pub fn end_life(&mut self, service: &Mutex<Service>) {
        if self.is_over {
            return;
        }
        self.counts.kills += 1;
        let unsent: BTreeSet<String> = service.lock().unwrap().outbox_texts().into_iter().collect();
        let shown: BTreeSet<&str> = self.shown.iter().map(|shown| shown.text.as_str()).collect();
        let in_flight = unsent.iter().filter(|text| shown.contains(text.as_str()));
        self.excused += in_flight.count() as u64;
    }

    /// A transaction is over: whether the process lives to hear of it.
    pub fn judge(&mut self, requests: usize, failed: bool) -> bool {
        if !failed {
            return true;
        }
        self.counts.store_failures += 1;
        // Deliveries that could not be noted are repeated.
        self.excused += requests as u64;
        let dies = crate::store::fuse::is_out() && self.chance.bool();
        // The disk has room again, for a while.
        let next = self.chance.u64(1..900);
        crate::store::fuse::light((!dies).then_some(next));
        !dies
    }

    pub fn shown_at(&self, chat: i64) -> Vec<Duration> {
        let began_at = self.began_at.unwrap();
        let shown = self.shown.iter().filter(|shown| shown.chat == chat);
        shown.map(|shown| shown.at - began_at).collect()
    }

    fn tell(&mut self) {
        let users: Vec<i64> = (1..=self.users)
            .filter(|user| self.said.get(user).map_or(0, Vec::len) < self.updates_each)
            .collect();
        let Some(user) = self.chance.choice(&users).copied() else {
            return;
        };
        self.update_id += 1;
        let word = format!("w{}", self.update_id);
        let card = self.cards.get(&user).copied();
        let presses = self.chance.u32(..4) == 0;
        let update = match card {
            Some(card) if presses => {
                json!({"update_id": self.update_id, "callback_query": {"id": word, "data": word,
                    "from": {"id": user}, "message": {"message_id": card, "chat": {"id": user, "type": "private"}}}})
            }
            _ => json!({"update_id": self.update_id, "message": {"message_id": 1, "text": word,
                "from": {"id": user}, "chat": {"id": user, "type": "private"}}}),
        };
        self.said.entry(user).or_default().push(word);
        self.waiting.push(update);
        self.counts.updates += 1;
        self.arrived.notify_waiters();
    }

    fn has_told_all(&self) -> bool {
        let all = self.users * i64::try_from(self.updates_each).unwrap();
        self.counts.updates == u64::try_from(all).unwrap()
    }

    /// A message or an edit comes in: what it is answered, after what it did.
    fn show(&mut self, body: &Value, edits: bool) -> Value {
        let chat = body["chat_id"].as_i64().unwrap();
        let now = Instant::now();
        if !self.is_calm {
            assert!(
                self.held.get(&chat).is_none_or(|until| *until <= now),
                "chat {chat} was to wait"
            );
        }
        self.sent_at.push(now);
        let second = self.sent_at.iter().rev();
        let second = second.take_while(|at| now - **at < Duration::from_secs(1));
        assert!(second.count() <= 30, "more than 30 messages in a second");
        let text = body["text"].as_str().unwrap().to_owned();
        let id = if edits {
            body["message_id"].as_i64().unwrap()
        } else {
            self.message_id += 1;
            self.message_id
        };
        self.cards.insert(chat, id);
        self.counts.sends += 1;
        self.shown.push(Shown {
            chat,
            text,
            at: now,
        });
        json!({"ok": true, "result": {"message_id": id}})
    }

    /// What must have happened now that all is over.
    #[track_caller]
    pub fn check(&mut self, service: &Mutex<Service>) {
        let mut service = service.lock().unwrap();
        for (user, said) in &self.said {
            let diary = service.diary_of(&format!("telegram:{user}"));
            let heard: Vec<&str> = diary.split_whitespace().collect();
            assert_eq!(heard, *said, "user {user}: each once, and in order");
            // What was read together is answered together: the answers are the diary, cut somewhere.
            let mut seen = BTreeSet::new();
            let shown = self.shown.iter().filter(|shown| shown.chat == *user);
            let fresh: Vec<&str> = shown
                .filter(|shown| seen.insert(shown.text.as_str()))
                .map(|shown| shown.text.as_str())
                .collect();
            let answered: Vec<&str> = fresh
                .iter()
                .flat_map(|text| text.split_whitespace())
                .collect();
            assert_eq!(answered, *said, "user {user}: answered in order");
        }
        let texts: BTreeSet<&str> = self.shown.iter().map(|shown| shown.text.as_str()).collect();
        self.counts.repeated = (self.shown.len() - texts.len()) as u64;
        assert!(
            self.counts.repeated <= self.excused,
            "{} repeated, {} excused",
            self.counts.repeated,
            self.excused
        );
    }
}

/// People writing, each at their own time.
pub async fn crowd(world: Arc<Mutex<World>>) {
    while !world.lock().unwrap().has_told_all() {
        let pause = world.lock().unwrap().chance.u64(..400);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        world.lock().unwrap().tell();
    }
}

/// Waits until everything is said, acknowledged and delivered.
pub async fn until_quiet(world: Arc<Mutex<World>>, service: Arc<Mutex<Service>>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut world = world.lock().unwrap();
        assert!(now().timestamp() < 1_900_000_000, "it never ends");
        if world.has_told_all()
            && world.waiting.is_empty()
            && service.lock().unwrap().outbox_texts().is_empty()
        {
            world.is_over = true;
            return;
        }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    Reset,
    AnswerLost,
    AnswerTruncated,
    TooFast,
    ServerError,
    Repeat,
}

/// The way to the Bot API.
pub struct FakeLine {
    world: Arc<Mutex<World>>,
    killed: Arc<Notify>,
}

impl FakeLine {
    pub fn new(world: Arc<Mutex<World>>, killed: Arc<Notify>) -> Self {
        Self { world, killed }
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Comes back only to the living.
    async fn survive(&self) {
        let dies = {
            let mut world = self.world();
            if let Some(left) = &mut world.calls_left {
                *left = left.saturating_sub(1);
            }
            world.calls_left == Some(0)
        };
        if dies {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    async fn updates(&self, body: &Value, weather: Weather) -> Value {
        if let Some(offset) = body["offset"].as_i64() {
            let acknowledged = |update: &Value| update["update_id"].as_i64() >= Some(offset);
            self.world().waiting.retain(acknowledged);
        }
        let deadline = Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap());
        loop {
            let arrived = Arc::clone(&self.world().arrived);
            let arrived = arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            {
                let mut world = self.world();
                if weather == Weather::Repeat && !world.given_out.is_empty() {
                    world.counts.batches_repeated += 1;
                    return json!({"ok": true, "result": world.given_out});
                }
                let batch: Vec<Value> = world.waiting.iter().take(7).cloned().collect();
                if !batch.is_empty() {
                    world.given_out.clone_from(&batch);
                    return json!({"ok": true, "result": batch});
                }
            }
            if tokio::time::timeout_at(deadline, arrived).await.is_err() {
                return json!({"ok": true, "result": []});
            }
        }
    }

    /// Does what is asked for.
    async fn perform(&self, method: &str, body: &Value, weather: Weather) -> Value {
        match method {
            "GetUpdates" | "getUpdates" => self.updates(body, weather).await,
            "SendMessage" => self.world().show(body, false),
            "EditMessageText" => self.world().show(body, true),
            _ => json!({"ok": true, "result": true}),
        }
    }

    fn weather(&self) -> (Weather, Duration) {
        let mut world = self.world();
        if world.is_calm {
            return (Weather::Fair, Duration::from_millis(20));
        }
        let delay = Duration::from_millis(world.chance.u64(..300));
        let weather = match world.chance.u32(..100) {
            0..=3 => Weather::Reset,
            4..=7 => Weather::AnswerLost,
            8..=9 => Weather::AnswerTruncated,
            10..=12 => Weather::TooFast,
            13..=15 => Weather::ServerError,
            16..=18 => Weather::Repeat,
            _ => Weather::Fair,
        };
        (weather, delay)
    }

    async fn answer(&self, method: &'static str, body: &Value) -> Result<RawAnswer, String> {
        self.survive().await;
        let (weather, delay) = self.weather();
        self.world()
            .diary
            .push(format!("{method} {body} {weather:?} {delay:?}"));
        tokio::time::sleep(delay).await;
        match weather {
            Weather::Reset => {
                self.world().counts.resets += 1;
                return Err("reset".to_owned());
            }
            Weather::TooFast => return Ok(self.too_fast(body)),
            Weather::ServerError => {
                self.world().counts.server_errors += 1;
                return Ok((502, b"<html>Bad Gateway</html>".to_vec()));
            }
            Weather::Fair | Weather::AnswerLost | Weather::AnswerTruncated | Weather::Repeat => {}
        }
        let answer = self.perform(method, body, weather).await;
        self.survive().await;
        let mut answer = answer.to_string().into_bytes();
        if matches!(weather, Weather::AnswerLost | Weather::AnswerTruncated) {
            let mut world = self.world();
            world.counts.answers_lost += 1;
            world.excused += 1;
            if weather == Weather::AnswerLost {
                return Err("timed out".to_owned());
            }
            answer.truncate(answer.len() / 2);
        }
        Ok((200, answer))
    }

    fn too_fast(&self, body: &Value) -> RawAnswer {
        let mut world = self.world();
        world.counts.too_fast += 1;
        let pause = world.chance.u64(1..8);
        if let Some(chat) = body["chat_id"].as_i64() {
            let until = Instant::now() + Duration::from_secs(pause);
            world.held.insert(chat, until);
        }
        let answer = json!({"ok": false, "error_code": 429, "description": "Too Many Requests",
            "parameters": {"retry_after": pause}});
        (429, answer.to_string().into_bytes())
    }
}

impl Line for FakeLine {
    fn call(
        &self,
        method: &'static str,
        body: Vec<u8>,
        _timeout: Duration,
    ) -> BoxFuture<'_, Result<RawAnswer, String>> {
        async move {
            let body: Value = serde_json::from_slice(&body).unwrap();
            self.answer(method, &body).await
        }
        .boxed()
    }
}
