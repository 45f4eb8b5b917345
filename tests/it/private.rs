//! Private data: found, told apart from what only looks like it, and nowhere kept.
//!
//! `cargo test private -- --nocapture` prints the figures; `mibao eval --private` on the same files says more.

use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::telegram::Bot;
use crate::world::{Talk, pack, repository};
use aho_corasick::AhoCorasick;
use chrono::{DateTime, TimeDelta};
use mibao::dialogue::{Assistant, Command, Content, Input, Reading, Session, Turn, step};
use mibao::service::{Fate, Service, Update, log_panics};
use mibao::store::Store;
use mibao::text::{Private, mask, mask_after_code};
use mibao::understanding::{Secret, score_private, secrets};
use proptest::prelude::*;
use regex::Regex;
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use tempfile::TempDir;
use tracing::level_filters::LevelFilter;

/// What must be found and left alone of both halves of the labelled sentences.
const SHARE_MIN: f32 = 0.98;

/// Shorter numbers stand anywhere by chance: in a hash, in a date.
const LETTERS_MIN: usize = 6;

fn labelled(half: &str) -> Vec<Secret> {
    let path = repository(&format!("tests/understanding/{half}.tsv"));
    let (secrets, malformed) = secrets(&fs::read_to_string(path).unwrap());
    assert!(malformed.is_empty(), "{half}: {malformed:?}");
    secrets
}

fn all_labelled() -> Vec<Secret> {
    ["private", "private_held"].map(labelled).concat()
}

static ASSISTANT: LazyLock<Arc<Assistant>> =
    LazyLock::new(|| Arc::new(Assistant::new(pack("knowledge"))));

#[test]
fn private_data_is_told_from_what_looks_like_it() {
    for half in ["private", "private_held"] {
        let score = score_private(&labelled(half));
        println!("{half}");
        println!("  precision                 {}", score.precision);
        println!("  recall                    {}", score.recall);
        println!("  covered to the last letter{}", score.covered);
        println!("  look-alikes left alone    {}", score.left_alone);
        for wrong in &score.wrong {
            println!("  {} as {}", wrong.stated, wrong.masked);
        }
        for share in [score.precision, score.recall, score.left_alone] {
            assert!(share.fraction() >= SHARE_MIN, "{half}: {share}");
        }
    }
}

/// The labelled values as they were typed, and their digits alone.
fn values(secrets: &[Secret]) -> Vec<String> {
    let mut values = Vec::new();
    for secret in secrets {
        for (_, place) in &secret.places {
            let typed = &secret.sentence[place.clone()];
            let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
            values.extend([typed.to_owned(), digits]);
        }
    }
    values.retain(|value| value.chars().count() >= LETTERS_MIN);
    values.sort();
    values.dedup();
    values
}

/// Every file of a directory, whatever it is.
fn bytes(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).unwrap();
    let read = entries.map(|entry| {
        let path = entry.unwrap().path();
        (path.display().to_string(), fs::read(path).unwrap())
    });
    read.collect()
}

fn holds(bytes: &[u8], value: &str) -> bool {
    let value = value.as_bytes();
    bytes.windows(value.len()).any(|window| window == value)
}

/// None of the values stands anywhere in these.
fn check_clean(what: &str, kept: &[(String, Vec<u8>)], values: &[String]) {
    let all = AhoCorasick::new(values).unwrap();
    let found = kept.iter().flat_map(|(name, bytes)| {
        let hits = all.find_iter(bytes);
        hits.map(move |hit| {
            let around = hit.start().saturating_sub(60)..(hit.end() + 20).min(bytes.len());
            let around = String::from_utf8_lossy(&bytes[around]);
            format!("{name}: {}: {around}", values[hit.pattern().as_usize()])
        })
    });
    let found: Vec<String> = found.collect();
    assert!(found.is_empty(), "{what}: {found:#?}");
}

