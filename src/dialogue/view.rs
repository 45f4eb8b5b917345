//! The case as it stands: the list of answers folded into what is known now.

use super::session::{Case, Entry, Origin, Outcome, RemedyResult, StepResult};
use crate::diagnosis::{Attempt, Tried};
use crate::knowledge::{Facts, Id, Item, Knowledge};
use std::collections::BTreeMap;

/// How many answers a case may have before the oldest are merged.
const ANSWERS_MAX: usize = 200;

/// What is known now. Whatever names an id that the pack does not have is left out of it, but stays in the case: it comes
/// back with the id.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct View {
    pub goal: Option<Item>,
    pub facts: Facts,
    pub steps: BTreeMap<(Id, Id), StepState>,
    pub remedies: BTreeMap<(Id, Id), RemedyResult>,
    /// What was named beside the goal and not taken up yet, in its order.
    pub later: Vec<Item>,
    /// An end that the user chose.
    pub end: Option<Outcome>,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepState {
    Done,
    Skipped,
    Failed,
    /// It failed, and the problem behind it has been solved: try again.
    Reopened,
}

impl View {
    /// Folds a case.
    #[must_use]
    pub fn of(knowledge: &Knowledge, case: &Case) -> Self {
        let mut view = Self::default();
        for entry in case.answers.iter().flat_map(|answer| &answer.entries) {
            view.take(knowledge, entry);
        }
        view
    }

    fn take(&mut self, knowledge: &Knowledge, entry: &Entry) {
        match entry {
            Entry::Fresh => *self = Self::default(),
            Entry::End(outcome) => {
                self.end = Some(*outcome);
                if *outcome == Outcome::Cancelled {
                    self.later.clear();
                }
            }
            Entry::Goal(item) => {
                if item.is_goal() && knowledge.title(item).is_some() {
                    self.goal = Some(item.clone());
                    self.end = None;
                    self.drop_later(item);
                }
            }
            Entry::Later(item) => {
                let is_known = item.is_goal() && knowledge.title(item).is_some();
                if is_known && !self.later.contains(item) {
                    self.later.push(item.clone());
                }
            }
            Entry::Dropped(item) => self.drop_later(item),
            Entry::Fact { fact, answer, .. } => {
                if knowledge.accepts(fact, answer) {
                    self.facts.insert(fact.clone(), answer.clone());
                }
            }
            Entry::Step {
                guide,
                step,
                result,
            } => self.take_step(knowledge, guide, step, *result),
            Entry::Remedy {
                problem,
                remedy,
                result,
            } => self.take_remedy(knowledge, problem, remedy, *result),
        }
    }

    fn drop_later(&mut self, item: &Item) {
        self.later.retain(|kept| kept != item);
    }

    fn take_step(&mut self, knowledge: &Knowledge, guide: &Id, step: &Id, result: StepResult) {
        let Some(known) = knowledge
            .guides
            .get(guide)
            .and_then(|known| known.step(step))
        else {
            return;
        };
        let state = match result {
            StepResult::Done => StepState::Done,
            StepResult::Skipped => StepState::Skipped,
            StepResult::Failed => StepState::Failed,
        };
        self.steps.insert((guide.clone(), step.clone()), state);
        if let (StepResult::Failed, Some(problem)) = (result, &known.fails) {
            // What seemed to help did not, after all.
            for ((of, _), helped) in &mut self.remedies {
                if of == problem && *helped == RemedyResult::Helped {
                    *helped = RemedyResult::NotHelped;
                }
            }
        }
    }

    fn take_remedy(
        &mut self,
        knowledge: &Knowledge,
        problem: &Id,
        remedy: &Id,
        result: RemedyResult,
    ) {
        if knowledge
            .problems
            .get(problem)
            .and_then(|known| known.remedy(remedy))
            .is_none()
        {
            return;
        }
        self.remedies
            .insert((problem.clone(), remedy.clone()), result);
        if result == RemedyResult::Helped {
            for ((guide, step), state) in &mut self.steps {
                let fails = knowledge
                    .guides
                    .get(guide)
                    .and_then(|known| known.step(step))
                    .and_then(|known| known.fails.as_ref());
                if *state == StepState::Failed && fails == Some(problem) {
                    *state = StepState::Reopened;
                }
            }
        }
    }

    /// What was tried of a problem's remedies without success.
    #[must_use]
    pub fn tried(&self, problem: &str) -> Tried {
        let of_problem = self.remedies.iter().filter(|((of, _), _)| of == problem);
        of_problem
            .filter_map(|((_, remedy), result)| match result {
                RemedyResult::NotHelped => Some((remedy.clone(), Attempt::Failed)),
                RemedyResult::Impossible => Some((remedy.clone(), Attempt::Impossible)),
                RemedyResult::Helped => None,
            })
            .collect()
    }

    /// Whether a remedy of this problem helped.
    #[must_use]
    pub fn is_solved(&self, problem: &str) -> bool {
        self.remedies
            .iter()
            .any(|((of, _), result)| of == problem && *result == RemedyResult::Helped)
    }
}

impl Case {
    /// Adds what one act told. An act that told nothing adds nothing.
    pub fn tell(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        self.answers.push(super::Answer { entries });
        if self.answers.len() > ANSWERS_MAX {
            self.merge();
        }
    }

    /// Takes the newest answer away. Whether there was one.
    pub fn back(&mut self) -> bool {
        self.answers.pop().is_some()
    }

    /// Merges the older half of the answers into one, leaving out what later ones of them replaced: nobody goes back a
    /// hundred answers, but somebody may change one for ever.
    fn merge(&mut self) {
        let rest = self.answers.split_off(ANSWERS_MAX / 2);
        let mut kept: Vec<Entry> = Vec::new();
        for entry in self.answers.drain(..).flat_map(|answer| answer.entries) {
            match &entry {
                Entry::Fresh => kept.clear(),
                Entry::Goal(item) => kept.retain(|old| {
                    let is_later = matches!(old, Entry::Later(later) if later == item);
                    !is_later && !matches!(old, Entry::Goal(_) | Entry::End(_))
                }),
                Entry::End(Outcome::Cancelled) => {
                    kept.retain(|old| !matches!(old, Entry::End(_) | Entry::Later(_)));
                }
                Entry::End(_) => kept.retain(|old| !matches!(old, Entry::End(_))),
                Entry::Later(_) if kept.contains(&entry) => continue,
                Entry::Dropped(item) => {
                    kept.retain(|old| !matches!(old, Entry::Later(later) if later == item));
                    continue;
                }
                Entry::Fact { fact, .. } => kept
                    .retain(|old| !matches!(old, Entry::Fact { fact: known, .. } if known == fact)),
                Entry::Later(_) | Entry::Step { .. } | Entry::Remedy { .. } => {}
            }
            kept.push(entry);
        }
        self.answers.push(super::Answer { entries: kept });
        self.answers.extend(rest);
    }
}

impl Entry {
    /// A fact's answer.
    #[must_use]
    pub fn fact(fact: &str, answer: &str, origin: Origin) -> Self {
        Self::Fact {
            fact: fact.to_owned(),
            answer: answer.to_owned(),
            origin,
        }
    }
}
