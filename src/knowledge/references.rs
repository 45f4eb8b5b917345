//! Every place where one item of a pack names another: what the reference and reachability checks go by.

use super::draft::{Draft, Part};
use super::raw::{At, Condition};
use std::collections::BTreeMap;

/// What a name must be the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target<'d> {
    /// A guide, problem or topic, with its kind before it.
    Item,
    /// A guide or problem, with its kind before it.
    Goal,
    /// A problem, with or without its kind before it.
    Problem,
    /// A topic, with its kind before it.
    Topic,
    Fact,
    /// An answer of this fact.
    Answer(&'d str),
    /// A cause of this problem.
    Cause(&'d str),
    /// A source or a statement.
    Source,
    /// An intent that has example sentences.
    Intent,
}

/// One name, in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'d> {
    pub file: &'d str,
    pub name: &'d At<String>,
    pub target: Target<'d>,
}

/// All of them, in the order of the files.
pub(super) fn references(draft: &Draft) -> Vec<Reference<'_>> {
    let mut found = Collector {
        file: "",
        references: Vec::new(),
    };
    if let Some(Part { file, value }) = &draft.pack {
        found.file = file;
        found.all(&value.menu, Target::Item);
        for topic in [&value.contact, &value.private_data, &value.privacy] {
            found.one(topic, Target::Topic);
        }
        found.all(&value.outside, Target::Intent);
        if let Some(safety) = &value.safety {
            found.condition(&safety.loosening);
            found.condition(&safety.danger);
            found.one(&safety.first, Target::Goal);
        }
    }
    for Part { file, value } in draft.facts.values() {
        found.file = file;
        found.all(&value.sources, Target::Source);
    }
    for Part { file, value } in draft.guides.values() {
        found.file = file;
        found.facts(&value.tells);
        for ask in &value.ask {
            found.one(&ask.fact, Target::Fact);
            found.condition(&ask.when);
        }
        for route in &value.route {
            found.condition(&route.when);
            found.one(&route.to, Target::Goal);
        }
        for decline in &value.decline {
            found.condition(&decline.when);
            found.one(&decline.topic, Target::Topic);
        }
        for step in &value.step {
            found.condition(&step.when);
            found.condition(&step.requires);
            found.all(&step.fails, Target::Problem);
            found.all(&step.sources, Target::Source);
        }
        found.all(&value.fails, Target::Problem);
        found.all(&value.related, Target::Item);
    }
    for (id, Part { file, value }) in &draft.problems {
        found.file = file;
        problem(&mut found, id, value);
    }
    for Part { file, value } in draft.prompts.values() {
        found.file = file;
        for prompt in &value.prompt {
            found.facts(&prompt.facts);
            found.all(&prompt.to, Target::Goal);
            found.all(&prompt.sources, Target::Source);
        }
    }
    for Part { file, value } in draft.topics.values() {
        found.file = file;
        found.all(&value.reads_as, Target::Intent);
        found.all(&value.related, Target::Item);
        found.all(&value.sources, Target::Source);
    }
    for Part { file, value } in draft.stated.values() {
        found.file = file;
        for stated in value {
            found.facts(&stated.facts);
        }
    }
    found.references
}

fn problem<'d>(found: &mut Collector<'d>, id: &'d str, problem: &'d super::raw::Problem) {
    for ask in &problem.ask {
        found.one(&ask.fact, Target::Fact);
        found.condition(&ask.when);
    }
    for route in &problem.route {
        found.condition(&route.when);
        found.one(&route.to, Target::Goal);
    }
    for observe in &problem.observe {
        found.one(&observe.fact, Target::Fact);
        found.all(observe.usual.keys(), Target::Answer(&observe.fact.value));
    }
    for cause in &problem.cause {
        for (fact, weights) in &cause.evidence {
            found.one(fact, Target::Fact);
            found.all(weights.keys(), Target::Answer(&fact.value));
        }
        for fact in cause.because.keys() {
            found.one(fact, Target::Fact);
        }
        found.all(&cause.sources, Target::Source);
    }
    for remedy in &problem.remedy {
        found.all(remedy.fixes.keys(), Target::Cause(id));
        found.condition(&remedy.requires);
        found.all(&remedy.sources, Target::Source);
    }
    found.all(&problem.handover.sources, Target::Source);
    found.all(&problem.related, Target::Item);
}

struct Collector<'d> {
    file: &'d str,
    references: Vec<Reference<'d>>,
}

impl<'d> Collector<'d> {
    fn one(&mut self, name: &'d At<String>, target: Target<'d>) {
        self.references.push(Reference {
            file: self.file,
            name,
            target,
        });
    }

    fn all(&mut self, names: impl IntoIterator<Item = &'d At<String>>, target: Target<'d>) {
        for name in names {
            self.one(name, target);
        }
    }

    fn facts(&mut self, facts: &'d BTreeMap<At<String>, At<String>>) {
        for (fact, answer) in facts {
            self.one(fact, Target::Fact);
            self.one(answer, Target::Answer(&fact.value));
        }
    }

    fn condition(&mut self, condition: &'d Condition) {
        for (fact, answers) in condition {
            self.one(fact, Target::Fact);
            self.all(answers, Target::Answer(&fact.value));
        }
    }
}
