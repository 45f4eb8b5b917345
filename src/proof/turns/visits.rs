//! What is done at a place beside the acts that are the same everywhere: its buttons, its answers in words, corrections,
//! another version of the pack, and every state of repair.

use super::{Done, Situation, Walk};
use crate::dialogue::{
    Button, Case, Command, Content, Entry, Origin, Prompt, Repair, Session, Turn, View, standing,
};
use crate::knowledge::{Item, Language};
use crate::proof::acts::{self, Act, Expects};
use crate::proof::sentences::NONSENSE;
use crate::proof::{Code, Violation};
use crate::text::{mask, normalise, ordinal, skeleton};
use std::collections::BTreeSet;

impl Walk<'_> {
    /// Every button: pressed, typed by its label, typed by its number; then pressed again, and taken back.
    pub(super) fn buttons(&mut self, situation: &Situation) {
        let (session, lines) = (&situation.session, situation.lines.as_slice());
        let buttons = standing(self.assistant, session);
        for (button, number) in buttons.iter().zip(1..) {
            let press = Content::Press(button.id.clone());
            let done = self.turn(session, lines, "buttons", &press, None, false);
            self.grows(&done);
            let same_label = |other: &&Button| other.label == button.label;
            let is_single = buttons.iter().filter(same_label).count() == 1;
            for (kind, typed) in [
                ("labels", button.label.clone()),
                ("numbers", number.to_string()),
            ] {
                let content = Content::Text(typed);
                let typed = self.turn(session, lines, kind, &content, None, false);
                if is_single && !alike(&done, &typed) {
                    let message = misread(&typed.line, number, &buttons);
                    self.report(Code::Misread, &typed, message);
                }
            }
            if done.after.case.answers.len() > session.case.answers.len() {
                self.pressed(&done, &press);
            }
            self.moved(done);
        }
    }

    /// After an answer: the same press again does nothing, one step back undoes it, and what it told can be looked up.
    fn pressed(&mut self, done: &Done<'_>, press: &Content) {
        let lines: Vec<String> = done
            .lines
            .iter()
            .cloned()
            .chain(std::iter::once(done.line.clone()))
            .collect();
        let twice = self.turn(&done.after, &lines, "double taps", press, None, false);
        if twice.after.case != done.after.case {
            let message = format!("`{}` pressed twice counts twice", done.line);
            self.report(Code::Act, &twice, message);
        }
        self.turns.backs += 1;
        let back = Content::Command(Command::Back, String::new());
        let undone = self.turn(&done.after, &lines, "commands", &back, None, false);
        if undone.after.case != done.before.case {
            let message = format!("one step back does not undo `{}`", done.line);
            self.report(Code::Back, &undone, message);
        }
        for command in [Command::Status, Command::Human] {
            let content = Content::Command(command, String::new());
            self.turn(&done.after, &lines, "commands", &content, None, false);
        }
    }

    /// The words that an author lists for an answer mean that answer.
    pub(super) fn listed_words(&mut self, situation: &Situation, prompt: &Prompt) {
        let Prompt::Ask { fact, .. } = prompt else {
            return;
        };
        if !self.asked.insert(fact.clone()) {
            return;
        }
        let assistant = self.assistant;
        for (words, answer) in acts::listed_words(&assistant.knowledge, fact) {
            let content = Content::Text(words.to_owned());
            let done = self.turn(
                &situation.session,
                &situation.lines,
                "answers in words",
                &content,
                None,
                false,
            );
            let view = View::of(&assistant.knowledge, &done.after.case);
            if view.facts.get(fact).map(String::as_str) != Some(answer) {
                let buttons = standing(assistant, &situation.session);
                let taken = taken_for(words, &buttons).unwrap_or_else(|| {
                    let told = view.facts.get(fact);
                    let told = told.map(|told| format!("it is taken for `{fact} = {told}`"));
                    told.unwrap_or_else(|| "it is not taken for it".to_owned())
                });
                let message = format!("`{words}` is listed for `{fact} = {answer}`, but {taken}");
                self.report(Code::Misread, &done, message);
            }
        }
    }

    /// Nobody hears the same sentence twice because they were not understood twice.
    pub(super) fn lost_twice(&mut self, situation: &Situation, acts: &[Act]) {
        let Some(lost) = acts.iter().find(|act| act.kind == "lost sentences") else {
            return;
        };
        let mut session = situation.session.clone();
        let mut lines = situation.lines.clone();
        let mut said: Option<String> = None;
        for _ in 0..6 {
            let reading = lost.reading.as_ref();
            let done = self.turn(&session, &lines, lost.kind, &lost.content, reading, false);
            let text = done.turn.replies.last().map(|reply| reply.text.clone());
            if said.is_some() && said == text {
                self.report(
                    Code::Repeats,
                    &done,
                    "the same is said twice in a row".to_owned(),
                );
            }
            said = text;
            let after = done.after;
            session = after;
            lines.push(NONSENSE.to_owned());
        }
    }

    /// Telling a fact anew is as if it had been told so at first.
    pub(super) fn corrections(&mut self, situation: &Situation) {
        let knowledge = &self.assistant.knowledge;
        let case = &situation.session.case;
        let view = View::of(knowledge, case);
        for (fact, told) in &view.facts {
            let answers = knowledge.facts.get(fact).into_iter();
            for answer in answers.flat_map(|fact| &fact.answers) {
                if answer.id == *told {
                    continue;
                }
                self.turns.corrections += 1;
                let mut corrected = case.clone();
                corrected.tell(vec![Entry::fact(fact, &answer.id, Origin::Sentence)]);
                let replayed = replaced(case, fact, &answer.id);
                if View::of(knowledge, &corrected) != View::of(knowledge, &replayed) {
                    let message = format!("`{fact}` corrected is not `{fact}` told so at first");
                    let lines = situation.lines.clone();
                    self.violations
                        .push(Violation::said(Code::Correction, message, lines));
                }
            }
        }
    }

    /// In the pack's other languages: all that is put here and said beside it. What a sentence does is the same in each; which
    /// of them it is answered in where none was chosen is decided before anything is said, so it is one of these. Traditional
    /// Chinese that is derived stands, sentence by sentence, where simplified Chinese stands: there the buttons are enough,
    /// since what is typed is compared with them.
    pub(super) fn other_languages(&mut self, situation: &Situation, acts: &[Act]) {
        let languages = &self.assistant.knowledge.languages;
        for language in languages.iter().skip(1) {
            let mut situation = situation.clone();
            situation.session.choose(*language);
            let chosen = format!("/language {}", language.id());
            situation.lines.push(chosen);
            self.buttons(&situation);
            if *language == Language::ZhHant && languages.contains(&Language::ZhHans) {
                continue;
            }
            let shows = |act: &&Act| {
                act.reading.is_none()
                    || act.kind == "quoted messages"
                    || act.kind == "several matters"
                    || (act.kind == "intents" && act.expects == Expects::Digression)
            };
            for act in acts.iter().filter(shows) {
                self.act(&situation, act);
            }
        }
    }

    /// Under another version of the pack, the question is put anew and the case stays.
    pub(super) fn other_version(&mut self, situation: &Situation) {
        for pending in [
            situation.session.pending.clone(),
            Some("fact:gone".to_owned()),
        ] {
            let session = Session {
                pack: !situation.session.pack,
                pending,
                ..situation.session.clone()
            };
            let content = Content::Command(Command::Status, String::new());
            let done = self.turn(
                &session,
                &situation.lines,
                "new versions",
                &content,
                None,
                false,
            );
            self.expect(&done, &Expects::Digression);
        }
    }

    /// Every state of repair at this place: what is left open beside the question.
    pub(super) fn repairs(&mut self, situation: &Situation, acts: &[Act]) {
        let mut known: Vec<Repair> = vec![situation.session.repair.clone()];
        let (mut shapes, mut combined) = (BTreeSet::new(), BTreeSet::new());
        let mut waiting = vec![situation.clone()];
        while let Some(here) = waiting.pop() {
            let here_is_new = here.session.repair != situation.session.repair;
            if here_is_new {
                self.turns.repairs += 1;
                self.buttons(&here);
                // Which reading is offered and which topic was told only names the buttons' goals.
                if !shapes.insert(shape(&here.session.repair)) {
                    continue;
                }
            }
            for act in acts.iter().filter(|act| act.repairs || !here_is_new) {
                let reading = act.reading.as_ref();
                let done = self.turn(
                    &here.session,
                    &here.lines,
                    act.kind,
                    &act.content,
                    reading,
                    act.later,
                );
                if here_is_new {
                    self.expect(&done, &act.expects);
                }
                // Being lost and being offered something meet once; either is walked with all that it can be alone.
                let repair = &done.after.repair;
                let only_lost = Repair {
                    lost: repair.lost,
                    ..Repair::default()
                };
                let is_new = done.after.case == here.session.case && !known.contains(repair);
                let alone = repair.lost == 0 || *repair == only_lost;
                if is_new && (alone || combined.insert(shape(repair))) {
                    known.push(done.after.repair.clone());
                    let lines = here.lines.iter().cloned().chain([done.line.clone()]);
                    waiting.push(Situation {
                        lines: lines.collect(),
                        session: done.after,
                    });
                }
            }
        }
    }
}

