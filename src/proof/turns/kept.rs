//! Every end with something kept for later: named, offered first, and taken up or refused once.
//!
//! What is kept changes only what is said and offered at an end, and of several only the first is looked at: the others are
//! carried along. How it is read goes by the kind of the end, so every act is tried once for each kind and each matter;
//! which buttons stand goes by the end itself, so each end is shown with each matter, in every language.

use super::visits::kind;
use super::{Situation, Walk};
use crate::dialogue::{Case, Command, Content, Entry, Place, Prompt, Session, View, place};
use crate::knowledge::{Item, Knowledge};
use crate::proof::Code;
use crate::proof::acts::{Act, beside};

impl Walk<'_> {
    /// An end with each matter that can be kept there.
    pub(super) fn ends_with_more(&mut self, situation: &Situation, prompt: &Prompt, acts: &[Act]) {
        if prompt.outcome().is_none() {
            return;
        }
        let assistant = self.assistant;
        let knowledge = &assistant.knowledge;
        for intent in beside(knowledge).into_keys() {
            let Some(item) = knowledge.by_intent.get(intent) else {
                continue;
            };
            let situation = with(situation, item, acts);
            let (_, place) = stands(knowledge, &situation.session);
            // Here it comes up anyway, or the user has dropped all.
            if place.kept.first() != Some(item) {
                continue;
            }
            self.turns.kept += 1;
            for language in &knowledge.languages {
                let mut session = situation.session.clone();
                session.choose(*language);
                let status = Content::Command(Command::Status, String::new());
                self.turn(
                    &session,
                    &situation.lines,
                    "ends with more",
                    &status,
                    None,
                    false,
                );
            }
            if self.kept.insert((kind(prompt), item.clone())) {
                self.buttons(&situation);
                for act in acts.iter().filter(|act| !act.anywhere && !act.at_questions) {
                    self.act(&situation, act);
                    self.once(&situation, item, act);
                }
            }
        }
    }

    /// What is kept is taken up by whoever agrees, dropped by whoever does not, and stays through all else that does not
    /// begin anew.
    fn once(&mut self, situation: &Situation, item: &Item, act: &Act) {
        let intent = act
            .reading
            .as_ref()
            .and_then(|reading| reading.intent.clone());
        let intent = intent.as_deref().filter(|_| act.kind == "intents");
        let (session, lines) = (&situation.session, situation.lines.as_slice());
        let reading = act.reading.as_ref();
        let done = self.turn(session, lines, act.kind, &act.content, reading, act.later);
        let (view, place) = stands(&self.assistant.knowledge, &done.after);
        let is_kept = view.later.contains(item);
        let wrong = match intent {
            Some("yes" | "next") => is_kept || view.goal.as_ref() != Some(item),
            Some("no") => is_kept,
            _ => {
                let stays = done.after.case.answers.len() > session.case.answers.len();
                let ends = place.prompt.outcome().is_some() && view.later.is_empty();
                let anew = view == View::default();
                let up = view.goal.as_ref() == Some(item) || place.path.contains(item);
                stays && !is_kept && !ends && !anew && !up
            }
        };
        if wrong {
            let message = format!(
                "`{}` at an end leaves `{item}` as it should not be",
                done.line
            );
            self.report(Code::Act, &done, message);
        }
    }
}

fn stands<'k>(knowledge: &'k Knowledge, session: &Session) -> (View, Place<'k>) {
    let view = View::of(knowledge, &session.case);
    let place = place(knowledge, &view);
    (view, place)
}

/// The same end, had this been named before.
fn with(situation: &Situation, item: &Item, acts: &[Act]) -> Situation {
    let mut situation = situation.clone();
    let Case { answers } = &mut situation.session.case;
    if let Some(newest) = answers.last_mut() {
        let fresh = newest.entries.contains(&Entry::Fresh);
        let at = if fresh { newest.entries.len() } else { 0 };
        newest.entries.insert(at, Entry::Later(item.clone()));
    }
    let names = |act: &&Act| act.expects == crate::proof::acts::Expects::Kept(item.clone());
    if let Some(Content::Text(words)) = acts.iter().find(names).map(|act| &act.content) {
        situation.lines.insert(0, words.clone());
    }
    situation
}
