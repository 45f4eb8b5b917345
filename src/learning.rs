//! How probable the causes of a problem are, learned from how users' cases ended.
//!
//! An author's priors are a guess, and every finished case says something about it. The guess is a Dirichlet distribution,
//! worth so many cases; a Dirichlet prior with multinomial counts is a Dirichlet again, its parameters added up, so the new
//! prior of a cause is its share of guess and counts together. Which cause a case had is seldom certain: the case is
//! divided among the causes as probable as they were after all that was told and tried.

use crate::diagnosis::state;
use crate::dialogue::{Answer, Case, Entry, Outcome, RemedyResult, View, place};
use crate::knowledge::{Id, Item, Knowledge, Problem};
use std::collections::BTreeMap;

/// No cause becomes less probable than this by counting; one that its author made less probable stays there at least.
pub const FLOOR: f64 = 0.01;

/// How the finished cases of a problem ended, and what they say about its causes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Cases per cause, in the problem's order.
    pub counts: Vec<f64>,
    /// A remedy helped.
    pub solved: u32,
    /// Nothing that was tried helped, and a human took over.
    pub handed_over: u32,
    /// Finished cases that no cause of the pack can have led to. They are not among the others.
    pub unexplained: u32,
}

/// The finished cases, problem by problem.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcomes {
    pub problems: BTreeMap<Id, Tally>,
}

impl Outcomes {
    /// Counts what one user told. Whoever started over had several cases.
    pub fn add(&mut self, knowledge: &Knowledge, told: &Case) {
        let entries = told.answers.iter().flat_map(|answer| &answer.entries);
        let mut case = Vec::new();
        for entry in entries {
            if *entry == Entry::Fresh {
                self.add_case(knowledge, std::mem::take(&mut case));
            } else {
                case.push(entry.clone());
            }
        }
        self.add_case(knowledge, case);
    }

    fn add_case(&mut self, knowledge: &Knowledge, entries: Vec<Entry>) {
        let answers = vec![Answer { entries }];
        let view = View::of(knowledge, &Case { answers });
        for (id, problem) in &knowledge.problems {
            let Some(end) = end(knowledge, &view, id) else {
                continue;
            };
            let tally = self.problems.entry(id.clone()).or_default();
            tally.counts.resize(problem.causes.len(), 0.0);
            let weights = weights(problem, id, &view);
            let sum: f64 = weights.iter().sum();
            if sum <= 0.0 {
                tally.unexplained += 1;
                continue;
            }
            for (count, weight) in tally.counts.iter_mut().zip(weights) {
                *count += weight / sum;
            }
            match end {
                End::Solved => tally.solved += 1,
                End::HandedOver => tally.handed_over += 1,
            }
        }
    }
}

/// The new priors: the old ones, worth `pseudo_count` cases (above 0), and the cases counted. Both sum to 1.
#[must_use]
pub fn updated(priors: &[f64], counts: &[f64], pseudo_count: f64) -> Vec<f64> {
    let cases: f64 = counts.iter().sum();
    let shares = priors
        .iter()
        .zip(counts)
        .map(|(prior, count)| (pseudo_count * prior + count) / (pseudo_count + cases));
    raised(&shares.collect::<Vec<_>>(), priors)
}

/// Shares as an author writes them: weights of this sum and precision, none of them 0.
#[must_use]
pub fn rounded(shares: &[f64], sum: f64, decimals: i32) -> Vec<f64> {
    struct Part {
        place: usize,
        units: f64,
        rest: f64,
    }
    let scale = 10_f64.powi(decimals);
    let units_all = (sum * scale).round();
    let mut parts: Vec<Part> = Vec::new();
    for (place, share) in shares.iter().enumerate() {
        let exact = share * units_all;
        // What is whole but for the last bit of a float is whole.
        let units = (exact + 1e-9).floor().max(1.0);
        let rest = exact - units;
        parts.push(Part { place, units, rest });
    }
    // What rounding down left over goes to whoever lost most by it.
    let mut left = units_all - parts.iter().map(|part| part.units).sum::<f64>();
    parts.sort_by(|first, second| second.rest.total_cmp(&first.rest));
    for part in &mut parts {
        if left >= 0.5 {
            part.units += 1.0;
            left -= 1.0;
        }
    }
    parts.sort_by_key(|part| part.place);
    parts.iter().map(|part| part.units / scale).collect()
}

/// How a finished case of a problem ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Solved,
    HandedOver,
}

