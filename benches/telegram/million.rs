//! A store with a million conversations in it, as they would be: begun in different ways, left after some answers.

use super::world::{FIRST_USER, USERS};
use chrono::{TimeDelta, Utc};
use mibao::dialogue::{Assistant, Content, Input, Session, Turn, step};
use mibao::store::{JournalEntry, Store};
use std::path::Path;

/// Conversations that differ; the others are like one of these.
const KINDS: usize = 500;

/// How many are written in a transaction.
const TOGETHER: i64 = 20_000;

/// How they begin.
const BEGINNINGS: [&str; 8] = [
    "怎么解绑密保手机",
    "手机号停机了，收不到验证码，怎么解绑",
    "解绑失败了",
    "登录不上去",
    "账号异常",
    "QQ被盗了",
    "换了新号码，想换绑",
    "验证码一直没收到",
];

/// Writes them, and says how many turns they have had.
pub fn fill(path: &Path, assistant: &Assistant) -> u64 {
    let mut random = fastrand::Rng::with_seed(20);
    let kinds: Vec<(Session, Vec<Turn>)> = (0..KINDS)
        .map(|_| conversation(assistant, &mut random))
        .collect();
    let mut store = Store::open(path).unwrap();
    let now = Utc::now();
    let mut turns = 0;
    for first in (0..USERS).step_by(TOGETHER.try_into().unwrap()) {
        store
            .transaction(|records| {
                for user in first..(first + TOGETHER).min(USERS) {
                    let key = format!("telegram:{}", FIRST_USER + user);
                    let (session, journal) = random.choice(&kinds).unwrap();
                    // Within the last day: nothing is old enough to be deleted.
                    let at = now - TimeDelta::milliseconds(random.i64(0..86_400_000));
                    for said in journal {
                        let entry = JournalEntry {
                            session: &key,
                            at,
                            did: &said.journal,
                            shows: &said.shows,
                            outcome: "",
                        };
                        records.keep_turn(session, &entry)?;
                    }
                    records.set_card(&key, Some(10 + user % 1000))?;
                    turns += session.turn;
                }
                Ok(())
            })
            .unwrap();
        if (first / TOGETHER) % 10 == 9 {
            eprintln!("{} of {USERS} sessions written", first + TOGETHER);
        }
    }
    turns
}

/// Somebody says what it is about, and answers some of what is asked.
fn conversation(assistant: &Assistant, random: &mut fastrand::Rng) -> (Session, Vec<Turn>) {
    let mut session = Session::default();
    let mut turns = Vec::new();
    let beginning = random.choice(BEGINNINGS).unwrap().to_owned();
    let answers = (0..random.u8(1..5)).map(|_| random.u8(1..3).to_string());
    let said: Vec<String> = std::iter::once(beginning).chain(answers).collect();
    for text in said {
        let input = Input {
            at: Utc::now(),
            language: None,
            removable: false,
            content: Content::Text(text),
        };
        let (next, turn) = step(assistant, session, &input);
        session = next;
        turns.push(turn);
    }
    (session, turns)
}

/// How many turns the sessions of a store have had, all together.
pub fn turns(path: &Path) -> u64 {
    let mut turns = 0;
    Store::look(path, |records| {
        records.visit_sessions(|loaded| {
            if let mibao::store::Loaded::Session(session) = loaded {
                turns += session.turn;
            }
        })
    })
    .unwrap();
    turns
}
