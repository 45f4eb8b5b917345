//! What people do in Telegram beside writing to the bot: groups, topics, albums, edits, forwards, double taps.

use crate::fake_telegram::Fault;
use crate::telegram::Stage;
use serde_json::{Value, json};

/// The body of the last call of this method.
fn last(stage: &Stage, method: &str) -> Value {
    stage.telegram.look(|world| {
        let mut calls = world.calls.iter().rev();
        let call = calls.find(|call| call.method == method);
        call.map_or(Value::Null, |call| call.body.clone())
    })
}

#[test]
fn short_messages_sent_in_one_go_get_one_answer() {
    let stage = Stage::set_with(&[], |telegram| {
        for text in ["你好", "我想解绑", "手机丢了"] {
            telegram.say(1, text);
        }
        telegram.say(2, "你好");
    });
    stage.telegram.message(2, 1);
    let answer = stage.telegram.message(1, 1);
    assert!(
        answer.text.contains("安全") && answer.text.contains("丢"),
        "{answer:?}"
    );
    assert_eq!(stage.telegram.look(|world| world.messages(1).len()), 1);
}

#[test]
fn an_album_gets_one_answer() {
    let stage = Stage::set();
    for _ in 0..3 {
        let photo = json!({"photo": [{"file_id": "x"}], "media_group_id": "77"});
        stage.telegram.send(1, photo);
    }
    stage.telegram.message(1, 1);
    stage.begin(2);
    stage
        .telegram
        .wait_for("the album", |world| world.updates.is_empty().then_some(()));
    assert_eq!(stage.telegram.look(|world| world.messages(1).len()), 1);
}

#[test]
fn a_double_tap_is_one() {
    let stage = Stage::set();
    let card = stage.begin(1);
    stage.telegram.press(1, card.id, &card.buttons[0]);
    stage.telegram.press(1, card.id, &card.buttons[0]);
    stage.telegram.wait_for("both answers", |world| {
        (world.count("answerCallbackQuery") == 2).then_some(())
    });
    stage.telegram.press(1, card.id, &card.buttons[0]);
    stage.telegram.wait_for("the third answer", |world| {
        (world.count("answerCallbackQuery") == 3).then_some(())
    });
    stage.begin(2);
    let messages = stage.telegram.look(|world| world.messages(1).to_vec());
    assert_eq!(messages.len(), 1, "{messages:?}");
}

#[test]
fn in_a_group_a_link_leads_into_the_private_chat() {
    let stage = Stage::set();
    let text = json!({"text": "@mibao_bot 怎么解绑", "message_id": 31, "message_thread_id": 8, "is_topic_message": true});
    stage.telegram.say_in_group(1, -5, text);
    stage
        .telegram
        .say_in_group(1, -5, json!({"text": "大家好"}));
    let answer = stage.telegram.message(-5, 1);
    assert_eq!(answer.buttons, ["https://t.me/mibao_bot?start=unbind"]);
    let sent = last(&stage, "sendMessage");
    assert_eq!(
        (
            sent["reply_parameters"]["message_id"].as_i64(),
            sent["message_thread_id"].as_i64()
        ),
        (Some(31), Some(8))
    );
    stage.telegram.say(1, "/start unbind");
    let begun = stage.telegram.message(1, 1);
    assert!(begun.text.contains("安全"), "{begun:?}");
    assert_eq!(stage.telegram.look(|world| world.messages(-5).len()), 1);
}

#[test]
fn a_topic_that_is_gone_and_a_group_that_has_moved() {
    let stage = Stage::set();
    let gone = Fault::Says("Bad Request: message thread not found");
    stage.telegram.fail("sendMessage", gone);
    let text = json!({"text": "@mibao_bot", "message_thread_id": 8, "is_topic_message": true});
    stage.telegram.say_in_group(1, -5, text);
    stage.telegram.message(-5, 1);
    assert!(
        last(&stage, "sendMessage")
            .get("message_thread_id")
            .is_none()
    );

    stage.telegram.fail("sendMessage", Fault::Moved(-1005));
    stage
        .telegram
        .say_in_group(1, -5, json!({"text": "@mibao_bot"}));
    stage.telegram.message(-1005, 1);
}

#[test]
fn who_takes_the_bot_into_a_group_sees_where_to_find_it() {
    let stage = Stage::set();
    let change = json!({"chat": {"id": -6, "type": "group"}, "date": 1,
        "from": {"id": 1, "is_bot": false, "language_code": "en"},
        "old_chat_member": {"status": "left"}, "new_chat_member": {"status": "member"}});
    stage.telegram.update("my_chat_member", change);
    let hello = stage.telegram.message(-6, 1);
    assert_eq!(hello.buttons, ["https://t.me/mibao_bot?start="]);
}