/// How a case ended for a problem; `None` if it says nothing about the causes.
fn end(knowledge: &Knowledge, view: &View, problem: &Id) -> Option<End> {
    if view.is_solved(problem) {
        return Some(End::Solved);
    }
    let mut results = view.remedies.iter().filter(|((of, _), _)| of == problem);
    let any_failed = results.any(|(_, result)| *result == RemedyResult::NotHelped);
    let outcome = place(knowledge, view).prompt.outcome();
    if !any_failed || outcome != Some(Outcome::HandedOver) {
        return None;
    }
    // A human who was called about something else says nothing about this.
    let open = View {
        end: None,
        ..view.clone()
    };
    let path = place(knowledge, &open).path;
    path.contains(&Item::Problem(problem.clone()))
        .then_some(End::HandedOver)
}

/// P(cause and all that was told, tried and found to help), per cause.
fn weights(problem: &Problem, id: &Id, view: &View) -> Vec<f64> {
    let model = problem.numbers.policy.model();
    let mut weights = model.weights(&state(problem, &view.facts, &view.tried(id)));
    for remedy in &problem.remedies {
        let result = view.remedies.get(&(id.clone(), remedy.id.clone()));
        if result == Some(&RemedyResult::Helped) {
            for (weight, chance) in weights.iter_mut().zip(&remedy.chances) {
                *weight *= chance;
            }
        }
    }
    weights
}

/// Shares with those below the floor raised to it, at the cost of the others in proportion.
fn raised(shares: &[f64], priors: &[f64]) -> Vec<f64> {
    let mut parts: Vec<(f64, f64, bool)> = Vec::new();
    for (share, prior) in shares.iter().zip(priors) {
        parts.push((*share, prior.min(FLOOR), false));
    }
    // Whoever gives can fall below the floor by it, so it is looked again until nobody does.
    loop {
        let held = parts.iter().filter(|(_, _, is_held)| *is_held);
        let rest = 1.0 - held.map(|(_, floor, _)| floor).sum::<f64>();
        let free = parts.iter().filter(|(_, _, is_held)| !is_held);
        let scale = rest / free.map(|(share, _, _)| share).sum::<f64>();
        let mut is_done = true;
        for (share, floor, is_held) in &mut parts {
            if !*is_held && *share * scale < *floor {
                *is_held = true;
                is_done = false;
            }
        }
        if is_done {
            let parts = parts.into_iter();
            return parts
                .map(|(share, floor, is_held)| if is_held { floor } else { share * scale })
                .collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIORS: [f64; 4] = [0.5, 0.3, 0.15, 0.05];

    #[track_caller]
    fn check(actual: &[f64], expected: &[f64]) {
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        let same = actual.len() == expected.len() && actual.iter().zip(expected).all(near);
        assert!(same, "{actual:?} instead of {expected:?}");
    }

    #[test]
    fn nothing_counted_changes_nothing() {
        check(&updated(&PRIORS, &[0.0; 4], 50.0), &PRIORS);
        let low = [0.996, 0.004];
        check(&updated(&low, &[0.0; 2], 50.0), &low);
    }

    #[test]
    fn cases_add_to_the_guess() {
        check(
            &updated(&PRIORS, &[0.0, 50.0, 0.0, 0.0], 50.0),
            &[0.25, 0.65, 0.075, 0.025],
        );
        check(
            &updated(&PRIORS, &[0.0, 0.0, 2.5, 7.5], 10.0),
            &[0.25, 0.15, 0.2, 0.4],
        );
    }

    #[test]
    fn no_cause_falls_below_the_floor() {
        let new = updated(&PRIORS, &[100_000.0, 0.0, 0.0, 0.0], 50.0);
        check(&new, &[0.97, 0.01, 0.01, 0.01]);
        // An author's own is not raised, and not lowered either.
        let new = updated(&[0.6, 0.396, 0.004], &[100_000.0, 0.0, 0.0], 50.0);
        check(&new, &[0.986, 0.01, 0.004]);
    }

    #[test]
    fn what_is_written_sums_to_what_was() {
        check(&rounded(&PRIORS, 1.0, 2), &PRIORS);
        check(
            &rounded(&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 1.0, 2),
            &[0.34, 0.33, 0.33],
        );
        check(
            &rounded(&[0.97, 0.01, 0.01, 0.01], 11.0, 1),
            &[10.7, 0.1, 0.1, 0.1],
        );
    }

    #[test]
    fn shares_always_sum_to_one() {
        for cases in [0.3, 1.0, 7.0, 300.0, 1e7] {
            for counts in [[cases, 0.0, 0.0, 0.0], [0.0, cases, 0.5, cases]] {
                let new = updated(&PRIORS, &counts, 50.0);
                check(&[new.iter().sum()], &[1.0]);
                check(&[rounded(&new, 10.0, 1).iter().sum()], &[10.0]);
                assert!(new.iter().all(|share| *share >= FLOOR), "{new:?}");
            }
        }
    }
}
