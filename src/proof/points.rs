//! What is proved: eight points, each one function over what the walks have seen.

use super::model::{Part, Variable};
use super::turns::room;
use super::ways::tellable;
use super::{Code, Evidence, Violation};
use crate::dialogue::{Outcome, Prompt};
use crate::knowledge::Item;
use std::collections::BTreeSet;

/// A point: a stable code, what it says, and the function that judges it.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub code: &'static str,
    /// What holds if it is proved.
    pub purpose: &'static str,
    pub(super) judge: fn(&mut Evidence<'_>) -> String,
}

/// All points, in their order.
pub const POINTS: [Point; 8] = [
    Point {
        code: "reached",
        purpose: "every question, step, cause, remedy and text is reached by somebody",
        judge: reached,
    },
    Point {
        code: "acts",
        purpose: "every act is defined in every state, and words mean what their button does",
        judge: acts,
    },
    Point {
        code: "ends",
        purpose: "from every state a good end is reached, in a bounded number of turns",
        judge: ends,
    },
    Point {
        code: "diagnosis",
        purpose: "every diagnosis reaches a remedy or a human, and a human is one turn away",
        judge: diagnosis,
    },
    Point {
        code: "identity",
        purpose: "a digression changes nothing, back undoes, a correction is as if told at first",
        judge: identity,
    },
    Point {
        code: "texts",
        purpose: "every text exists in every language and fits, no two buttons look the same",
        judge: texts,
    },
    Point {
        code: "safety",
        purpose: "nothing irreversible or loosening before its guard, danger before all else",
        judge: safety,
    },
    Point {
        code: "sources",
        purpose: "every statement is told, corrected or dropped with a reason, every item has a source",
        judge: sources,
    },
];

fn reached(evidence: &mut Evidence<'_>) -> String {
    let mut wanted = put(evidence);
    wanted.extend(led(evidence));
    let things = wanted.len();
    let missing: Vec<Violation> = wanted
        .into_iter()
        .filter(|wanted| !wanted.met)
        .map(|wanted| Violation::of_item(Code::Unreached, wanted.complaint, wanted.near))
        .collect();
    // Where the thing itself is never put, its texts need no complaint of their own.
    let named: Vec<&str> = missing
        .iter()
        .filter_map(|violation| violation.message.split('`').nth(1))
        .collect();
    let texts = super::texts::texts(evidence.model.knowledge).len();
    let unseen = evidence
        .turns
        .unseen
        .iter()
        .filter(|text| !named.iter().any(|name| text.contains(&format!("`{name}`"))))
        .map(|text| {
            let message = format!("{text} is never shown");
            match near_text(evidence, text) {
                Some(item) => Violation::of_item(Code::Unreached, message, item),
                None => Violation::said(Code::Unreached, message, Vec::new()),
            }
        })
        .collect::<Vec<_>>();
    evidence.violations.extend(missing);
    evidence.violations.extend(unseen);
    format!("{things} things put or taken, {texts} texts shown")
}

/// Something that somebody must meet.
struct Wanted {
    met: bool,
    complaint: String,
    /// The item to look at, if nobody does.
    near: usize,
}

/// Questions, steps and remedies.
fn put(evidence: &Evidence<'_>) -> Vec<Wanted> {
    let model = &evidence.model;
    let put: BTreeSet<String> = evidence
        .ways
        .places
        .keys()
        .filter_map(|(put, _)| model.put(*put)?.prompt.key())
        .collect();
    let wanted = model.variables.iter().map(|variable| {
        let (key, near) = match variable {
            Variable::Fact { id, .. } => (format!("fact:{id}"), near_fact(evidence, id)),
            Variable::Step { guide, step } => (
                format!("guide:{guide}/{step}"),
                model.item(&Item::Guide(guide.clone())),
            ),
            Variable::Remedy { problem, remedy } => (
                format!("problem:{problem}/{remedy}"),
                model.item(&Item::Problem(problem.clone())),
            ),
        };
        Wanted {
            met: put.contains(&key),
            complaint: format!("`{key}` is never put"),
            near: near.unwrap_or(0),
        }
    });
    wanted.collect()
}

/// Routes, and causes.
fn led(evidence: &Evidence<'_>) -> Vec<Wanted> {
    let model = &evidence.model;
    let mut wanted = Vec::new();
    for (number, item) in model.items.iter().enumerate() {
        let parts = model.parts.get(number).into_iter();
        for to in parts.flat_map(Part::routes) {
            let Some(goal) = model.items.get(to) else {
                continue;
            };
            // Some ways are only open to who tells more than they are asked.
            let unasked = (item.clone(), goal.clone());
            wanted.push(Wanted {
                met: evidence.ways.taken.contains(&(number, to))
                    || evidence.turns.taken.contains(&unasked),
                complaint: format!("`{item}` never leads to `{goal}`"),
                near: number,
            });
        }
        let Item::Problem(id) = item else { continue };
        let problem = model.knowledge.problems.get(id).into_iter();
        wanted.extend(problem.flat_map(|problem| &problem.causes).map(|cause| {
            let leading = (id.clone(), cause.id.clone());
            let complaint = format!(
                "the cause `{}` of `{item}` is never the most probable",
                cause.id
            );
            Wanted {
                met: evidence.ways.leading.contains(&leading),
                complaint,
                near: number,
            }
        }));
    }
    wanted
}

