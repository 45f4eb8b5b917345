//! The whole dialogue of a pack, proved: eight points, each with what was looked at, and for each that fails a shortest
//! conversation that shows it.
//!
//! The product of all that users can tell is too large to walk, so it is factored, and each factor is walked whole:
//!
//! - `ways`: every answer to every question from every goal, as a graph. Exact: shortest ways, longest ways, what is reached.
//! - `parts`: every case there can be, through the eyes of one guide or problem at a time. What holds of every part holds
//!   of every case, however it came about: told in any order, corrected, under another goal, under another version.
//! - `turns`: every act at every place in the dialogue, through the real `step`.
//!
//! Each of the three says in its own head why looking there is looking everywhere. Nothing is sampled.

#![warn(clippy::wildcard_enum_match_arm)]

mod acts;
mod conversation;
mod model;
mod parts;
mod points;
mod replay;
mod texts;
mod turns;
mod ways;

pub use conversation::Conversation;
pub use points::{POINTS, Point};
pub use replay::{Replay, replay};

use crate::dialogue::Assistant;
use crate::knowledge::{Id, Item};
use acts::Sentences;
use conversation::Talk;
use model::Model;
use parts::Parts;
use std::collections::{BTreeMap, BTreeSet};
use turns::Turns;
use ways::{Place, Ways};

/// A kind of failure: a stable code, and the point that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    Unreached,
    Act,
    Misread,
    DeadEnd,
    Endless,
    Hollow,
    Circle,
    NoRemedy,
    NoHuman,
    Digression,
    Back,
    Correction,
    Repeats,
    TooLong,
    SameLabel,
    Markup,
    Unguarded,
    Danger,
    Replay,
}

impl Code {
    /// The code as it is printed.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Unreached => "unreached",
            Self::Act => "act",
            Self::Misread => "misread",
            Self::DeadEnd => "dead-end",
            Self::Endless => "endless",
            Self::Hollow => "hollow-end",
            Self::Circle => "circle",
            Self::NoRemedy => "no-remedy",
            Self::NoHuman => "no-way-out",
            Self::Digression => "digression",
            Self::Back => "back",
            Self::Correction => "correction",
            Self::Repeats => "repeats",
            Self::TooLong => "reply-too-long",
            Self::SameLabel => "same-label",
            Self::Markup => "reply-markup",
            Self::Unguarded => "guard",
            Self::Danger => "danger",
            Self::Replay => "replay",
        }
    }

    /// The code of the point that it breaks.
    #[must_use]
    pub fn point(self) -> &'static str {
        match self {
            Self::Unreached => "reached",
            Self::Act | Self::Misread => "acts",
            Self::DeadEnd | Self::Endless | Self::Hollow | Self::Circle => "ends",
            Self::NoRemedy | Self::NoHuman => "diagnosis",
            Self::Digression | Self::Back | Self::Correction | Self::Repeats => "identity",
            Self::TooLong | Self::SameLabel | Self::Markup => "texts",
            Self::Unguarded | Self::Danger => "safety",
            Self::Replay => "replay",
        }
    }

    /// What an author can do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Unreached => {
                "make way for it (conditions, routes, weights, minutes), or delete it"
            }
            Self::Misread => "give the two different words",
            Self::Hollow => "give every answer a step, by its `when`, or a `route`",
            Self::Circle => "two routes contradict each other: keep their conditions apart",
            Self::NoRemedy => "make the handover dearer, or a remedy cheaper or surer",
            Self::TooLong => "shorten the texts that meet in this reply",
            Self::SameLabel => "give the two different titles or labels",
            Self::Danger => "add a `route` there for the answers that mean danger",
            Self::Act
            | Self::DeadEnd
            | Self::Endless
            | Self::NoHuman
            | Self::Digression
            | Self::Back
            | Self::Correction
            | Self::Repeats
            | Self::Markup
            | Self::Replay
            | Self::Unguarded => "this is a fault of the engine rather than of the pack",
        }
    }
}

/// Something that does not hold, before anybody has looked for words that show it.
#[derive(Debug, Clone)]
struct Violation {
    code: Code,
    message: String,
    shown: Shown,
}

