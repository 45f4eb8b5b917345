//! A problem in numbers: what [`decision`](crate::decision) plans by, made out of what the author wrote.

use super::{Condition, Id, Problem};
use crate::decision::{Model, Policy, Question, Remedy};
use std::collections::{BTreeMap, BTreeSet};

/// What it costs to ask for something that only a remedy needs to know, in minutes.
const NEEDED_MINUTES: f64 = 0.5;

/// A problem as its policy knows it.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The facts that it goes by, in the order of the policy's questions.
    pub facts: Vec<Numbered>,
    pub policy: Policy,
}

/// A fact with its answers. Answers that neither causes nor remedies tell apart are one.
#[derive(Debug)]
pub struct Numbered {
    pub fact: Id,
    pub kinds: BTreeMap<Id, u8>,
}

impl Numbers {
    /// `answers` has the answers of every fact, "not sure" included where it is one.
    pub(super) fn of(problem: &Problem, answers: &BTreeMap<Id, Vec<Id>>) -> Self {
        let mut facts = Vec::new();
        let mut questions = Vec::new();
        for fact in named(problem) {
            let known = answers.get(fact).map_or(&[][..], Vec::as_slice);
            let (kinds, likelihoods) = kinds(problem, fact, known);
            facts.push(Numbered {
                fact: fact.clone(),
                kinds,
            });
            questions.push(Question {
                minutes: minutes(problem, fact),
                given: problem.ask.iter().any(|ask| ask.fact == *fact),
                likelihoods,
            });
        }
        let remedies = problem.remedies.iter().map(|remedy| Remedy {
            minutes: remedy.minutes,
            chances: remedy.chances.clone(),
            needs: needs(&remedy.requires, &facts),
        });
        let model = Model {
            priors: problem.causes.iter().map(|cause| cause.prior).collect(),
            questions,
            remedies: remedies.collect(),
            handover_minutes: problem.handover_minutes,
        };
        Self {
            policy: Policy::new(model),
            facts,
        }
    }
}

/// The facts that a problem goes by: what it asks for first, in its order.
fn named(problem: &Problem) -> Vec<&Id> {
    let mut named: Vec<&Id> = Vec::new();
    let observed = problem.observe.iter().map(|observe| &observe.fact);
    let needed = problem
        .remedies
        .iter()
        .flat_map(|remedy| remedy.requires.facts())
        .map(|(fact, _)| fact);
    for fact in observed.chain(needed).chain(problem.evidence.keys()) {
        if !named.contains(&fact) {
            named.push(fact);
        }
    }
    named
}

/// What asking for a fact costs; nothing for one that is never asked.
fn minutes(problem: &Problem, fact: &Id) -> Option<f64> {
    let mut observed = problem.observe.iter();
    let observed = observed.find(|observe| observe.fact == *fact);
    let is_needed = || {
        let mut conditions = problem.remedies.iter().map(|remedy| &remedy.requires);
        conditions.any(|condition| condition.facts().any(|(of, _)| of == fact))
    };
    observed
        .map(|observe| observe.minutes)
        .or_else(|| is_needed().then_some(NEEDED_MINUTES))
}

/// The kinds of answers to a fact, and how probable each is, per cause.
fn kinds(problem: &Problem, fact: &Id, answers: &[Id]) -> (BTreeMap<Id, u8>, Vec<Vec<f64>>) {
    let number = |count: usize| 1.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX));
    // Of a fact that says nothing about the causes every answer is as likely as any other.
    let alike = vec![number(answers.len()); problem.causes.len()];
    let evidence = problem.evidence.get(fact);
    let mut seen: Vec<(Vec<u64>, Vec<bool>)> = Vec::new();
    let mut kinds = BTreeMap::new();
    let mut likelihoods: Vec<Vec<f64>> = Vec::new();
    for answer in answers {
        let told = evidence.and_then(|told| told.get(answer)).unwrap_or(&alike);
        let bits = told.iter().map(|likelihood| likelihood.to_bits()).collect();
        let conditions = problem.remedies.iter().map(|remedy| &remedy.requires);
        let conditions = conditions.flat_map(Condition::facts);
        let allowed = conditions
            .filter(|(of, _)| *of == fact)
            .map(|(_, answers)| answers.contains(answer));
        let kind = (bits, allowed.collect());
        let place = seen.iter().position(|known| *known == kind);
        let place = place.unwrap_or(seen.len());
        if let Some(known) = likelihoods.get_mut(place) {
            for (sum, likelihood) in known.iter_mut().zip(told) {
                *sum += likelihood;
            }
        } else {
            likelihoods.push(told.clone());
            seen.push(kind);
        }
        if let Ok(place) = u8::try_from(place) {
            kinds.insert(answer.clone(), place);
        }
    }
    (kinds, likelihoods)
}

/// A remedy's requirement in numbers.
fn needs(requires: &Condition, facts: &[Numbered]) -> Vec<(usize, u64)> {
    let needs = requires.facts().filter_map(|(fact, answers)| {
        let place = facts.iter().position(|known| known.fact == *fact)?;
        let kinds: BTreeSet<u8> = facts
            .get(place)?
            .kinds
            .iter()
            .filter(|(answer, _)| answers.contains(*answer))
            .map(|(_, kind)| *kind)
            .collect();
        Some((place, kinds.iter().map(|kind| 1_u64 << kind).sum()))
    });
    needs.collect()
}