/// What was logged by this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Panics of this thread are logged as the bot logs them, those of other tests as before.
fn log_panics_here() {
    let others = take_hook();
    log_panics();
    let logged = take_hook();
    let here = std::thread::current().id();
    set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if std::thread::current().id() == here {
            logged(info);
        } else {
            others(info);
        }
    }));
}

/// A turn that breaks while it has the user's words in hand, at every seventh message.
fn brittle(
    assistant: &Assistant,
    session: Session,
    input: &Input,
    _: Option<&Reading>,
) -> (Session, Turn) {
    let broken = input.at.timestamp() % 7 == 0;
    if let (true, Content::Text(text)) = (broken, &input.content) {
        panic!("cannot read {text}");
    }
    step(assistant, session, input)
}

/// Everybody's messages, each in a talk of its own, with words before and after; then what else a channel brings.
fn updates(secrets: &[Secret]) -> Vec<Update> {
    let mut contents = Vec::new();
    for (user, secret) in secrets.iter().enumerate() {
        let sentence = &secret.sentence;
        // Too long to be read together with their neighbours, where one of two is to be left whole.
        let words = |text: &str| Content::Text(format!("{text:<70}"));
        // Where a code was asked about, a bare number is one.
        let before = if secret.after_code {
            "收不到验证码"
        } else {
            "怎么解绑"
        };
        // A page that is pasted is read to a thousand letters, and cut in the middle of anything.
        let page = "我等了很久。".repeat(if user % 20 == 0 { 165 } else { 5 });
        // One of two neighbours is left whole by what breaks here.
        for content in [
            words(before),
            words(before),
            words(sentence),
            words(&format!("{sentence}\n没有异常")),
            words(&format!("{page}{sentence}")),
            Content::Press(sentence.clone()),
            Content::Command(Command::Start, sentence.clone()),
            Content::Command(Command::Language, sentence.clone()),
            words("还是不行"),
            Content::Command(Command::Human, sentence.clone()),
        ] {
            contents.push((user, content));
        }
    }
    let begun = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
    let numbered = (0..).zip(contents);
    let update = |(id, (user, content)): (i64, (usize, Content))| {
        let input = Input {
            at: begun + TimeDelta::seconds(id * 10),
            language: None,
            content,
            removable: true,
        };
        Update::new("test", Some(id), format!("test:{user}"), input)
    };
    numbered.map(update).collect()
}

#[test]
fn nothing_private_is_kept_anywhere() {
    let mut secrets = all_labelled();
    secrets.retain(|secret| !secret.places.is_empty());
    let values = values(&secrets);
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("store.db");
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || written.clone())
        .finish();
    let updates = updates(&secrets);
    let count = updates.len();
    let mut dead = 0;
    let mut kept = Vec::new();
    tracing::subscriber::with_default(subscriber, || {
        log_panics_here();
        let store = Store::open(&path).unwrap();
        // Some records are refused by the store itself, with the journal's words in the statement.
        let trap = "CREATE TRIGGER trap BEFORE INSERT ON journal WHEN NEW.at / 10000 % 6 = 0
            BEGIN SELECT RAISE(ABORT, 'trapped'); END";
        Connection::open(&path)
            .unwrap()
            .execute_batch(trap)
            .unwrap();
        let mut service = Service::new(Arc::clone(&ASSISTANT), store).with_step(brittle);
        for batch in updates.chunks(100) {
            let handled = service.handle(batch).unwrap();
            let fates = handled.iter().map(|handled| handled.fate);
            dead += fates.filter(|fate| *fate == Fate::DeadLetter).count();
        }
        // The write-ahead log has not been taken into the file yet.
        kept = bytes(directory.path());
        drop(service);
        drop(take_hook());
    });
    let wal = kept
        .iter()
        .find(|(name, _)| name.ends_with("-wal"))
        .unwrap();
    assert!(
        holds(&wal.1, "[phone]"),
        "what is looked through is what was written"
    );
    let closed = bytes(directory.path());
    // The times of the log are digits, too: sooner or later a fraction of a second is somebody's code.
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let time = Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap();
    let log = time.replace_all(&log, "").into_owned().into_bytes();
    let logged = [("the log".to_owned(), log)];
    check_clean("before the checkpoint", &kept, &values);
    check_clean("after the checkpoint", &closed, &values);
    check_clean("logged", &logged, &values);
    check_journal(&path, &secrets);
    assert!(dead > 300, "{dead}");
    assert!(
        holds(&logged[0].1, "could not be handled"),
        "something was logged"
    );
    let size: usize = kept
        .iter()
        .chain(&closed)
        .map(|(_, bytes)| bytes.len())
        .sum();
    println!(
        "{count} updates, {dead} of them dead letters: none of {} values in {size} bytes of the store, {} of the log",
        values.len(),
        logged[0].1.len()
    );
}

