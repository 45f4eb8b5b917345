//! What Telegram sends, read for what it tells us.
//!
//! The reading is lenient: it looks for what it knows and minds nothing else, so that a message with a new
//! kind of entity is still a message, and an update of a new kind is still acknowledged.

use super::SOURCE;
use super::redact::redacted;
use crate::dialogue::{Command, Content, Input, Media, Wish};
use crate::knowledge::Language;
use crate::service::{Received, Update};
use crate::store::Public;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::sync::Arc;

/// Who the bot is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Me {
    pub(super) id: i64,
    pub(super) username: String,
}

/// An update, as far as it concerns us.
#[derive(Debug, Clone)]
pub(super) struct Decoded {
    /// To acknowledge it by; without one it cannot be.
    pub(super) update_id: Option<i64>,
    /// The button press to answer.
    pub(super) press: Option<String>,
    /// What it is, or why it is of no concern.
    pub(super) event: Result<Event, &'static str>,
}

/// What an update tells.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Somebody did something.
    Update(Box<Update>),
    /// The chat of this session is closed to us: its user has blocked the bot, or it was put out of a group.
    Left(String),
}

/// An edit within this time is a slip of the pen put right, in seconds; later ones tidy up the past.
const EDIT_READ_WITHIN_SECONDS: i64 = 300;

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
pub(super) fn decode(me: &Me, value: &Arc<Value>, at: DateTime<Utc>) -> Decoded {
    let update_id = value.get("update_id").and_then(Value::as_i64);
    let press = value
        .pointer("/callback_query/id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let said = if let Some(message) = value.get("message") {
        said(me, message)
    } else if let Some(query) = value.get("callback_query") {
        pressed(query)
    } else if let Some(message) = value.get("edited_message") {
        edited(message)
    } else if let Some(change) = value.get("my_chat_member") {
        match membership(change) {
            Ok(Membership::Left(chat)) => {
                return Decoded {
                    update_id,
                    press,
                    event: Ok(Event::Left(session_key(chat))),
                };
            }
            Ok(Membership::Joined(said)) => Ok(said),
            Err(reason) => Err(reason),
        }
    } else {
        Err("its kind is of no concern")
    };
    let event = said.map(|said| {
        let input = Input {
            at,
            language: language(said.from).map(Wish::Program),
            content: said.content,
            removable: said.message.is_some(),
        };
        let value = Arc::clone(value);
        Event::Update(Box::new(Update {
            card: said.card,
            messages: said.message.into_iter().collect(),
            public: said.public,
            album: said.album,
            received: Received::new(move || redacted(&value).to_string()),
            ..Update::new(SOURCE, update_id, session_key(said.chat), input)
        }))
    });
    Decoded {
        update_id,
        press,
        event,
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
    /// The message, where one could be taken away.
    message: Option<i64>,
    public: Option<Public>,
    album: Option<i64>,
}

fn said<'v>(me: &Me, message: &'v Value) -> Result<Said<'v>, &'static str> {
    let (chat, from) = match chat_kind(message)? {
        Kind::Private => private_chat(message, message.get("from"))?,
        Kind::Group => return said_in_group(me, message),
        Kind::Channel => return Err("it is in a channel"),
    };
    let content = if let Some(text) = text(message, "text") {
        command(text).map_or_else(
            || Content::Text(own_words(message, text)),
            |(command, payload, _)| Content::Command(command, payload),
        )
    } else if let Some(caption) = text(message, "caption") {
        Content::Text(own_words(message, caption))
    } else if let Some((_, media)) = MEDIA.iter().find(|(key, _)| message.get(key).is_some()) {
        Content::Media(*media)
    } else if EVENTS.iter().any(|key| message.get(key).is_some()) {
        return Err("it tells of an event");
    } else {
        Content::Media(Media::Other)
    };
    let album = message.get("media_group_id").and_then(Value::as_str);
    Ok(Said {
        chat,
        from,
        content,
        card: None,
        message: message.get("message_id").and_then(Value::as_i64),
        public: None,
        album: album.and_then(|album| album.parse().ok()),
    })
}

