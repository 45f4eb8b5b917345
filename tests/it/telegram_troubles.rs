//! A store that cannot be written: nothing is acknowledged that is not kept, the operator is told, and all goes on
//! when the trouble is over.

use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::telegram::{Bot, Stage};
use rusqlite::Connection;
use tempfile::TempDir;

/// A bot that has waited for this word in its log.
fn wait_for_log(telegram: &FakeTelegram, bot: &Bot, words: &str) {
    telegram.wait_for(words, |_| bot.log().contains(words).then_some(()));
}

#[test]
fn while_another_process_locks_the_store_nothing_is_acknowledged() {
    let stage = Stage::set();
    stage.begin(1);
    let other = Connection::open(stage.store()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    stage.telegram.say(2, "/start");
    wait_for_log(&stage.telegram, &stage.bot, "is in use by another process");
    assert_eq!(stage.telegram.look(|world| world.updates.len()), 1);
    other.execute_batch("COMMIT").unwrap();
    stage.telegram.message(2, 1);
}

/// A file may grow no further, as on a disk that is full: every write of more fails.
#[test]
fn while_the_disk_is_full_nothing_is_acknowledged() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let store = directory.path().join("store.db");
    let full = "trap '' XFSZ; ulimit -f 128";
    let bot = Bot::start_with(&telegram.url(), &store, TOKEN, &[], full);
    for user in 1..=400 {
        telegram.say(user, "/start");
    }
    wait_for_log(&telegram, &bot, "no updates received");
    let waiting = telegram.look(|world| world.updates.len());
    assert!(waiting > 0, "the disk was not full: {}", bot.log());
    drop(bot);
    let kept = Connection::open(&store).unwrap();
    let seen: i64 = kept
        .query_row("SELECT COUNT(*) FROM seen", [], |row| row.get(0))
        .unwrap();
    let acknowledged = 400 - waiting;
    assert!(usize::try_from(seen).unwrap() >= acknowledged);
    drop(kept);

    // With room again, every one is answered, and none twice.
    let limits = ["--messages-per-second-max", "0"];
    let bot = Bot::start_with(&telegram.url(), &store, TOKEN, &limits, "");
    telegram.wait_for("all answers", |world| {
        (1..=400)
            .all(|user| !world.messages(user).is_empty())
            .then_some(())
    });
    let (status, log) = bot.end("TERM");
    assert!(status.success(), "{log}");
    let kept = Connection::open(&store).unwrap();
    let turns: i64 = kept
        .query_row("SELECT COUNT(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(turns, 400);
}
