//! What is remembered of a conversation: what the user told us, not where we stand.
//!
//! A position would have to be moved, undone and migrated; answers only have to be replayed. So the
//! session keeps the list of answers, and everything said next follows from it by [`next`](super::next).
//! Ids are those of the pack, so that a session survives a new version of it.

use crate::knowledge::{Id, Item, Language};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One conversation. Its JSON form is what the store keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The language to answer in; the pack's first if none.
    pub language: Option<Language>,
    /// The user chose it: what they write changes it no more.
    #[serde(default)]
    pub language_chosen: bool,
    /// Hash of the pack that the last turn was answered with.
    pub pack: u64,
    pub case: Case,
    pub repair: Repair,
    /// The question as last put (see [`Turn::pending`](super::Turn)), to notice when a new pack asks otherwise.
    pub pending: Option<String>,
    /// Turns so far, the greeting included.
    pub turn: u64,
    /// When the last turn was.
    pub at: Option<DateTime<Utc>>,
    /// The button that the last turn came from, to know a double tap by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed: Option<String>,
    /// The topic told last of those that leave a reminder: it stands before everything that there is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_by: Option<Id>,
}

impl Session {
    /// Answers in this language from now on, whatever the user writes.
    pub fn choose(&mut self, language: Language) {
        self.language = Some(language);
        self.language_chosen = true;
    }
}

/// What the user told us, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Case {
    pub answers: Vec<Answer>,
}

/// What was told by one act: a press gives one entry, a sentence may give several. "Back" takes it away whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answer {
    pub entries: Vec<Entry>,
}

/// One thing told. Later entries win over earlier ones about the same thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// What it is about: a guide or a problem.
    Goal(Item),
    /// An answer to a fact's question.
    Fact {
        fact: Id,
        answer: Id,
        origin: Origin,
    },
    /// How a step of a guide went.
    Step {
        guide: Id,
        step: Id,
        result: StepResult,
    },
    /// How a remedy went.
    Remedy {
        problem: Id,
        remedy: Id,
        result: RemedyResult,
    },
    /// What it is about as well: for when what is in hand is over.
    Later(Item),
    /// The user wants to hear no more of what was kept for later.
    Dropped(Item),
    /// The user ended it.
    End(Outcome),
    /// Everything before this no longer counts.
    Fresh,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The question was answered, by button or by words.
    Question,
    /// It was taken from a sentence.
    Sentence,
    /// It was taken from a message of the service that the user quoted.
    Prompt,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    Done,
    Skipped,
    Failed,
}

/// How a remedy went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyResult {
    Helped,
    NotHelped,
    /// The user cannot do it.
    Impossible,
}

/// How a conversation, or a turn of it, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Solved,
    HandedOver,
    Cancelled,
    /// The assistant declined. Only ever of a turn: the talk can go on.
    Refused,
}

/// What the last turn left open beside the pending question. It is no part of the case: the next act that is understood
/// clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// How many messages in a row were not understood.
    pub lost: u8,
    /// The readings last offered ("did you mean …?"), as intents.
    pub offered: Vec<Id>,
    /// The topic last told, while its own buttons stand below it.
    pub topic: Option<Id>,
    /// The topics that the last turn began with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<Id>,
    /// The languages are offered.
    pub choosing_language: bool,
    /// The user has been asked outright whether the remedy helped.
    #[serde(default)]
    pub asked_if_helped: bool,
    /// The user has been asked which of two answers a bare no means.
    #[serde(default)]
    pub asked_which: bool,
}
