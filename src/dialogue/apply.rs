//! What do we know now? The one place where a session's case changes.

use super::next::Place;
use super::read::Act;
use super::session::{Entry, Repair, Session};
use super::view::View;
use crate::knowledge::{Facts, Id, Item};

/// Rungs of the help ladder before it alternates.
const RUNGS: u8 = 4;

/// What an act did, as far as it has to be said.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Facts that were not known before, taken from a sentence or a quoted message.
    pub heard: Facts,
    /// Facts that were known otherwise before.
    pub changed: Facts,
    /// What is kept for later and was not before.
    pub kept: Vec<Item>,
    /// Whether there was a step back to take.
    pub went_back: bool,
}

/// Does what an act does. `view` and `place` are of the case before it.
pub(super) fn apply(
    session: &mut Session,
    (view, place): (&View, &Place<'_>),
    act: &Act,
) -> Applied {
    let mut applied = Applied::default();
    let repair = std::mem::take(&mut session.repair);
    match act {
        Act::Tell(entries) | Act::Quote(_, entries) => {
            tell(session, (view, place), entries, &mut applied);
        }
        Act::Back => {
            applied.went_back = session.case.back();
        }
        Act::Topic(topic) => session.repair.topic = Some(topic.clone()),
        Act::Offer(intents) => {
            session.repair = Repair {
                lost: repair.lost,
                offered: intents.clone(),
                ..Repair::default()
            }
        }
        Act::Lost => session.repair.lost = climb(repair.lost),
        // Whoever comes back finds everything as it was, and what was offered still on its buttons.
        Act::Wait | Act::Twice => session.repair = repair,
        Act::Which => session.repair.asked_which = true,
        Act::Done => session.repair.asked_if_helped = true,
        Act::ChooseLanguage => session.repair.choosing_language = true,
        Act::Language(language) => session.choose(*language),
        Act::Forget => {
            *session = Session {
                language: session.language,
                language_chosen: session.language_chosen,
                ..Session::default()
            }
        }
        // Nothing was understood and nothing was misunderstood: the ladder stays where it is. What was offered is
        // gone, for the pending question is put again.
        Act::Stale | Act::UnknownCommand | Act::Media(_) => session.repair.lost = repair.lost,
        Act::Again
        | Act::Why
        | Act::Stuck
        | Act::Greet
        | Act::Start
        | Act::Help
        | Act::Status
        | Act::Thanks
        | Act::Bye => {}
    }
    applied
}

/// The next rung; the two highest take turns, so that no sentence comes twice in a row.
fn climb(rung: u8) -> u8 {
    if rung >= RUNGS { RUNGS - 1 } else { rung + 1 }
}

fn tell(
    session: &mut Session,
    (before, place): (&View, &Place<'_>),
    entries: &[Entry],
    applied: &mut Applied,
) {
    let started_over = entries.contains(&Entry::Fresh);
    // Starting over twice, or ending what has ended, tells nothing new.
    let nothing_new = match entries {
        [Entry::Fresh] => *before == View::default(),
        [Entry::End(outcome)] => place.prompt.outcome() == Some(*outcome),
        _ => false,
    };
    if !nothing_new {
        session.case.tell(entries.to_vec());
    }
    let nothing = Facts::new();
    // What was told with a matter that is taken up now is known already.
    let taken_up = entries
        .iter()
        .any(|entry| matches!(entry, Entry::Goal(item) if before.later.contains(item)));
    for entry in entries {
        if let Entry::Later(item) = entry
            && !before.later.contains(item)
        {
            applied.kept.push(item.clone());
        }
    }
    let known = if started_over && !taken_up {
        &nothing
    } else {
        &before.facts
    };
    for (fact, answer) in entries.iter().filter_map(told) {
        let old = known.get(fact);
        if old.is_some_and(|old| old != answer) {
            applied.changed.insert(fact.clone(), answer.clone());
        } else if old.is_none() {
            applied.heard.insert(fact.clone(), answer.clone());
        }
    }
}

/// A fact that was told by the way, not in answer to its question.
fn told(entry: &Entry) -> Option<(&Id, &Id)> {
    if let Entry::Fact {
        fact,
        answer,
        origin,
    } = entry
        && *origin != super::Origin::Question
    {
        return Some((fact, answer));
    }
    None
}
