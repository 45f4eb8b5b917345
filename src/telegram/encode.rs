//! Replies in the form that Telegram wants.

use crate::dialogue::{Assistant, Button, Command, Reply};
use crate::knowledge::Language;
use crate::store::Public;
use crate::text::markup;
use teloxide::payloads::{
    DeleteMessage, EditMessageReplyMarkup, EditMessageText, EditMessageTextSetters, SendMessage,
    SendMessageSetters, SetMyCommands, SetMyCommandsSetters,
};
use teloxide::types::{
    BotCommand, ChatId, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup,
    LinkPreviewOptions, MessageId, ParseMode, ReplyParameters, ThreadId,
};

/// How much text a button copies at most, in UTF-16 units.
const COPIED_MAX: usize = 256;

/// How the text of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Html,
    /// Without any style: what is left where Telegram does not understand the HTML.
    Plain,
}

/// A message below all others, or at its place in a chat that others read. There its buttons lead into a private chat with
/// the bot of this name.
pub(super) fn message(
    chat: i64,
    reply: &Reply,
    style: Style,
    place: Option<Public>,
    username: Option<&str>,
) -> SendMessage {
    let mut message =
        SendMessage::new(ChatId(chat), text(reply, style)).link_preview_options(no_preview());
    if style == Style::Html {
        message = message.parse_mode(ParseMode::Html);
    }
    if let Some(Public { answers, thread }) = place {
        if let Some(answers) = number(answers).filter(|answers| answers.0 > 0) {
            message = message
                .reply_parameters(ReplyParameters::new(answers).allow_sending_without_reply());
        }
        if let Some(thread) = thread.and_then(number) {
            message = message.message_thread_id(ThreadId(thread));
        }
    }
    let keyboard = match username {
        Some(username) => links(reply, username),
        None => keyboard(reply),
    };
    match keyboard {
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

/// The removal of a message.
pub(super) fn removal(chat: i64, message: MessageId) -> DeleteMessage {
    DeleteMessage::new(ChatId(chat), message)
}

/// The same in two messages, cut where a paragraph, a line or a sentence ends; the buttons stay below the second. None
/// where there is nothing to cut.
pub(super) fn halves(reply: &Reply) -> Option<[Reply; 2]> {
    let text = &reply.text;
    let middle = text.len() / 2;
    let ends = |mark: &str| {
        let ends = text.match_indices(mark).map(|(at, mark)| at + mark.len());
        ends.filter(|end| *end < text.len())
            .min_by_key(|end| end.abs_diff(middle))
    };
    let end = ["\n\n", "\n", "。", ". ", "，", " "]
        .into_iter()
        .find_map(ends);
    let end = end.or_else(|| {
        let mut starts = text.char_indices().map(|(at, _)| at).skip(1);
        starts.find(|at| *at >= middle)
    })?;
    let (first, second) = text.split_at(end);
    let half = |text: &str| Reply {
        text: text.trim_matches('\n').to_owned(),
        ..reply.clone()
    };
    let first = Reply {
        buttons: Vec::new(),
        ..half(first)
    };
    Some([first, half(second)])
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
    let mut rows: Vec<Vec<InlineKeyboardButton>> = rows.collect();
    if let Some(label) = &reply.copy {
        rows.insert(0, copies(label, &markup::plain(&reply.text)));
    }
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// Buttons that copy a text: one, or as many as it takes.
fn copies(label: &str, text: &str) -> Vec<InlineKeyboardButton> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        let line = format!("{line}\n");
        for piece in pieces(&line, COPIED_MAX) {
            match parts.last_mut() {
                Some(last) if characters(last) + characters(piece) <= COPIED_MAX => {
                    last.push_str(piece);
                }
                _ => parts.push(piece.to_owned()),
            }
        }
    }
    let total = parts.len();
    let button = |(index, text): (usize, String)| {
        let label = if total == 1 {
            label.to_owned()
        } else {
            format!("{label} {}/{total}", index + 1)
        };
        let text = text.trim_end().to_owned();
        InlineKeyboardButton::copy_text_button(label, CopyTextButton { text })
    };
    parts.into_iter().enumerate().map(button).collect()
}

/// The length as Telegram counts it.
fn characters(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A line in pieces that fit.
fn pieces(line: &str, max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while characters(rest) > max {
        let end = rest
            .char_indices()
            .scan(0, |length, (at, character)| {
                *length += character.len_utf16();
                Some((at, *length))
            })
            .find(|(_, length)| *length > max)
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Buttons that lead into a private chat: each begins it with what its id says.
fn links(reply: &Reply, username: &str) -> Option<InlineKeyboardMarkup> {
    let link = |button: &Button| {
        let address = format!("https://t.me/{username}?start={}", button.id);
        let url = address.parse().ok()?;
        Some(InlineKeyboardButton::url(&button.label, url))
    };
    let rows: Vec<Vec<InlineKeyboardButton>> = reply
        .buttons
        .iter()
        .map(|row| row.iter().filter_map(link).collect())
        .collect();
    (!rows.is_empty() && !username.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn number(message_id: i64) -> Option<MessageId> {
    i32::try_from(message_id).ok().map(MessageId)
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
    use crate::dialogue::Placement;
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
            copy: None,
        }
    }

    #[test]
    fn a_message_with_buttons() {
        assert_eq!(
            serde_json::to_value(message(
                42,
                &reply(&[&["是", "否"], &["不确定"]]),
                Style::Html,
                None,
                None
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
