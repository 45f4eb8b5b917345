//! What Telegram sends, read for what it tells us.
//!
//! The reading is lenient: it looks for what it knows and minds nothing else, so that a message with a new
//! kind of entity is still a message, and an update of a new kind is still acknowledged.

use super::SOURCE;
use crate::dialogue::{Command, Content, Input, Media, Wish};
use crate::knowledge::Language;
use crate::service::Update;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// An update, as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    /// To acknowledge it by; without one it cannot be.
    pub(super) update_id: Option<i64>,
    /// The button press to answer.
    pub(super) press: Option<String>,
    /// What it is, or why it is of no concern.
    pub(super) update: Result<Update, &'static str>,
}

/// Kinds of media by their key in a message. An animation is also sent as a document.
const MEDIA: &[(&str, Media)] = &[
    ("photo", Media::Photo),
    ("voice", Media::Voice),
    ("audio", Media::Voice),
    ("video", Media::Video),
    ("video_note", Media::Video),
    ("animation", Media::Video),
    ("sticker", Media::Sticker),
    ("document", Media::File),
    ("venue", Media::Location),
    ("location", Media::Location),
    ("contact", Media::Contact),
];

/// Messages by which Telegram tells of an event: nobody said anything.
const EVENTS: &[&str] = &[
    "boost_added",
    "chat_background_set",
    "chat_shared",
    "connected_website",
    "message_auto_delete_timer_changed",
    "passport_data",
    "pinned_message",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "users_shared",
    "web_app_data",
    "write_access_allowed",
];

/// Reads an update that was received at this time.
pub(super) fn decode(value: &Value, at: DateTime<Utc>) -> Decoded {
    let update_id = value.get("update_id").and_then(Value::as_i64);
    let press = value
        .pointer("/callback_query/id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let update = if let Some(message) = value.get("message") {
        said(message)
    } else if let Some(query) = value.get("callback_query") {
        pressed(query)
    } else {
        Err("its kind is of no concern")
    };
    let update = update.map(
        |Said {
             chat,
             from,
             content,
             card,
         }| Update {
            source: SOURCE,
            id: update_id,
            session: session_key(chat),
            input: Input {
                at,
                language: language(from).map(Wish::Program),
                content,
            },
            card,
        },
    );
    Decoded {
        update_id,
        press,
        update,
    }
}

/// The key of a chat's session.
pub(super) fn session_key(chat: i64) -> String {
    format!("{SOURCE}:{chat}")
}

/// The chat of a session.
pub(super) fn chat_of(session: &str) -> Option<i64> {
    session
        .strip_prefix(SOURCE)?
        .strip_prefix(':')?
        .parse()
        .ok()
}

struct Said<'v> {
    chat: i64,
    from: &'v Value,
    content: Content,
    card: Option<i64>,
}

fn said(message: &Value) -> Result<Said<'_>, &'static str> {
    let (chat, from) = private_chat(message, message.get("from"))?;
    let content = if let Some(text) = text(message, "text") {
        command(text).unwrap_or_else(|| Content::Text(text.to_owned()))
    } else if let Some(caption) = text(message, "caption") {
        Content::Text(caption.to_owned())
    } else if let Some((_, media)) = MEDIA.iter().find(|(key, _)| message.get(key).is_some()) {
        Content::Media(*media)
    } else if EVENTS.iter().any(|key| message.get(key).is_some()) {
        return Err("it tells of an event");
    } else {
        Content::Media(Media::Other)
    };
    Ok(Said {
        chat,
        from,
        content,
        card: None,
    })
}

fn pressed(query: &Value) -> Result<Said<'_>, &'static str> {
    let message = query.get("message").ok_or("the press is on no message")?;
    let (chat, from) = private_chat(message, query.get("from"))?;
    let data = text(query, "data").ok_or("the press carries nothing")?;
    let card = message.get("message_id").and_then(Value::as_i64);
    Ok(Said {
        chat,
        from,
        content: Content::Press(data.to_owned()),
        card,
    })
}

/// The chat of a person with the bot, and the person.
fn private_chat<'v>(
    message: &Value,
    from: Option<&'v Value>,
) -> Result<(i64, &'v Value), &'static str> {
    let chat = message.get("chat").ok_or("it is in no chat")?;
    if chat.get("type").and_then(Value::as_str) != Some("private") {
        return Err("it is in no private chat");
    }
    let from = from.ok_or("nobody sent it")?;
    if from.get("is_bot").and_then(Value::as_bool) == Some(true) {
        return Err("a bot sent it");
    }
    let chat = chat
        .get("id")
        .and_then(Value::as_i64)
        .ok_or("its chat has no number")?;
    Ok((chat, from))
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

/// Reads `/name@bot payload`. A command that we do not have is text like any other.
fn command(text: &str) -> Option<Content> {
    let line = text.trim().strip_prefix('/')?;
    let (head, payload) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, _bot) = head.split_once('@').unwrap_or((head, ""));
    let command = Command::from_name(&name.to_ascii_lowercase())?;
    Some(Content::Command(command, payload.trim().to_owned()))
}

/// The language that the person's program is set to.
fn language(from: &Value) -> Option<Language> {
    let code = from
        .get("language_code")
        .and_then(Value::as_str)?
        .to_ascii_lowercase();
    let mut subtags = code.split(['-', '_']);
    if subtags.next() != Some("zh") {
        return Some(Language::En);
    }
    let traditional = subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo"));
    Some(if traditional {
        Language::ZhHant
    } else {
        Language::ZhHans
    })
}

#[cfg(test)]
mod tests;
