//! What is most probably wrong, and what to do next about it.
//!
//! Decision-theoretic troubleshooting after Heckerman, Breese and Rommelse ("Decision-theoretic troubleshooting", CACM
//! 38(3), 1995): a belief over causes by Bayes, remedies in the order of probability over cost, a question only
//! while it is worth its minutes, and the handover as the remedy that always works and costs most.

#![warn(clippy::wildcard_enum_match_arm)]

use crate::knowledge::{Facts, Id, Problem, Remedy};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Ask for this fact.
    Ask(Id),
    /// Try this remedy.
    Try(Id),
    /// Nothing is left that is worth its minutes.
    HandOver,
}

/// Probability of each cause, in the problem's order; they sum to 1.
#[must_use]
pub fn belief(problem: &Problem, facts: &Facts, tried: &Tried) -> Vec<f64> {
    let mut belief: Vec<f64> = problem.causes.iter().map(|cause| cause.prior).collect();
    for (fact, likelihoods) in &problem.evidence {
        let told = facts.get(fact).and_then(|answer| likelihoods.get(answer));
        if let Some(told) = told {
            multiply(&mut belief, told);
        }
    }
    for remedy in problem
        .remedies
        .iter()
        .filter(|remedy| tried.get(&remedy.id) == Some(&Attempt::Failed))
    {
        after_failure(remedy, &mut belief);
    }
    normalise(problem, belief)
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

/// The next act: the question with the greatest value of information, if one is worth its minutes; else the remedy with
/// the best ratio of probability to cost, if it is worth its minutes; else the handover.
#[must_use]
pub fn decide(problem: &Problem, facts: &Facts, tried: &Tried) -> Decision {
    let belief = belief(problem, facts, tried);
    let open: Vec<&Remedy> = problem
        .remedies
        .iter()
        .filter(|remedy| !tried.contains_key(&remedy.id) && permitted(remedy, facts))
        .collect();
    let without = expected_minutes(problem, belief.clone(), &open);
    let questions = problem
        .observe
        .iter()
        .filter(|observe| !facts.contains_key(&observe.fact));
    let gains = questions.map(|observe| {
        let with = expected_after(problem, &belief, &open, &observe.fact);
        (without - with - observe.minutes, &observe.fact)
    });
    // Strictly better only, so that of equal questions the author's first is asked.
    let best = gains.fold((1e-9, None), |best, (gain, fact)| {
        if gain > best.0 {
            (gain, Some(fact))
        } else {
            best
        }
    });
    if let (_, Some(fact)) = best {
        return Decision::Ask(fact.clone());
    }
    match best_remedy(problem, &belief, &open) {
        Some(remedy) => match remedy.requires.unknown(facts) {
            Some(fact) => Decision::Ask(fact.clone()),
            None => Decision::Try(remedy.id.clone()),
        },
        None => Decision::HandOver,
    }
}

/// Whether the safety requirements of a remedy hold, as far as they are known.
fn permitted(remedy: &Remedy, facts: &Facts) -> bool {
    remedy.requires.facts().all(|(fact, answers)| {
        facts
            .get(fact)
            .is_none_or(|answer| answers.contains(answer))
    })
}

fn normalise(problem: &Problem, mut belief: Vec<f64>) -> Vec<f64> {
    let sum: f64 = belief.iter().sum();
    if sum > 0.0 {
        for probability in &mut belief {
            *probability /= sum;
        }
        belief
    } else {
        // What was told contradicts every cause: go back to what was believed before.
        problem.causes.iter().map(|cause| cause.prior).collect()
    }
}

fn multiply(belief: &mut [f64], likelihoods: &[f64]) {
    for (weight, likelihood) in belief.iter_mut().zip(likelihoods) {
        *weight *= likelihood;
    }
}

fn after_failure(remedy: &Remedy, belief: &mut [f64]) {
    for (weight, chance) in belief.iter_mut().zip(&remedy.chances) {
        *weight *= 1.0 - chance;
    }
}

/// Chance that a remedy helps. The belief need not be normalised.
fn chance(belief: &[f64], remedy: &Remedy) -> f64 {
    belief
        .iter()
        .zip(&remedy.chances)
        .map(|(weight, chance)| weight * chance)
        .sum()
}

/// The remedy with the best ratio of probability to cost among those that are worth their minutes: trying must be cheaper
/// than the handovers that it saves.
fn best_remedy<'p>(problem: &Problem, belief: &[f64], open: &[&'p Remedy]) -> Option<&'p Remedy> {
    let total: f64 = belief.iter().sum();
    let rated = open.iter().filter_map(|remedy| {
        let helps = chance(belief, remedy) / total;
        let worth = helps.is_finite() && helps * problem.handover_minutes > remedy.minutes;
        worth.then(|| (helps / remedy.minutes.max(0.01), *remedy))
    });
    rated
        .fold(None, |best: Option<(f64, &Remedy)>, rated| {
            if best.is_none_or(|best| rated.0 > best.0) {
                Some(rated)
            } else {
                best
            }
        })
        .map(|(_, remedy)| remedy)
}

/// Expected minutes until the problem is solved or handed over, trying remedies one after another.
fn expected_minutes(problem: &Problem, mut belief: Vec<f64>, open: &[&Remedy]) -> f64 {
    let mut open = open.to_vec();
    let mut minutes = 0.0;
    while let Some(remedy) = best_remedy(problem, &belief, &open) {
        minutes += belief.iter().sum::<f64>() * remedy.minutes;
        after_failure(remedy, &mut belief);
        open.retain(|other| other.id != remedy.id);
    }
    minutes + belief.iter().sum::<f64>() * problem.handover_minutes
}

/// The same, after the answer to a question: averaged over its answers.
fn expected_after(problem: &Problem, belief: &[f64], open: &[&Remedy], fact: &str) -> f64 {
    let Some(answers) = problem.evidence.get(fact) else {
        return expected_minutes(problem, belief.to_vec(), open);
    };
    answers
        .values()
        .map(|likelihoods| {
            let mut given = belief.to_vec();
            multiply(&mut given, likelihoods);
            expected_minutes(problem, given, open)
        })
        .sum()
}
