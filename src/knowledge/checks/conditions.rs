//! Rules about conditions: what they go by must be known by then.

use super::structure::report;
use crate::knowledge::diagnostic::{Diagnostic, Mistake};
use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{At, Condition};
use std::collections::BTreeSet;

/// A guide asks for what its steps go by, and any question for what makes it one: else only who tells it unasked ever meets
/// what is behind them. Routes may go by what nobody is asked, above all by signs of danger.
pub(super) fn asked(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    for Part { file, value } in draft.guides.values() {
        let tells = value.tells.keys();
        let asks = value.ask.iter().map(|ask| &ask.fact);
        let guards = value.step.iter().flat_map(|step| step.requires.keys());
        let known = tells.chain(asks).chain(guards);
        let known = known.map(|fact| fact.value.as_str()).collect();
        let steps = value.step.iter().map(|step| &step.when);
        let asks = value.ask.iter().map(|ask| &ask.when);
        let declines = value.decline.iter().map(|decline| &decline.when);
        let waiting: Vec<&Condition> = asks.chain(declines).chain(steps).collect();
        look(draft, file, &known, &waiting, diagnostics);
        let routes = value.route.iter().map(|route| &route.when);
        let requires = value.step.iter().map(|step| &step.requires);
        possible(file, routes.chain(requires), diagnostics);
    }
    for Part { file, value } in draft.problems.values() {
        let asks = value.ask.iter().map(|ask| &ask.fact);
        let observed = value.observe.iter().map(|observe| &observe.fact);
        let known = asks.chain(observed);
        let known = known.map(|fact| fact.value.as_str()).collect();
        let waiting: Vec<&Condition> = value.ask.iter().map(|ask| &ask.when).collect();
        look(draft, file, &known, &waiting, diagnostics);
        let routes = value.route.iter().map(|route| &route.when);
        let requires = value.remedy.iter().map(|remedy| &remedy.requires);
        possible(file, routes.chain(requires), diagnostics);
    }
}

fn look(
    draft: &Draft,
    file: &str,
    known: &BTreeSet<&str>,
    conditions: &[&Condition],
    diagnostics: &mut Vec<Diagnostic>,
) {
    possible(file, conditions.iter().copied(), diagnostics);
    // A misspelt name is told of where it stands; what it was meant to ask is not known.
    let exists = |fact: &str| draft.facts.contains_key(fact);
    if !known.iter().all(|fact| exists(fact)) {
        return;
    }
    let facts = conditions.iter().flat_map(|condition| condition.keys());
    for fact in facts.filter(|fact| exists(&fact.value) && !known.contains(fact.value.as_str())) {
        let fact_asked = fact.value.clone();
        report(
            diagnostics,
            file,
            fact.span,
            Mistake::Unasked { fact: fact_asked },
        );
    }
}

/// No condition waits for none of the answers.
fn possible<'d>(
    file: &str,
    conditions: impl Iterator<Item = &'d Condition>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let entries = conditions.flatten();
    let empty = |(_, answers): &(&At<String>, &Vec<At<String>>)| answers.is_empty();
    for (fact, _) in entries.filter(empty) {
        let what = "answer that this waits for";
        report(diagnostics, file, fact.span, Mistake::Empty { what });
    }
}
