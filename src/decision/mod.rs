//! Decision-theoretic troubleshooting in numbers: which question or remedy comes next so that the expected cost is least.
//!
//! After Heckerman, Breese and Rommelse ("Decision-theoretic troubleshooting", CACM 38(3), 1995): causes with priors, one
//! of which holds; questions with a likelihood per cause and answer; remedies that cost minutes and help with some chance;
//! and the handover, which ends everything and costs most. They order remedies by p/c and ask while a question is worth its
//! minutes; here the [`Plan`] is exact, by dynamic programming over answers × remedies tried, as far as a table of that
//! can be held ([`STATES_MAX`]), and beyond it a rollout. The other strategies are there to be measured against.
//!
//! Nothing here knows of packs, texts or users: causes, questions, answers and remedies are numbers.

mod evaluation;
mod grid;
mod plan;
mod policy;
mod rollout;
mod strategy;

pub use evaluation::{Evaluation, evaluate, regret};
pub use plan::Plan;
pub use policy::Policy;
pub use strategy::Strategy;

/// Tables larger than this are not solved: some 20 MB and a fifth of a second.
pub const STATES_MAX: usize = 1 << 21;

/// The most remedies a problem can have: a bit each.
pub const REMEDIES_MAX: usize = 32;

/// A problem in numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// P(cause) before anything is known; they sum to 1.
    pub priors: Vec<f64>,
    pub questions: Vec<Question>,
    /// At most [`REMEDIES_MAX`].
    pub remedies: Vec<Remedy>,
    /// What handing over costs, in minutes, from 0.
    pub handover_minutes: f64,
}

/// Something that can be known of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What asking costs, in minutes; without it, it is never asked, only told.
    pub minutes: Option<f64>,
    /// It is known, or not, before the troubleshooting begins, so plans need not foresee every answer to it.
    pub given: bool,
    /// P(answer | cause): per answer, per cause. Of each cause they sum to 1.
    pub likelihoods: Vec<Vec<f64>>,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Remedy {
    /// What it costs, in minutes, from 0.
    pub minutes: f64,
    /// P(it helps | cause), per cause.
    pub chances: Vec<f64>,
    /// Questions that must have been answered before it may be tried, each with the answers that allow it, a bit each.
    pub needs: Vec<(usize, u64)>,
}

/// What is known of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The answer to each question, if it is known.
    pub answers: Vec<Option<u8>>,
    /// Remedies that were tried and did not help, a bit each.
    pub failed: u32,
    /// Remedies that cannot be tried, a bit each: nothing is learned from that.
    pub impossible: u32,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Ask this question.
    Ask(usize),
    /// Try this remedy.
    Try(usize),
    HandOver,
}

impl Model {
    /// What is known before anything is told.
    #[must_use]
    pub fn blank(&self) -> State {
        State {
            answers: vec![None; self.questions.len()],
            failed: 0,
            impossible: 0,
        }
    }

    /// P(cause and all that is known), per cause: not scaled, so that what is improbable weighs little.
    #[must_use]
    pub fn weights(&self, state: &State) -> Vec<f64> {
        let mut weights = self.priors.clone();
        for (question, answer) in self.questions.iter().zip(&state.answers) {
            let told = answer.and_then(|answer| question.likelihoods.get(usize::from(answer)));
            if let Some(told) = told {
                multiply(&mut weights, told);
            }
        }
        for (remedy, _) in self.among(state.failed) {
            for (weight, chance) in weights.iter_mut().zip(&remedy.chances) {
                *weight *= 1.0 - chance;
            }
        }
        weights
    }

    /// P(cause | all that is known), per cause. Where what is known contradicts every cause, what was believed at first.
    #[must_use]
    pub fn belief(&self, state: &State) -> Vec<f64> {
        let mut weights = self.weights(state);
        let sum: f64 = weights.iter().sum();
        if sum > 0.0 {
            for weight in &mut weights {
                *weight /= sum;
            }
            weights
        } else {
            self.priors.clone()
        }
    }

    /// What follows from a state by an answer.
    #[must_use]
    pub fn answered(&self, state: &State, question: usize, answer: u8) -> State {
        let mut state = state.clone();
        if let Some(known) = state.answers.get_mut(question) {
            *known = Some(answer);
        }
        state
    }

    /// Whether a remedy may be tried: it has not been, and all that it needs is known and holds.
    #[must_use]
    pub fn allows(&self, state: &State, remedy: usize) -> bool {
        let open = state.tried() & (1 << remedy) == 0;
        open && self.remedies.get(remedy).is_some_and(|remedy| {
            remedy.needs.iter().all(|(question, answers)| {
                let answer = state.answers.get(*question).copied().flatten();
                answer.is_some_and(|answer| answers & (1 << answer) != 0)
            })
        })
    }

    /// A question that has to be answered before a remedy may be tried, if that is all that keeps it back.
    fn needed(&self, state: &State, remedy: usize) -> Option<usize> {
        let needs = &self.remedies.get(remedy)?.needs;
        let answer = |question: usize| state.answers.get(question).copied().flatten();
        let holds = |(question, answers): &(usize, u64)| {
            answer(*question).is_none_or(|answer| answers & (1 << answer) != 0)
        };
        let mut unknown = needs.iter().map(|(question, _)| *question);
        if !needs.iter().all(holds) {
            return None;
        }
        unknown.find(|question| answer(*question).is_none())
    }

    /// Remedies by their bits, with their numbers.
    fn among(&self, bits: u32) -> impl Iterator<Item = (&Remedy, usize)> {
        let numbered = self.remedies.iter().zip(0..);
        numbered.filter(move |(_, number)| bits & (1 << number) != 0)
    }

    /// Questions that can still be asked, with their minutes.
    fn askable(&self, state: &State) -> impl Iterator<Item = (usize, &Question, f64)> {
        let questions = self.questions.iter().zip(&state.answers).enumerate();
        questions.filter_map(|(number, (question, answer))| {
            let minutes = question.minutes.filter(|_| answer.is_none())?;
            Some((number, question, minutes))
        })
    }
}

impl State {
    /// Remedies that cannot be tried again, a bit each.
    #[must_use]
    pub fn tried(&self) -> u32 {
        self.failed | self.impossible
    }
}

fn multiply(weights: &mut [f64], factors: &[f64]) {
    for (weight, factor) in weights.iter_mut().zip(factors) {
        *weight *= factor;
    }
}

/// Sum of products.
fn dot(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).map(|(a, b)| a * b).sum()
}
