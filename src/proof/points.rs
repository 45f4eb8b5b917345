//! What is proved: eight points, each one function over what the walks have seen.

use super::model::{Model, Variable};
use super::shows::{Shown, Violation};
use super::turns::{UNITS_MAX, longest_card, room};
use super::ways::tellable;
use super::wishes::{What, Wish};
use super::{Code, Evidence};
use crate::dialogue::{Outcome, Prompt};
use crate::knowledge::{Ask, CONVERSATION_INTENTS, Condition, Item, Knowledge};
use crate::text::statement;
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
    let missing: Vec<Wanted> = wanted.into_iter().filter(|wanted| !wanted.met).collect();
    let texts = super::texts::texts(evidence.model.knowledge).len();
    // Where the thing itself is never put, its texts need no complaint of their own.
    let is_named = |text: &str| {
        let mut named = missing.iter().map(|wanted| format!("`{}`", wanted.name));
        named.any(|name| text.contains(&name))
    };
    let unseen: Vec<Violation> = evidence
        .turns
        .unseen
        .iter()
        .filter(|text| !is_named(text))
        .map(|text| {
            // What is waited for is said with the reason.
            let name = text.split(" with ").next().unwrap_or(text);
            let message = format!("{name} is never shown");
            Violation::new(Code::Unreached, message, near_text(evidence, text))
        })
        .collect();
    let idle: BTreeSet<usize> = idle(evidence).map(|(number, _)| number).collect();
    let missing = missing
        .into_iter()
        .filter(|wanted| {
            // A problem that tries nothing is a complaint of its own, and says why the rest is missing.
            !wanted.of.is_some_and(|item| idle.contains(&item))
        })
        .map(|wanted| Violation::new(Code::Unreached, wanted.complaint, wanted.shown));
    let missing: Vec<Violation> = missing.collect();
    evidence.violations.extend(missing);
    evidence.violations.extend(unseen);
    format!("{things} things put or taken, {texts} texts shown")
}

/// Something that somebody must meet.
struct Wanted {
    met: bool,
    /// As texts name what they belong to.
    name: String,
    complaint: String,
    /// The problem that it is part of the diagnosis of.
    of: Option<usize>,
    /// What to look at, if nobody meets it.
    shown: Shown,
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
        let (name, wish) = match variable {
            Variable::Fact { id, .. } => (format!("fact:{id}"), question(model, id)),
            Variable::Step { guide, step } => {
                let known = model.knowledge.guides.get(guide);
                let known = known.and_then(|guide| guide.step(step));
                let when = known.map(|step| step.when.clone()).unwrap_or_default();
                let item = model.item(&Item::Guide(guide.clone()));
                let what = What::Answers(when);
                (
                    format!("guide:{guide}/{step}"),
                    item.map(|item| Wish { item, what }),
                )
            }
            Variable::Remedy { problem, remedy } => {
                let item = model.item(&Item::Problem(problem.clone()));
                let what = What::Remedy(remedy.clone());
                (
                    format!("problem:{problem}/{remedy}"),
                    item.map(|item| Wish { item, what }),
                )
            }
        };
        let of = wish.as_ref().and_then(|wish| match wish.what {
            What::Remedy(_) | What::Observed(_) | What::Cause(_) => Some(wish.item),
            What::Answers(_) => None,
        });
        Wanted {
            met: put.contains(&name),
            complaint: match variable {
                Variable::Fact { .. } => format!("`{name}` is never asked"),
                Variable::Step { .. } | Variable::Remedy { .. } => {
                    format!("`{name}` is never put")
                }
            },
            name,
            of,
            shown: wish.map_or(Shown::Lines(Vec::new()), Shown::Wish),
        }
    });
    wanted.collect()
}

/// Where a question would be put.
fn question(model: &Model<'_>, fact: &str) -> Option<Wish> {
    let knowledge = model.knowledge;
    let asks = |asks: &[Ask]| {
        let ask = asks.iter().find(|ask| ask.fact == fact)?;
        Some(What::Answers(ask.when.clone()))
    };
    let requires = |condition: &Condition| condition.facts().any(|(of, _)| of == fact);
    let wishes = model.items.iter().enumerate().filter_map(|(item, of)| {
        let what = match of {
            Item::Guide(id) => {
                let guide = knowledge.guides.get(id)?;
                let mut steps = guide.steps.iter();
                let step = steps.find(|step| requires(&step.requires));
                asks(&guide.ask).or_else(|| Some(What::Answers(step?.when.clone())))
            }
            Item::Problem(id) => {
                let problem = knowledge.problems.get(id)?;
                let mut observed = problem.observe.iter();
                let observed = observed.find(|observe| observe.fact == fact);
                let mut remedies = problem.remedies.iter();
                let remedy = remedies.find(|remedy| requires(&remedy.requires));
                asks(&problem.ask)
                    .or_else(|| Some(What::Observed(observed?.fact.clone())))
                    .or_else(|| Some(What::Remedy(remedy?.id.clone())))
            }
            Item::Topic(_) => None,
        };
        Some(Wish { item, what: what? })
    });
    wishes.into_iter().next()
}

