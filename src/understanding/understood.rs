//! What was understood of a sentence.

use crate::knowledge::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was understood of a sentence. Its JSON form is a line of `mibao understand --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// The most probable intent; none where nothing can be read at all.
    pub intent: Option<Id>,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// The next most probable intent that asks for something else.
    pub second: Option<Id>,
    /// Intents that it names beside the first, which ask for something else, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Id>,
    /// Facts stated, with their answers.
    pub facts: BTreeMap<Id, Id>,
    /// The message of the service that the sentence quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Id>,
    /// The first thing that it names of those that are none of ours, by the name that the pack has for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// The topics that it must not go by, whatever it asks for, the most urgent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heeded: Vec<Id>,
    pub zone: Zone,
    /// The probability that it is none of our matters, 0 to 1: for those who measure, not for those who talk.
    #[serde(skip)]
    pub outside: f32,
}

/// What can be made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Act on it.
    Sure,
    /// Offer the two best readings.
    Unsure,
    /// Ask for other words.
    Lost,
}
