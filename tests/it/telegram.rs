//! The real program against the fake server: what people see, and what they see when things go wrong.

use crate::fake_telegram::{FakeTelegram, Fault, Message, TOKEN};
use mibao::knowledge::Language;
use serde_json::json;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use tempfile::TempDir;

/// `mibao telegram`, running. Dropped, it is killed.
pub struct Bot {
    child: Child,
    log: PathBuf,
}

impl Bot {
    pub fn start(api_url: &str, store: &Path, token: &str) -> Self {
        Self::start_logging(api_url, store, token, "info")
    }

    /// The same, which logs what this filter lets through.
    pub fn start_logging(api_url: &str, store: &Path, token: &str, filter: &str) -> Self {
        let filter = format!("export RUST_LOG={filter}");
        Self::start_with(api_url, store, token, &[], &filter)
    }

    /// The same with more arguments, and in a shell that has done something before.
    pub fn start_with(
        api_url: &str,
        store: &Path,
        token: &str,
        arguments: &[&str],
        before: &str,
    ) -> Self {
        let log = store.with_extension("log");
        let stderr = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let child = Command::new("sh")
            .args(["-c", &format!("{before}\nexec \"$@\""), "sh"])
            .arg(env!("CARGO_BIN_EXE_mibao"))
            .args(["telegram", "--api-url", api_url, "--db"])
            .arg(store)
            .args(arguments)
            .env("TELOXIDE_TOKEN", token)
            .env("NO_PROXY", "127.0.0.1")
            .env_remove("RUST_LOG")
            .stderr(stderr)
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// What was logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a signal, and waits for the end.
    pub fn end(mut self, signal: &str) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        self.wait()
    }

    /// Waits for the end, and gives what was logged.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, std::fs::read_to_string(&self.log).unwrap())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bot, its server and its store.
pub struct Stage {
    pub telegram: FakeTelegram,
    pub bot: Bot,
    pub directory: TempDir,
}

impl Stage {
    pub fn set() -> Self {
        Self::set_with(&[], |_| {})
    }

    /// The same with more arguments, and with what happened before the bot came.
    pub fn set_with(arguments: &[&str], before: impl FnOnce(&FakeTelegram)) -> Self {
        let telegram = FakeTelegram::start();
        before(&telegram);
        let directory = TempDir::new().unwrap();
        let store = directory.path().join("store.db");
        let bot = Bot::start_with(&telegram.url(), &store, TOKEN, arguments, "");
        Self {
            telegram,
            bot,
            directory,
        }
    }

    pub fn store(&self) -> PathBuf {
        self.directory.path().join("store.db")
    }

