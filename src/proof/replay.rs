//! Conversations that were begun under one version of a pack and go on under another.
//!
//! What is known of a case is a list of answers by their ids, and ids that the new version does not have are passed over. So
//! whatever was told under the old version is one of the cases that `parts` looks at when the new version is proved: there
//! is no case that only an old session can have. What is left to look at is the turn that meets the new version first, at
//! every place of the old dialogue.

use super::acts::Sentences;
use super::conversation::{Conversation, moment};
use super::model::Model;
use super::{Code, Failure, Progress, goals, talks, ways};
use crate::dialogue::{Assistant, Command, Content, Input, Outcome, Prompt, View, next, step};
use crate::knowledge::Phrase;

/// What became of the old conversations.
#[derive(Debug)]
pub struct Replay {
    /// Conversations, one at every place of the old dialogue.
    pub sessions: usize,
    /// How many of them are asked the same as before.
    pub same: usize,
    /// How many are asked something else, and told so.
    pub moved: usize,
    pub failures: Vec<Failure>,
}

/// Leads a conversation to every place under the old version, and goes on under the new one.
#[must_use]
pub fn replay(old: &Assistant, new: &Assistant, progress: &mut dyn FnMut(Progress)) -> Replay {
    let mut model = Model::new(&old.knowledge);
    let goals: Vec<usize> = goals(old)
        .iter()
        .filter_map(|item| model.item(item))
        .collect();
    let sentences = Sentences::of(old);
    // What is wrong with the old version itself is no matter any more.
    let mut past = Vec::new();
    let ways = ways::walk(&mut model, &goals, progress, &mut past);
    let talks = talks(old, &mut model, &ways, &sentences, &mut past);
    let mut replay = Replay {
        sessions: talks.len(),
        same: 0,
        moved: 0,
        failures: Vec::new(),
    };
    for talk in talks {
        let asked = talk.session.pending.clone();
        let mut fail = |message: &str| {
            replay.failures.push(Failure {
                code: Code::Replay,
                message: message.to_owned(),
                conversation: Conversation {
                    lines: talk.lines.clone(),
                },
            });
        };
        let does = |session, command| {
            let input = Input {
                at: moment(talk.session.turn),
                language: None,
                content: Content::Command(command, String::new()),
            };
            step(new, session, &input)
        };
        let (session, turn) = does(talk.session.clone(), Command::Status);
        if session.case != talk.session.case {
            fail("the new version forgets what was told");
        }
        let prompt = next(&new.knowledge, &session.case);
        let view = View::of(&new.knowledge, &session.case);
        let lost = prompt == Prompt::Menu && view.goal.is_some();
        if turn.pending != prompt.key() || lost {
            fail("the new version has lost the thread");
        }
        let language = new.knowledge.spoken(session.language);
        let said = new.knowledge.phrase(language, Phrase::PackChanged);
        let is_told = turn.replies.iter().any(|reply| reply.text.contains(said));
        let is_moved = asked != prompt.key();
        if is_moved && !is_told && old.knowledge.hash != new.knowledge.hash {
            fail("the new version asks something else without a word");
        }
        let (_, human) = does(session, Command::Human);
        if human.outcome != Some(Outcome::HandedOver) {
            fail("under the new version no human can be reached");
        }
        if is_moved {
            replay.moved += 1;
        } else {
            replay.same += 1;
        }
    }
    replay
}