/// The item that a text belongs to, by its name.
fn near_text(evidence: &Evidence<'_>, name: &str) -> Option<usize> {
    let items = evidence.model.items.iter();
    items
        .map(Item::to_string)
        .position(|item| name.contains(&format!("`{item}")))
}

/// An item that has this fact among its questions.
fn near_fact(evidence: &Evidence<'_>, fact: &str) -> Option<usize> {
    let model = &evidence.model;
    let names = |cell: &usize| matches!(model.variables.get(*cell), Some(Variable::Fact { id, .. }) if id == fact);
    let mut parts = model.parts.iter();
    parts.position(|part| part.footprint.iter().any(names))
}

fn acts(evidence: &mut Evidence<'_>) -> String {
    let turns = &evidence.turns;
    let total: usize = turns.acts.values().sum();
    let kinds: Vec<String> = turns
        .acts
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    format!(
        "{} places and {} in repair × every act = {total} turns: {}",
        turns.places,
        turns.repairs,
        kinds.join(", ")
    )
}

fn ends(evidence: &mut Evidence<'_>) -> String {
    let ways = &evidence.ways;
    let count = |outcome| ways.ends.get(&outcome).copied().unwrap_or(0);
    let worst = ways.longest.iter().max_by_key(|(_, length)| **length);
    let (item, longest) = worst.map_or(("nothing".to_owned(), 0), |(item, length)| {
        (item.to_string(), *length)
    });
    format!(
        "{} states, {} answers; {} ends solved, {} handed over; the worst of users gives {longest} answers \
         (`{item}`), and tells {} facts unasked beside; {} parts of any case at all",
        ways.states(),
        ways.transitions(),
        count(Outcome::Solved),
        count(Outcome::HandedOver),
        tellable(&evidence.model),
        evidence.parts.gates,
    )
}

fn diagnosis(evidence: &mut Evidence<'_>) -> String {
    let model = &evidence.model;
    let mut idle = Vec::new();
    for (number, item) in model.items.iter().enumerate() {
        let Item::Problem(id) = item else { continue };
        let tries = evidence.ways.places.keys().any(|(put, _)| {
            let prompt = model.put(*put).map(|put| &put.prompt);
            matches!(prompt, Some(Prompt::Remedy { problem, .. }) if problem == id)
        });
        if !tries {
            idle.push(Violation::of_item(
                Code::NoRemedy,
                format!("`{item}` hands over before anything is tried"),
                number,
            ));
        }
    }
    evidence.violations.extend(idle);
    let parts = &evidence.parts;
    let turns = &evidence.turns;
    format!(
        "{} beliefs: {} ask, {} try, {} hand over; a human one turn away {} times, an end {} times",
        parts.beliefs, parts.asks, parts.tries, parts.handovers, turns.humans, turns.cancels
    )
}

fn identity(evidence: &mut Evidence<'_>) -> String {
    let turns = &evidence.turns;
    format!(
        "{} digressions, {} steps back, {} corrections",
        turns.digressions, turns.backs, turns.corrections
    )
}

fn texts(evidence: &mut Evidence<'_>) -> String {
    let knowledge = evidence.model.knowledge;
    let offers = super::texts::offers(knowledge, &mut evidence.violations);
    let texts = super::texts::texts(knowledge).len() + crate::knowledge::Phrase::ALL.len();
    let room = room(knowledge);
    let longest = evidence.turns.longest;
    if longest <= 4096 && longest + room > 4096 {
        evidence.violations.push(Violation::said(
            Code::TooLong,
            format!("a reply of {longest} characters leaves less room than the {room} that a recap and lists can need"),
            Vec::new(),
        ));
    }
    format!(
        "{} language{} × {texts} texts; the longest reply has {longest} characters, {} at the very most; {offers} pairs of readings",
        knowledge.languages.len(),
        if knowledge.languages.len() == 1 {
            ""
        } else {
            "s"
        },
        longest + room,
    )
}

fn safety(evidence: &mut Evidence<'_>) -> String {
    format!(
        "{} guards known to hold, {} parts in danger",
        evidence.parts.guarded, evidence.parts.in_danger
    )
}

fn sources(evidence: &mut Evidence<'_>) -> String {
    let knowledge = evidence.model.knowledge;
    let statements = knowledge.statements;
    format!(
        "{} sources, {statements} statements accounted for",
        knowledge.sources.len()
    )
}
