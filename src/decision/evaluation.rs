//! What a way of choosing acts costs: exact figures, by following it through every state that it can come to.

use super::grid::Grid;
use super::plan::{self, solved};
use super::strategy::{Strategy, ask_all, fixed, ratio, value_of_information};
use super::{Act, Model, STATES_MAX, State};
use std::collections::BTreeMap;

/// What following a strategy from a state on comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
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

/// Follows a strategy from a state on; nothing where more than [`STATES_MAX`] states could come of it.
#[must_use]
pub fn evaluate(model: &Model, origin: &State, strategy: Strategy) -> Option<Evaluation> {
    let grid = Grid::new(model, origin, STATES_MAX)?;
    let simple = |rule: fn(&Model, &State) -> Act| {
        let mut walk = Walk::new(&grid, move |_, state| rule(model, state));
        walk.evaluation()
    };
    Some(match strategy {
        Strategy::Optimal => {
            let (choices, _) = solved(&grid);
            planned(&grid, &choices)
        }
        Strategy::Rollout => {
            let mut base = Walk::new(&grid, |_, state| value_of_information(model, state));
            let rule = |place, state: &State| ahead(&grid, &mut base, place, state);
            Walk::new(&grid, rule).evaluation()
        }
        Strategy::ValueOfInformation => simple(value_of_information),
        Strategy::Ratio => simple(ratio),
        Strategy::AskAll => simple(ask_all),
        Strategy::Fixed => simple(fixed),
    })
}

/// What it costs to believe wrong priors: each cause's in turn is taken `factor` times too high and too low, the policy that
/// would be right then is followed, and its expected minutes are set against the least there are.
///
/// The greatest and the mean difference, in minutes.
#[must_use]
pub fn regret(model: &Model, origin: &State, factor: f64) -> Option<(f64, f64)> {
    let grid = Grid::new(model, origin, STATES_MAX)?;
    let best = planned(&grid, &solved(&grid).0).minutes;
    let mut regrets = Vec::new();
    for cause in 0..model.priors.len() {
        for factor in [factor, 1.0 / factor] {
            let wrong = mistaken(model, cause, factor);
            let (choices, _) = solved(&Grid::new(&wrong, origin, STATES_MAX)?);
            regrets.push(planned(&grid, &choices).minutes - best);
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

fn planned(grid: &Grid<'_>, choices: &[plan::Choice]) -> Evaluation {
    let rule = |place: usize, _: &State| {
        let choice = choices.get(place).copied();
        plan::act(grid, choice.unwrap_or(plan::HAND_OVER))
    };
    Walk::new(grid, rule).evaluation()
}

/// The act after which a known strategy costs least.
fn ahead<R: FnMut(usize, &State) -> Act>(
    grid: &Grid<'_>,
    base: &mut Walk<'_, R>,
    place: usize,
    state: &State,
) -> Act {
    let asks = grid
        .model
        .askable(state)
        .map(|(number, ..)| Act::Ask(number));
    let tries = (0..grid.model.remedies.len()).filter(|remedy| grid.model.allows(state, *remedy));
    let acts: Vec<Act> = asks.chain(tries.map(Act::Try)).collect();
    let mut best = (
        Act::HandOver,
        base.after(place, state, Act::HandOver).minutes,
    );
    for act in acts {
        let minutes = base.after(place, state, act).minutes;
        if minutes < best.1 {
            best = (act, minutes);
        }
    }
    best.0
}

/// A strategy on its way through a table; what was found of a state is remembered.
struct Walk<'g, R> {
    grid: &'g Grid<'g>,
    rule: R,
    known: BTreeMap<usize, Weighed>,
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

impl<'g, R: FnMut(usize, &State) -> Act> Walk<'g, R> {
    fn new(grid: &'g Grid<'g>, rule: R) -> Self {
        Self {
            grid,
            rule,
            known: BTreeMap::new(),
        }
    }

    fn evaluation(&mut self) -> Evaluation {
        let origin = self.at(0);
        let whole = origin.total.max(f64::MIN_POSITIVE);
        Evaluation {
            minutes: origin.minutes / whole,
            turns: origin.turns / whole,
            turns_max: origin.turns_max,
            solved: origin.solved / whole,
        }
    }

    fn at(&mut self, place: usize) -> Weighed {
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let sets = self.grid.sets();
        let state = self.grid.state(place / sets, place % sets);
        let act = (self.rule)(place, &state);
        let found = self.after(place, &state, act);
        self.known.insert(place, found);
        found
    }

    /// What an act and going on by the rule come to.
    fn after(&mut self, place: usize, state: &State, act: Act) -> Weighed {
        let total: f64 = self.grid.model.weights(state).iter().sum();
        let (minutes, next) = match act {
            Act::HandOver => {
                return Weighed {
                    total,
                    minutes: self.grid.model.handover_minutes * total,
                    ..Weighed::default()
                };
            }
            Act::Ask(number) => {
                let asked = self.grid.asks.iter().find(|asked| asked.number == number);
                let answers = asked.map_or(0, |asked| asked.question.likelihoods.len());
                let step = asked.map_or(0, |asked| asked.stride * self.grid.sets());
                let next: Vec<usize> = (1..=answers).map(|digit| place + digit * step).collect();
                (asked.map_or(0.0, |asked| asked.minutes), next)
            }
            Act::Try(number) => {
                let tried = self.grid.tries.iter().find(|tried| tried.number == number);
                let minutes = tried.map_or(0.0, |tried| tried.remedy.minutes);
                (
                    minutes,
                    tried.map(|tried| place + tried.bit).into_iter().collect(),
                )
            }
        };
        let mut sum = Weighed {
            total,
            minutes: minutes * total,
            turns: total,
            // Who is not among those who go on has been helped.
            solved: total,
            turns_max: u32::from(total > 0.0),
        };
        for place in next {
            let after = self.at(place);
            sum.minutes += after.minutes;
            sum.turns += after.turns;
            sum.solved += after.solved - after.total;
            // What cannot happen makes nothing longer.
            if after.total > 0.0 {
                sum.turns_max = sum.turns_max.max(after.turns_max + 1);
            }
        }
        sum
    }
}
