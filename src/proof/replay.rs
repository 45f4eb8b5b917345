//! Conversations that were begun under one version of a pack and go on under another.
//!
//! What is known of a case is a list of answers by their ids, and ids that the new version does not have are passed over. So
//! whatever was told under the old version is one of the cases that `parts` looks at when the new version is proved: there
//! is no case that only an old session can have. What is left to look at is the turn that meets the new version first, at
//! every place of the old dialogue.

use super::conversation::{Conversation, moment};
use super::model::Model;
use super::sentences::Sentences;
use super::{Code, Failure, Progress, goals, talks, ways};
use crate::dialogue::{
    Assistant, Command, Content, Input, Outcome, Prompt, Session, View, next, step,
};
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

/// Conversations that are open under one version of a pack: one at every place of its dialogue.
#[derive(Debug)]
pub struct OpenConversations {
    pack: u64,
    talks: Vec<(Session, Conversation)>,
}

impl OpenConversations {
    /// Leads a conversation to every place. Takes seconds; `progress` is told how far it has come.
    #[must_use]
    pub fn of(old: &Assistant, progress: &mut dyn FnMut(Progress)) -> Self {
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
        let talks = talks.into_iter().map(|talk| {
            let conversation = Conversation { lines: talk.lines };
            (talk.session, conversation)
        });
        Self {
            pack: old.knowledge.hash,
            talks: talks.collect(),
        }
    }

    /// Goes on with each of them under a new version.
    #[must_use]
    pub fn under(&self, new: &Assistant) -> Replay {
        let mut replay = Replay {
            sessions: self.talks.len(),
            same: 0,
            moved: 0,
            failures: Vec::new(),
        };
        for (session, conversation) in &self.talks {
            let prompt = next(&new.knowledge, &session.case);
            let is_moved = session.pending != prompt.key();
            if is_moved {
                replay.moved += 1;
            } else {
                replay.same += 1;
            }
            let must_say = is_moved && self.pack != new.knowledge.hash;
            for message in wrong(new, session, &prompt, must_say) {
                replay.failures.push(Failure {
                    code: Code::Replay,
                    message: message.to_owned(),
                    conversation: conversation.clone(),
                });
            }
        }
        replay
    }
}

/// What is wrong with the first turn of an old conversation under a new version.
fn wrong(new: &Assistant, before: &Session, prompt: &Prompt, must_say: bool) -> Vec<&'static str> {
    let does = |session: &Session, command| {
        let input = Input {
            at: moment(before.turn),
            language: None,
            content: Content::Command(command, String::new()),
            removable: false,
        };
        step(new, session.clone(), &input)
    };
    let mut wrong = Vec::new();
    let (session, turn) = does(before, Command::Status);
    if session.case != before.case {
        wrong.push("the new version forgets what was told");
    }
    let view = View::of(&new.knowledge, &session.case);
    if turn.pending != prompt.key() || (*prompt == Prompt::Menu && view.goal.is_some()) {
        wrong.push("the new version has lost the thread");
    }
    let language = new.knowledge.spoken(session.language);
    let said = new.knowledge.phrase(language, Phrase::PackChanged);
    let is_told = turn.replies.iter().any(|reply| reply.text.contains(said));
    if must_say && !is_told {
        wrong.push("the new version asks something else without a word");
    }
    let (_, human) = does(&session, Command::Human);
    if human.outcome != Some(Outcome::HandedOver) {
        wrong.push("under the new version no human can be reached");
    }
    wrong
}
