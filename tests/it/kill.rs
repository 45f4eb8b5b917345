//! The program killed in mid-work, again and again: no update is lost, none is applied twice.

use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::telegram::Bot;
use rusqlite::Connection;
use std::time::Duration;
use tempfile::TempDir;

const USERS: i64 = 24;
const UPDATES_EACH: i64 = 6;
const KILLS: usize = 18;

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

/// What the store says of a user: turns in the journal, and turns in the session.
fn turns(connection: &Connection, user: i64) -> (i64, i64) {
    let session = format!("telegram:{user}");
    let journal = "SELECT COUNT(*) FROM journal WHERE session = ?";
    let state = "SELECT json_extract(state, '$.turn') FROM session WHERE key = ?";
    let ask = |sql| {
        connection
            .query_row(sql, [&session], |row| row.get(0))
            .unwrap()
    };
    (ask(journal), ask(state))
}

/// Users who write in an order left to chance, each a fixed number of updates.
struct Crowd {
    told: Vec<i64>,
    chance: Chance,
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
            told: vec![0; usize::try_from(USERS).unwrap()],
            chance: Chance(SEED),
        }
    }

    /// So many of the updates still to come.
    fn speak(&mut self, telegram: &FakeTelegram, updates: usize) {
        for _ in 0..updates {
            let left: Vec<usize> = (0..self.told.len())
                .filter(|user| self.told[*user] < UPDATES_EACH)
                .collect();
            let user = left[self.chance.below(left.len())];
            let text = match self.told[user] {
                0 => "/start",
                _ => Self::TEXTS[self.chance.below(Self::TEXTS.len())],
            };
            telegram.say(i64::try_from(user).unwrap() + 1, text);
            self.told[user] += 1;
        }
    }
}

#[test]
fn kills_lose_nothing_and_repeat_nothing() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let store = directory.path().join("store.db");
    let mut crowd = Crowd::new();
    let all = usize::try_from(USERS * UPDATES_EACH).unwrap();
    for round in 0..KILLS {
        crowd.speak(&telegram, all / KILLS);
        let bot = Bot::start(&telegram.url(), &store, TOKEN);
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
    let bot = Bot::start(&telegram.url(), &store, TOKEN);
    telegram.wait_for("the last acknowledgement", |world| {
        world.updates.is_empty().then_some(())
    });
    let connection = Connection::open(&store).unwrap();
    telegram.wait_for("the last delivery", |_| {
        (count(&connection, "SELECT COUNT(*) FROM outbox") == 0).then_some(())
    });
    let (status, log) = bot.end("TERM");
    assert!(status.success(), "{log}");
    check(&telegram, &connection);
}

fn check(telegram: &FakeTelegram, connection: &Connection) {
    for user in 1..=USERS {
        assert_eq!(
            turns(connection, user),
            (UPDATES_EACH, UPDATES_EACH),
            "turns of user {user}, seed {SEED}"
        );
        let answers = telegram.look(|world| world.messages(user).len());
        assert!(
            answers >= usize::try_from(UPDATES_EACH).unwrap(),
            "answers to user {user}, seed {SEED}"
        );
    }
    let applied = count(connection, "SELECT COUNT(*) FROM journal");
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
    let updates = USERS * UPDATES_EACH;
    let again = i64::try_from(telegram.look(|world| world.given_out)).unwrap() - updates;
    println!(
        "{KILLS} kills, {updates} updates of {USERS} users, {again} of them given out once more: \
         {applied} applied, 0 lost, 0 twice; {replies} replies, {} of them sent once more; seed {SEED}",
        sent - replies,
    );
}
