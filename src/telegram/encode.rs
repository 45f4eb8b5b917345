//! Replies in the form that Telegram wants.

use crate::dialogue::{Assistant, Command, Reply};
use crate::knowledge::Language;
use crate::text::markup;
use teloxide::payloads::{
    EditMessageReplyMarkup, EditMessageText, EditMessageTextSetters, SendMessage,
    SendMessageSetters, SetMyCommands, SetMyCommandsSetters,
};
use teloxide::types::{
    BotCommand, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId,
    ParseMode,
};

/// How the text of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Html,
    /// Without any style: what is left where Telegram does not understand the HTML.
    Plain,
}

/// A message below all others.
pub(super) fn message(chat: i64, reply: &Reply, style: Style) -> SendMessage {
    let mut message =
        SendMessage::new(ChatId(chat), text(reply, style)).link_preview_options(no_preview());
    if style == Style::Html {
        message = message.parse_mode(ParseMode::Html);
    }
    match keyboard(reply) {
        Some(keyboard) => message.reply_markup(keyboard),
        None => message,
    }
}

/// A message in place of an earlier one. An edit without a keyboard takes the old one away.
pub(super) fn edit(chat: i64, card: MessageId, reply: &Reply, style: Style) -> EditMessageText {
    let mut edit = EditMessageText::new(ChatId(chat), card, text(reply, style))
        .link_preview_options(no_preview());
    if style == Style::Html {
        edit = edit.parse_mode(ParseMode::Html);
    }
    match keyboard(reply) {
        Some(keyboard) => edit.reply_markup(keyboard),
        None => edit,
    }
}

/// The removal of a card's buttons.
pub(super) fn strip(chat: i64, card: MessageId) -> EditMessageReplyMarkup {
    EditMessageReplyMarkup::new(ChatId(chat), card)
}

/// The menus of commands: one for whoever has none in a language of their own, and one for each language.
pub(super) fn menus(assistant: &Assistant) -> Vec<SetMyCommands> {
    let menu = |language: Language| {
        SetMyCommands::new(Command::ALL.map(|command| {
            BotCommand::new(
                command.name(),
                assistant.command_description(command, language),
            )
        }))
    };
    let languages = &assistant.knowledge.languages;
    let mut menus: Vec<SetMyCommands> = languages
        .first()
        .map(|first| menu(*first))
        .into_iter()
        .collect();
    for language in languages {
        let code = match language {
            // Telegram knows no scripts here: the pack's first Chinese stands for both.
            Language::ZhHans | Language::ZhHant => "zh",
            Language::En => "en",
        };
        if menus
            .iter()
            .all(|menu| menu.language_code.as_deref() != Some(code))
        {
            menus.push(menu(*language).language_code(code));
        }
    }
    menus
}

fn text(reply: &Reply, style: Style) -> String {
    match style {
        Style::Html => markup::telegram_html(&reply.text),
        Style::Plain => markup::plain(&reply.text),
    }
}

fn keyboard(reply: &Reply) -> Option<InlineKeyboardMarkup> {
    let rows = reply
        .buttons
        .iter()
        .filter(|row| !row.is_empty())
        .map(|row| {
            row.iter()
                .map(|button| InlineKeyboardButton::callback(&button.label, &button.id))
                .collect()
        });
    let rows: Vec<Vec<InlineKeyboardButton>> = rows.collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Button, Placement};
    use serde_json::json;

    fn reply(buttons: &[&[&str]]) -> Reply {
        let button = |label: &&str| Button {
            id: format!("q:{label}"),
            label: (*label).to_owned(),
        };
        Reply {
            text: "**甲** & [乙](https://kf.qq.com)".to_owned(),
            buttons: buttons
                .iter()
                .map(|row| row.iter().map(button).collect())
                .collect(),
            placement: Placement::Below,
        }
    }

    #[test]
    fn a_message_with_buttons() {
        assert_eq!(
            serde_json::to_value(message(
                42,
                &reply(&[&["是", "否"], &["不确定"]]),
                Style::Html
            ))
            .unwrap(),
            json!({
                "chat_id": 42,
                "text": "<b>甲</b> &amp; <a href=\"https://kf.qq.com\">乙</a>",
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": true},
                "reply_markup": {"inline_keyboard": [
                    [{"text": "是", "callback_data": "q:是"}, {"text": "否", "callback_data": "q:否"}],
                    [{"text": "不确定", "callback_data": "q:不确定"}],
                ]},
            })
        );
    }

    #[test]
    fn an_edit_without_buttons() {
        assert_eq!(
            serde_json::to_value(edit(42, MessageId(5), &reply(&[]), Style::Plain)).unwrap(),
            json!({
                "chat_id": 42,
                "message_id": 5,
                "text": "甲 & 乙 (https://kf.qq.com)",
                "link_preview_options": {"is_disabled": true},
            })
        );
        assert_eq!(
            serde_json::to_value(strip(42, MessageId(5))).unwrap(),
            json!({"chat_id": 42, "message_id": 5})
        );
    }
}
