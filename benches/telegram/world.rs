//! What goes on behind the Bot API: users who go through a dialogue, the updates that they cause, the messages they get.
//!
//! A user says the next thing when the reply to the last has come (closed loop), or when a clock says so (open loop). Who
//! is through makes room for somebody new, so that no session grows longer than a person's would.

use super::wire;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The first of a million users; all have ten digits, as Telegram's have.
pub const FIRST_USER: i64 = 5_000_000_000;
pub const USERS: i64 = 1_000_000;

/// Nobody waits longer for a reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a user does.
enum Act {
    Say(&'static str),
    /// Presses the first button of the last card.
    Press,
}

/// The dialogue: a command, a sentence that tells several things, presses, and a button's label typed.
const DIALOGUE: [Act; 5] = [
    Act::Say("/restart"),
    Act::Say("手机号停机了，收不到验证码，怎么解绑"),
    Act::Press,
    Act::Say("只是停机，还是我的"),
    Act::Press,
];

/// Somebody in the middle of the dialogue.
struct User {
    id: i64,
    step: usize,
    /// When what was said last could be fetched; none while nothing is owed to this user.
    since: Option<Instant>,
    /// The last message with buttons, as JSON.
    card: Vec<u8>,
    /// What its first button carries.
    button: Vec<u8>,
}

/// What has happened so far.
#[derive(Default, Clone, Copy)]
pub struct Counts {
    /// Updates that users caused.
    pub said: u64,
    /// Updates with their reply.
    pub turns: u64,
    /// Users who gave up.
    pub lost: u64,
    /// Users whose dialogue went another way than it should.
    pub astray: u64,
    /// Calls of any kind.
    pub calls: u64,
}

pub type Shared = Rc<RefCell<World>>;

pub struct World {
    users: Vec<User>,
    by_id: HashMap<i64, usize>,
    /// Those who wait for the clock; none in a closed loop.
    idle: Option<VecDeque<usize>>,
    users_so_far: i64,
    updates: VecDeque<(i64, Vec<u8>)>,
    update_id: i64,
    message_id: i64,
    available: Rc<Notify>,
    pub counts: Counts,
    /// How long each reply took.
    pub waits: Vec<Duration>,
    pub polled_first_at: Option<Instant>,
    /// Reused for whatever is put together.
    scratch: Vec<u8>,
}

/// What to do about a call.
pub enum Verdict {
    Answered,
    /// Wait for updates.
    Wait {
        limit: usize,
        timeout: Duration,
    },
}

impl World {
    pub fn new() -> Shared {
        Rc::new(RefCell::new(Self {
            users: Vec::new(),
            by_id: HashMap::new(),
            idle: None,
            users_so_far: 0,
            updates: VecDeque::new(),
            update_id: 700_000_000,
            message_id: 1000,
            available: Rc::new(Notify::new()),
            counts: Counts::default(),
            waits: Vec::new(),
            polled_first_at: None,
            scratch: Vec::new(),
        }))
    }

    /// So many users from now on, each as fast as the replies come.
    pub fn closed_loop(&mut self, users: usize) {
        self.come(users);
        self.idle = None;
        for user in 0..users {
            self.act(user);
        }
    }

    /// So many users from now on, of whom the next does something whenever [`tick`](Self::tick) is called.
    pub fn open_loop(&mut self, users: usize) {
        self.come(users);
        self.idle = Some((0..users).collect());
    }

    /// Nobody says anything more.
    pub fn hush(&mut self) {
        self.users.clear();
        self.by_id.clear();
    }

    fn come(&mut self, users: usize) {
        self.hush();
        for index in 0..users {
            let id = self.somebody_new();
            self.by_id.insert(id, index);
            self.users.push(User {
                id,
                step: 0,
                since: None,
                card: Vec::new(),
                button: Vec::new(),
            });
        }
    }

    /// Users come in no order, and none comes twice.
    fn somebody_new(&mut self) -> i64 {
        self.users_so_far += 1;
        FIRST_USER + self.users_so_far * 618_033 % USERS
    }