    /// A user starts, and gets the first card.
    pub fn begin(&self, user: i64) -> Message {
        self.telegram.say(user, "/start");
        let card = self.telegram.message(user, 1);
        assert!(
            !card.buttons.is_empty(),
            "the greeting offers something: {card:?}"
        );
        card
    }
}

#[test]
fn a_press_edits_its_card_and_words_leave_it_behind() {
    let stage = Stage::set();
    let card = stage.begin(1);
    stage.telegram.press(1, card.id, &card.buttons[0]);
    let edited = stage.telegram.wait_for("the edit", |world| {
        world
            .messages(1)
            .first()
            .filter(|message| **message != card)
            .cloned()
    });
    assert_eq!(edited.id, card.id);
    stage.telegram.wait_for("the answer to the press", |world| {
        (world.count("answerCallbackQuery") == 1).then_some(())
    });

    stage.telegram.say(1, "你好");
    let next = stage.telegram.message(1, 2);
    assert_ne!(next.id, card.id);
    stage
        .telegram
        .wait_for("the old card without buttons", |world| {
            world.messages(1)[0].buttons.is_empty().then_some(())
        });
}

#[test]
fn media_commands_and_captions_are_answered() {
    let stage = Stage::set();
    let all = [
        json!({"sticker": {"file_id": "x"}}),
        json!({"photo": [{"file_id": "x"}], "caption": "怎么解绑密保手机"}),
        json!({"text": "/help@mibao_bot"}),
        json!({"text": "换绑", "entities": [{"type": "hologram", "offset": 0, "length": 2}]}),
    ];
    for (user, parts) in (1..).zip(all) {
        stage.telegram.send(user, parts);
        stage.telegram.message(user, 1);
    }
}

#[test]
fn menus_are_set_for_each_language() {
    let pack = mibao::knowledge::load(&mibao::shipped::files()).unwrap();
    let mut expected = vec![None];
    for language in pack.languages {
        let code = Some(if language == Language::En { "en" } else { "zh" });
        if !expected.contains(&code) {
            expected.push(code);
        }
    }
    let stage = Stage::set();
    let menus = stage.telegram.wait_for("the menus", |world| {
        let calls = world
            .calls
            .iter()
            .filter(|call| call.method == "setMyCommands");
        let menus: Vec<_> = calls.map(|call| call.body.clone()).collect();
        (menus.len() == expected.len()).then_some(menus)
    });
    let codes: Vec<_> = menus
        .iter()
        .map(|menu| menu["language_code"].as_str())
        .collect();
    assert_eq!(codes, expected);
    for menu in menus {
        let commands = menu["commands"].as_array().unwrap();
        assert_eq!(commands.len(), 10);
        assert!(
            commands
                .iter()
                .all(|command| !command["description"].as_str().unwrap().is_empty())
        );
    }
}

#[test]
fn receiving_survives_every_fault() {
    let stage = Stage::set();
    let faults = [
        Fault::Internal,
        Fault::TooFast { retry_after: 1 },
        Fault::Reset,
        Fault::Truncated,
        Fault::Conflict,
        Fault::Repeat,
    ];
    for (user, fault) in (1..).zip(faults) {
        stage.telegram.fail("getUpdates", fault);
        stage.telegram.say(user, "/start");
        stage.telegram.message(user, 1);
    }
    // What came twice is answered once.
    stage.telegram.say(99, "/start");
    stage.telegram.message(99, 1);
    for user in 1..=6 {
        assert_eq!(
            stage.telegram.look(|world| world.messages(user).len()),
            1,
            "user {user}"
        );
    }
    let (status, log) = stage.bot.end("TERM");
    assert!(
        status.success() && log.contains("another program receives the updates"),
        "{log}"
    );
}

#[test]
fn sending_survives_every_fault() {
    let stage = Stage::set();
    let faults = [
        Fault::Internal,
        Fault::TooFast { retry_after: 1 },
        Fault::Reset,
        Fault::CannotParse,
    ];
    for (user, fault) in (1..).zip(faults) {
        stage.telegram.fail("sendMessage", fault);
        stage.telegram.say(user, "/start");
        stage.telegram.message(user, 1);
    }
    let plain = stage
        .telegram
        .look(|world| world.calls.last().unwrap().body.clone());
    assert!(plain.get("parse_mode").is_none(), "{plain}");

    // Whether a message has arrived whose answer broke off is not to be known: it is said again.
    stage.telegram.fail("sendMessage", Fault::Truncated);
    stage.telegram.say(5, "/start");
    stage.telegram.message(5, 2);
}

#[test]
fn who_has_blocked_the_bot_holds_up_nobody() {
    let stage = Stage::set();
    stage.telegram.fail("sendMessage", Fault::Blocked);
    stage.telegram.say(1, "/start");
    stage.telegram.wait_for("the refusal", |world| {
        (world.count("sendMessage") == 1).then_some(())
    });
    stage.begin(2);
    stage.telegram.say(1, "/start");
    stage.telegram.message(1, 1);
    assert_eq!(
        stage.telegram.look(|world| world.messages(1).len()),
        1,
        "what was parked stays so"
    );
}

#[test]
fn only_the_chat_that_is_told_to_waits() {
    let stage = Stage::set();
    stage
        .telegram
        .fail("sendMessage", Fault::TooFast { retry_after: 2 });
    stage.telegram.say(1, "/start");
    stage.telegram.wait_for("the refusal", |world| {
        (world.count("sendMessage") == 1).then_some(())
    });
    stage.begin(2);
    assert!(stage.telegram.look(|world| world.messages(1).is_empty()));
    stage.telegram.message(1, 1);
}

#[test]
fn a_card_that_is_gone_or_already_right_is_no_fault() {
    let stage = Stage::set();
    let card = stage.begin(1);
    stage.telegram.delete(1, card.id);
    stage.telegram.press(1, card.id, &card.buttons[0]);
    let anew = stage.telegram.message(1, 1);
    assert_ne!(anew.id, card.id);

    // The edit is done, but we do not hear of it: the second time it changes nothing.
    stage.telegram.fail("editMessageText", Fault::Truncated);
    stage.telegram.press(1, anew.id, &anew.buttons[0]);
    stage.telegram.wait_for("the second edit", |world| {
        (world.count("editMessageText") == 3).then_some(())
    });
    stage.begin(2);
    assert_eq!(stage.telegram.look(|world| world.messages(1).len()), 1);
}

#[test]
fn what_is_of_no_concern_is_acknowledged() {
    let stage = Stage::set();
    stage.telegram.update("mind_reading", json!({}));
    stage.telegram.update(
        "message",
        json!({"chat": {"id": -5, "type": "supergroup"}, "text": "x"}),
    );
    stage
        .telegram
        .update("edited_message", json!({"text": "x"}));
    stage
        .telegram
        .update("callback_query", json!({"id": "lost"}));
    stage.begin(1);
    stage.telegram.wait_for("the acknowledgement", |world| {
        world.updates.is_empty().then_some(())
    });
    assert_eq!(stage.telegram.look(|world| world.chats.len()), 1);
}

#[test]
fn what_was_not_delivered_is_after_the_restart() {
    let mut stage = Stage::set();
    stage
        .telegram
        .fail("sendMessage", Fault::TooFast { retry_after: 3600 });
    stage.telegram.say(1, "/start");
    stage.telegram.wait_for("the refusal", |world| {
        (world.count("sendMessage") == 1).then_some(())
    });
    let (status, log) = stage.bot.end("INT");
    assert!(status.success(), "{log}");
    stage.bot = Bot::start(
        &stage.telegram.url(),
        &stage.directory.path().join("store.db"),
        TOKEN,
    );
    stage.telegram.message(1, 1);
}

#[test]
fn a_wrong_token_is_told_and_not_shown() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let wrong = "987654:not-the-token-but-secret-as-well-1234567";
    let (status, log) =
        Bot::start(&telegram.url(), &directory.path().join("store.db"), wrong).wait();
    assert!(!status.success());
    assert!(
        log.contains("Telegram does not know this bot token"),
        "{log}"
    );
    assert!(
        !log.contains("987654:") && !log.contains("secret-as-well"),
        "{log}"
    );
}

