//! What is most probably wrong, and what to do next about it.
//!
//! The facts and attempts of a case are put into numbers; what to do about them is `decision`'s to say: the exact policy,
//! by which a problem is solved or handed over in the fewest expected minutes.

#![warn(clippy::wildcard_enum_match_arm)]

mod reasons;

pub use reasons::{Against, Consequence, Excluded, consequences, ruled_out};

use crate::decision::{Act, State};
use crate::knowledge::{Facts, Id, Problem};
use std::collections::BTreeMap;

/// What has been tried, and whether it changed anything.
pub type Tried = BTreeMap<Id, Attempt>;

/// How an attempt went, as far as it says something about the causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It was done and did not help: the causes that it fixes are less likely.
    Failed,
    /// It could not be done: nothing is learned.
    Impossible,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Ask for this fact.
    Ask(Id),
    /// Try this remedy.
    Try(Id),
    /// Nothing is left that is worth its minutes.
    HandOver,
}

/// A case as the problem's policy knows it.
#[must_use]
pub fn state(problem: &Problem, facts: &Facts, tried: &Tried) -> State {
    let answers = problem.numbers.facts.iter();
    let answers = answers.map(|known| known.kinds.get(facts.get(&known.fact)?).copied());
    let which = |wanted: Attempt| {
        let numbered = problem.remedies.iter().zip(0..);
        let tried = numbered.filter(|(remedy, _)| tried.get(&remedy.id) == Some(&wanted));
        tried.map(|(_, number)| 1_u32 << number).sum()
    };
    State {
        answers: answers.collect(),
        failed: which(Attempt::Failed),
        impossible: which(Attempt::Impossible),
    }
}

/// Probability of each cause, in the problem's order; they sum to 1.
#[must_use]
pub fn belief(problem: &Problem, facts: &Facts, tried: &Tried) -> Vec<f64> {
    let model = problem.numbers.policy.model();
    model.belief(&state(problem, facts, tried))
}

/// The causes with their probabilities, most probable first.
#[must_use]
pub fn ranked<'p>(problem: &'p Problem, facts: &Facts, tried: &Tried) -> Vec<(&'p Id, f64)> {
    let mut ranked: Vec<(&Id, f64)> = problem
        .causes
        .iter()
        .map(|cause| &cause.id)
        .zip(belief(problem, facts, tried))
        .collect();
    ranked.sort_by(|(_, first), (_, second)| second.total_cmp(first));
    ranked
}

/// The next act.
#[must_use]
pub fn decide(problem: &Problem, facts: &Facts, tried: &Tried) -> Decision {
    decided(problem, &state(problem, facts, tried))
}

/// The same of a case in numbers.
fn decided(problem: &Problem, state: &State) -> Decision {
    named(problem, problem.numbers.policy.act(state))
}

/// What is decided in a state of a problem, in numbers.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'d> {
    pub decision: &'d Decision,
    /// Of the fact that is asked, or of the remedy that is tried.
    pub number: usize,
    /// The kind of answer to each of the problem's facts, as far as it is known.
    pub answers: &'d [Option<u8>],
    /// Remedies that were tried in vain or cannot be tried, a bit each.
    pub tried: u32,
}

/// What is decided in every state that a problem can have: each kind of answer to each fact, or none, and each remedy
/// untried, tried in vain or impossible.
pub fn every(problem: &Problem, visit: &mut dyn FnMut(&Decided<'_>)) {
    let facts = 0..problem.numbers.facts.len();
    let asks: Vec<Decision> = facts.map(|fact| named(problem, Act::Ask(fact))).collect();
    let remedies = 0..problem.remedies.len();
    let tries: Vec<Decision> = remedies
        .map(|remedy| named(problem, Act::Try(remedy)))
        .collect();
    problem.numbers.policy.every(&mut |state, act| {
        let (decision, number) = match act {
            Act::Ask(number) => (asks.get(number), number),
            Act::Try(number) => (tries.get(number), number),
            Act::HandOver => (None, 0),
        };
        visit(&Decided {
            decision: decision.unwrap_or(&Decision::HandOver),
            number,
            answers: &state.answers,
            tried: state.tried(),
        });
    });
}

/// An act in the pack's own names.
#[must_use]
pub fn named(problem: &Problem, act: Act) -> Decision {
    let fact = |number: usize| problem.numbers.facts.get(number);
    let remedy = |number: usize| problem.remedies.get(number);
    match act {
        Act::Ask(number) => fact(number).map(|known| Decision::Ask(known.fact.clone())),
        Act::Try(number) => remedy(number).map(|known| Decision::Try(known.id.clone())),
        Act::HandOver => None,
    }
    .unwrap_or(Decision::HandOver)
}