/// What shows it.
#[derive(Debug, Clone)]
enum Shown {
    /// A state of the ways.
    State(usize),
    /// Whatever is the nearest to this item.
    Item(usize),
    /// These lines.
    Lines(Vec<String>),
}

impl Violation {
    fn at_state(code: Code, message: String, state: usize) -> Self {
        let shown = Shown::State(state);
        Self {
            code,
            message,
            shown,
        }
    }

    fn of_item(code: Code, message: String, item: usize) -> Self {
        let shown = Shown::Item(item);
        Self {
            code,
            message,
            shown,
        }
    }

    fn said(code: Code, message: String, lines: Vec<String>) -> Self {
        let shown = Shown::Lines(lines);
        Self {
            code,
            message,
            shown,
        }
    }
}

/// Something that does not hold, with a shortest conversation that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: Code,
    pub message: String,
    pub conversation: Conversation,
}

/// How far a proof has come, for whoever waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Ways { states: usize },
    Beliefs { beliefs: usize, problem: Id },
    Turns { place: usize, places: usize },
}

/// What became of the points.
#[derive(Debug)]
pub struct Proof {
    /// Per point, what was looked at.
    pub points: Vec<(Point, String)>,
    pub failures: Vec<Failure>,
    /// Readings for which the pack has no words.
    pub made_up: usize,
}

impl Proof {
    /// Whether every point holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

/// All that the walks have seen.
struct Evidence<'k> {
    model: Model<'k>,
    ways: Ways,
    parts: Parts,
    turns: Turns,
    violations: Vec<Violation>,
}

/// Proves a pack. Takes seconds; `progress` is told how far it has come.
#[must_use]
pub fn prove(assistant: &Assistant, progress: &mut dyn FnMut(Progress)) -> Proof {
    let mut model = Model::new(&assistant.knowledge);
    let mut violations = Vec::new();
    let goals: Vec<usize> = goals(assistant)
        .iter()
        .filter_map(|item| model.item(item))
        .collect();
    let sentences = Sentences::of(assistant);
    let ways = ways::walk(&mut model, &goals, progress, &mut violations);
    let parts = parts::look(&model, progress, &mut violations);
    let talks = talks(assistant, &mut model, &ways, &sentences, &mut violations);
    let mut walk = turns::Walk::new(assistant, &sentences, &mut violations);
    let made_up = sentences.made_up();
    for talk in talks {
        walk.begin(talk.session, talk.lines);
    }
    let turns = walk.walk(progress);
    let mut evidence = Evidence {
        model,
        ways,
        parts,
        turns,
        violations,
    };
    let points = POINTS
        .iter()
        .map(|point| (*point, (point.judge)(&mut evidence)))
        .collect();
    let failures = shown(assistant, evidence, &sentences);
    Proof {
        points,
        failures,
        made_up,
    }
}

/// A short look at a pack, for every start: its texts, and the first turns from the menu on, each of which must be what
/// every turn must be. Takes milliseconds, and finds what would fail in the first minute; [`prove`] finds the rest.
#[must_use]
pub fn glance(assistant: &Assistant) -> Vec<Failure> {
    let mut violations = Vec::new();
    let sentences = Sentences::none();
    texts::offers(&assistant.knowledge, &mut violations);
    let mut walk = turns::Walk::new(assistant, &sentences, &mut violations);
    let start = Talk::new(assistant);
    walk.begin(start.session, start.lines);
    walk.glance();
    let said = violations.into_iter().filter_map(|violation| {
        let Shown::Lines(lines) = violation.shown else {
            return None;
        };
        Some(Failure {
            code: violation.code,
            message: violation.message,
            conversation: Conversation { lines },
        })
    });
    said.collect()
}