/// Short codes, too, are covered in what the journal says that was done.
fn check_journal(path: &Path, secrets: &[Secret]) {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection
        .prepare("SELECT session, did FROM journal")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows: Vec<(String, String)> = rows.unwrap().map(Result::unwrap).collect();
    assert!(rows.len() > 1000, "{}", rows.len());
    for (session, did) in rows {
        let user: usize = session.strip_prefix("test:").unwrap().parse().unwrap();
        let secret = &secrets[user];
        for (_, place) in &secret.places {
            let value = &secret.sentence[place.clone()];
            assert!(!did.contains(value), "{value} in {did}");
        }
    }
}

/// The real bot, logging all that it can, and users with names, contacts and forwarded messages.
#[test]
fn nothing_of_a_person_is_kept_by_the_bot() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("store.db");
    let bot = Bot::start_logging(&telegram.url(), &path, TOKEN, "trace");
    let person = |user: i64| {
        json!({"id": user, "is_bot": false, "first_name": "欧阳测试", "last_name": "Qwertyson",
            "username": "qwertyson_1855", "language_code": "zh-hans"})
    };
    let chat = |user: i64| {
        json!({"id": user, "type": "private", "first_name": "欧阳测试", "last_name": "Qwertyson",
            "username": "qwertyson_1855"})
    };
    let messages = [
        json!({"text": "我的手机号是13855501234，密码是Hunter-2002"}),
        json!({"contact": {"phone_number": "+8613855505678", "first_name": "欧阳测试", "vcard": "BEGIN:VCARD 13855505678"}}),
        json!({"photo": [{"file_id": "x"}], "caption": "身份证11000019900101123X的照片，验证码583921"}),
        json!({"text": "怎么解绑", "forward_origin": {"type": "user", "sender_user": person(9)},
            "reply_to_message": {"text": "我的QQ是555012345"}}),
        json!({"location": {"latitude": 39.904_211, "longitude": 116.407_395}}),
        json!({"text": "/start 13855501234"}),
        json!({"new_chat_title": "13855501234"}),
        json!({"text": "QQ555012345，邮箱555012345@qq.com，我住在北京市海淀区学苑路88号"}),
    ];
    let count = messages.len();
    for (user, mut message) in (1..).zip(messages) {
        message["from"] = person(user);
        message["chat"] = chat(user);
        telegram.send(user, message);
        telegram.message(user, 1);
    }
    telegram.press(1, 1, "13855501234");
    telegram.wait_for("the answer to the press", |world| {
        (world.count("answerCallbackQuery") == 1).then_some(())
    });
    let running = bytes(directory.path());
    let (_, log) = bot.end("TERM");
    let values = [
        "欧阳测试",
        "Qwertyson",
        "qwertyson_1855",
        "13855501234",
        "13855505678",
        "Hunter-2002",
        "11000019900101123X",
        "583921",
        "555012345",
        "39.904211",
        "116.407395",
        "学苑路88号",
        TOKEN,
    ];
    let values = values.map(str::to_owned);
    check_clean("while it runs", &running, &values);
    check_clean("at the end", &bytes(directory.path()), &values);
    assert!(log.len() > 10_000, "it logged what it could: {}", log.len());
    println!(
        "{count} people: nothing of {} values in the store, nor in {} bytes of the log",
        values.len(),
        log.len()
    );
}

