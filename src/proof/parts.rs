//! Every case whatsoever, part by part: all that any guide or problem can ever see of a case, reachable or not.
//!
//! What users may tell in any order, take back, correct and leave half done, under goals that they change, makes more cases
//! than can be counted. But what is pending in an item follows from the item's own part of the case alone: the facts that
//! it names and its own steps or remedies (the contract of [`find`](crate::dialogue::find)). So all cases there are look
//! like one of these parts to the item in hand, and what holds of every part holds of every case: of those that a
//! correction leads to, and of those that were told to another version of the pack. Three shortcuts keep the parts few:
//!
//! - steps are looked at in order up to the first that is not passed, so the steps behind it need not be varied;
//! - of the way there only one thing matters: whether it has been where the item would lead now. So each part is looked at
//!   on a way that has been nowhere, then on one that has been where the first leads, and so on until something is put;
//! - the diagnosis is asked only where no route and no question comes first, and two answers to a fact that every
//!   condition and every likelihood of the problem treats alike are one.

use super::model::{Cell, FAILED, Model, NOTHING, Part, REOPENED, State, Variable, set};
use super::{Code, Progress, Violation};
use crate::diagnosis::{self, Decision};
use crate::dialogue::{Found, Outcome, Prompt, StepState};
use crate::knowledge::{Condition, Facts, Id, Item, Knowledge, Problem, Remedy, Safety};
use std::collections::BTreeSet;

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Parts of guides, and of problems up to the diagnosis.
    pub gates: usize,
    /// Beliefs of a diagnosis: answers × remedies tried.
    pub beliefs: usize,
    /// Among them, how often each decision was taken.
    pub asks: usize,
    pub tries: usize,
    pub handovers: usize,
    /// Parts in which the account is in danger.
    pub in_danger: usize,
    /// Irreversible or loosening steps and remedies put, each with its guard known to hold.
    pub guarded: usize,
}

/// Looks at every part.
pub(super) fn look(
    model: &Model<'_>,
    progress: &mut dyn FnMut(Progress),
    violations: &mut Vec<Violation>,
) -> Parts {
    let mut look = Look {
        model,
        violations,
        parts: Parts::default(),
    };
    for (number, part) in model.parts.iter().enumerate() {
        look.gates(number, part);
        if let Some(Item::Problem(id)) = model.items.get(number)
            && let Some(problem) = model.knowledge.problems.get(id)
        {
            look.beliefs(number, id, problem, progress);
        }
    }
    look.parts
}

struct Look<'l, 'k> {
    model: &'l Model<'k>,
    violations: &'l mut Vec<Violation>,
    parts: Parts,
}

impl Look<'_, '_> {
    /// All that comes before a diagnosis: every answer to the facts named, every first step that is not passed, every way
    /// to have come here.
    fn gates(&mut self, item: usize, part: &Part) {
        let facts: Vec<usize> = part
            .footprint
            .iter()
            .copied()
            .filter(|cell| {
                part.gates.contains(cell)
                    || !part.evidence.contains(cell)
                    || self.means_danger(*cell)
            })
            .filter(|cell| !part.own.contains(cell))
            .collect();
        let choices: Vec<Vec<Cell>> = facts
            .iter()
            .map(|cell| self.values(*cell).collect())
            .collect();
        let blank = State {
            goal: item,
            cells: vec![NOTHING; self.model.variables.len()].into(),
        };
        let mut states = vec![blank.clone()];
        // A problem's remedies are the diagnosis' part.
        if matches!(self.model.items.get(item), Some(Item::Guide(_))) {
            states = Self::steps(&blank, part);
        }
        each(&choices, |values| {
            for state in &states {
                let mut state = state.clone();
                for (cell, value) in facts.iter().zip(values) {
                    set(&mut state, *cell, *value);
                }
                // Where this leads on the first way, it does not on one that has been there, and so on: other ways there
                // are none.
                let mut path: Vec<Item> = self.model.items.get(item).cloned().into_iter().collect();
                while let Some(to) = self.gate(&state, part, &path) {
                    if path.contains(&to) {
                        break;
                    }
                    path.insert(0, to);
                }
            }
        });
    }

    /// Whether a fact is among those that signs of danger are told by.
    fn means_danger(&self, cell: usize) -> bool {
        let Some(Variable::Fact { id, .. }) = self.model.variables.get(cell) else {
            return false;
        };
        let safety = self.model.knowledge.safety.as_ref();
        safety.is_some_and(|safety| safety.danger.facts().any(|(fact, _)| fact == id))
    }

