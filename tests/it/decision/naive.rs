//! The optimal policy by plain recursion: what the table is held against, in tests and in the benchmark.

use mibao::decision::{Act, Model, State};
use std::collections::HashMap;

pub struct Naive<'m> {
    model: &'m Model,
    known: HashMap<State, f64>,
}

impl<'m> Naive<'m> {
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            known: HashMap::new(),
        }
    }

    /// Expected minutes from a state on.
    pub fn minutes(&mut self, state: &State) -> f64 {
        self.value(state) / self.total(state)
    }

    /// The same, weighed by how probable the state is.
    pub fn value(&mut self, state: &State) -> f64 {
        if let Some(known) = self.known.get(state) {
            return *known;
        }
        let questions = (0..self.model.questions.len()).map(Act::Ask);
        let remedies = (0..self.model.remedies.len()).map(Act::Try);
        let acts: Vec<Act> = questions.chain(remedies).chain([Act::HandOver]).collect();
        let costs = acts.into_iter().map(|act| self.cost(state, act));
        let value = costs.fold(f64::INFINITY, f64::min);
        self.known.insert(state.clone(), value);
        value
    }

    /// What an act and the best that follows costs, weighed; infinite for one that cannot be taken.
    pub fn cost(&mut self, state: &State, act: Act) -> f64 {
        let total = self.total(state);
        match act {
            Act::HandOver => self.model.handover_minutes * total,
            Act::Ask(number) => {
                let question = &self.model.questions[number];
                let (Some(minutes), None) = (question.minutes, state.answers[number]) else {
                    return f64::INFINITY;
                };
                let answers = 0..question.likelihoods.len();
                let after: f64 = answers
                    .map(|answer| {
                        let mut after = state.clone();
                        after.answers[number] = Some(u8::try_from(answer).unwrap());
                        self.value(&after)
                    })
                    .sum();
                minutes * total + after
            }
            Act::Try(number) => {
                if !self.model.allows(state, number) {
                    return f64::INFINITY;
                }
                let mut after = state.clone();
                after.failed |= 1 << number;
                self.model.remedies[number].minutes * total + self.value(&after)
            }
        }
    }

    fn total(&self, state: &State) -> f64 {
        self.model.weights(state).iter().sum()
    }
}

/// Every state of a small problem.
#[allow(dead_code, reason = "of the tests, not of the benchmark")]
pub fn states(model: &Model) -> Vec<State> {
    let mut states = vec![model.blank()];
    for (number, question) in model.questions.iter().enumerate() {
        let before = states.clone();
        for answer in 0..question.likelihoods.len() {
            states.extend(before.iter().cloned().map(|mut state| {
                state.answers[number] = Some(u8::try_from(answer).unwrap());
                state
            }));
        }
    }
    for remedy in 0..model.remedies.len() {
        let before = states.clone();
        states.extend(before.into_iter().map(|mut state| {
            state.failed |= 1 << remedy;
            state
        }));
    }
    states
}
