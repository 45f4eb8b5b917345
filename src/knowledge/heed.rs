//! Topics, and those that are told because of what a sentence says, whatever it asks for.

use super::{Id, Item, Knowledge, Likely, Pattern, Text};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The answer to a question.
#[derive(Debug)]
pub struct Topic {
    pub title: Text,
    pub text: Text,
    pub refuses: bool,
    pub heed: Option<Heed>,
    /// What is said right after it, as it is compared with what is typed, and what it means there.
    pub then: BTreeMap<String, String>,
    /// Said before everything that there is to do, once the topic was told.
    pub reminder: Option<Text>,
    pub related: Vec<Item>,
    pub as_shown: bool,
}

/// By what a topic is found in sentences.
#[derive(Debug)]
pub struct Heed {
    pub patterns: Vec<Pattern>,
    /// Where one of these is found too, it is none of the topic's.
    pub unless: Vec<Pattern>,
    /// The most urgent is told first.
    pub urgency: u8,
    /// What a sentence is read as in which it is found, if it refuses.
    pub reads_as: Option<Id>,
}

impl Heed {
    /// Whether a statement (see [`crate::text::statement`]), which may match these patterns, is one of the topic's.
    #[must_use]
    pub fn finds(&self, statement: &str, likely: &Likely) -> bool {
        let found = |patterns: &[Pattern]| {
            let mut patterns = patterns.iter().filter(|pattern| likely.includes(pattern));
            patterns.any(|pattern| pattern.is_match(statement))
        };
        found(&self.patterns) && !found(&self.unless)
    }
}

impl Knowledge {
    /// The topics that are found in a statement, the most urgent first.
    #[must_use]
    pub fn heeded(&self, statement: &str) -> Vec<Id> {
        let likely = self.patterns.likely(statement);
        let topics = self.topics.iter();
        let mut found: Vec<(u8, &Id)> = topics
            .filter_map(|(id, topic)| {
                let heed = topic
                    .heed
                    .as_ref()
                    .filter(|heed| heed.finds(statement, &likely))?;
                Some((heed.urgency, id))
            })
            .collect();
        found.sort_by_key(|(urgency, id)| (Reverse(*urgency), *id));
        found.into_iter().map(|(_, id)| id.clone()).collect()
    }
}
