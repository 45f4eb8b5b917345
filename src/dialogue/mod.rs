//! The conversation: `step(assistant, session, input) -> (session, turn)`, a pure state machine.
//!
//! A turn goes `read` (what did the user do?) → `apply` (what do we know now?) → [`next`] (what follows from it?) →
//! `say` (in words). Only `apply` changes the case, and only by adding or taking away answers; the rest are functions.
//!
//! | the user | becomes | changes the case |
//! |---|---|---|
//! | answers, by button, number, label or words | `Tell` | adds an answer |
//! | says something else that is known of the case, or corrects it | `Tell` | adds an answer; the newest wins |
//! | quotes a message of the service | `Quote` | adds what it tells |
//! | asks something else, or why, or cannot follow | `Topic`, `Why`, `Stuck` | no |
//! | asks for patience | `Wait` | no |
//! | goes back | `Back` | takes the newest answer away |
//! | starts over, cancels, wants a human | `Tell` | adds an answer |
//! | is not understood | `Offer`, `Lost` | no |

#![warn(clippy::wildcard_enum_match_arm)]

mod apply;
mod buttons;
mod input;
mod next;
mod public;
mod read;
mod say;
mod session;
mod view;

pub use input::{Button, Command, Content, Input, Media, Placement, Reply, Turn, Wish};
pub(crate) use next::{Found, find};
pub use next::{Place, Prompt, next, place};
pub use public::public;
pub(crate) use say::RULED_OUT_MAX;
pub use session::{
    Answer, Case, Entry, Origin, Outcome, RemedyResult, Repair, Session, StepResult,
};
pub use view::{StepState, View};

use crate::knowledge::{Id, Knowledge, Language, Phrase};
use crate::text::{normalise, skeleton};
use crate::understanding::{Understanding, Understood};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// A pack and what was learned from it: all that a turn needs beside the session.
#[derive(Debug)]
pub struct Assistant {
    pub knowledge: Knowledge,
    pub understanding: Understanding,
    /// The pack's labels, as they are compared with what is typed.
    skeletons: HashMap<String, String>,
    /// The same, as they are typed.
    labels: BTreeSet<String>,
    /// Whole replies that ask for patience, and pieces of questions about the assistant itself, likewise.
    waits: BTreeSet<String>,
    about_us: BTreeSet<String>,
}

impl Assistant {
    /// A pack with what [`Understanding::learn`] has of it.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Self {
        let understanding = Understanding::learn(&knowledge);
        Self::with(knowledge, understanding)
    }

    /// A pack with what was learned from it.
    #[must_use]
    pub fn with(mut knowledge: Knowledge, understanding: Understanding) -> Self {
        // It has taught what it could, and is more than a megabyte.
        knowledge.stated = String::new();
        let labels = knowledge.labels().into_iter();
        let skeletons: HashMap<String, String> = labels
            .map(|label| (label.to_owned(), skeleton(&normalise(label))))
            .collect();
        let listed = |list: &str| {
            let words = knowledge.words.get(list).into_iter().flatten().flatten();
            words.map(|word| skeleton(&normalise(word))).collect()
        };
        Self {
            waits: listed("wait"),
            about_us: listed("menu"),
            labels: skeletons.values().cloned().collect(),
            skeletons,
            knowledge,
            understanding,
        }
    }

    /// What a message means, for [`step_read`], which may come later and elsewhere.
    #[must_use]
    pub fn read(&self, words: &str) -> Reading {
        let understood = read::is_plain(self, words);
        Reading {
            pack: self.knowledge.hash,
            understood: understood.then(|| self.understanding.message(&self.knowledge, words)),
        }
    }

    /// A label as it is compared with what is typed.
    pub(crate) fn skeleton(&self, label: &str) -> Cow<'_, str> {
        match self.skeletons.get(label) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(skeleton(&normalise(label))),
        }
    }

    /// What a command does, for the menu of commands.
    #[must_use]
    pub fn command_description(&self, command: Command, language: Language) -> &str {
        let phrase = match command {
            Command::Start => Phrase::CommandStart,
            Command::Help => Phrase::CommandHelp,
            Command::Status => Phrase::CommandStatus,
            Command::Back => Phrase::CommandBack,
            Command::Restart => Phrase::CommandRestart,
            Command::Cancel => Phrase::CommandCancel,
            Command::Human => Phrase::CommandHuman,
            Command::Language => Phrase::CommandLanguage,
            Command::Privacy => Phrase::CommandPrivacy,
            Command::Forget => Phrase::CommandForget,
        };
        self.knowledge.phrase(language, phrase)
    }

    /// What is said to whoever sends more than can be answered. The session is left as it was.
    #[must_use]
    pub fn slow_down(&self, session: &Session) -> Reply {
        let language = self.knowledge.spoken(session.language);
        let text = self.knowledge.phrase(language, Phrase::TooFast).to_owned();
        Reply::new(text, Placement::Below)
    }

    /// What is said when something failed inside. The session is left as it was.
    #[must_use]
    pub fn apology(&self, session: &Session) -> Reply {
        let language = self.knowledge.spoken(session.language);
        let text = self.knowledge.phrase(language, Phrase::Apology).to_owned();
        Reply::new(text, Placement::Below)
    }
}

