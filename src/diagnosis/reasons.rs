//! Why: what an answer would change, and what has been ruled out by what.

use super::{Decision, Tried, belief, decided, state};
use crate::knowledge::{Facts, Id, Problem};
use std::collections::BTreeMap;

/// What follows from some of a question's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequence {
    /// In the order of the question, those that are told apart by nothing together.
    pub answers: Vec<Id>,
    pub decision: Decision,
    /// The most probable cause then, and how probable it is.
    pub cause: Id,
    pub probability: f64,
    /// Probability of such an answer.
    pub share: f64,
}

/// What each answer to a fact would change: what comes next, and what is most probable then. Answers after which the same
/// comes next stand together, the most probable first.
#[must_use]
pub fn consequences(
    problem: &Problem,
    facts: &Facts,
    tried: &Tried,
    fact: &Id,
) -> Vec<Consequence> {
    let now = state(problem, facts, tried);
    let model = problem.numbers.policy.model();
    let mut found: Vec<Consequence> = Vec::new();
    let place = problem.numbers.facts.iter();
    let Some(question) = place.clone().position(|known| known.fact == *fact) else {
        return found;
    };
    let total: f64 = model.weights(&now).iter().sum();
    let kinds = problem
        .numbers
        .facts
        .get(question)
        .map(|known| &known.kinds);
    let mut kinds_of: BTreeMap<u8, Vec<Id>> = BTreeMap::new();
    for (answer, kind) in kinds.into_iter().flatten() {
        kinds_of.entry(*kind).or_default().push(answer.clone());
    }
    for (kind, answers) in kinds_of {
        let after = model.answered(&now, question, kind);
        let weights = model.weights(&after);
        let share = weights.iter().sum::<f64>() / total.max(f64::MIN_POSITIVE);
        let believed = model.belief(&after).into_iter();
        let best = believed.zip(&problem.causes);
        let best = best.max_by(|(first, _), (second, _)| first.total_cmp(second));
        let Some((probability, cause)) = best else {
            continue;
        };
        let decision = decided(problem, &after);
        match found.iter_mut().find(|known| known.decision == decision) {
            Some(known) => {
                if share > known.share {
                    known.cause.clone_from(&cause.id);
                    known.probability = probability;
                }
                known.share += share;
                known.answers.extend(answers);
            }
            None => found.push(Consequence {
                answers,
                decision,
                cause: cause.id.clone(),
                probability,
                share,
            }),
        }
    }
    found.sort_by(|first, second| second.share.total_cmp(&first.share));
    found
}

/// A cause that is out of the question, and what speaks most against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    pub cause: Id,
    pub by: Against,
}

/// What speaks against a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// What the user told.
    Fact(Id),
    /// A remedy for it that did not help.
    Remedy(Id),
}

/// A cause that has become so improbable is ruled out.
const RULED_OUT: f64 = 0.02;
/// It must have been this much more probable at first, or nothing ruled it out.
const FORMERLY: f64 = 2.0;

/// The causes that what is known rules out, those that were the most probable at first first, each with what made it least
/// probable.
#[must_use]
pub fn ruled_out(problem: &Problem, facts: &Facts, tried: &Tried) -> Vec<Excluded> {
    let believed = belief(problem, facts, tried);
    let mut excluded: Vec<(f64, Excluded)> = Vec::new();
    for ((number, cause), probability) in problem.causes.iter().enumerate().zip(believed) {
        if probability > RULED_OUT || cause.prior < FORMERLY * probability.max(RULED_OUT / FORMERLY)
        {
            continue;
        }
        if let Some(by) = against(problem, facts, tried, number) {
            let cause_id = cause.id.clone();
            excluded.push((
                cause.prior,
                Excluded {
                    cause: cause_id,
                    by,
                },
            ));
        }
    }
    excluded.sort_by(|(first, _), (second, _)| second.total_cmp(first));
    excluded.into_iter().map(|(_, excluded)| excluded).collect()
}

/// What would leave a cause most probable if it were not known.
fn against(problem: &Problem, facts: &Facts, tried: &Tried, cause: usize) -> Option<Against> {
    let probability = |facts: &Facts, tried: &Tried| {
        let believed = belief(problem, facts, tried);
        believed.get(cause).copied().unwrap_or_default()
    };
    let now = probability(facts, tried);
    let by_facts = facts.keys().map(|fact| {
        let mut without = facts.clone();
        without.remove(fact);
        (probability(&without, tried), Against::Fact(fact.clone()))
    });
    let by_remedies = tried.keys().map(|remedy| {
        let mut without = tried.clone();
        without.remove(remedy);
        (
            probability(facts, &without),
            Against::Remedy(remedy.clone()),
        )
    });
    let most = by_facts
        .chain(by_remedies)
        .max_by(|(first, _), (second, _)| first.total_cmp(second));
    most.filter(|(without, _)| *without > now * FORMERLY)
        .map(|(_, by)| by)
}
