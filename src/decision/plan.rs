//! The exact plan: what to do in every state that can come of one, so that the expected minutes are the least there are.

use super::grid::Grid;
use super::{Act, Model, STATES_MAX, State, dot};

/// What to do in every state that can come of its origin.
#[derive(Debug, Clone)]
pub struct Plan {
    acts: Vec<Choice>,
    minutes: f64,
}

/// An act in one byte: 0 hands over, then come the grid's questions, then its remedies.
pub(super) type Choice = u8;

pub(super) const HAND_OVER: Choice = 0;

impl Plan {
    /// Solves a problem from a state on; nothing where the table would exceed [`STATES_MAX`].
    #[must_use]
    pub fn solve(model: &Model, origin: &State) -> Option<Self> {
        let grid = Grid::new(model, origin, STATES_MAX)?;
        let (acts, costs) = solved(&grid);
        let total: f64 = model.weights(origin).iter().sum();
        let minutes = costs.first().copied().unwrap_or_default() / total.max(f64::MIN_POSITIVE);
        Some(Self { acts, minutes })
    }

    /// Expected minutes from the origin on.
    #[must_use]
    pub fn minutes(&self) -> f64 {
        self.minutes
    }

    /// How many states it covers.
    #[must_use]
    pub fn states(&self) -> usize {
        self.acts.len()
    }

    /// What to do in a state that came of this origin.
    pub(super) fn act(&self, grid: &Grid<'_>, state: &State) -> Option<Act> {
        let place = grid.place(state)?;
        self.acts.get(place).map(|choice| act(grid, *choice))
    }
}

/// What a choice of a grid stands for.
pub(super) fn act(grid: &Grid<'_>, choice: Choice) -> Act {
    let Some(place) = usize::from(choice).checked_sub(1) else {
        return Act::HandOver;
    };
    if let Some(asked) = grid.asks.get(place) {
        return Act::Ask(asked.number);
    }
    let tried = grid.tries.get(place - grid.asks.len());
    tried.map_or(Act::HandOver, |tried| Act::Try(tried.number))
}

/// The best choice in every state, and what is expected from there on in minutes, weighed by how probable the state is.
///
/// Bellman's equation, from the end: whatever may follow has been solved already. The first of equal acts is taken, the
/// handover first of all, so that nobody is asked or sent for nothing.
pub(super) fn solved(grid: &Grid<'_>) -> (Vec<Choice>, Vec<f64>) {
    let sets = grid.sets();
    let mut acts = vec![HAND_OVER; grid.states()];
    let mut costs = vec![0.0_f64; grid.states()];
    let failures = grid.failure_weights();
    let answers = grid.answer_weights();
    for (combination, weights) in answers.iter().enumerate().rev() {
        let allowed = grid.allowed(combination);
        let mut number: Choice = 0;
        let mut open = Vec::with_capacity(grid.asks.len());
        for asked in &grid.asks {
            number += 1;
            if asked.answer(combination).is_none() {
                open.push((number, asked));
            }
        }
        for (set, failure) in failures.iter().enumerate().rev() {
            let total = dot(weights, failure);
            let mut best = (HAND_OVER, grid.model.handover_minutes * total);
            for (number, asked) in &open {
                let answers = 1..=asked.question.likelihoods.len();
                let after: f64 = answers
                    .map(|digit| (combination + digit * asked.stride) * sets + set)
                    .filter_map(|place| costs.get(place))
                    .sum();
                let cost = asked.minutes * total + after;
                if cost < best.1 {
                    best = (*number, cost);
                }
            }
            for (tried, number) in grid.tries.iter().zip(number + 1..) {
                if allowed & tried.bit == 0 || set & tried.bit != 0 {
                    continue;
                }
                let after = costs.get(combination * sets + set + tried.bit);
                let cost = tried.remedy.minutes * total + after.copied().unwrap_or_default();
                if cost < best.1 {
                    best = (number, cost);
                }
            }
            let place = combination * sets + set;
            if let (Some(act), Some(cost)) = (acts.get_mut(place), costs.get_mut(place)) {
                (*act, *cost) = best;
            }
        }
    }
    (acts, costs)
}
