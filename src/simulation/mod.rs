//! What the diagnosis of each problem costs its users, computed and played: expected minutes and turns of its policy and of
//! those it is measured against, and simulated users who have each of the causes, put through the real dialogue.

mod explain;
mod users;

pub use explain::explain;
pub use users::{Found, Played, play};

use crate::decision::{Evaluation, State, Strategy, evaluate, regret};
use crate::diagnosis::{self, Tried};
use crate::knowledge::{Condition, Facts, Id, Problem, UNSURE};
use crate::knowledge::{Fact, Knowledge};
use std::collections::BTreeMap;

/// How wrong priors are taken to be where their regret is asked for.
pub const WRONG_BY: f64 = 3.0;

/// One way to come to the diagnosis of a problem: what is known by then.
#[derive(Debug, Clone)]
pub struct Start {
    pub facts: Facts,
    pub state: State,
    /// How often users come by it, among all who come to the diagnosis.
    pub share: f64,
}

/// The figures of a problem, averaged over the ways to come to its diagnosis.
#[derive(Debug, Clone)]
pub struct Figures {
    pub causes: usize,
    pub remedies: usize,
    pub questions: usize,
    /// How many ways there are to come to the diagnosis.
    pub starts: usize,
    /// Of each strategy; nothing where the problem is too large to be exact about.
    pub strategies: Vec<(Strategy, Evaluation)>,
    /// The greatest and the mean regret in minutes where a prior is wrong by [`WRONG_BY`].
    pub regret: Option<(f64, f64)>,
}

/// The ways to come to the diagnosis of a problem: every answer to what it asks first that leads nowhere else. An answer is
/// as frequent as the problem's evidence has it, or as any other where that says nothing.
#[must_use]
pub fn starts(knowledge: &Knowledge, problem: &Problem) -> Vec<Start> {
    let mut ways = vec![Facts::new()];
    for ask in &problem.ask {
        let Some(fact) = knowledge.facts.get(&ask.fact) else {
            continue;
        };
        let before = std::mem::take(&mut ways);
        for facts in before {
            if !ask.when.holds(&facts) {
                ways.push(facts);
                continue;
            }
            for answer in answers(fact) {
                let mut facts = facts.clone();
                facts.insert(ask.fact.clone(), answer);
                ways.push(facts);
            }
        }
    }
    let leads_elsewhere = |facts: &Facts| {
        let mut routes = problem.route.iter().map(|route| &route.when);
        routes.any(|when: &Condition| when.holds(facts))
    };
    ways.retain(|facts| !leads_elsewhere(facts));
    let model = problem.numbers.policy.model();
    // Ways that the policy cannot tell apart are one.
    let mut starts: BTreeMap<State, Start> = BTreeMap::new();
    for facts in ways {
        let state = diagnosis::state(problem, &facts, &Tried::new());
        let share: f64 = model.weights(&state).iter().sum();
        starts.entry(state.clone()).or_insert(Start {
            facts,
            state,
            share,
        });
    }
    let sum: f64 = starts.values().map(|start| start.share).sum();
    let mut starts: Vec<Start> = starts.into_values().collect();
    for start in &mut starts {
        start.share /= sum.max(f64::MIN_POSITIVE);
    }
    starts
}

/// All answers to a fact.
fn answers(fact: &Fact) -> impl Iterator<Item = Id> {
    let answers = fact.answers.iter().map(|answer| answer.id.clone());
    answers.chain(fact.unsure.then(|| UNSURE.to_owned()))
}

/// Computes the figures of a problem.
#[must_use]
pub fn figures(knowledge: &Knowledge, problem: &Problem) -> Figures {
    let starts = starts(knowledge, problem);
    let model = problem.numbers.policy.model();
    let mut strategies = Vec::new();
    for strategy in Strategy::ALL {
        let mut sum = Evaluation::default();
        let mut exact = !starts.is_empty();
        for start in &starts {
            let Some(found) = evaluate(model, &start.state, strategy) else {
                exact = false;
                continue;
            };
            sum.minutes += start.share * found.minutes;
            sum.turns += start.share * found.turns;
            sum.solved += start.share * found.solved;
            sum.turns_max = sum.turns_max.max(found.turns_max);
        }
        if exact {
            strategies.push((strategy, sum));
        }
    }
    let regrets: Option<Vec<(f64, f64)>> = starts
        .iter()
        .map(|start| {
            let (worst, mean) = regret(model, &start.state, WRONG_BY)?;
            Some((worst, mean * start.share))
        })
        .collect();
    let regret = regrets.map(|regrets| {
        let worst = regrets.iter().map(|(worst, _)| *worst).fold(0.0, f64::max);
        (worst, regrets.iter().map(|(_, mean)| mean).sum())
    });
    Figures {
        causes: problem.causes.len(),
        remedies: problem.remedies.len(),
        questions: problem.observe.len(),
        starts: starts.len(),
        strategies,
        regret,
    }
}

impl Figures {
    /// What a strategy comes to.
    #[must_use]
    pub fn of(&self, wanted: Strategy) -> Option<&Evaluation> {
        let mut strategies = self.strategies.iter();
        let found = strategies.find(|(strategy, _)| *strategy == wanted);
        found.map(|(_, evaluation)| evaluation)
    }

    /// By how many minutes a strategy exceeds the least there are.
    #[must_use]
    pub fn gap(&self, strategy: Strategy) -> Option<f64> {
        Some(self.of(strategy)?.minutes - self.of(Strategy::Optimal)?.minutes)
    }
}