/// In a group, what is said to the bot: a command, a mention, or an answer to one of its messages.
fn said_in_group<'v>(me: &Me, message: &'v Value) -> Result<Said<'v>, &'static str> {
    let (chat, from) = sender(message, message.get("from"))?;
    let text = text(message, "text").ok_or("it is in a group, and no words")?;
    let content = match command(text) {
        Some((_, _, bot)) if !bot.is_empty() && !bot.eq_ignore_ascii_case(&me.username) => {
            return Err("it is for another bot");
        }
        Some((command, payload, _)) => Content::Command(command, payload),
        None => {
            let spoken = without_mention(me, text);
            if spoken.is_none() && !is_mentioned(me, message) && !is_answer(me, message) {
                return Err("it is in a group, and not for us");
            }
            let words = spoken.unwrap_or_else(|| text.to_owned());
            if words.trim().is_empty() {
                Content::Command(Command::Start, String::new())
            } else {
                Content::Text(words)
            }
        }
    };
    let message_id = message.get("message_id").and_then(Value::as_i64);
    Ok(Said {
        chat,
        from,
        content,
        card: None,
        message: message_id,
        public: Some(public(message, message_id.unwrap_or_default())),
        album: None,
    })
}

fn public(message: &Value, answers: i64) -> Public {
    let is_topic = message.get("is_topic_message").and_then(Value::as_bool);
    let thread = message.get("message_thread_id").and_then(Value::as_i64);
    Public {
        answers,
        thread: thread.filter(|_| is_topic == Some(true)),
    }
}

/// The text without the bot's name in it; none if that is not in it.
fn without_mention(me: &Me, text: &str) -> Option<String> {
    if me.username.is_empty() {
        return None;
    }
    let mention = format!("@{}", me.username);
    text.match_indices('@').find_map(|(start, _)| {
        let (before, rest) = text.split_at(start);
        let (name, after) = (rest.get(..mention.len())?, rest.get(mention.len()..)?);
        let goes_on = |next: char| next.is_ascii_alphanumeric() || next == '_';
        (name.eq_ignore_ascii_case(&mention) && !after.starts_with(goes_on))
            .then(|| format!("{before}{after}").trim().to_owned())
    })
}

/// Whether somebody without a name of their own is mentioned, and that is the bot.
fn is_mentioned(me: &Me, message: &Value) -> bool {
    let entities = message.get("entities").and_then(Value::as_array);
    entities.into_iter().flatten().any(|entity| {
        let user = entity.pointer("/user/id").and_then(Value::as_i64);
        user == Some(me.id)
    })
}

fn is_answer(me: &Me, message: &Value) -> bool {
    let answered = message.pointer("/reply_to_message/from/id");
    answered.and_then(Value::as_i64) == Some(me.id)
}

/// What somebody forwards is somebody else's words: it stands in quotes, as it would if it had been copied by hand.
fn own_words(message: &Value, text: &str) -> String {
    let own = message.pointer("/from/id");
    let author = message.pointer("/forward_origin/sender_user/id");
    if message.get("forward_origin").is_some() && (author.is_none() || author != own) {
        format!("“{text}”")
    } else {
        text.to_owned()
    }
}

/// Words that were put right soon after they were written. Everything else that an edit may be is of no concern: a place
/// that moves, a preview that has loaded, the tidying up of the past.
fn edited(message: &Value) -> Result<Said<'_>, &'static str> {
    if chat_kind(message)? != Kind::Private {
        return Err("it is an edit in no private chat");
    }
    let (chat, from) = private_chat(message, message.get("from"))?;
    let date = |key| message.get(key).and_then(Value::as_i64);
    let (Some(written), Some(edited)) = (date("date"), date("edit_date")) else {
        return Err("it is an edit of no time");
    };
    if edited - written > EDIT_READ_WITHIN_SECONDS {
        return Err("it is an edit of something old");
    }
    let words = text(message, "text").or_else(|| text(message, "caption"));
    let words = words.ok_or("it is an edit of no words")?;
    if command(words).is_some() {
        return Err("it is an edit of a command");
    }
    Ok(Said {
        chat,
        from,
        content: Content::Text(own_words(message, words)),
        card: None,
        message: message.get("message_id").and_then(Value::as_i64),
        public: None,
        album: None,
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
        message: None,
        public: None,
        album: None,
    })
}

