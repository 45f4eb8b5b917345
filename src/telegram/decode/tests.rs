//! Updates as they come, and what is read of them.

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

#[track_caller]
fn check(update: Value, content: Content) {
    let decoded = decode(&update, at());
    assert_eq!(decoded.update_id, Some(7));
    let update = decoded.update.unwrap();
    assert_eq!(
        (update.source, update.id, update.session.as_str()),
        ("telegram", Some(7), "telegram:42")
    );
    assert_eq!(update.input.content, content);
    assert_eq!(update.input.language, Some(Wish::Program(Language::ZhHans)));
}

#[track_caller]
fn check_ignored(update: Value, reason: &'static str) {
    let decoded = decode(&update, at());
    assert_eq!((decoded.update_id, decoded.update), (Some(7), Err(reason)));
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
    let decoded = decode(&press(shown), at());
    assert_eq!(decoded.press.as_deref(), Some("99"));
    assert_eq!(decoded.update.unwrap().card, Some(5));

    let in_group = json!({"message_id": 5, "chat": {"id": -1, "type": "group"}});
    assert_eq!(
        decode(&press(in_group.clone()), at()).press.as_deref(),
        Some("99")
    );
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
        "its kind is of no concern",
    );
    check_ignored(json!({"update_id": 7, "message": {}}), "it is in no chat");
    check_ignored(json!({"update_id": 7, "message": 3}), "it is in no chat");
    check_ignored(
        message(json!({"pinned_message": {}})),
        "it tells of an event",
    );
    check_ignored(
        message(json!({"chat": {"id": -1, "type": "supergroup"}})),
        "it is in no private chat",
    );
    check_ignored(
        message(json!({"from": {"id": 1, "is_bot": true}, "text": "x"})),
        "a bot sent it",
    );
    assert_eq!(decode(&json!("?"), at()).update_id, None);
}

#[test]
fn languages() {
    let read = |code: &str| language(&json!({"language_code": code}));
    for code in ["zh-TW", "zh-hk", "zh-Hant", "zh_Hant_MO", "zh-MO"] {
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