    /// A guide with its first steps passed and the next one untried, failed or reopened; and with all passed.
    fn steps(blank: &State, part: &Part) -> Vec<State> {
        let mut states = Vec::new();
        let mut passed = blank.clone();
        for cell in &part.own {
            for value in [NOTHING, FAILED, REOPENED] {
                let mut state = passed.clone();
                set(&mut state, *cell, value);
                states.push(state);
            }
            set(&mut passed, *cell, super::model::DONE);
        }
        states.push(passed);
        states
    }

    /// Looks at what is put, or says where it leads.
    fn gate(&mut self, state: &State, part: &Part, path: &[Item]) -> Option<Item> {
        self.parts.gates += 1;
        let view = self.model.view(state, &part.footprint);
        let prompt = match crate::dialogue::find(self.model.knowledge, &view, path) {
            Found::Prompt(prompt) => prompt,
            Found::Go { to, .. } => return Some(to),
        };
        self.danger(state, part, &view.facts, path, &prompt);
        let holds = match &prompt {
            Prompt::Ask { fact, .. } => {
                !view.facts.contains_key(fact) && self.model.knowledge.facts.contains_key(fact)
            }
            Prompt::Step { guide, step, again } => {
                self.guard(guide, step, &view.facts, state);
                let known = view.steps.get(&(guide.clone(), step.clone()));
                known.is_some() == *again && known.is_none_or(|known| *known == StepState::Reopened)
            }
            Prompt::Remedy { .. } => true,
            Prompt::Ended { outcome, .. } => *outcome != Outcome::Cancelled,
            Prompt::Menu => false,
        };
        if !holds {
            self.violations.push(Violation::of_item(
                Code::Endless,
                format!("what is put has been answered already: {prompt:?}"),
                state.goal,
            ));
        }
        None
    }

    /// In danger nothing is put that is not of the guide that comes first, or of a problem behind it.
    fn danger(
        &mut self,
        state: &State,
        part: &Part,
        facts: &Facts,
        path: &[Item],
        prompt: &Prompt,
    ) {
        let Some(safety) = &self.model.knowledge.safety else {
            return;
        };
        let holds = safety.danger.holds(facts) || !sees(self.model, part, &safety.danger);
        if !holds || prompt.outcome().is_some() {
            return;
        }
        self.parts.in_danger += 1;
        if !protected(self.model, safety, path) {
            let item = path.last().map_or_else(String::new, Item::to_string);
            self.violations.push(Violation::of_item(
                Code::Danger,
                format!("`{item}` goes on in danger, instead of `{}`", safety.first),
                state.goal,
            ));
        }
    }

    fn guard(&mut self, guide: &Id, step: &Id, facts: &Facts, state: &State) {
        let knowledge = self.model.knowledge;
        let Some(known) = knowledge
            .guides
            .get(guide)
            .and_then(|known| known.step(step))
        else {
            return;
        };
        let needed = needed(
            knowledge,
            &known.requires,
            known.irreversible,
            known.loosens,
        );
        if needed.is_empty() {
            return;
        }
        self.parts.guarded += 1;
        if !needed.iter().all(|needed| needed.holds(facts)) {
            self.violations.push(Violation::of_item(
                Code::Unguarded,
                format!("`guide:{guide}/{step}` is put before what it needs is known"),
                state.goal,
            ));
        }
    }

    /// Every belief that a problem can have: all answers to what it goes by, all remedies untried, failed or impossible.
    fn beliefs(
        &mut self,
        item: usize,
        id: &Id,
        problem: &Problem,
        progress: &mut dyn FnMut(Progress),
    ) {
        let knowledge = self.model.knowledge;
        let guards: Vec<Option<Guard>> = problem
            .remedies
            .iter()
            .map(|remedy| Guard::of(knowledge, problem, remedy))
            .collect();
        let mut wrong = BTreeSet::new();
        let parts = &mut self.parts;
        diagnosis::every(problem, &mut |decided| {
            parts.beliefs += 1;
            if parts.beliefs.is_multiple_of(16_384) {
                progress(Progress::Beliefs {
                    beliefs: parts.beliefs,
                    problem: id.clone(),
                });
            }
            let number = decided.number;
            let fits = match decided.decision {
                Decision::Ask(fact) => {
                    parts.asks += 1;
                    decided.answers.get(number) == Some(&None) && knowledge.facts.contains_key(fact)
                }
                Decision::Try(remedy) => {
                    parts.tries += 1;
                    if let Some(Some(guard)) = guards.get(number) {
                        parts.guarded += 1;
                        if !guard.holds(decided.answers) {
                            let message = format!(
                                "`problem:{id}/{remedy}` is put before what it needs is known"
                            );
                            wrong.insert((Code::Unguarded, message));
                        }
                    }
                    number < problem.remedies.len() && decided.tried & (1 << number) == 0
                }
                Decision::HandOver => {
                    parts.handovers += 1;
                    true
                }
            };
            if !fits {
                wrong.insert((
                    Code::Endless,
                    format!("the diagnosis of `problem:{id}` wants what it has already"),
                ));
            }
        });
        for (code, message) in wrong {
            self.violations
                .push(Violation::of_item(code, message, item));
        }
    }