#[test]
fn a_token_file_is_kept_to_its_owner() {
    let telegram = FakeTelegram::start();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("token");
    fs::write(&file, format!("{TOKEN}\n")).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let arguments = ["--token-file", file.to_str().unwrap()];
    let store = directory.path().join("store.db");
    let wrong = "987654:another";
    let bot = Bot::start_with(&telegram.url(), &store, wrong, &arguments, "");
    telegram.say(1, "/start");
    telegram.message(1, 1);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        bot.log().contains("others could use this file"),
        "{}",
        bot.log()
    );
}

#[test]
fn neither_token_nor_words_are_logged() {
    let stage = Stage::set();
    for fault in [Fault::Internal, Fault::Reset] {
        stage.telegram.fail("getUpdates", fault);
        stage.telegram.fail("sendMessage", fault);
    }
    stage.telegram.say(1, "鬼知道的句子");
    stage.telegram.message(1, 1);
    let url = stage.telegram.url();
    drop(stage.telegram);
    let (status, log) = stage.bot.end("TERM");
    assert!(
        status.success() && log.contains("no updates received"),
        "{url}: {log}"
    );
    assert!(
        !log.contains("fake-token") && !log.contains("鬼知道"),
        "{log}"
    );
}

#[test]
fn two_bots_do_not_share_a_store() {
    let stage = Stage::set();
    stage.begin(1);
    let store = stage.directory.path().join("store.db");
    let (status, log) = Bot::start(&stage.telegram.url(), &store, TOKEN).wait();
    assert!(
        !status.success() && log.contains("is in use by another process"),
        "{log}"
    );
    stage.begin(2);
}
