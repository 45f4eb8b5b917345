//! What a way of choosing acts costs: exact figures, by walking its table.

use super::grid::Grid;
use super::plan::{Choice, solved};
use super::strategy::{Strategy, choices};
use super::{Act, Model, STATES_MAX, State, dot, plan};

/// What following a strategy from a state on comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Expected minutes, the handover's included.
    pub minutes: f64,
    /// Expected number of questions and remedies.
    pub turns: f64,
    /// The most questions and remedies that anybody can be put.
    pub turns_max: u32,
    /// Probability that a remedy helps.
    pub solved: f64,
}

/// Follows a strategy from a state on; nothing where the table would exceed [`STATES_MAX`].
#[must_use]
pub fn evaluate(model: &Model, origin: &State, strategy: Strategy) -> Option<Evaluation> {
    let grid = Grid::new(model, origin, STATES_MAX)?;
    let choices = choices(&grid, strategy);
    Some(follow(&grid, &choices).0)
}

/// What it costs to believe wrong priors: each cause's in turn is taken `factor` times too high and too low, the policy that
/// would be right then is followed, and its expected minutes are set against the least there are.
///
/// The greatest and the mean difference, in minutes.
#[must_use]
pub fn regret(model: &Model, origin: &State, factor: f64) -> Option<(f64, f64)> {
    let grid = Grid::new(model, origin, STATES_MAX)?;
    let best = follow(&grid, &solved(&grid).0).0.minutes;
    let mut regrets = Vec::new();
    for cause in 0..model.priors.len() {
        for factor in [factor, 1.0 / factor] {
            let wrong = mistaken(model, cause, factor);
            let wrong = Grid::new(&wrong, origin, STATES_MAX)?;
            let (choices, _) = solved(&wrong);
            regrets.push(follow(&grid, &choices).0.minutes - best);
        }
    }
    let number = f64::from(u32::try_from(regrets.len()).ok()?);
    let worst = regrets.iter().copied().fold(0.0, f64::max);
    Some((worst, regrets.iter().sum::<f64>() / number.max(1.0)))
}

/// The same problem with one prior wrong.
fn mistaken(model: &Model, cause: usize, factor: f64) -> Model {
    let mut model = model.clone();
    if let Some(prior) = model.priors.get_mut(cause) {
        *prior *= factor;
    }
    let sum: f64 = model.priors.iter().sum();
    for prior in &mut model.priors {
        *prior /= sum;
    }
    model
}

/// Figures of one state, weighed by how probable it is.
#[derive(Debug, Clone, Copy, Default)]
struct Weighed {
    total: f64,
    minutes: f64,
    turns: f64,
    solved: f64,
    turns_max: u32,
}

/// Follows choices through a table: the figures of its origin, and the weighed minutes of every state.
pub(super) fn follow(grid: &Grid<'_>, choices: &[Choice]) -> (Evaluation, Vec<f64>) {
    let sets = grid.sets();
    let mut states = vec![Weighed::default(); grid.states()];
    let failures = grid.failure_weights();
    for (combination, weights) in grid.answer_weights().iter().enumerate().rev() {
        for (set, failure) in failures.iter().enumerate().rev() {
            let place = combination * sets + set;
            let choice = choices.get(place).copied().unwrap_or(plan::HAND_OVER);
            let total = dot(weights, failure);
            let at = |place: usize| states.get(place).copied().unwrap_or_default();
            let weighed = match plan::act(grid, choice) {
                Act::HandOver => Weighed {
                    total,
                    minutes: grid.model.handover_minutes * total,
                    ..Weighed::default()
                },
                Act::Ask(number) => {
                    let asked = grid.asks.iter().find(|asked| asked.number == number);
                    let after = asked.into_iter().flat_map(|asked| {
                        let answers = 1..=asked.question.likelihoods.len();
                        answers.map(|digit| at((combination + digit * asked.stride) * sets + set))
                    });
                    let minutes = asked.map_or(0.0, |asked| asked.minutes);
                    stepped(total, minutes, 0.0, after)
                }
                Act::Try(number) => {
                    let tried = grid.tries.iter().find(|tried| tried.number == number);
                    let after = tried.map(|tried| at(combination * sets + set + tried.bit));
                    let minutes = tried.map_or(0.0, |tried| tried.remedy.minutes);
                    let helped = total - after.map_or(0.0, |after| after.total);
                    stepped(total, minutes, helped, after.into_iter())
                }
            };
            if let Some(known) = states.get_mut(place) {
                *known = weighed;
            }
        }
    }
    let origin = states.first().copied().unwrap_or_default();
    let whole = origin.total.max(f64::MIN_POSITIVE);
    let evaluation = Evaluation {
        minutes: origin.minutes / whole,
        turns: origin.turns / whole,
        turns_max: origin.turns_max,
        solved: origin.solved / whole,
    };
    let minutes = states.into_iter().map(|state| state.minutes).collect();
    (evaluation, minutes)
}

/// A question or a remedy and what follows from it. What cannot happen makes nothing longer.
fn stepped(total: f64, minutes: f64, solved: f64, after: impl Iterator<Item = Weighed>) -> Weighed {
    let start = Weighed {
        total,
        minutes: minutes * total,
        turns: total,
        solved,
        turns_max: u32::from(total > 0.0),
    };
    after
        .filter(|after| after.total > 0.0)
        .fold(start, |sum, after| Weighed {
            total,
            minutes: sum.minutes + after.minutes,
            turns: sum.turns + after.turns,
            solved: sum.solved + after.solved,
            turns_max: sum.turns_max.max(after.turns_max + 1),
        })
}