enum Membership<'v> {
    Joined(Said<'v>),
    Left(i64),
}

/// The bot was blocked or put out, or taken into a group, where it says where to find it.
fn membership(change: &Value) -> Result<Membership<'_>, &'static str> {
    let status = |key| change.pointer(key).and_then(Value::as_str);
    let now = status("/new_chat_member/status").ok_or("its membership has no status")?;
    let before = status("/old_chat_member/status").unwrap_or_default();
    let chat = chat_number(change)?;
    match (chat_kind(change)?, now) {
        (Kind::Private | Kind::Group, "kicked" | "left") => Ok(Membership::Left(chat)),
        (Kind::Group, "member" | "administrator") if matches!(before, "left" | "kicked") => {
            Ok(Membership::Joined(Said {
                chat,
                from: change.get("from").unwrap_or(&Value::Null),
                content: Content::Command(Command::Start, String::new()),
                card: None,
                message: None,
                public: Some(public(change, 0)),
                album: None,
            }))
        }
        _ => Err("its membership is of no concern"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Private,
    Group,
    Channel,
}

fn chat_kind(message: &Value) -> Result<Kind, &'static str> {
    let chat = message.get("chat").ok_or("it is in no chat")?;
    match chat.get("type").and_then(Value::as_str) {
        Some("private") => Ok(Kind::Private),
        Some("group" | "supergroup") => Ok(Kind::Group),
        Some("channel") => Ok(Kind::Channel),
        Some(_) | None => Err("its chat is of no known type"),
    }
}

fn chat_number(message: &Value) -> Result<i64, &'static str> {
    let chat = message.pointer("/chat/id").and_then(Value::as_i64);
    chat.ok_or("its chat has no number")
}

/// The chat of a person with the bot, and the person.
fn private_chat<'v>(
    message: &Value,
    from: Option<&'v Value>,
) -> Result<(i64, &'v Value), &'static str> {
    if chat_kind(message)? != Kind::Private {
        return Err("it is in no private chat");
    }
    sender(message, from)
}

fn sender<'v>(message: &Value, from: Option<&'v Value>) -> Result<(i64, &'v Value), &'static str> {
    let from = from.ok_or("nobody sent it")?;
    if from.get("is_bot").and_then(Value::as_bool) == Some(true) {
        return Err("a bot sent it");
    }
    Ok((chat_number(message)?, from))
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

/// Reads `/name@bot payload`. A command that we do not have is text like any other.
fn command(text: &str) -> Option<(Command, String, &str)> {
    let line = text.trim().strip_prefix('/')?;
    let (head, payload) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, bot) = head.split_once('@').unwrap_or((head, ""));
    let command = Command::from_name(&name.to_ascii_lowercase())?;
    Some((command, payload.trim().to_owned(), bot))
}

/// The language that the person's program is set to.
fn language(from: &Value) -> Option<Language> {
    let code = from
        .get("language_code")
        .and_then(Value::as_str)?
        .to_ascii_lowercase();
    let mut subtags = code.split(['-', '_']);
    let traditional = match subtags.next() {
        Some("zh") => subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo")),
        Some("yue") => !subtags.any(|subtag| subtag == "hans"),
        Some(_) | None => return Some(Language::En),
    };
    Some(if traditional {
        Language::ZhHant
    } else {
        Language::ZhHans
    })
}

#[cfg(test)]
mod tests;
