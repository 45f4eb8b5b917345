//! A Bot API server that behaves like Telegram's where it matters to us, and misbehaves on demand.
//!
//! It keeps updates until a later offset is asked for, lets a poll wait, numbers messages, and remembers every
//! call. A test says what users do and waits for what they see; nothing here sleeps.

mod server;

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, oneshot};

pub const TOKEN: &str = "123456:fake-token_that-shall-never-be-seen";

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a call is answered with instead.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// 500 with a page for people.
    Internal,
    /// 429.
    TooFast { retry_after: u64 },
    /// The connection breaks; nothing was done.
    Reset,
    /// It was done, but the answer breaks off.
    Truncated,
    /// 409: somebody else polls.
    Conflict,
    /// 403.
    Blocked,
    /// 400: the text's markup is not understood.
    CannotParse,
    /// 400 with these words.
    Says(&'static str),
    /// 400: the group has become this chat.
    Moved(i64),
    /// The last updates come again, though they were acknowledged.
    Repeat,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub method: String,
    pub body: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: i64,
    pub text: String,
    /// Ids of its buttons.
    pub buttons: Vec<String>,
}

#[derive(Default)]
pub struct World {
    pub updates: VecDeque<Value>,
    pub chats: BTreeMap<i64, Vec<Message>>,
    pub calls: Vec<Call>,
    /// How many updates were given out, each time counted.
    pub given_out: usize,
    last_batch: Vec<Value>,
    faults: BTreeMap<&'static str, VecDeque<Fault>>,
    update_id: i64,
    message_id: i64,
    polls: u64,
}

impl World {
    pub fn messages(&self, chat: i64) -> &[Message] {
        self.chats.get(&chat).map_or(&[], Vec::as_slice)
    }

    pub fn count(&self, method: &str) -> usize {
        self.calls
            .iter()
            .filter(|call| call.method == method)
            .count()
    }
}

#[derive(Default)]
struct Shared {
    world: Mutex<World>,
    changed: Condvar,
    updated: Notify,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

pub struct FakeTelegram {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FakeTelegram {
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        shared.world().update_id = 1000;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = server::router(Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = stopped => {}
                    result = async { axum::serve(listener, app).await } => result.unwrap(),
                }
            });
        });
        Self {
            shared,
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// This user writes to the bot.
    pub fn say(&self, user: i64, text: &str) -> i64 {
        self.send(user, json!({"text": text}))
    }

    /// This user sends a message made of these parts.
    pub fn send(&self, user: i64, parts: Value) -> i64 {
        let mut message = json!({"message_id": 0, "date": 1, "chat": {"id": user, "type": "private"},
            "from": {"id": user, "is_bot": false, "first_name": "甲", "language_code": "zh-hans"}});
        for (key, value) in parts.as_object().unwrap() {
            message[key] = value.clone();
        }
        self.update("message", message)
    }

    /// This user writes in this group.
    pub fn say_in_group(&self, user: i64, group: i64, parts: Value) -> i64 {
        let mut parts = parts;
        parts["chat"] = json!({"id": group, "type": "supergroup"});
        self.send(user, parts)
    }

    /// This user presses the button with this id on this message.
    pub fn press(&self, user: i64, message_id: i64, button: &str) -> i64 {
        let query = json!({"id": format!("press-{user}-{message_id}"), "data": button,
            "from": {"id": user, "is_bot": false, "language_code": "zh-hans"},
            "message": {"message_id": message_id, "chat": {"id": user, "type": "private"}}});
        self.update("callback_query", query)
    }

    /// An update of any kind.
    pub fn update(&self, kind: &str, content: Value) -> i64 {
        let mut world = self.shared.world();
        world.update_id += 1;
        let id = world.update_id;
        world
            .updates
            .push_back(json!({"update_id": id, kind: content}));
        self.shared.updated.notify_waiters();
        id
    }

    /// The next call of this method is answered so.
    pub fn fail(&self, method: &'static str, fault: Fault) {
        self.shared
            .world()
            .faults
            .entry(method)
            .or_default()
            .push_back(fault);
        self.shared.updated.notify_waiters();
    }

    /// Waits until this can be seen.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, mut seen: impl FnMut(&World) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut world = self.shared.world();
        loop {
            if let Some(found) = seen(&world) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "in vain waited for {what}: {:#?}",
                world.calls
            );
            // What is awaited may be outside this world, which does not tell of its changes.
            let soon = left.min(Duration::from_millis(50));
            world = self.shared.changed.wait_timeout(world, soon).unwrap().0;
        }
    }

    /// Waits until this chat shows so many messages, and gives the last.
    #[track_caller]
    pub fn message(&self, chat: i64, count: usize) -> Message {
        self.wait_for(&format!("message {count} in chat {chat}"), |world| {
            world.messages(chat).get(count - 1).cloned()
        })
    }

    /// Deletes a message, as its reader can.
    pub fn delete(&self, chat: i64, message_id: i64) {
        self.shared
            .world()
            .chats
            .get_mut(&chat)
            .unwrap()
            .retain(|message| message.id != message_id);
    }

    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.shared.world())
    }
}

impl Drop for FakeTelegram {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }
}