/// The buttons that stand below the last message of a session, in their order.
pub(crate) fn standing(assistant: &Assistant, session: &Session) -> Vec<Button> {
    let view = View::of(&assistant.knowledge, &session.case);
    let place = place(&assistant.knowledge, &view);
    let rows = buttons::choices(assistant, session, &place);
    let choices = rows.into_iter().flatten();
    choices.map(|choice| choice.button).collect()
}

/// One turn: what the user did, and what follows from it. Same inputs, same outputs, for ever.
#[must_use]
pub fn step(assistant: &Assistant, session: Session, input: &Input) -> (Session, Turn) {
    step_as(assistant, session, input, None)
}

/// What the words of a message mean out of context, found before its turn.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Hash of the pack that it was read with.
    pack: u64,
    /// Nothing where the meaning does not depend on the words alone, or is never asked for.
    understood: Option<Understood>,
}

/// The same turn, sooner: what its message means may have been found already. A reading of another pack is not taken.
#[must_use]
pub fn step_read(
    assistant: &Assistant,
    session: Session,
    input: &Input,
    reading: Option<&Reading>,
) -> (Session, Turn) {
    let reading = reading.filter(|reading| reading.pack == assistant.knowledge.hash);
    let understood = reading.and_then(|reading| reading.understood.as_ref());
    step_as(assistant, session, input, understood)
}

/// The same with a sentence whose reading is known already. What is read of a sentence depends on its words alone, so
/// whoever puts one sentence before many sessions need not have it read each time, and it can be read before its turn. Of
/// a sentence that is not read as it was written the reading says nothing.
#[must_use]
pub(crate) fn step_as(
    assistant: &Assistant,
    session: Session,
    input: &Input,
    reading: Option<&Understood>,
) -> (Session, Turn) {
    let mut session = session;
    match input.language {
        Some(Wish::Chosen(language)) => session.choose(language),
        Some(Wish::Program(language)) if session.language.is_none() => {
            session.language = Some(language);
        }
        Some(Wish::Program(_)) | None => {}
    }
    let view = View::of(&assistant.knowledge, &session.case);
    let place = place(&assistant.knowledge, &view);
    let read = read::read(assistant, &session, (&view, &place), input, reading);
    if read.act == read::Act::Twice {
        let journal = read.journal;
        return (
            session,
            Turn {
                journal,
                ..Turn::silent()
            },
        );
    }
    session.pressed = match &input.content {
        Content::Press(id) if read.act != read::Act::Stale => Some(id.clone()),
        Content::Press(_) | Content::Text(_) | Content::Command(..) | Content::Media(_) => None,
    };
    // What was read stood in the language of the buttons before it; what is said now is in the user's.
    session.language = read.language.or(session.language);
    let before = Before {
        turn: session.turn,
        pack: session.pack,
        at: session.at,
        pending: session.pending.clone(),
        place: &place,
    };
    let said = apply::apply(&mut session, (&view, &place), &read.act);
    session.repair.warned.clone_from(&read.heeded);
    if is_restart(input, &read.act) {
        session.reminded_by = None;
    }
    session.reminded_by = reminder(assistant, &read).or(session.reminded_by);
    session.turn += 1;
    session.at = Some(input.at);
    session.pack = assistant.knowledge.hash;
    let turn = say::say(assistant, &before, &mut session, input, read, &said);
    (session, turn)
}

/// Whether the user asks to begin anew, and so of whoever was taken for a child or a helper by mistake. The way to the menu
/// leaves everybody who they are.
fn is_restart(input: &Input, act: &read::Act) -> bool {
    let by_button = matches!(input.content, Content::Press(_));
    !by_button && *act == read::Act::Tell(vec![session::Entry::Fresh])
}

/// The topic that is told in this turn and leaves a reminder.
fn reminder(assistant: &Assistant, read: &read::Read) -> Option<Id> {
    let mut told = read.heeded.iter().chain(read.act.topic());
    let leaves = |id: &&Id| {
        let topic = assistant.knowledge.topics.get(*id);
        topic.is_some_and(|topic| topic.reminder.is_some())
    };
    told.find(leaves).cloned()
}

/// What is still wanted, while a turn is put into words, of how things stood before it.
struct Before<'b> {
    turn: u64,
    pack: u64,
    at: Option<DateTime<Utc>>,
    pending: Option<String>,
    place: &'b Place<'b>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static ASSISTANT: LazyLock<Assistant> = LazyLock::new(|| {
        let knowledge = crate::knowledge::load(&crate::shipped::files());
        Assistant::new(knowledge.unwrap_or_else(|_| unreachable!("the shipped pack is right")))
    });

    fn check_same(words: &str, reading: &Reading) {
        let input = Input {
            at: DateTime::UNIX_EPOCH,
            language: None,
            content: Content::Text(words.to_owned()),
            removable: true,
        };
        assert_eq!(
            step_read(&ASSISTANT, Session::default(), &input, Some(reading)),
            step(&ASSISTANT, Session::default(), &input),
            "{words}"
        );
    }

    #[test]
    fn what_was_read_before_makes_the_same_turn() {
        for words in [
            "手机号停机了，收不到验证码，怎么解绑",
            "我的号是13800138000，怎么解绑",
            "/fly",
            "1",
            "登录不上",
        ] {
            check_same(words, &ASSISTANT.read(words));
        }
    }

    #[test]
    fn what_another_pack_made_of_it_is_not_taken() {
        let reading = Reading {
            pack: ASSISTANT.knowledge.hash.wrapping_add(1),
            understood: ASSISTANT.read("登录不上").understood,
        };
        check_same("怎么解绑", &reading);
    }
}