#[test]
fn every_kind_is_named_and_the_talk_goes_on() {
    let assistant = &ASSISTANT;
    let first = |secret: &Secret| secret.places.first().map(|(kind, _)| *kind);
    let secrets = all_labelled();
    let alone: Vec<&Secret> = secrets
        .iter()
        .filter(|secret| secret.places.len() == 1 && !secret.after_code)
        .collect();
    for kind in Private::ALL {
        let secret = alone
            .iter()
            .find(|secret| first(secret) == Some(kind))
            .unwrap();
        let mut talk = Talk::new(assistant);
        talk.does("怎么解绑");
        let turn = talk.does(&secret.sentence);
        let is_told = turn.shows.iter().any(|item| item == "topic:private_data");
        assert_eq!(is_told, kind.is_sensitive(), "{}", secret.sentence);
        assert!(
            !turn.replies[0].text.contains('{'),
            "{}",
            turn.replies[0].text
        );
    }
    let mut talk = Talk::new(assistant);
    talk.does("怎么解绑");
    let turn = talk.does("没有异常，我的手机号是13855501234，密码是hunter2002");
    let said = &turn.replies[0].text;
    assert!(said.starts_with("我看到您发了手机号、密码，"), "{said}");
    assert_eq!(
        turn.pending.as_deref(),
        Some("fact:old_number"),
        "the rest of the message counts"
    );
}

/// A number alone is a code where one was spoken of, and none elsewhere.
#[test]
fn a_bare_number_is_read_by_what_came_before() {
    let mut talk = Talk::new(&ASSISTANT);
    let turn = talk.does("483920");
    assert_eq!((turn.journal.as_str(), turn.shows.len()), ("[account]", 0));
    talk.does("收不到验证码");
    let turn = talk.does("483920");
    assert_eq!(turn.journal, "[code]");
    assert_eq!(
        turn.shows.first().map(String::as_str),
        Some("topic:private_data")
    );
    let turn = talk.does("237");
    assert_eq!(turn.journal, "237");
}

/// Pieces that private data is made of, and what stands beside it.
const PIECES: [&str; 44] = [
    "1",
    "38",
    "5550",
    "13855501234",
    "110000",
    "19900101",
    "1230",
    "x",
    "X",
    "@",
    ".",
    "-",
    " ",
    ":",
    "：",
    "(",
    ")",
    "+",
    "86",
    "852",
    "密码",
    "密碼是",
    "password is ",
    "验证码",
    "code ",
    "qq",
    "手机",
    "身份证",
    "护照",
    "卡号",
    "地址",
    "北京市",
    "中山路",
    "号",
    "[code]",
    "[",
    "一二三四",
    "１２３",
    "\u{200b}",
    "\n",
    "是我的",
    "hunter2",
    "a@b.cn",
    "订单",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is written: what is covered stands in the text, in order, and the rest is left as it was.
    #[test]
    fn masking_holds_of_any_text(text in texts()) {
        for masked in [mask(&text), mask_after_code(&text)] {
            let mut rebuilt = String::new();
            let mut from = 0;
            for (kind, place) in &masked.places {
                prop_assert!(from <= place.start && place.start < place.end, "{:?}", masked.places);
                rebuilt.push_str(&text[from..place.start]);
                rebuilt.push_str(kind.cover());
                from = place.end;
            }
            rebuilt.push_str(&text[from..]);
            prop_assert_eq!(&rebuilt, &masked.text);
            let kinds: BTreeSet<Private> = masked.places.iter().map(|(kind, _)| *kind).collect();
            prop_assert_eq!(kinds, masked.found);
        }
    }

    /// A phone number is covered whatever stands around it, if no digit or letter joins it.
    #[test]
    fn a_phone_number_is_covered_anywhere(before in texts(), behind in texts()) {
        let text = format!("{before}，13955507777。{behind}");
        prop_assert!(!mask(&text).text.contains("13955507777"), "{}", text);
    }
}
