//! What to do where the table of all states would be too large: one step ahead, and from there on as p/c with value of
//! information would, as far as it can be followed.
//!
//! Followed to its end, what a rollout rolls out is never better than the rollout itself (Bertsekas and Castañon, "Rollout
//! algorithms for stochastic scheduling problems", Journal of Heuristics 5, 1999). Here it would branch with every answer,
//! so after [`QUESTIONS_MAX`] questions it goes on by p/c alone.

use super::strategy::{value_of_information, without_questions};
use super::{Act, Model, State};

/// So many questions are followed, beside the one that is judged.
const QUESTIONS_MAX: u32 = 1;

/// The act after which it costs least to go on as p/c with value of information would.
pub(super) fn act(model: &Model, state: &State) -> Act {
    let total = total(model, state);
    let mut best = (Act::HandOver, model.handover_minutes * total);
    for (question, ..) in model.askable(state) {
        let cost = asking(model, state, question, QUESTIONS_MAX);
        if cost < best.1 {
            best = (Act::Ask(question), cost);
        }
    }
    for remedy in 0..model.remedies.len() {
        if model.allows(state, remedy) {
            let cost = trying(model, state, remedy, QUESTIONS_MAX);
            if cost < best.1 {
                best = (Act::Try(remedy), cost);
            }
        }
    }
    best.0
}

fn total(model: &Model, state: &State) -> f64 {
    model.weights(state).iter().sum()
}

/// Expected minutes, weighed, of asking something and going on.
fn asking(model: &Model, state: &State, question: usize, questions: u32) -> f64 {
    let Some(known) = model.questions.get(question) else {
        return 0.0;
    };
    let answers = (0..).take(known.likelihoods.len());
    let after = answers.map(|answer| {
        let state = model.answered(state, question, answer);
        going_on(model, state, questions)
    });
    known.minutes.unwrap_or_default() * total(model, state) + after.sum::<f64>()
}

/// The same of trying something.
fn trying(model: &Model, state: &State, remedy: usize, questions: u32) -> f64 {
    let minutes = model
        .remedies
        .get(remedy)
        .map_or(0.0, |known| known.minutes);
    let mut after = state.clone();
    after.failed |= 1 << remedy;
    minutes * total(model, state) + going_on(model, after, questions)
}

/// Expected minutes, weighed, of going on.
fn going_on(model: &Model, mut state: State, questions: u32) -> f64 {
    let mut minutes = 0.0;
    loop {
        match value_of_information(model, &state) {
            Act::Ask(_) if questions == 0 => return minutes + without_questions(model, &state),
            Act::Ask(question) => return minutes + asking(model, &state, question, questions - 1),
            Act::Try(remedy) => {
                let cost = model
                    .remedies
                    .get(remedy)
                    .map_or(0.0, |known| known.minutes);
                minutes += cost * total(model, &state);
                state.failed |= 1 << remedy;
            }
            Act::HandOver => return minutes + model.handover_minutes * total(model, &state),
        }
    }
}
