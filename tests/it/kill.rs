//! The program killed in mid-work, again and again: no update is lost, none is applied twice.

use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::telegram::Bot;
use rusqlite::Connection;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const USERS: i64 = 24;

/// Kills, where the environment does not say `KILLS=1000`.
const KILLS: usize = 18;

/// Updates between two kills.
const UPDATES_EACH_LIFE: usize = 8;

/// Reproduces a run: print it, and put it here.
const SEED: u64 = 20_261_122;

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// What the journal says that a user did, in order.
fn journal(connection: &Connection, user: i64) -> String {
    let sql = "SELECT coalesce(group_concat(did, ' '), '') FROM (SELECT did FROM journal WHERE session = ? ORDER BY id)";
    let session = format!("telegram:{user}");
    connection
        .query_row(sql, [session], |row| row.get(0))
        .unwrap()
}

/// A word that stands for a number and looks like nothing private.
fn word(number: usize) -> String {
    let letters = number.to_string().into_bytes();
    let letters = letters.iter().map(|digit| char::from(digit - b'0' + b'a'));
    format!("z{}z", letters.collect::<String>())
}

/// Users who write in an order left to chance.
struct Crowd {
    /// What each has said, as words that stand for numbers.
    told: Vec<Vec<String>>,
    chance: Chance,
    updates: usize,
}

impl Crowd {
    const TEXTS: [&'static str; 5] = [
        "怎么解绑密保手机",
        "收不到验证码",
        "不确定",
        "为什么",
        "你好",
    ];

    fn new() -> Self {
        Self {
            told: vec![Vec::new(); usize::try_from(USERS).unwrap()],
            chance: Chance(SEED),
            updates: 0,
        }
    }

    /// So many more updates.
    fn speak(&mut self, telegram: &FakeTelegram, updates: usize) {
        for _ in 0..updates {
            let user = self.chance.below(self.told.len());
            let text = Self::TEXTS[self.chance.below(Self::TEXTS.len())];
            self.updates += 1;
            let word = word(self.updates);
            let number = i64::try_from(user).unwrap() + 1;
            telegram.say(number, &format!("{text} {word}"));
            self.told[user].push(word);
        }
    }
}

/// The program, with nothing in the way of its speed.
fn start(telegram: &FakeTelegram, store: &Path) -> Bot {
    let limits = [
        "--updates-per-second-max",
        "0",
        "--messages-per-second-max",
        "0",
        "--chat-messages-per-minute-max",
        "0",
        "--user-updates-per-minute-max",
        "0",
    ];
    Bot::start_with(&telegram.url(), store, TOKEN, &limits, "")
}

#[test]
fn kills_lose_nothing_and_repeat_nothing() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let store = directory.path().join("store.db");
    let mut crowd = Crowd::new();
    let kills = std::env::var("KILLS").ok();
    let kills = kills.map_or(KILLS, |kills| kills.parse().unwrap());
    for round in 0..kills {
        crowd.speak(&telegram, UPDATES_EACH_LIFE);
        let bot = start(&telegram, &store);
        // Some calls and microseconds later is any moment: before the commit, in it, after it, while sending.
        // Every other time the batch has just been given out, for these moments are short.
        let calls_more = 2 + crowd.chance.below(if round % 2 == 0 { 2 } else { 14 });
        let calls = telegram.look(|world| world.calls.len()) + calls_more;
        telegram.wait_for("work to interrupt", |world| {
            (world.calls.len() >= calls).then_some(())
        });
        std::thread::sleep(Duration::from_micros(
            u64::try_from(crowd.chance.below(20_000)).unwrap(),
        ));
        drop(bot);
    }
    let polls = telegram.look(|world| world.count("getUpdates"));
    let bot = start(&telegram, &store);
    // There may be nothing left to do, and only who has begun to work can be asked to stop.
    telegram.wait_for("the last life's first poll", |world| {
        (world.count("getUpdates") > polls).then_some(())
    });
    // After a thousand lives cut short much is left: it may take its time, as long as it gets less.
    let mut left = telegram.look(|world| world.updates.len());
    while left > 0 {
        left = telegram.wait_for("the next acknowledgement", |world| {
            Some(world.updates.len()).filter(|now| *now < left)
        });
    }
    let connection = Connection::open(&store).unwrap();
    let waiting = || count(&connection, "SELECT COUNT(*) FROM outbox");
    let mut left = waiting();
    while left > 0 {
        left = telegram.wait_for("the next delivery", |_| {
            Some(waiting()).filter(|now| *now < left)
        });
    }
    let (status, log) = bot.end("TERM");
    assert!(status.success(), "{log}");
    check(&telegram, &connection, &crowd, kills);
}

fn check(telegram: &FakeTelegram, connection: &Connection, crowd: &Crowd, kills: usize) {
    for (user, told) in (1..).zip(&crowd.told) {
        let journal = journal(connection, user);
        let heard = journal.split_whitespace();
        let heard: Vec<&str> = heard
            .filter(|word| word.starts_with('z') && word.ends_with('z'))
            .collect();
        assert_eq!(heard, *told, "user {user}, seed {SEED}");
        let answers = telegram.look(|world| world.messages(user).len());
        assert!(
            told.is_empty() || answers > 0,
            "no answer to user {user}, seed {SEED}"
        );
    }
    let turns = count(connection, "SELECT COUNT(*) FROM journal");
    let state = "SELECT SUM(json_extract(state, '$.turn')) FROM session";
    assert_eq!(count(connection, state), turns, "seed {SEED}");
    let replies = count(
        connection,
        "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'",
    );
    let sent = i64::try_from(telegram.look(|world| world.count("sendMessage"))).unwrap();
    assert!(
        sent >= replies,
        "{replies} replies were to be sent, and {sent} were, seed {SEED}"
    );
    assert_eq!(count(connection, "SELECT COUNT(*) FROM parked"), 0);
    assert_eq!(count(connection, "SELECT COUNT(*) FROM dead_letter"), 0);
    let updates = crowd.updates;
    let again = telegram.look(|world| world.given_out) - updates;
    println!(
        "{kills} kills, {updates} updates of {USERS} users, {again} of them given out once more: \
         0 lost, 0 applied twice, {turns} turns; {replies} replies, {} of them sent once more; seed {SEED}",
        sent - replies,
    );
}
