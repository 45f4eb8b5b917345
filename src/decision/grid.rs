//! All states that can come of one, in a table: the answers to what can still be asked × the remedies tried.
//!
//! A state's place is `combination × 2^remedies + tried`. A combination counts the answers in a mixed radix, 0 for "not
//! known"; each question's digit and each remedy's bit only ever grows, so whatever can follow from a state stands behind
//! it, and walking a table from its end meets every successor first.

use super::{Model, Question, Remedy, State, multiply};

/// The table's shape.
#[derive(Debug, Clone)]
pub(super) struct Grid<'m> {
    pub model: &'m Model,
    /// The state that all the others come of.
    pub origin: State,
    pub asks: Vec<Asked<'m>>,
    pub tries: Vec<Tried<'m>>,
    /// How many combinations of answers there are.
    pub combinations: usize,
}

/// A question that is open at the origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'m> {
    pub number: usize,
    pub question: &'m Question,
    pub minutes: f64,
    /// By how much a combination grows with each of its answers.
    pub stride: usize,
}

/// A remedy that is open at the origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tried<'m> {
    pub number: usize,
    pub remedy: &'m Remedy,
    pub bit: usize,
}

impl Asked<'_> {
    /// Its answer in a combination.
    pub fn answer(&self, combination: usize) -> Option<u8> {
        let digit = combination / self.stride % (self.question.likelihoods.len() + 1);
        u8::try_from(digit.checked_sub(1)?).ok()
    }
}

impl<'m> Grid<'m> {
    /// The table of what can come of a state; nothing if it has more than `states_max` states.
    pub fn new(model: &'m Model, origin: &State, states_max: usize) -> Option<Self> {
        let mut combinations: usize = 1;
        let mut asks = Vec::new();
        for (number, question, minutes) in model.askable(origin) {
            asks.push(Asked {
                number,
                question,
                minutes,
                stride: combinations,
            });
            combinations = combinations.checked_mul(question.likelihoods.len() + 1)?;
        }
        let gone = origin.tried();
        let open = model.remedies.iter().enumerate();
        let open = open.filter(|(number, _)| gone & (1 << number) == 0);
        let tries: Vec<Tried<'m>> = open
            .enumerate()
            .map(|(place, (number, remedy))| Tried {
                number,
                remedy,
                bit: 1 << place,
            })
            .collect();
        let states = combinations.checked_mul(1 << tries.len())?;
        (states <= states_max).then(|| Self {
            model,
            origin: origin.clone(),
            asks,
            tries,
            combinations,
        })
    }

    /// How many sets of remedies there are.
    pub fn sets(&self) -> usize {
        1 << self.tries.len()
    }

    pub fn states(&self) -> usize {
        self.combinations * self.sets()
    }

    /// P(cause and answers), per cause, of every combination.
    pub fn answer_weights(&self) -> Vec<Vec<f64>> {
        let mut weights = vec![self.model.weights(&self.origin)];
        for asked in &self.asks {
            // Of each combination so far there is one without this question's answer, and one with each.
            let before = weights.clone();
            for likelihoods in &asked.question.likelihoods {
                weights.extend(before.iter().map(|weights| {
                    let mut weights = weights.clone();
                    multiply(&mut weights, likelihoods);
                    weights
                }));
            }
        }
        weights
    }

    /// P(none of them helped | cause), per cause, of every set of remedies.
    pub fn failure_weights(&self) -> Vec<Vec<f64>> {
        let mut weights = vec![vec![1.0; self.model.priors.len()]];
        for tried in &self.tries {
            let after: Vec<Vec<f64>> = weights
                .iter()
                .map(|weights| {
                    let chances = weights.iter().zip(&tried.remedy.chances);
                    chances
                        .map(|(weight, chance)| weight * (1.0 - chance))
                        .collect()
                })
                .collect();
            weights.extend(after);
        }
        weights
    }

    /// The bits of the remedies that a combination of answers allows.
    pub fn allowed(&self, combination: usize) -> usize {
        let state = self.state(combination, 0);
        let allowed = self
            .tries
            .iter()
            .filter(|tried| self.model.allows(&state, tried.number));
        allowed.map(|tried| tried.bit).sum()
    }

    /// The state at a place.
    pub fn state(&self, combination: usize, set: usize) -> State {
        let mut state = self.origin.clone();
        for asked in &self.asks {
            if let Some(known) = state.answers.get_mut(asked.number) {
                *known = asked.answer(combination);
            }
        }
        let tried = self.tries.iter().filter(|tried| set & tried.bit != 0);
        state.failed |= tried.map(|tried| 1 << tried.number).sum::<u32>();
        state
    }

    /// The place of a state, if it can come of the origin.
    pub fn place(&self, state: &State) -> Option<usize> {
        let mut combination = 0;
        for asked in &self.asks {
            if let Some(answer) = state.answers.get(asked.number).copied().flatten() {
                let answers = asked.question.likelihoods.len();
                let digit = usize::from(answer) + 1;
                combination += (digit <= answers).then_some(digit * asked.stride)?;
            }
        }
        let tried = self
            .tries
            .iter()
            .filter(|tried| state.failed & (1 << tried.number) != 0);
        Some(combination * self.sets() + tried.map(|tried| tried.bit).sum::<usize>())
    }
}
