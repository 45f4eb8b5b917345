//! The facts that a message states: what the pack's patterns find in it, less what its words keep out, and what labelled
//! sentences teach.
//!
//! The two go by different things, a pattern by some words and what was learned by all of them, so that they are seldom wrong
//! together: what one finds stands only if the other does not think it unlikely, and what was learned adds what it is
//! sure of.

use super::Understanding;
use super::cues::{ListedWord, Setting};
use crate::knowledge::{Condition, Fact, Facts, Id, Knowledge, Likely, Pattern};
use crate::text::{normalise, skeleton, statement, without_denials};
use std::cmp::Reverse;
use std::collections::BTreeMap;
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
    /// What labelled sentences teach.
    Improbable,
}

/// What a pattern finds is stated from this probability on.
const POSSIBLE: f32 = 0.2;
/// What no pattern finds is stated from this one on.
const SURE: f32 = 0.7;

/// For each fact, in the order of its answers, the class of each in what was learned, if it has one.
pub(super) type Classes = BTreeMap<Id, Vec<Option<usize>>>;

/// Where the answers of a pack stand in what was learned.
pub(super) fn classes(knowledge: &Knowledge, labels: &[String]) -> Classes {
    let class = |fact: &Id, answer: &Id| {
        let label = format!("{fact}={answer}");
        labels.iter().position(|known| *known == label)
    };
    let facts = knowledge.facts.iter();
    let classes = facts.map(|(id, fact)| {
        let answers = fact.answers.iter();
        (
            id.clone(),
            answers.map(|answer| class(id, &answer.id)).collect(),
        )
    });
    classes.collect()
}

/// Fewer characters tell by what they answer, if anything.
const TELLING_MIN: usize = 4;

/// How probable it is that a sentence states each answer, as far as anything was learned of it.
pub(super) struct Learned<'u> {
    classes: &'u Classes,
    probabilities: Vec<f32>,
    /// There are enough characters to tell something by themselves.
    is_telling: bool,
}

impl Learned<'_> {
    /// The probability of an answer, by its number; none where nothing was learned of it.
    pub fn of(&self, fact: &Id, number: usize) -> Option<f32> {
        let class = self.classes.get(fact)?.get(number).copied()??;
        self.probabilities.get(class).copied()
    }
}

/// A message without bare denials at its beginning, which are about what was said before.
pub(super) struct Said {
    /// Normalised and mended, in the mainland's words, with its clauses marked: what patterns are looked for in.
    pub statement: String,
    /// Normalised and mended as labelled sentences are.
    pub words: String,
}

impl Understanding {
    /// The forms of a message in which facts are looked for. Mostly they are the message normalised; then it is `mended` already.
    pub(super) fn said(&self, text: &str, normalised: &str, mended: &str) -> Said {
        let rest = without_denials(text);
        let words = if rest.len() == text.len() {
            mended.to_owned()
        } else {
            self.mended(&normalise(rest))
        };
        let statement = statement(rest);
        let statement = if statement == normalised {
            mended.to_owned()
        } else {
            self.mended(&statement)
        };
        Said { statement, words }
    }

    /// The facts that are stated.
    pub(super) fn facts(&self, knowledge: &Knowledge, said: &Said) -> Facts {
        let Said { statement, words } = said;
        let setting = self.setting(statement);
        let likely = knowledge.patterns.likely(statement);
        let learned = self.learned(words);
        let facts = knowledge.facts.iter();
        let stated = facts.filter_map(|(id, fact)| {
            let found = found(&setting, &likely, statement, fact);
            let agreed = agreed(knowledge, &learned, (id, fact), &setting, &found)?;
            Some((id.clone(), agreed.clone()))
        });
        stated.collect()
    }

    /// What the patterns alone make of a statement.
    pub(super) fn facts_by_pattern(&self, knowledge: &Knowledge, statement: &str) -> Facts {
        let setting = self.setting(statement);
        let likely = knowledge.patterns.likely(statement);
        let facts = knowledge.facts.iter();
        let stated = facts.filter_map(|(id, fact)| {
            let found = found(&setting, &likely, statement, fact);
            Some((id.clone(), stated(&setting, &found)?.answer.clone()))
        });
        stated.collect()
    }

    /// What labelled sentences teach of a normalised message. They are about our matters: of what belongs to others they teach
    /// nothing.
    pub(super) fn learned(&self, normalised: &str) -> Learned<'_> {
        let stated = &self.model.stated;
        let listed = self.words.find(normalised);
        let is_ours = listed.others.is_empty() || listed.service;
        Learned {
            classes: &self.classes,
            is_telling: skeleton(normalised).chars().nth(TELLING_MIN - 1).is_some(),
            probabilities: if is_ours {
                stated.probabilities(normalised)
            } else {
                Vec::new()
            },
        }
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

/// The answer that stands, of what the patterns found and what was learned. Where protection is at stake, what a pattern finds
/// stands; danger may be added, but that there is none is said plainly, so that a pattern finds it, or is asked.
pub(super) fn agreed<'k>(
    knowledge: &Knowledge,
    learned: &Learned<'_>,
    (id, fact): (&Id, &'k Fact),
    setting: &Setting<'_>,
    found: &[Found<'k>],
) -> Option<&'k Id> {
    let by_pattern = stated(setting, found).map(|found| found.answer);
    let is_disclaimed = |answer: &Id| {
        let mut of_answer = found.iter().filter(|found| found.answer == answer);
        of_answer.any(|found| matches!(found.kept_out, Some(KeptOut::Word(_))))
    };
    let holds = |condition: &Condition, answer: &Id| {
        let mut facts = condition.facts();
        facts.any(|(named, answers)| named == id && answers.contains(answer))
    };
    let safety = knowledge.safety.as_ref();
    let is_loosening = |answer: &Id| safety.is_some_and(|safety| holds(&safety.loosening, answer));
    let is_danger = |answer: &Id| safety.is_some_and(|safety| holds(&safety.danger, answer));
    let is_at_stake = |answer: &&Id| is_danger(answer) || is_loosening(answer);
    if let Some(answer) = by_pattern.filter(is_at_stake) {
        return Some(answer);
    }
    let answers = fact.answers.iter().enumerate();
    let weighed = answers.filter_map(|(number, answer)| {
        let answer = &answer.id;
        let is_found = by_pattern == Some(answer);
        let may_be_added = learned.is_telling && !is_disclaimed(answer) && !is_loosening(answer);
        let weight = match learned.of(id, number) {
            None if is_found => Some(1.0),
            Some(probability) if is_found && probability >= POSSIBLE => Some(probability),
            Some(probability) if may_be_added && probability >= SURE => Some(probability),
            Some(_) | None => None,
        };
        Some((weight?, answer))
    });
    let best = weighed.max_by(|(first, _), (second, _)| first.total_cmp(second));
    best.map(|(_, answer)| answer)
}
