//! The facts that a message states: what the pack's patterns find in it, less what its words keep out.

use super::Understanding;
use super::cues::{ListedWord, Setting};
use crate::knowledge::{Fact, Facts, Id, Knowledge, Likely, Pattern};
use crate::text::{statement, without_denials};
use std::cmp::Reverse;
use std::ops::Range;

/// What a pattern found, and what became of it.
#[derive(Debug)]
pub(super) struct Found<'k> {
    /// The number of the answer.
    number: usize,
    pub answer: &'k Id,
    pub pattern: &'k Pattern,
    pub place: Range<usize>,
    pub kept_out: Option<KeptOut>,
}

/// Why what a pattern found is not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptOut {
    /// An `unless` of the answer, and what it matched.
    Unless(String, String),
    /// A listed word.
    Word(ListedWord),
}

impl Understanding {
    /// The form of a message in which patterns look for facts: mended, with its clauses marked, and without bare denials at
    /// its beginning. Mostly that is the message normalised; then it is `mended` already.
    pub(super) fn statement(&self, text: &str, normalised: &str, mended: &str) -> String {
        let said = statement(without_denials(text));
        if said == normalised {
            mended.to_owned()
        } else {
            self.mended(&said)
        }
    }

    /// The same, of a message that is not looked at otherwise.
    pub(super) fn said(&self, text: &str) -> String {
        self.mended(&statement(without_denials(text)))
    }

    /// The facts that a statement states.
    pub(super) fn facts(&self, knowledge: &Knowledge, statement: &str) -> Facts {
        let setting = self.setting(statement);
        let likely = knowledge.patterns.likely(statement);
        let facts = knowledge.facts.iter();
        let stated = facts.filter_map(|(id, fact)| {
            let found = found(&setting, &likely, statement, fact);
            Some((id.clone(), stated(&setting, &found)?.answer.clone()))
        });
        stated.collect()
    }

    pub(super) fn setting<'s>(&self, statement: &'s str) -> Setting<'s> {
        self.cues.setting(&self.words, statement)
    }
}

/// Everything that the patterns of a fact find in a statement.
pub(super) fn found<'k>(
    setting: &Setting<'_>,
    likely: &Likely,
    statement: &str,
    fact: &'k Fact,
) -> Vec<Found<'k>> {
    let mut found = Vec::new();
    for (number, answer) in fact.answers.iter().enumerate() {
        let patterns = answer.patterns.iter();
        for pattern in patterns.filter(|pattern| likely.includes(pattern)) {
            let places = pattern.find_iter(statement);
            for place in places.filter(|place| !place.is_empty()) {
                let around = setting.around(&place);
                let unless = answer.unless.iter().find_map(|unless| {
                    let hit = likely.includes(unless).then(|| unless.find(around))??;
                    Some(KeptOut::Unless(unless.written().to_owned(), hit.to_owned()))
                });
                found.push(Found {
                    number,
                    answer: &answer.id,
                    pattern,
                    kept_out: unless
                        .or_else(|| setting.keeps_out(pattern, &place).map(KeptOut::Word)),
                    place,
                });
            }
        }
    }
    found
}

/// What is stated, of all that was found for a fact: what comes in a later clause is how it is now; in one clause the longer
/// stretch says more; and of two alike the earlier answer counts.
pub(super) fn stated<'f, 'k>(
    setting: &Setting<'_>,
    found: &'f [Found<'k>],
) -> Option<&'f Found<'k>> {
    let said = found.iter().filter(|found| found.kept_out.is_none());
    said.max_by_key(|found| {
        let clause = setting.clause(found.place.end.saturating_sub(1));
        (clause, found.place.len(), Reverse(found.number))
    })
}
