//! What comes in and what goes out: the two ends of [`step`](super::step).

use super::session::Outcome;
use crate::knowledge::Language;
use crate::understanding::Understood;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One thing that a user did, with the time at which it happened: the core itself has no clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub at: DateTime<Utc>,
    /// What is known of the user's language beside their words.
    pub language: Option<Wish>,
    pub content: Content,
    /// The channel takes the message away from the chat where it holds something private.
    pub removable: bool,
}

/// How a user's language is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Their program is set to it: something to begin with.
    Program(Language),
    /// They chose it, as by `/language`.
    Chosen(Language),
}

/// What the user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Wrote something.
    Text(String),
    /// Pressed the button with this id (see [`Button::id`]); ids of other origin are answered, not trusted.
    Press(String),
    /// Sent a command, with what follows its name.
    Command(Command, String),
    /// Sent something that is not text.
    Media(Media),
}

impl Content {
    /// What a line means that somebody typed in a console or wrote down in a transcript: `/back` is a command, `(photo)` a
    /// photo, anything else words.
    #[must_use]
    pub fn typed(line: &str) -> Self {
        let line = line.trim();
        let (name, payload) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if let Some(command) = name.strip_prefix('/').and_then(Command::from_name) {
            return Self::Command(command, payload.to_owned());
        }
        let media = line
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(Media::from_name);
        media.map_or_else(|| Self::Text(line.to_owned()), Self::Media)
    }
}

/// Commands, the same in every channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    Start,
    Help,
    Status,
    Back,
    Restart,
    Cancel,
    Human,
    Language,
    Privacy,
    Forget,
}

impl Command {
    pub const ALL: [Self; 10] = [
        Self::Start,
        Self::Help,
        Self::Status,
        Self::Back,
        Self::Restart,
        Self::Cancel,
        Self::Human,
        Self::Language,
        Self::Privacy,
        Self::Forget,
    ];

    /// The name as typed after the slash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Help => "help",
            Self::Status => "status",
            Self::Back => "back",
            Self::Restart => "restart",
            Self::Cancel => "cancel",
            Self::Human => "human",
            Self::Language => "language",
            Self::Privacy => "privacy",
            Self::Forget => "forget",
        }
    }

    /// The command of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }
}

/// Kinds of messages that carry no text to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Media {
    Photo,
    Voice,
    Video,
    Sticker,
    File,
    Location,
    Contact,
    Other,
}

impl Media {
    pub const ALL: [Self; 8] = [
        Self::Photo,
        Self::Voice,
        Self::Video,
        Self::Sticker,
        Self::File,
        Self::Location,
        Self::Contact,
        Self::Other,
    ];

    /// The name used in `chat --json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Sticker => "sticker",
            Self::File => "file",
            Self::Location => "location",
            Self::Contact => "contact",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.name() == name)
    }
}

/// A message to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The text, in the small Markdown of [`crate::text::markup`]. It never contains what the user wrote.
    pub text: String,
    /// Buttons, in rows.
    pub buttons: Vec<Vec<Button>>,
    pub placement: Placement,
    /// The text is there to be copied: the label of a button that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
}

impl Reply {
    /// A message without buttons.
    #[must_use]
    pub fn new(text: String, placement: Placement) -> Self {
        Self {
            text,
            buttons: Vec::new(),
            placement,
            copy: None,
        }
    }
}

/// Where a reply belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// In place of the card whose button was pressed.
    Replace,
    /// Below everything said so far; earlier cards lose their buttons.
    Below,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// Names the question it belongs to and the answer; at most 64 bytes.
    pub id: String,
    /// What is written on it, in plain text.
    pub label: String,
}

/// What one input led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub replies: Vec<Reply>,
    /// The question now pending, `fact:ID`, `guide:ID/STEP`, `problem:ID/REMEDY` or `menu`; none at an end.
    pub pending: Option<String>,
    /// The pack items that this turn put before the user, in order.
    pub shows: Vec<String>,
    /// What a text was understood as; none for presses, commands and media.
    pub understood: Option<Understood>,
    /// The end that this turn reached.
    pub outcome: Option<Outcome>,
    /// What the user did, for the journal, with everything private covered.
    pub journal: String,
    /// All that is kept of this user is to be deleted, this turn included.
    pub forget: bool,
    /// The message held something private that should not stay where it was written.
    pub private: bool,
}

impl Turn {
    /// A turn in which nothing happened.
    #[must_use]
    pub fn silent() -> Self {
        Self {
            replies: Vec::new(),
            pending: None,
            shows: Vec::new(),
            understood: None,
            outcome: None,
            journal: String::new(),
            forget: false,
            private: false,
        }
    }
}
