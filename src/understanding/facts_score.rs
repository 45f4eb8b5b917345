//! How well facts are found in sentences: what `mibao eval --facts` prints.

use super::Share;
use super::Understanding;
use super::model::labels;
use super::score::read_lines;
use crate::knowledge::{Facts, Id, Knowledge};
use crate::text::{joined, normalise};
use serde::Serialize;
use std::collections::BTreeMap;

/// A sentence and the facts that it states, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    pub facts: Facts,
    pub sentence: String,
}

/// Counts over such sentences.
#[derive(Debug, Default, Serialize)]
pub struct FactsScore {
    /// Sentences of which exactly the facts stated were found.
    pub sentences: Share,
    pub all: FactCounts,
    /// What the patterns would find by themselves, without what labelled sentences teach.
    pub by_patterns: FactCounts,
    pub facts: BTreeMap<Id, FactCounts>,
    pub wrong: Vec<FactsWrong>,
}

/// How many facts were stated, how many found, and how many of those with the right answer.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct FactCounts {
    pub stated: usize,
    pub found: usize,
    pub right: usize,
}

/// A sentence of which other facts were found.
#[derive(Debug, Serialize)]
pub struct FactsWrong {
    pub sentence: String,
    pub stated: Facts,
    pub found: Facts,
}

impl FactCounts {
    /// How many of the facts found were stated.
    #[must_use]
    pub fn precision(self) -> Share {
        Share {
            right: self.right,
            of: self.found,
        }
    }

    /// How many of the facts stated were found.
    #[must_use]
    pub fn recall(self) -> Share {
        Share {
            right: self.right,
            of: self.stated,
        }
    }
}

/// Reads lines `fact=answer,…<TAB>sentence`, or `-<TAB>sentence` for one that states none; empty lines and `#` lines are
/// skipped. Lines that are neither are given back by number.
#[must_use]
pub fn stated(lines: &str) -> (Vec<Stated>, Vec<usize>) {
    read_lines(lines, |facts, sentence| {
        let labels = labels(facts);
        let pairs = labels.iter().map(|label| {
            let (fact, answer) = label.split_once('=')?;
            Some((fact.to_owned(), answer.to_owned()))
        });
        Some(Stated {
            facts: pairs.collect::<Option<Facts>>()?,
            sentence: sentence.to_owned(),
        })
    })
}

/// Looks for facts in sentences and counts.
#[must_use]
pub fn score_facts(
    knowledge: &Knowledge,
    understanding: &Understanding,
    sentences: &[Stated],
) -> FactsScore {
    let mut score = FactsScore::default();
    for stated in sentences {
        let text = joined(&stated.sentence);
        let plain = normalise(&text);
        let normalised = understanding.mended(&plain);
        let said = understanding.said(&text, &plain, &normalised);
        let found = understanding.facts(knowledge, &said);
        for fact in stated.facts.keys() {
            score.of(fact, |counts| counts.stated += 1);
        }
        let by_patterns = understanding.facts_by_pattern(knowledge, &said.statement);
        score.by_patterns.stated += stated.facts.len();
        for (fact, answer) in &by_patterns {
            score.by_patterns.found += 1;
            score.by_patterns.right += usize::from(stated.facts.get(fact) == Some(answer));
        }
        for (fact, answer) in &found {
            let right = stated.facts.get(fact) == Some(answer);
            score.of(fact, |counts| {
                counts.found += 1;
                counts.right += usize::from(right);
            });
        }
        score.sentences.add(found == stated.facts);
        if found != stated.facts {
            score.wrong.push(FactsWrong {
                sentence: stated.sentence.clone(),
                stated: stated.facts.clone(),
                found,
            });
        }
    }
    score
}

impl FactsScore {
    /// Counts for one fact, and for all.
    fn of(&mut self, fact: &Id, count: impl Fn(&mut FactCounts)) {
        count(&mut self.all);
        count(self.facts.entry(fact.clone()).or_default());
    }
}
