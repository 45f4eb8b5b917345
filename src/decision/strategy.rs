//! Ways of choosing what comes next: the exact one, and those that it is measured against.

use super::{Act, Model, State, dot, multiply};

/// A way of choosing what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// The least expected minutes, by dynamic programming.
    Optimal,
    /// One step ahead: the act after which [`Strategy::ValueOfInformation`] costs least.
    Rollout,
    /// Remedies by p/c, and a question before them while its answer saves more than it costs: Heckerman's own.
    ValueOfInformation,
    /// Remedies by p/c, no questions but those that a remedy needs.
    Ratio,
    /// All questions, then what most probably helps, whatever it costs.
    AskAll,
    /// Remedies in the order in which they are written, whatever is known.
    Fixed,
}

impl Strategy {
    /// All of them, the best first.
    pub const ALL: [Self; 6] = [
        Self::Optimal,
        Self::Rollout,
        Self::ValueOfInformation,
        Self::Ratio,
        Self::AskAll,
        Self::Fixed,
    ];

    /// Its name for those who read the figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Rollout => "one-step rollout",
            Self::ValueOfInformation => "p/c with value of information",
            Self::Ratio => "p/c",
            Self::AskAll => "ask all, then most probable",
            Self::Fixed => "fixed order",
        }
    }
}

/// The question with the greatest value of information, if one is worth its minutes; else as [`ratio`].
pub(super) fn value_of_information(model: &Model, state: &State) -> Act {
    let weights = model.weights(state);
    let open = open(model, state);
    let total: f64 = weights.iter().sum();
    let without = in_ratio_order(model, weights.clone(), &open);
    let mut best = (1e-9 * total, None);
    for (number, question, minutes) in model.askable(state) {
        let after: f64 = question
            .likelihoods
            .iter()
            .map(|likelihoods| {
                let mut given = weights.clone();
                multiply(&mut given, likelihoods);
                in_ratio_order(model, given, &open)
            })
            .sum();
        let gain = without - after - minutes * total;
        if gain > best.0 {
            best = (gain, Some(number));
        }
    }
    best.1.map_or_else(|| ratio(model, state), Act::Ask)
}

/// The remedy with the best ratio of probability to cost, if it is worth its minutes; what it needs is asked first.
pub(super) fn ratio(model: &Model, state: &State) -> Act {
    let weights = model.weights(state);
    let best = best_ratio(model, &weights, &open(model, state));
    best.map_or(Act::HandOver, |remedy| put(model, state, remedy))
}

/// Everything that can be asked, then the remedy that most probably helps, while any may.
pub(super) fn ask_all(model: &Model, state: &State) -> Act {
    if let Some((number, ..)) = model.askable(state).next() {
        return Act::Ask(number);
    }
    let weights = model.weights(state);
    let mut best = (0.0, None);
    for remedy in open(model, state) {
        let known = model.remedies.get(remedy);
        let helps = known.map_or(0.0, |known| dot(&weights, &known.chances));
        if helps > best.0 {
            best = (helps, Some(remedy));
        }
    }
    best.1
        .map_or(Act::HandOver, |remedy| put(model, state, remedy))
}

/// The first remedy that is left.
pub(super) fn fixed(model: &Model, state: &State) -> Act {
    let first = open(model, state).first().copied();
    first.map_or(Act::HandOver, |remedy| put(model, state, remedy))
}

/// A remedy, or first the question that it needs answered.
fn put(model: &Model, state: &State, remedy: usize) -> Act {
    model
        .needed(state, remedy)
        .map_or(Act::Try(remedy), Act::Ask)
}

/// Remedies that nothing known forbids.
fn open(model: &Model, state: &State) -> Vec<usize> {
    let remedies = 0..model.remedies.len();
    let can_be_asked = |question: usize| {
        let question = model.questions.get(question);
        question.is_some_and(|question| question.minutes.is_some())
    };
    remedies
        .filter(|remedy| {
            model.allows(state, *remedy)
                || (state.tried() & (1 << remedy) == 0
                    && model.needed(state, *remedy).is_some_and(can_be_asked))
        })
        .collect()
}

/// The remedy with the best ratio of probability to cost among those that are worth their minutes: trying must be cheaper
/// than the handovers that it saves.
fn best_ratio(model: &Model, weights: &[f64], open: &[usize]) -> Option<usize> {
    let total: f64 = weights.iter().sum();
    let mut best: Option<(f64, usize)> = None;
    for number in open {
        let Some(remedy) = model.remedies.get(*number) else {
            continue;
        };
        let helps = dot(weights, &remedy.chances);
        let rated = helps / remedy.minutes.max(0.01);
        if helps * model.handover_minutes > remedy.minutes * total
            && best.is_none_or(|(known, _)| rated > known)
        {
            best = Some((rated, *number));
        }
    }
    best.map(|(_, number)| number)
}

/// Expected minutes, weighed, if remedies are tried one after another by p/c.
fn in_ratio_order(model: &Model, mut weights: Vec<f64>, open: &[usize]) -> f64 {
    let mut open = open.to_vec();
    let mut minutes = 0.0;
    while let Some(number) = best_ratio(model, &weights, &open) {
        if let Some(remedy) = model.remedies.get(number) {
            minutes += weights.iter().sum::<f64>() * remedy.minutes;
            for (weight, chance) in weights.iter_mut().zip(&remedy.chances) {
                *weight *= 1.0 - chance;
            }
        }
        open.retain(|other| *other != number);
    }
    minutes + weights.iter().sum::<f64>() * model.handover_minutes
}

/// What in-order trying costs from a state on, weighed.
pub(super) fn without_questions(model: &Model, state: &State) -> f64 {
    in_ratio_order(model, model.weights(state), &open(model, state))
}