    /// The user who has waited longest says something.
    pub fn tick(&mut self) {
        if let Some(user) = self.idle.as_mut().and_then(VecDeque::pop_front) {
            self.act(user);
        }
    }

    /// Those who waited in vain make room.
    pub fn give_up(&mut self) {
        for index in 0..self.users.len() {
            let since = self.users.get(index).and_then(|user| user.since);
            if since.is_some_and(|since| since.elapsed() > PATIENCE) {
                self.counts.lost += 1;
                self.replace(index);
                self.go_on(index);
            }
        }
    }

    /// This user does what comes next.
    fn act(&mut self, index: usize) {
        self.update_id += 1;
        let Some(user) = self.users.get_mut(index) else {
            return;
        };
        let (update_id, id) = (self.update_id, user.id);
        let mut update = Vec::with_capacity(512 + user.card.len());
        let person = format!(r#""id":{id},"first_name":"甲","username":"user_{id}""#);
        match DIALOGUE.get(user.step) {
            Some(Act::Say(text)) => {
                self.message_id += 1;
                let message_id = self.message_id;
                let entities = if text.starts_with('/') {
                    r#","entities":[{"type":"bot_command","offset":0,"length":8}]"#
                } else {
                    ""
                };
                write!(
                    update,
                    r#"{{"update_id":{update_id},"message":{{"message_id":{message_id},"from":{{{person},"is_bot":false,"language_code":"zh-hans"}},"chat":{{{person},"type":"private"}},"date":1767225600,"text":"{text}"{entities}}}}}"#,
                )
                .expect("a Vec takes it");
            }
            Some(Act::Press) | None => {
                write!(
                    update,
                    r#"{{"update_id":{update_id},"callback_query":{{"id":"{id}{update_id}","from":{{{person},"is_bot":false,"language_code":"zh-hans"}},"chat_instance":"-{id}","message":"#,
                )
                .expect("a Vec takes it");
                update.extend_from_slice(&user.card);
                update.extend_from_slice(b",\"data\":");
                update.extend_from_slice(&user.button);
                update.extend_from_slice(b"}}");
            }
        }
        user.since = Some(Instant::now());
        self.counts.said += 1;
        self.updates.push_back((update_id, update));
        self.available.notify_waiters();
    }

    /// Somebody new takes this user's place.
    fn replace(&mut self, index: usize) {
        let id = self.somebody_new();
        if let Some(user) = self.users.get_mut(index) {
            self.by_id.remove(&user.id);
            self.by_id.insert(id, index);
            user.id = id;
            user.step = 0;
            user.since = None;
        }
    }

    fn go_on(&mut self, index: usize) {
        match &mut self.idle {
            None => self.act(index),
            Some(idle) => idle.push_back(index),
        }
    }

    /// A message has come to this chat: perhaps the reply that its user was waiting for.
    fn received(&mut self, chat: i64, message: &[u8], markup: &[u8]) {
        let Some(index) = self.by_id.get(&chat).copied() else {
            return;
        };
        let Some(user) = self.users.get_mut(index) else {
            return;
        };
        if let Some(button) = first_button(markup) {
            user.card.clear();
            user.card.extend_from_slice(message);
            user.button.clear();
            user.button.extend_from_slice(button);
        } else {
            user.button.clear();
        }
        let Some(since) = user.since.take() else {
            return;
        };
        self.waits.push(since.elapsed());
        self.counts.turns += 1;
        user.step += 1;
        match DIALOGUE.get(user.step) {
            None => self.replace(index),
            Some(Act::Press) if user.button.is_empty() => {
                self.counts.astray += 1;
                self.replace(index);
            }
            Some(_) => {}
        }
        self.go_on(index);
    }

    /// Does what is asked, and writes the answer.
    pub fn call(&mut self, request: &wire::Request<'_>, output: &mut Vec<u8>) -> Verdict {
        self.counts.calls += 1;
        let method = request.method;
        if method.eq_ignore_ascii_case(b"getUpdates") {
            return self.poll(request.body);
        }
        if method.eq_ignore_ascii_case(b"getMe") {
            wire::answer(output, br#"{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"bench","username":"bench_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}}"#);
            return Verdict::Answered;
        }
        let edits = method
            .get(..11)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"editMessage"));
        if edits || method.eq_ignore_ascii_case(b"sendMessage") {
            self.message(request.body, output);
        } else {
            wire::answer(output, br#"{"ok":true,"result":true}"#);
        }
        Verdict::Answered
    }

    /// A message, new or edited. The answer holds it whole, as Telegram's does.
    fn message(&mut self, body: &[u8], output: &mut Vec<u8>) {
        let (mut chat, mut message_id, mut text, mut markup) = (0, None, &b""[..], &b""[..]);
        for (key, value) in wire::fields(body) {
            match key {
                b"chat_id" => chat = wire::number(value).unwrap_or_default(),
                b"message_id" => message_id = wire::number(value),
                b"text" => text = value,
                b"reply_markup" => markup = value,
                _ => {}
            }
        }
        let message_id = message_id.unwrap_or_else(|| {
            self.message_id += 1;
            self.message_id
        });
        let mut answer = std::mem::take(&mut self.scratch);
        answer.clear();
        answer.extend_from_slice(br#"{"ok":true,"result":"#);
        let start = answer.len();
        write!(
            answer,
            r#"{{"message_id":{message_id},"from":{{"id":123456,"is_bot":true,"first_name":"bench","username":"bench_bot"}},"chat":{{"id":{chat},"first_name":"甲","username":"user_{chat}","type":"private"}},"date":1767225600,"text":"#,
        )
        .expect("a Vec takes it");
        answer.extend_from_slice(if text.is_empty() { b"\"\"" } else { text });
        if !markup.is_empty() {
            answer.extend_from_slice(b",\"reply_markup\":");
            answer.extend_from_slice(markup);
        }
        answer.push(b'}');
        // Taking away buttons says nothing.
        if !text.is_empty() {
            self.received(chat, answer.get(start..).unwrap_or_default(), markup);
        }
        answer.push(b'}');
        wire::answer(output, &answer);
        self.scratch = answer;
    }

    fn poll(&mut self, body: &[u8]) -> Verdict {
        self.polled_first_at.get_or_insert_with(Instant::now);
        let (mut offset, mut limit, mut timeout) = (None, 100, 0);
        for (key, value) in wire::fields(body) {
            match key {
                b"offset" => offset = wire::number(value),
                b"limit" => limit = wire::number(value).unwrap_or(100),
                b"timeout" => timeout = wire::number(value).unwrap_or(0),
                _ => {}
            }
        }
        // What is asked beyond has arrived.
        while let (Some(offset), Some((id, _))) = (offset, self.updates.front())
            && *id < offset
        {
            self.updates.pop_front();
        }
        Verdict::Wait {
            limit: limit.clamp(1, 100).try_into().unwrap_or(100),
            timeout: Duration::from_secs(timeout.try_into().unwrap_or(0)),
        }
    }

    /// The updates that wait, if there are any.
    pub fn updates(&self, limit: usize, output: &mut Vec<u8>) -> bool {
        let mut body = br#"{"ok":true,"result":["#.to_vec();
        for (index, (_, update)) in self.updates.iter().take(limit).enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(update);
        }
        body.extend_from_slice(b"]}");
        if !self.updates.is_empty() {
            wire::answer(output, &body);
        }
        !self.updates.is_empty()
    }

    /// Tells when there are updates.
    pub fn available(&self) -> Rc<Notify> {
        Rc::clone(&self.available)
    }
}

/// What the first button carries, with its quotation marks.
fn first_button(markup: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = br#""callback_data":"#;
    let rest = markup.get(wire::find(markup, KEY)? + KEY.len()..)?;
    let rest = rest.trim_ascii_start();
    let length = rest.iter().skip(1).position(|byte| *byte == b'"')? + 2;
    rest.get(..length)
}