/// Why a button's label or number, typed, is something else than the button pressed.
fn misread(typed: &str, number: usize, buttons: &[Button]) -> String {
    let button = number.checked_sub(1).and_then(|place| buttons.get(place));
    let label = button.map_or("", |button| &button.label);
    if typed != label {
        return format!(
            "`{typed}` is the label of one button, and the number of another, `{label}`"
        );
    }
    if mask(label).found.is_empty() {
        return format!("`{label}` typed is not the button `{label}` pressed");
    }
    format!(
        "`{label}` cannot be typed: it looks like private data, which is covered before it is read"
    )
}

/// The button that is meant by these words, as the end of a sentence.
fn taken_for(words: &str, buttons: &[Button]) -> Option<String> {
    let normalised = normalise(words);
    let typed = skeleton(&normalised);
    let is_meant = |button: &&Button| skeleton(&normalise(&button.label)) == typed;
    let labelled = buttons.iter().find(is_meant);
    if let Some(button) = labelled {
        return Some(format!("it is also the button `{}`", button.label));
    }
    let place = ordinal(&normalised)?.checked_sub(1)?;
    let button = buttons.get(place)?;
    Some(format!(
        "it is also the number of the button `{}`",
        button.label
    ))
}

/// The kind of what is pending: all that a state of repair can see of it.
pub(super) fn kind(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Menu => "menu".to_owned(),
        Prompt::Ask { .. } => "ask".to_owned(),
        Prompt::Step { .. } => "step".to_owned(),
        Prompt::Remedy { .. } => "remedy".to_owned(),
        Prompt::Ended {
            outcome,
            of,
            chosen,
        } => {
            let of = match of {
                Some(Item::Guide(_)) => "guide",
                Some(Item::Problem(_)) => "problem",
                Some(Item::Topic(_)) | None => "nothing",
            };
            format!("{outcome:?} {of} {chosen}")
        }
    }
}

/// All that matters of a state of repair, but for whose names stand on its buttons.
fn shape(repair: &Repair) -> (u8, usize, bool, bool, bool, bool) {
    (
        repair.lost,
        repair.offered.len(),
        repair.topic.is_some(),
        repair.choosing_language,
        repair.asked_if_helped,
        repair.asked_which,
    )
}

/// Whether two ways to say the same came to the same.
fn alike(first: &Done<'_>, second: &Done<'_>) -> bool {
    let texts = |turn: &Turn| -> Vec<String> {
        turn.replies
            .iter()
            .map(|reply| reply.text.clone())
            .collect()
    };
    first.after.case == second.after.case
        && first.after.repair == second.after.repair
        && texts(&first.turn) == texts(&second.turn)
}

/// A case in which a fact was told otherwise from the first.
fn replaced(case: &Case, fact: &str, answer: &str) -> Case {
    let mut case = case.clone();
    for entry in case
        .answers
        .iter_mut()
        .flat_map(|answer| &mut answer.entries)
    {
        if let Entry::Fact {
            fact: of,
            answer: told,
            ..
        } = entry
            && of == fact
        {
            answer.clone_into(told);
        }
    }
    case
}
