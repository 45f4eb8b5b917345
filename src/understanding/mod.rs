//! From a sentence to an intent, facts and a quoted message, learned from the pack's examples when it loads.
//!
//! Three layers, cheapest and surest first: a sentence that is an example word for word; the pack's patterns for
//! facts and messages of the service; a linear classifier over character n-grams for the rest.

#![warn(clippy::wildcard_enum_match_arm)]

mod classifier;
mod score;
mod understood;

pub use score::{Score, score};
pub use understood::{Understood, Zone};

use crate::knowledge::{Facts, Id, Knowledge};
use crate::text::{normalise, skeleton};
use classifier::Classifier;
use std::collections::BTreeMap;

/// From this probability on, a reading is acted upon.
const SURE: f32 = 0.55;
/// From this probability on, readings are offered.
const UNSURE: f32 = 0.25;
/// So many of a sentence's word pairs must have been seen in some example, or nothing is known about it.
const FAMILIAR: f32 = 0.3;

/// What was learned from a pack.
#[derive(Debug)]
pub struct Understanding {
    /// Example sentences, as skeletons.
    examples: BTreeMap<String, Id>,
    classifier: Classifier,
}

impl Understanding {
    /// Learns from the examples of a pack.
    #[must_use]
    pub fn learn(knowledge: &Knowledge) -> Self {
        let normalised: Vec<(String, &Id)> = knowledge
            .intents
            .iter()
            .flat_map(|(intent, sentences)| {
                sentences
                    .iter()
                    .map(move |sentence| (normalise(sentence), intent))
            })
            .collect();
        Self {
            classifier: Classifier::train(
                normalised
                    .iter()
                    .map(|(sentence, intent)| (sentence.as_str(), intent.as_str())),
            ),
            examples: normalised
                .iter()
                .map(|(sentence, intent)| (skeleton(sentence), (*intent).clone()))
                .collect(),
        }
    }

    /// What a sentence means, out of context. `normalised` is the output of [`normalise`].
    #[must_use]
    pub fn understand(&self, knowledge: &Knowledge, normalised: &str) -> Understood {
        let skeleton = skeleton(normalised);
        let facts = facts(knowledge, normalised);
        let prompt = prompt(knowledge, &skeleton);
        if let Some(intent) = self.examples.get(&skeleton) {
            return Understood {
                intent: Some(intent.clone()),
                confidence: 1.0,
                second: None,
                facts,
                prompt,
                zone: Zone::Sure,
            };
        }
        let reading = self.classifier.read(normalised);
        let confidence = reading.intent.as_ref().map_or(0.0, |best| {
            let alike = reading
                .all
                .iter()
                .filter(|(intent, _)| same_answer(knowledge, best, intent));
            alike.map(|(_, probability)| *probability).sum()
        });
        // The next best reading that means something else, and something that can be done about it.
        let second = reading.intent.as_ref().and_then(|best| {
            let others = reading.all.iter().map(|(intent, _)| intent);
            let mut others = others.filter(|intent| {
                knowledge.by_intent.contains_key(*intent)
                    && !knowledge.outside.contains(*intent)
                    && !same_answer(knowledge, best, intent)
            });
            others.next().cloned()
        });
        let zone = match () {
            () if skeleton.is_empty() || reading.familiarity < FAMILIAR || confidence < UNSURE => {
                Zone::Lost
            }
            () if confidence < SURE => Zone::Unsure,
            () => Zone::Sure,
        };
        let known = !skeleton.is_empty();
        Understood {
            intent: reading.intent.filter(|_| known),
            confidence: if known { confidence } else { 0.0 },
            second: second.filter(|_| known),
            facts,
            prompt,
            zone,
        }
    }
}

/// Whether two intents need not be told apart to act on one: they ask for the same item, or both for none of ours.
fn same_answer(knowledge: &Knowledge, first: &Id, second: &Id) -> bool {
    let outside = |intent| knowledge.outside.contains(intent);
    let item = knowledge.by_intent.get(first);
    first == second
        || (item.is_some() && item == knowledge.by_intent.get(second))
        || (outside(first) && outside(second))
}

/// The facts that the pack's patterns find. Of two answers to one fact the longer match wins, then the earlier answer.
fn facts(knowledge: &Knowledge, normalised: &str) -> Facts {
    let mut found = Facts::new();
    for (id, fact) in &knowledge.facts {
        let mut best = 0;
        for answer in &fact.answers {
            let longest = answer
                .patterns
                .iter()
                .flat_map(|pattern| pattern.find_iter(normalised))
                .map(|hit| hit.len())
                .max()
                .unwrap_or(0);
            if longest > best
                && !answer
                    .unless
                    .iter()
                    .any(|pattern| pattern.is_match(normalised))
            {
                best = longest;
                found.insert(id.clone(), answer.id.clone());
            }
        }
    }
    found
}

/// The message of the service that the sentence quotes: the one with the longest piece in it.
fn prompt(knowledge: &Knowledge, skeleton: &str) -> Option<Id> {
    let pieces = knowledge
        .prompts
        .iter()
        .flat_map(|(id, prompt)| prompt.shown.iter().map(move |shown| (shown, id)));
    pieces
        .filter(|(shown, _)| skeleton.contains(shown.as_str()))
        .max_by_key(|(shown, _)| shown.len())
        .map(|(_, id)| id.clone())
}