/// What a guide refuses.
fn declined(evidence: &Evidence<'_>, number: usize, item: &Item) -> Vec<Wanted> {
    let model = &evidence.model;
    let guide = match item {
        Item::Guide(id) => model.knowledge.guides.get(id),
        Item::Problem(_) | Item::Topic(_) => None,
    };
    let declines = guide.into_iter().flat_map(|guide| &guide.declines);
    let wanted = declines.map(|decline| {
        let topic = &decline.topic;
        let is_it = |prompt: &Prompt| match prompt {
            Prompt::Ended { outcome, of, .. } => {
                *outcome == Outcome::Refused && of.as_ref() == Some(topic)
            }
            Prompt::Menu | Prompt::Ask { .. } | Prompt::Step { .. } | Prompt::Remedy { .. } => {
                false
            }
        };
        let mut places = evidence.ways.places.keys();
        let what = What::Answers(decline.when.clone());
        Wanted {
            met: places.any(|(put, path)| {
                path.last() == Some(&number)
                    && model.put(*put).is_some_and(|put| is_it(&put.prompt))
            }),
            name: format!("{item} declined by {topic}"),
            complaint: format!("`{item}` is never refused with `{topic}`"),
            of: None,
            shown: Shown::Wish(Wish { item: number, what }),
        }
    });
    wanted.collect()
}

/// Routes, and causes.
fn led(evidence: &Evidence<'_>) -> Vec<Wanted> {
    let model = &evidence.model;
    let mut wanted = Vec::new();
    for (number, item) in model.items.iter().enumerate() {
        for route in model.knowledge.routes(item) {
            let Some(to) = model.item(&route.to) else {
                continue;
            };
            // Some ways are only open to who tells more than they are asked.
            let unasked = (item.clone(), route.to.clone());
            let what = What::Answers(route.when.clone());
            wanted.push(Wanted {
                met: evidence.ways.taken.contains(&(number, to))
                    || evidence.turns.taken.contains(&unasked),
                name: route.to.to_string(),
                complaint: format!("`{item}` never leads to `{}`", route.to),
                of: None,
                shown: Shown::Wish(Wish { item: number, what }),
            });
        }
        wanted.extend(declined(evidence, number, item));
        let Item::Problem(id) = item else { continue };
        let problem = model.knowledge.problems.get(id).into_iter();
        wanted.extend(problem.flat_map(|problem| &problem.causes).map(|cause| {
            let leading = (id.clone(), cause.id.clone());
            let what = What::Cause(cause.id.clone());
            Wanted {
                met: evidence.ways.leading.contains(&leading),
                name: format!("{item}/{}", cause.id),
                complaint: format!(
                    "the cause `{}` of `{item}` is never the most probable",
                    cause.id
                ),
                of: Some(number),
                shown: Shown::Wish(Wish { item: number, what }),
            }
        }));
    }
    wanted
}

/// What comes nearest to a text, by its name.
fn near_text(evidence: &Evidence<'_>, name: &str) -> Shown {
    let model = &evidence.model;
    let knowledge = model.knowledge;
    for (number, item) in model.items.iter().enumerate() {
        let of = format!("`{item}`");
        let mut said = knowledge.routes(item).iter();
        if let Some(route) = said.find(|route| super::texts::say(&of, route) == name) {
            let what = What::Answers(route.when.clone());
            return Shown::Wish(Wish { item: number, what });
        }
    }
    let is_named = |id: String| name.contains(&format!("`{id}`"));
    let starts =
        |item: &Item| name.contains(&format!("`{item}`")) || name.contains(&format!("`{item}/"));
    let mut facts = knowledge.facts.keys();
    let mut topics = knowledge.topics.keys();
    let mut messages = knowledge.prompts.iter();
    if let Some(item) = model.items.iter().position(starts) {
        Shown::Item(item)
    } else if let Some(fact) = facts.find(|fact| is_named(format!("fact:{fact}"))) {
        question(model, fact).map_or(Shown::Lines(Vec::new()), |wish| Shown::Item(wish.item))
    } else if let Some(topic) = topics.find(|topic| is_named(format!("topic:{topic}"))) {
        Shown::Topic(topic.clone())
    } else if let Some((_, message)) = messages.find(|(id, _)| is_named((*id).clone())) {
        Shown::Lines(message.shown.first().cloned().into_iter().collect())
    } else {
        Shown::Lines(Vec::new())
    }
}

fn acts(evidence: &mut Evidence<'_>) -> String {
    let kept = unrefused(evidence);
    let turns = &evidence.turns;
    let total: usize = turns.acts.values().sum();
    let kinds: Vec<String> = turns
        .acts
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    format!(
        "{} places and {} in repair × every act = {total} turns: {}; {} readings have no words in the pack and were put \
         by themselves; {kept} messages and plain replies, none of which is refused",
        turns.places,
        turns.repairs,
        kinds.join(", "),
        evidence.made_up,
    )
}

