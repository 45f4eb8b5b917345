//! Conditions: what must be known for a step to be put, or for an answer to lead elsewhere.

use super::{Facts, Id};
use std::collections::{BTreeMap, BTreeSet};

/// A condition over facts: all are known, each with one of the answers listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition(pub(super) BTreeMap<Id, BTreeSet<Id>>);

impl Condition {
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        self.0.iter().all(|(fact, answers)| {
            facts
                .get(fact)
                .is_some_and(|answer| answers.contains(answer))
        })
    }

    /// The first fact of the condition that is not known yet.
    #[must_use]
    pub fn unknown<'c>(&'c self, facts: &Facts) -> Option<&'c Id> {
        self.0.keys().find(|fact| !facts.contains_key(*fact))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the other holds wherever this one does.
    #[must_use]
    pub fn implies(&self, other: &Self) -> bool {
        other.0.iter().all(|(fact, answers)| {
            self.0
                .get(fact)
                .is_some_and(|required| required.is_subset(answers))
        })
    }

    /// The facts that it is about, with the answers that satisfy it.
    pub fn facts(&self) -> impl Iterator<Item = (&Id, &BTreeSet<Id>)> {
        self.0.iter()
    }
}