    fn values(&self, cell: usize) -> impl Iterator<Item = Cell> + use<> {
        let answers = self.model.answers(cell).count();
        (0..=answers).filter_map(|value| Cell::try_from(value).ok())
    }
}

/// What must be known before a remedy is put, as its problem knows it.
struct Guard {
    /// Facts by their numbers, with the kinds of answers of which every one is permitted, a bit each.
    needed: Vec<(usize, u64)>,
    /// It asks for a fact that the problem does not go by: it is never known to hold.
    unknown: bool,
}

impl Guard {
    /// Nothing for a remedy that needs none.
    fn of(knowledge: &Knowledge, problem: &Problem, remedy: &Remedy) -> Option<Self> {
        let Remedy {
            requires,
            irreversible,
            loosens,
            ..
        } = remedy;
        let conditions = needed(knowledge, requires, *irreversible, *loosens);
        if conditions.is_empty() {
            return None;
        }
        let mut guard = Self {
            needed: Vec::new(),
            unknown: false,
        };
        for (fact, permitted) in conditions.into_iter().flat_map(Condition::facts) {
            let facts = problem.numbers.facts.iter().enumerate();
            let Some((number, known)) = facts.into_iter().find(|(_, known)| known.fact == *fact)
            else {
                guard.unknown = true;
                continue;
            };
            let mut kinds = u64::MAX;
            for (answer, kind) in &known.kinds {
                if !permitted.contains(answer) {
                    kinds &= !(1 << (kind & 63));
                }
            }
            guard.needed.push((number, kinds));
        }
        Some(guard)
    }

    fn holds(&self, answers: &[Option<u8>]) -> bool {
        let holds = |(number, kinds): &(usize, u64)| {
            let answer = answers.get(*number).copied().flatten();
            answer.is_some_and(|kind| kinds & (1 << (kind & 63)) != 0)
        };
        !self.unknown && self.needed.iter().all(holds)
    }
}

/// Whether a way goes by what comes first in danger, or is a problem of that.
pub(super) fn protected(model: &Model<'_>, safety: &Safety, path: &[Item]) -> bool {
    let behind = |item: &Item| {
        let first = model
            .item(&safety.first)
            .and_then(|first| model.parts.get(first));
        let item = model.item(item);
        item.is_some_and(|item| first.is_some_and(|first| first.leads.contains(&item)))
    };
    path.contains(&safety.first)
        || path
            .last()
            .is_some_and(|last| matches!(last, Item::Problem(_)) && behind(last))
}

/// What must hold before a step or remedy of this kind is put.
pub(super) fn needed<'k>(
    knowledge: &'k Knowledge,
    requires: &'k Condition,
    irreversible: bool,
    loosens: bool,
) -> Vec<&'k Condition> {
    let own = (irreversible || loosens).then_some(requires);
    let loosening = knowledge
        .safety
        .as_ref()
        .filter(|_| loosens)
        .map(|safety| &safety.loosening);
    own.into_iter().chain(loosening).collect()
}

/// Every combination of one value out of each list.
fn each(choices: &[Vec<Cell>], mut visit: impl FnMut(&[Cell])) {
    let mut places = vec![0; choices.len()];
    let mut values: Vec<Cell> = choices
        .iter()
        .filter_map(|values| values.first().copied())
        .collect();
    loop {
        visit(&values);
        let mut turned = false;
        for ((place, value), values) in places.iter_mut().zip(&mut values).zip(choices) {
            *place = if *place + 1 < values.len() {
                turned = true;
                *place + 1
            } else {
                0
            };
            *value = values.get(*place).copied().unwrap_or(NOTHING);
            if turned {
                break;
            }
        }
        if !turned {
            return;
        }
    }
}

/// Whether an item sees any of these facts.
fn sees(model: &Model<'_>, part: &Part, condition: &Condition) -> bool {
    part.footprint
        .iter()
        .any(|cell| match model.variables.get(*cell) {
            Some(Variable::Fact { id, .. }) => condition.facts().any(|(fact, _)| fact == id),
            _ => false,
        })
}
