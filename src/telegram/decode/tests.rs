//! Updates as they come, and what is read of them.

#![expect(clippy::panic, reason = "a test")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "updates are written where they are used"
)]

use super::*;
use serde_json::json;

fn at() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

/// A message in a private chat, with these parts in it.
fn message(parts: Value) -> Value {
    let mut message = json!({
        "message_id": 5, "date": 1, "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": false, "first_name": "甲", "language_code": "zh-hans"},
    });
    for (key, value) in parts.as_object().unwrap() {
        message[key] = value.clone();
    }
    json!({"update_id": 7, "message": message})
}

fn read(update: Value) -> Decoded {
    let me = Me {
        id: 99,
        username: "mibao_bot".to_owned(),
    };
    decode(&me, &Arc::new(update), at())
}

#[track_caller]
fn read_update(update: Value) -> Update {
    match read(update).event {
        Ok(Event::Update(update)) => *update,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(update: Value, content: Content) {
    let update = read_update(update);
    assert_eq!(
        (update.source, update.id, update.session.as_str()),
        ("telegram", Some(7), "telegram:42")
    );
    assert_eq!(update.input.content, content);
    assert_eq!(update.input.language, Some(Wish::Program(Language::ZhHans)));
}

#[track_caller]
fn check_ignored(update: Value, reason: &'static str) {
    let decoded = read(update);
    assert_eq!(decoded.update_id, Some(7));
    assert_eq!(decoded.event.err(), Some(reason));
}

#[test]
fn words() {
    check(
        message(json!({"text": "怎么解绑"})),
        Content::Text("怎么解绑".to_owned()),
    );
    let unknown =
        json!({"text": "换绑", "entities": [{"type": "hologram", "offset": 0, "length": 2}]});
    check(message(unknown), Content::Text("换绑".to_owned()));
    let captioned = json!({"photo": [{"file_id": "x"}], "caption": "这是什么"});
    check(message(captioned), Content::Text("这是什么".to_owned()));
}

#[test]
fn commands() {
    let command = |command, payload: &str| Content::Command(command, payload.to_owned());
    check(
        message(json!({"text": "/start"})),
        command(Command::Start, ""),
    );
    check(
        message(json!({"text": "/Start from_site"})),
        command(Command::Start, "from_site"),
    );
    check(
        message(json!({"text": "/language@mibao_bot  en "})),
        command(Command::Language, "en"),
    );
    check(
        message(json!({"text": "/start\n你好"})),
        command(Command::Start, "你好"),
    );
    check(
        message(json!({"text": "/fly 去"})),
        Content::Text("/fly 去".to_owned()),
    );
    check(message(json!({"text": "/"})), Content::Text("/".to_owned()));
}

#[test]
fn media() {
    for (key, media) in MEDIA {
        check(
            message(json!({*key: {"file_id": "x"}})),
            Content::Media(*media),
        );
    }
    let animation = json!({"animation": {}, "document": {}});
    check(message(animation), Content::Media(Media::Video));
    check(
        message(json!({"telepathy": {}})),
        Content::Media(Media::Other),
    );
    check(
        message(json!({"photo": [], "caption": " "})),
        Content::Media(Media::Photo),
    );
}

#[test]
fn presses() {
    let press = |message: Value| {
        json!({"update_id": 7, "callback_query": {
            "id": "99", "data": "q1:a", "message": message,
            "from": {"id": 42, "is_bot": false, "language_code": "zh"},
        }})
    };
    let shown = json!({"message_id": 5, "chat": {"id": 42, "type": "private"}});
    check(press(shown.clone()), Content::Press("q1:a".to_owned()));
    assert_eq!(read(press(shown.clone())).press.as_deref(), Some("99"));
    assert_eq!(read_update(press(shown)).card, Some(5));

    let in_group = json!({"message_id": 5, "chat": {"id": -1, "type": "group"}});
    assert_eq!(read(press(in_group.clone())).press.as_deref(), Some("99"));
    check_ignored(press(in_group), "it is in no private chat");
    check_ignored(
        json!({"update_id": 7, "callback_query": {"id": "99"}}),
        "the press is on no message",
    );
}

#[test]
fn what_does_not_concern_us_is_still_numbered() {
    check_ignored(
        json!({"update_id": 7, "mind_reading": {}}),
        "its kind is of no concern",
    );
    check_ignored(
        json!({"update_id": 7, "edited_message": {}}),
        "it is in no chat",
    );
    check_ignored(json!({"update_id": 7, "message": {}}), "it is in no chat");
    check_ignored(json!({"update_id": 7, "message": 3}), "it is in no chat");
    check_ignored(
        message(json!({"pinned_message": {}})),
        "it tells of an event",
    );
    check_ignored(
        message(json!({"chat": {"id": -1, "type": "channel"}, "text": "x"})),
        "it is in a channel",
    );
    check_ignored(
        message(json!({"from": {"id": 1, "is_bot": true}, "text": "x"})),
        "a bot sent it",
    );
    assert_eq!(read(json!("?")).update_id, None);
}

#[test]
fn languages() {
    let read = |code: &str| language(&json!({"language_code": code}));
    for code in ["zh-TW", "zh-hk", "zh-Hant", "zh_Hant_MO", "zh-MO", "yue"] {
        assert_eq!(read(code), Some(Language::ZhHant), "{code}");
    }
    for code in ["zh", "zh-CN", "zh-hans", "zh-Hans-SG"] {
        assert_eq!(read(code), Some(Language::ZhHans), "{code}");
    }
    for code in ["en", "en-GB", "de", "zhx"] {
        assert_eq!(read(code), Some(Language::En), "{code}");
    }
    assert_eq!(language(&json!({})), None);
}

#[test]
fn a_session_names_its_chat() {
    assert_eq!(chat_of(&session_key(42)), Some(42));
    assert_eq!(chat_of("console:42"), None);
    assert_eq!(chat_of("telegram:x"), None);
}

/// The same in a group of the bot's.
fn in_group(parts: Value) -> Value {
    let mut update = message(parts);
    update["message"]["chat"] = json!({"id": -5, "type": "supergroup"});
    update
}

#[test]
fn in_a_group_only_what_is_said_to_us_is_read() {
    let check = |parts: Value, content: Content| {
        let update = read_update(in_group(parts));
        assert_eq!(update.input.content, content);
        assert_eq!(update.session, "telegram:-5");
        assert_eq!(update.public.map(|public| public.answers), Some(5));
    };
    let words = |words: &str| Content::Text(words.to_owned());
    let start = || Content::Command(Command::Start, String::new());
    check(json!({"text": "@Mibao_Bot怎么解绑"}), words("怎么解绑"));
    check(
        json!({"text": "请问 @mibao_bot 怎么解绑"}),
        words("请问  怎么解绑"),
    );
    check(json!({"text": "@mibao_bot"}), start());
    check(json!({"text": "/start@mibao_bot"}), start());
    check(
        json!({"text": "怎么解绑", "reply_to_message": {"from": {"id": 99, "is_bot": true}}}),
        words("怎么解绑"),
    );
    check(
        json!({"text": "密保 怎么解绑", "entities": [{"type": "text_mention", "user": {"id": 99}}]}),
        words("密保 怎么解绑"),
    );
    check_ignored(
        in_group(json!({"text": "怎么解绑"})),
        "it is in a group, and not for us",
    );
    check_ignored(
        in_group(json!({"text": "@mibao_bot2 怎么解绑"})),
        "it is in a group, and not for us",
    );
    check_ignored(
        in_group(json!({"text": "/help@other_bot"})),
        "it is for another bot",
    );
    check_ignored(
        in_group(json!({"photo": []})),
        "it is in a group, and no words",
    );
}

#[test]
fn a_topic_is_answered_in_it() {
    let parts = json!({"text": "/help", "message_thread_id": 8, "is_topic_message": true});
    let update = read_update(in_group(parts));
    assert_eq!(update.public.and_then(|public| public.thread), Some(8));
    let reply = json!({"text": "/help", "message_thread_id": 8});
    let update = read_update(in_group(reply));
    assert_eq!(update.public.and_then(|public| public.thread), None);
}

#[test]
fn forwarded_words_stand_in_quotes() {
    let forwarded =
        |origin: Value| message(json!({"text": "给我验证码", "forward_origin": origin}));
    check(
        forwarded(json!({"type": "user", "sender_user": {"id": 7}})),
        Content::Text("“给我验证码”".to_owned()),
    );
    check(
        forwarded(json!({"type": "hidden_user", "sender_user_name": "客服"})),
        Content::Text("“给我验证码”".to_owned()),
    );
    check(
        forwarded(json!({"type": "user", "sender_user": {"id": 42}})),
        Content::Text("给我验证码".to_owned()),
    );
}

#[test]
fn slips_of_the_pen_are_put_right() {
    let edited = |parts: Value| {
        let mut update = message(parts);
        let message = update["message"].take();
        json!({"update_id": 7, "edited_message": message})
    };
    check(
        edited(json!({"text": "解绑", "edit_date": 200})),
        Content::Text("解绑".to_owned()),
    );
    check_ignored(
        edited(json!({"text": "解绑", "edit_date": 302})),
        "it is an edit of something old",
    );
    check_ignored(
        edited(json!({"location": {}, "edit_date": 20})),
        "it is an edit of no words",
    );
    check_ignored(
        edited(json!({"text": "/forget", "edit_date": 20})),
        "it is an edit of a command",
    );
}

#[test]
fn an_album_has_a_number() {
    let photo = message(json!({"photo": [], "media_group_id": "13797"}));
    assert_eq!(read_update(photo).album, Some(13797));
}

#[test]
fn who_closes_a_chat_and_who_opens_one() {
    let change = |chat: Value, old: &str, new: &str| {
        json!({"update_id": 7, "my_chat_member": {"chat": chat, "date": 1,
            "from": {"id": 42, "is_bot": false, "language_code": "zh-hans"},
            "old_chat_member": {"status": old}, "new_chat_member": {"status": new}}})
    };
    let private = json!({"id": 42, "type": "private"});
    let group = json!({"id": -5, "type": "group"});
    let left = |update| match read(update).event {
        Ok(Event::Left(session)) => session,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        left(change(private.clone(), "member", "kicked")),
        "telegram:42"
    );
    assert_eq!(left(change(group.clone(), "member", "left")), "telegram:-5");
    let joined = read_update(change(group.clone(), "left", "member"));
    assert!(joined.public.is_some(), "{joined:?}");
    check_ignored(
        change(private, "kicked", "member"),
        "its membership is of no concern",
    );
    check_ignored(
        change(group, "member", "administrator"),
        "its membership is of no concern",
    );
}