/// Whoever quotes what the service shows, or just says yes or no, asks for nothing that can be refused. How many such there are.
fn unrefused(evidence: &mut Evidence<'_>) -> usize {
    let knowledge = evidence.model.knowledge;
    let replies = CONVERSATION_INTENTS
        .iter()
        .filter_map(|intent| knowledge.intents.get(*intent));
    let shown = knowledge.prompts.values().flat_map(|prompt| &prompt.shown);
    let kept: Vec<&String> = replies.flatten().chain(shown).collect();
    let refused = |words: &String| {
        let heeded = knowledge.heeded(&statement(words));
        let topics = heeded.iter().filter_map(|id| knowledge.topics.get(id));
        topics.into_iter().any(|topic| topic.refuses)
    };
    let refused = kept.iter().filter(|words| refused(words));
    evidence.violations.extend(refused.map(|words| {
        let message = format!("`{words}` is refused, by the patterns of a topic");
        Violation::new(Code::Misread, message, Shown::Lines(vec![(*words).clone()]))
    }));
    kept.len()
}

fn ends(evidence: &mut Evidence<'_>) -> String {
    let ways = &evidence.ways;
    let count = |outcome| ways.ends.get(&outcome).copied().unwrap_or(0);
    let worst = ways.longest.iter().max_by_key(|(_, length)| **length);
    let (item, longest) = worst.map_or(("nothing".to_owned(), 0), |(item, length)| {
        (item.to_string(), *length)
    });
    format!(
        "{} states, those with the same future as one, {} answers; {} ends solved, {} handed over, {} refused; the worst of users gives {longest} answers \
         (`{item}`), and tells {} facts unasked beside; at {} ends something else is kept, and taken up at most once; {} parts of \
         any case at all",
        ways.states(),
        ways.transitions(),
        count(Outcome::Solved),
        count(Outcome::HandedOver),
        count(Outcome::Refused),
        tellable(&evidence.model),
        evidence.turns.kept,
        evidence.parts.gates,
    )
}

/// Problems that hand over before anything is tried.
fn idle<'e>(evidence: &'e Evidence<'_>) -> impl Iterator<Item = (usize, &'e Item)> {
    let model = &evidence.model;
    let items = model.items.iter().enumerate();
    items.filter(|(_, item)| {
        let Item::Problem(id) = item else {
            return false;
        };
        !evidence.ways.places.keys().any(|(put, _)| {
            let prompt = model.put(*put).map(|put| &put.prompt);
            matches!(prompt, Some(Prompt::Remedy { problem, .. }) if problem == id)
        })
    })
}

fn diagnosis(evidence: &mut Evidence<'_>) -> String {
    let idle: Vec<Violation> = idle(evidence)
        .map(|(number, item)| {
            let message = format!("`{item}` hands over before anything is tried");
            Violation::of_item(Code::NoRemedy, message, number)
        })
        .collect();
    evidence.violations.extend(idle);
    let parts = &evidence.parts;
    let turns = &evidence.turns;
    format!(
        "{} beliefs: {} ask, {} try, {} hand over; a human one turn away {} times, an end {} times; {}",
        parts.beliefs,
        parts.asks,
        parts.tries,
        parts.handovers,
        turns.humans,
        turns.cancels,
        exactness(evidence.model.knowledge)
    )
}

/// Whether every problem's policy is the optimal one, or which are too large for that.
fn exactness(knowledge: &Knowledge) -> String {
    let problems = knowledge.problems.iter();
    let large = problems.filter(|(_, problem)| !problem.numbers.policy.is_exact());
    let large: Vec<String> = large.map(|(id, _)| format!("`problem:{id}`")).collect();
    if large.is_empty() {
        "every policy is optimal".to_owned()
    } else {
        let large = large.join(", ");
        format!("too large to be solved exactly, and worked off by a rollout: {large}")
    }
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
    if longest <= UNITS_MAX && longest + room > UNITS_MAX {
        evidence.violations.push(Violation::said(
            Code::TooLong,
            format!(
                "a reply of {longest} characters leaves {} of {UNITS_MAX}, and what it repeats of earlier answers can take {room}",
                UNITS_MAX - longest
            ),
            evidence.turns.longest_lines.clone(),
        ));
    }
    let card = longest_card(knowledge);
    if card > UNITS_MAX {
        evidence.violations.push(Violation::said(
            Code::TooLong,
            format!("a handover card can take {card} characters, where {UNITS_MAX} fit"),
            vec!["/human".to_owned()],
        ));
    }
    format!(
        "{} language{} × {texts} texts; the longest reply has {longest} characters, {} at the very most, a card {card}; {offers} pairs of readings",
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