#[test]
fn private_data_is_taken_out_of_the_chat() {
    let stage = Stage::set();
    let said = json!({"text": "我的手机13800138000停机了", "message_id": 44});
    stage.telegram.send(1, said);
    let answer = stage.telegram.message(1, 1);
    assert!(answer.text.contains("删"), "{answer:?}");
    let removed = last(&stage, "deleteMessage");
    assert_eq!(
        (removed["chat_id"].as_i64(), removed["message_id"].as_i64()),
        (Some(1), Some(44))
    );
    // Where that is not allowed, the answer comes all the same.
    let denied = Fault::Says("Bad Request: message can't be deleted");
    stage.telegram.fail("deleteMessage", denied);
    stage.telegram.say(1, "密码是hunter22");
    stage.telegram.message(1, 2);
}

#[test]
fn an_edit_soon_after_is_read_and_a_late_one_is_not() {
    let stage = Stage::set();
    let edited = |date: i64| {
        json!({"message_id": 9, "date": 1000, "edit_date": date, "text": "怎么解绑密保手机",
            "chat": {"id": 1, "type": "private"}, "from": {"id": 1, "is_bot": false}})
    };
    stage.telegram.update("edited_message", edited(5000));
    stage.telegram.update("edited_message", edited(1010));
    let answer = stage.telegram.message(1, 1);
    assert!(answer.text.contains("安全"), "{answer:?}");
}

#[test]
fn a_card_to_be_copied_has_a_button_for_it() {
    let stage = Stage::set();
    stage.telegram.say(1, "怎么解绑密保手机");
    stage.telegram.message(1, 1);
    stage.telegram.say(1, "/human");
    let card = stage.telegram.message(1, 2);
    let copied = card.buttons.concat().replace('\n', "");
    let plain: String = card.text.replace(['\n'], "");
    assert!(!card.buttons.is_empty(), "{card:?}");
    for button in &card.buttons {
        assert!(button.encode_utf16().count() <= 256, "{button}");
    }
    // The card is written in the small HTML; its first line is bold.
    let plain = plain.replace("<b>", "").replace("</b>", "");
    assert_eq!(copied, plain);
}

#[test]
fn who_blocks_the_bot_is_forgotten_by_the_outbox_and_may_come_back() {
    let stage = Stage::set();
    let fault = Fault::TooFast { retry_after: 1 };
    stage.telegram.fail("sendMessage", fault);
    stage.telegram.say(1, "/start");
    stage.telegram.wait_for("the refusal", |world| {
        (world.count("sendMessage") == 1).then_some(())
    });
    let change = json!({"chat": {"id": 1, "type": "private"}, "date": 1, "from": {"id": 1},
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}});
    stage.telegram.update("my_chat_member", change);
    stage.telegram.wait_for("the acknowledgement", |world| {
        world.updates.is_empty().then_some(())
    });
    stage.telegram.say(1, "/help");
    stage.telegram.message(1, 1);
    stage.begin(2);
    assert_eq!(stage.telegram.look(|world| world.messages(1).len()), 1);
}

#[test]
fn a_text_too_long_is_cut_where_a_sentence_ends() {
    let stage = Stage::set();
    let too_long = Fault::Says("Bad Request: message is too long");
    stage.telegram.fail("sendMessage", too_long);
    stage.telegram.say(1, "/start");
    let second = stage.telegram.message(1, 2);
    let first = stage.telegram.look(|world| world.messages(1)[0].clone());
    assert!(first.buttons.is_empty() && !second.buttons.is_empty());
    assert!(!first.text.is_empty() && !second.text.is_empty());
}

#[test]
fn whatever_people_send_is_answered() {
    let stage = Stage::set();
    let strange = [
        "\u{202e}\u{2066}反着写的\u{2069}\u{202c}".to_owned(),
        "e\u{301}\u{302}\u{303}".repeat(400),
        "\u{0}\u{1}\u{7}\u{1b}[31m".to_owned(),
        "<b>&amp;%s%n{}'; DROP TABLE session; --".to_owned(),
        "啊".repeat(4096),
        "👨‍👩‍👧‍👦".repeat(100),
        "/nosuchcommand".to_owned(),
        "/start ../../etc".to_owned(),
        "مرحبا كيف حالك".to_owned(),
    ];
    for (user, text) in (1..).zip(&strange) {
        stage.telegram.say(user, text);
        stage.telegram.message(user, 1);
    }
    stage.telegram.press(50, 1, "../../../\u{202e}");
    stage.telegram.message(50, 1);
}
