//! The policy of a problem in full, for its author: what is done, what it is expected to cost, what each answer leads to, and
//! what every other act would cost instead.

use super::{Start, starts};
use crate::decision::{Act, Model, Plan, State};
use crate::diagnosis::{self, Decision};
use crate::knowledge::{Facts, Id, Knowledge, Problem};
use std::fmt::Write;

/// What is less probable than this is not followed.
const SHARE_MIN: f64 = 0.01;

/// Explains a problem's policy, a line an act, indented by what it follows from. Nothing for a problem that is too large to be
/// solved exactly.
#[must_use]
pub fn explain(knowledge: &Knowledge, problem: &Problem) -> Option<String> {
    let mut told = Telling {
        problem,
        model: problem.numbers.policy.model(),
        text: String::new(),
    };
    for start in starts(knowledge, problem) {
        told.start(&start)?;
    }
    Some(told.text)
}

struct Telling<'t> {
    problem: &'t Problem,
    model: &'t Model,
    text: String,
}

impl Telling<'_> {
    fn start(&mut self, start: &Start) -> Option<()> {
        let known: Facts = start.facts.clone();
        let known: Vec<String> = known
            .iter()
            .map(|(fact, answer)| format!("{fact}={answer}"))
            .collect();
        let minutes = Plan::solve(self.model, &start.state)?.minutes();
        let known = if known.is_empty() {
            "nothing known".to_owned()
        } else {
            known.join(" ")
        };
        self.line(0, &format!("{known}: {minutes:.1} minutes expected"));
        self.alternatives(&start.state, minutes)?;
        let total: f64 = self.model.weights(&start.state).iter().sum();
        self.state(&start.state, 1, total)
    }

    /// What every act would cost, if what follows is the best there is.
    fn alternatives(&mut self, state: &State, best: f64) -> Option<()> {
        let total: f64 = self.model.weights(state).iter().sum();
        let mut costs = vec![(self.model.handover_minutes, Act::HandOver)];
        for (number, question) in self.model.questions.iter().enumerate() {
            let known = state.answers.get(number).copied().flatten();
            if let (None, Some(minutes)) = (known, question.minutes) {
                let mut cost = minutes;
                for answer in (0..).take(question.likelihoods.len()) {
                    let after = self.model.answered(state, number, answer);
                    let weight: f64 = self.model.weights(&after).iter().sum();
                    cost += weight / total * Plan::solve(self.model, &after)?.minutes();
                }
                costs.push((cost, Act::Ask(number)));
            }
        }
        for (number, remedy) in self.model.remedies.iter().enumerate() {
            if self.model.allows(state, number) {
                let mut after = state.clone();
                after.failed |= 1 << number;
                let weight: f64 = self.model.weights(&after).iter().sum();
                let then = Plan::solve(self.model, &after)?.minutes();
                costs.push((remedy.minutes + weight / total * then, Act::Try(number)));
            }
        }
        costs.sort_by(|(first, _), (second, _)| first.total_cmp(second));
        for (cost, act) in costs {
            let name = self.name(act);
            self.line(1, &format!("{:+8.1}  {name}", cost - best));
        }
        Some(())
    }

    fn state(&mut self, state: &State, depth: usize, whole: f64) -> Option<()> {
        let act = self.problem.numbers.policy.act(state);
        let belief = self
            .model
            .belief(state)
            .into_iter()
            .zip(&self.problem.causes);
        let (probability, cause) =
            belief.max_by(|(first, _), (second, _)| first.total_cmp(second))?;
        let likely = format!("{} {:.0} %", cause.id, probability * 100.0);
        let name = self.name(act);
        self.line(depth, &format!("{name}  ({likely})"));
        match act {
            Act::Ask(number) => {
                let answers = self.model.questions.get(number)?.likelihoods.len();
                for answer in (0..).take(answers) {
                    let after = self.model.answered(state, number, answer);
                    let share = self.model.weights(&after).iter().sum::<f64>() / whole;
                    let names = self.answers(number, answer).join(", ");
                    self.line(depth + 1, &format!("{names}: {:.1} %", share * 100.0));
                    if share >= SHARE_MIN {
                        self.state(&after, depth + 2, whole)?;
                    }
                }
            }
            Act::Try(number) => {
                let mut after = state.clone();
                after.failed |= 1 << number;
                let share = self.model.weights(&after).iter().sum::<f64>() / whole;
                if share >= SHARE_MIN {
                    self.line(depth, &format!("not helped: {:.1} %", share * 100.0));
                    self.state(&after, depth + 1, whole)?;
                }
            }
            Act::HandOver => {}
        }
        Some(())
    }

    fn answers(&self, question: usize, kind: u8) -> Vec<Id> {
        let known = self.problem.numbers.facts.get(question).into_iter();
        let answers = known.flat_map(|known| &known.kinds);
        let alike = answers.filter(|(_, of)| **of == kind);
        alike.map(|(answer, _)| answer.clone()).collect()
    }

    fn name(&self, act: Act) -> String {
        match diagnosis::named(self.problem, act) {
            Decision::Ask(fact) => format!("ask `{fact}`"),
            Decision::Try(remedy) => format!("try `{remedy}`"),
            Decision::HandOver => "hand over".to_owned(),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth * 2);
    }
}