/// Somebody at every place of the dialogue, by a shortest way, and at its beginning.
fn talks<'a>(
    assistant: &'a Assistant,
    model: &mut Model<'_>,
    ways: &Ways,
    sentences: &Sentences,
    violations: &mut Vec<Violation>,
) -> Vec<Talk<'a>> {
    let mut talks = vec![Talk::new(assistant)];
    let mut opened: BTreeMap<usize, Option<Vec<String>>> = BTreeMap::new();
    let mut places: Vec<(usize, &Place)> = ways
        .places
        .iter()
        .map(|(place, node)| (*node, place))
        .collect();
    // They are numbered as they were met: the nearest first.
    places.sort_unstable();
    for (node, (put, path)) in places {
        let (goal, plan) = ways.plan(model, node);
        let Some(item) = model.items.get(goal).cloned() else {
            continue;
        };
        let lines = opened.entry(goal).or_insert_with(|| {
            let talk = conversation::open(assistant, model, ways, sentences, &item);
            talk.map(|talk| talk.lines)
        });
        let Some(lines) = lines else { continue };
        let mut talk = Talk::new(assistant);
        for line in &*lines {
            talk.does(line);
        }
        let plainly = talk.knows_only(&model.facts(&model.chosen(goal)));
        talk.follow(&plan, sentences);
        let here = talk.place();
        let expected = model.put(*put).map(|put| &put.prompt);
        let along = path.iter().filter_map(|item| model.items.get(*item));
        if plainly && (expected != Some(&here.prompt) || !along.eq(&here.path)) {
            let message = format!(
                "the dialogue is at {:?}, where {expected:?} was expected",
                here.prompt
            );
            violations.push(Violation::said(Code::Act, message, talk.lines.clone()));
        }
        talks.push(talk);
    }
    talks
}

/// What a user can choose to work on.
fn goals(assistant: &Assistant) -> BTreeSet<Item> {
    let knowledge = &assistant.knowledge;
    let related = knowledge
        .guides
        .values()
        .map(|guide| &guide.related)
        .chain(knowledge.problems.values().map(|problem| &problem.related))
        .chain(knowledge.topics.values().map(|topic| &topic.related));
    let failing = knowledge
        .guides
        .values()
        .filter_map(|guide| guide.fails.clone().map(Item::Problem));
    knowledge
        .menu
        .iter()
        .chain(knowledge.by_intent.values())
        .chain(
            knowledge
                .prompts
                .values()
                .filter_map(|prompt| prompt.to.as_ref()),
        )
        .chain(related.flatten())
        .cloned()
        .chain(failing)
        .filter(Item::is_goal)
        .collect()
}

/// Finds words for what does not hold.
fn shown(assistant: &Assistant, evidence: Evidence<'_>, sentences: &Sentences) -> Vec<Failure> {
    let Evidence {
        mut model,
        ways,
        violations,
        ..
    } = evidence;
    let mut failures = Vec::new();
    for violation in violations {
        let node = match &violation.shown {
            Shown::Lines(lines) => {
                let conversation = Conversation {
                    lines: lines.clone(),
                };
                failures.push(Failure {
                    code: violation.code,
                    message: violation.message,
                    conversation,
                });
                continue;
            }
            Shown::State(node) => Some(*node),
            Shown::Item(item) => nearest(&model, &ways, *item),
        };
        let plan = node.map(|node| ways.plan(&mut model, node));
        let item = match (&violation.shown, &plan) {
            (Shown::Item(item), None) => *item,
            (_, Some((goal, _))) => *goal,
            _ => 0,
        };
        let opened =
            model.items.get(item).cloned().and_then(|item| {
                conversation::open(assistant, &mut model, &ways, sentences, &item)
            });
        let mut talk = opened.unwrap_or_else(|| Talk::new(assistant));
        if let Some((_, plan)) = &plan {
            talk.follow(plan, sentences);
        }
        failures.push(Failure {
            code: violation.code,
            message: violation.message,
            conversation: Conversation { lines: talk.lines },
        });
    }
    failures.sort_by_key(|failure| failure.code);
    failures
}

/// The first state in which an item is over: by then it has shown all that it had.
fn nearest(model: &Model<'_>, ways: &Ways, item: usize) -> Option<usize> {
    let is_over = |put: usize| {
        let prompt = model.put(put).map(|put| &put.prompt);
        prompt.is_some_and(|prompt| prompt.outcome().is_some())
    };
    let at = |ended: bool| {
        ways.places
            .iter()
            .filter(|((put, path), _)| path.contains(&item) && (!ended || is_over(*put)))
            .map(|(_, node)| *node)
            .min()
    };
    at(true).or_else(|| at(false))
}
