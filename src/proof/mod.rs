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
mod report;
mod sentences;
mod shows;
mod texts;
mod turns;
mod ways;
mod wishes;

pub use conversation::Conversation;
pub use points::{POINTS, Point};
pub use replay::{OpenConversations, Replay};
pub use report::render;

use crate::dialogue::Assistant;
use crate::knowledge::{Id, Item};
use conversation::Talk;
use model::Model;
use parts::Parts;
use sentences::Sentences;
use shows::{Shown, Violation};
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
            Self::Unreached => "make way for it (`when`, `route`, weights, minutes), or delete it",
            Self::Misread => "write other words: what is typed there can mean one thing only",
            Self::Digression | Self::Back | Self::NoHuman | Self::Act => {
                "if a word of an answer says this too, take it off its `words`; otherwise the engine is at fault"
            }
            Self::Hollow => "give every answer a step, by its `when`, or a `route`",
            Self::Circle => "two routes contradict each other: keep their conditions apart",
            Self::NoRemedy => "make the handover dearer, or a remedy cheaper or surer",
            Self::Repeats => "give phrases that can follow one another different words",
            Self::TooLong => "shorten the texts that meet in this reply",
            Self::SameLabel => "give the two different titles or labels",
            Self::Markup => {
                "reword the text that begins or ends there: together with its neighbour it is markup"
            }
            Self::Danger => "add a `route` there for the answers that mean danger",
            Self::DeadEnd | Self::Endless | Self::Correction | Self::Replay | Self::Unguarded => {
                "this is a fault of the engine rather than of the pack"
            }
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
    /// Readings for which the pack has no words.
    made_up: usize,
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
    for (words, message, read) in &sentences.mistaken {
        let read = read.as_ref().map_or_else(
            || "for no message".to_owned(),
            |read| format!("for `{read}`"),
        );
        let message =
            format!("`{words}` is listed for the message `{message}`, but it is taken {read}");
        violations.push(Violation::said(Code::Misread, message, vec![words.clone()]));
    }
    let ways = ways::walk(&mut model, &goals, progress, &mut violations);
    let parts = parts::look(&model, progress, &mut violations);
    let talks = talks(assistant, &mut model, &ways, &sentences, &mut violations);
    let mut walk = turns::Walk::new(assistant, &sentences, &mut violations);
    for talk in talks {
        walk.begin(talk.session, talk.lines);
    }
    let turns = walk.walk(progress);
    let mut evidence = Evidence {
        model,
        ways,
        parts,
        turns,
        made_up: sentences.made_up(),
        violations,
    };
    let points = POINTS
        .iter()
        .map(|point| (*point, (point.judge)(&mut evidence)))
        .collect();
    let Evidence {
        mut model,
        ways,
        violations,
        ..
    } = evidence;
    let failures = shows::shown(assistant, &mut model, &ways, &sentences, violations);
    Proof { points, failures }
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
    let failures = violations.into_iter().filter_map(|violation| {
        let lines = match violation.shown {
            Shown::Lines(lines) => lines,
            Shown::Either(pair) => shows::either(assistant, &sentences, &pair),
            Shown::State(_) | Shown::Item(_) | Shown::Topic(_) | Shown::Wish(_) => return None,
        };
        Some(Failure {
            code: violation.code,
            message: violation.message,
            conversation: Conversation { lines },
        })
    });
    failures.collect()
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
