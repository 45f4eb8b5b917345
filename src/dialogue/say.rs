//! In words: the turn as the user sees it. Every sentence comes from the pack; none repeats what the user wrote.

use super::apply::Applied;
use super::buttons;
use super::input::{Content, Input, Placement, Reply, Turn};
use super::next::{Place, Prompt, applicable, place};
use super::read::{Act, Read};
use super::session::{Entry, Outcome, Session};
use super::view::View;
use super::{Assistant, Before, Button};
use crate::knowledge::{Facts, Id, Item, Language, Phrase, Text};
use chrono::TimeDelta;

mod aside;
mod card;
mod fold;
mod heeded;
mod kept;
mod media;
mod private;
mod status;
mod why;

pub(crate) use card::RULED_OUT_MAX;

/// After so long a pause the user is reminded what it was about.
const RESUME_AFTER: TimeDelta = TimeDelta::hours(4);

/// Puts a turn into words. `before` is how things stood before the act, `session` the session after it.
pub(super) fn say(
    assistant: &Assistant,
    before: &Before<'_>,
    session: &mut Session,
    input: &Input,
    read: Read,
    applied: &Applied,
) -> Turn {
    let view = View::of(&assistant.knowledge, &session.case);
    let place_now = place(&assistant.knowledge, &view);
    let mut speaker = Speaker {
        assistant,
        language: assistant.knowledge.spoken(session.language),
        view: &view,
        place: &place_now,
        before: before.place,
        reminder: heeded::reminder(assistant, session),
        parts: Vec::new(),
        card: None,
        shows: Vec::new(),
    };
    speaker.warn_of(&read.private);
    if input.removable && !read.private.is_empty() {
        speaker.phrase(Phrase::PrivateRemoved);
    }
    if read.too_long {
        speaker.phrase(Phrase::TooLong);
    }
    speaker.welcome_back(before, input);
    speaker.turn_away(&read);
    speaker.act(session, &read.act, applied);
    let outcome = speaker.outcome(&read.act);
    let warnings = speaker.warnings(&read.heeded);
    let (parts, card, shows) = (speaker.parts, speaker.card, speaker.shows);
    let rows = buttons::choices(assistant, session, &place_now);
    let buttons: Vec<Vec<Button>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(|choice| choice.button).collect())
        .collect();
    let pressed = matches!(input.content, Content::Press(_)) && read.act != Act::Stale;
    let placement = if pressed {
        Placement::Replace
    } else {
        Placement::Below
    };
    session.pending = place_now.prompt.key();
    let mut replies = above(assistant, session, warnings, card, placement);
    replies.push(Reply {
        copy: None,
        text: parts.join("\n\n"),
        buttons,
        placement: if replies.is_empty() {
            placement
        } else {
            Placement::Below
        },
    });
    Turn {
        replies,
        pending: session.pending.clone(),
        shows,
        understood: read.understood,
        outcome,
        journal: read.journal,
        forget: read.act == Act::Forget,
        private: !read.private.is_empty(),
    }
}

/// A warning comes first, and a card is copied, so they are messages of their own; the buttons stand below what comes
/// last.
fn above(
    assistant: &Assistant,
    session: &Session,
    warnings: Vec<String>,
    card: Option<String>,
    placement: Placement,
) -> Vec<Reply> {
    let knowledge = &assistant.knowledge;
    let copy = knowledge.phrase(knowledge.spoken(session.language), Phrase::ButtonCopy);
    let cards = card.into_iter().map(|text| Reply {
        copy: Some(copy.to_owned()),
        ..Reply::new(text, placement)
    });
    let warnings = warnings.into_iter();
    warnings
        .map(|text| Reply::new(text, placement))
        .chain(cards)
        .collect()
}

struct Speaker<'s> {
    assistant: &'s Assistant,
    language: Language,
    view: &'s View,
    place: &'s Place<'s>,
    before: &'s Place<'s>,
    reminder: Option<&'s Text>,
    parts: Vec<String>,
    /// What is there to be copied.
    card: Option<String>,
    shows: Vec<String>,
}

impl Speaker<'_> {
    fn words(&self, phrase: Phrase) -> &str {
        self.assistant.knowledge.phrase(self.language, phrase)
    }

    fn filled(&self, phrase: Phrase, values: &[(&str, &str)]) -> String {
        let template = self.words(phrase).to_owned();
        values.iter().fold(template, |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    fn phrase(&mut self, phrase: Phrase) {
        self.parts.push(self.words(phrase).to_owned());
    }

    fn phrase_with(&mut self, phrase: Phrase, values: &[(&str, &str)]) {
        self.parts.push(self.filled(phrase, values));
    }

    fn show(&mut self, item: String) {
        if !self.shows.contains(&item) {
            self.shows.push(item);
        }
    }

    fn title(&self, item: &Item) -> &str {
        self.assistant
            .knowledge
            .title(item)
            .map_or("", |title| title.get(self.language))
    }

    fn topic(&mut self, id: &str) {
        if let Some(topic) = self.assistant.knowledge.topics.get(id) {
            self.parts
                .push(self.marked(topic.text.get(self.language), topic.as_shown));
            self.show(format!("topic:{id}"));
        }
    }

    /// A text, with the note that the page itself decides where the item asks for it.
    fn marked(&self, text: &str, as_shown: bool) -> String {
        if as_shown {
            format!("{text}\n{}", self.words(Phrase::AsShown))
        } else {
            text.to_owned()
        }
    }

    /// After a long pause, or under a new version of the pack, one line says where we are.
    fn welcome_back(&mut self, before: &Before<'_>, input: &Input) {
        let paused = before.at.is_some_and(|at| input.at - at >= RESUME_AFTER);
        if is_open(&self.before.prompt)
            && paused
            && let Some(item) = self.before.path.first()
        {
            let title = self.title(item).to_owned();
            self.phrase_with(Phrase::Resume, &[("title", &title)]);
        }
        let replayed = before.turn > 0 && before.pack != self.assistant.knowledge.hash;
        if replayed && before.pending != self.before.prompt.key() {
            self.phrase(Phrase::PackChanged);
        }
    }

    fn act(&mut self, session: &Session, act: &Act, applied: &Applied) {
        match act {
            Act::Tell(entries) => self.tell(entries, applied),
            Act::Quote(prompt, _) => {
                self.quoted(prompt);
                self.heard(applied);
                self.moved();
            }
            Act::Topic(topic) => {
                self.topic(topic);
                self.fold(topic);
                self.put_again();
            }
            Act::Offer(_) => self.phrase(Phrase::Offer),
            Act::Lost => self.lost(session.repair.lost),
            Act::Stale => {
                self.phrase(Phrase::Stale);
                self.put();
            }
            Act::Again => self.put(),
            Act::UnknownCommand => {
                self.phrase(Phrase::UnknownCommand);
                self.put_again();
            }
            Act::Twice => {}
            Act::Wait => self.phrase(Phrase::Wait),
            Act::Which => self.ask_which(),
            Act::Stuck => self.explain(),
            Act::Done => self.ask_if_helped(),
            Act::Why => {
                self.why();
                self.put_again();
            }
            Act::Back => {
                self.phrase(if applied.went_back {
                    Phrase::BackDone
                } else {
                    Phrase::BackNothing
                });
                self.put();
            }
            Act::Greet if self.is_open() => {
                // Whoever says hello in the middle of something is told where we are, once.
                if self.parts.is_empty() {
                    self.under_way();
                }
                self.put();
            }
            Act::Greet | Act::Start | Act::Help => {
                self.phrase(Phrase::Greeting);
                self.put();
            }
            Act::Status => self.status(),
            Act::Thanks => {
                self.phrase(Phrase::Thanks);
                self.put_again();
            }
            Act::Bye => {
                self.phrase(Phrase::Bye);
                if self.is_open() {
                    self.put();
                }
            }
            Act::ChooseLanguage => self.phrase(Phrase::LanguageChoice),
            Act::Language(_) => {
                self.phrase(Phrase::LanguageChosen);
                self.put();
            }
            Act::Forget => self.phrase(Phrase::Forgotten),
            Act::Media(media) => self.media(*media),
        }
    }

    fn tell(&mut self, entries: &[Entry], applied: &Applied) {
        self.heard(applied);
        self.noted(&applied.kept);
        match entries {
            [Entry::Dropped(_)] => return self.dropped(),
            [Entry::Fresh] => self.phrase(Phrase::Restarted),
            [Entry::End(Outcome::Cancelled)] => self.phrase(Phrase::Cancelled),
            _ => {}
        }
        self.moved();
    }

    /// The end that this turn reached, or its refusal.
    fn outcome(&self, act: &Act) -> Option<Outcome> {
        if let Act::Topic(topic) = act {
            let topic = self.assistant.knowledge.topics.get(topic)?;
            return topic.refuses.then_some(Outcome::Refused);
        }
        let (Act::Tell(entries) | Act::Quote(_, entries)) = act else {
            return None;
        };
        let ended_again = entries.iter().any(|entry| matches!(entry, Entry::End(_)));
        let reached =
            |outcome: &Outcome| ended_again || self.before.prompt.outcome() != Some(*outcome);
        self.place.prompt.outcome().filter(reached)
    }

    fn heard(&mut self, applied: &Applied) {
        for (phrase, facts) in [
            (Phrase::Heard, &applied.heard),
            (Phrase::Changed, &applied.changed),
        ] {
            let told = self.told(facts);
            if !told.is_empty() {
                self.phrase_with(phrase, &[("facts", &told)]);
            }
        }
    }

    /// Facts as one clause after another.
    fn told(&self, facts: &Facts) -> String {
        let clauses = facts
            .iter()
            .filter_map(|(fact, answer)| self.assistant.knowledge.answer(fact, answer));
        clauses
            .map(|answer| answer.told.get(self.language))
            .collect::<Vec<_>>()
            .join(self.words(Phrase::ListSeparator))
    }

    fn quoted(&mut self, id: &Id) {
        if let Some(prompt) = self.assistant.knowledge.prompts.get(id) {
            self.parts
                .push(prompt.meaning.get(self.language).to_owned());
            self.parts
                .push(self.marked(prompt.advice.get(self.language), prompt.as_shown));
            self.show(format!("prompt:{id}"));
        }
    }

    /// What is pending after the case changed: with what is said where the way leads elsewhere.
    fn moved(&mut self) {
        let entered: Vec<&Item> = self
            .place
            .path
            .iter()
            .filter(|item| !self.before.path.contains(item))
            .collect();
        for (item, text) in &self.place.said {
            if entered.contains(&item) {
                self.parts.push(text.get(self.language).to_owned());
            }
        }
        if let Some(item) = entered.last() {
            let intro = match item {
                Item::Guide(id) => self
                    .assistant
                    .knowledge
                    .guides
                    .get(id)
                    .and_then(|guide| guide.intro.as_ref()),
                Item::Problem(id) => self
                    .assistant
                    .knowledge
                    .problems
                    .get(id)
                    .and_then(|problem| problem.intro.as_ref()),
                Item::Topic(_) => None,
            };
            if let Some(intro) = intro {
                self.parts.push(intro.get(self.language).to_owned());
            }
            self.show(item.to_string());
        }
        self.put();
    }

    /// The pending question after something else was answered. Where nothing is pending, the buttons say enough, but for
    /// what is kept.
    fn put_again(&mut self) {
        if self.is_open() {
            self.put();
        } else {
            self.offer_kept();
        }
    }

    fn put(&mut self) {
        match &self.place.prompt {
            Prompt::Menu => self.phrase(Phrase::Menu),
            Prompt::Ask { fact, .. } => {
                if let Some(known) = self.assistant.knowledge.facts.get(fact) {
                    self.parts
                        .push(known.question.get(self.language).to_owned());
                    self.show(format!("fact:{fact}"));
                }
            }
            Prompt::Step { guide, step, again } => self.step(guide, step, *again),
            Prompt::Remedy { problem, remedy } => self.remedy(problem, remedy),
            Prompt::Ended {
                outcome,
                of,
                chosen,
            } => self.end(*outcome, of.as_ref(), *chosen),
        }
    }

    fn step(&mut self, guide_id: &Id, step_id: &Id, again: bool) {
        let Some(guide) = self.assistant.knowledge.guides.get(guide_id) else {
            return;
        };
        let Some(step) = guide.step(step_id) else {
            return;
        };
        if again {
            self.phrase(Phrase::StepAgain);
        }
        self.remind();
        let steps = applicable(guide, &self.view.facts);
        let number = steps
            .iter()
            .position(|known| known.id == *step_id)
            .map_or(0, |place| place + 1);
        let heading = self.filled(
            Phrase::Step,
            &[
                ("number", &number.to_string()),
                ("total", &steps.len().to_string()),
            ],
        );
        self.parts.push(format!(
            "{heading}\n{}",
            self.marked(step.text.get(self.language), step.as_shown)
        ));
        self.phrase_with(Phrase::See, &[("see", step.see.get(self.language))]);
        self.show(format!("guide:{guide_id}/{step_id}"));
    }

    fn remedy(&mut self, problem: &Id, remedy: &Id) {
        let Some(known) = self
            .assistant
            .knowledge
            .problems
            .get(problem)
            .and_then(|problem| problem.remedy(remedy))
        else {
            return;
        };
        if self.view.tried(problem).is_empty() {
            let cause = self.cause(problem, Some(known));
            self.phrase_with(Phrase::Likely, &[("cause", &cause)]);
        } else {
            self.phrase(Phrase::NextRemedy);
        }
        self.remind();
        self.parts
            .push(self.marked(known.text.get(self.language), known.as_shown));
        self.phrase_with(Phrase::See, &[("see", known.see.get(self.language))]);
        if known.wait_hours.is_some() {
            self.phrase(Phrase::ComeBack);
        }
        self.show(format!("problem:{problem}/{remedy}"));
    }

    fn end(&mut self, outcome: Outcome, of: Option<&Item>, chosen: bool) {
        match (outcome, of) {
            (Outcome::Solved, Some(Item::Guide(guide))) if !chosen => {
                if let Some(known) = self.assistant.knowledge.guides.get(guide) {
                    self.parts.push(known.done.get(self.language).to_owned());
                    self.show(format!("guide:{guide}"));
                }
            }
            (Outcome::Solved, _) => self.phrase(Phrase::Solved),
            (Outcome::HandedOver, of) => self.hand_over(of, chosen),
            (Outcome::Refused, Some(Item::Topic(topic))) => self.topic(topic),
            (Outcome::Cancelled | Outcome::Refused, _) => self.phrase(Phrase::More),
        }
        self.offer_kept();
    }

    /// Not understood: one rung higher each time, and never the same words twice in a row.
    fn lost(&mut self, rung: u8) {
        self.phrase(match rung {
            0 | 1 => Phrase::LostHint,
            2 => Phrase::LostMenu,
            3 => Phrase::LostHuman,
            _ => Phrase::LostStill,
        });
        self.put_again();
    }

    fn is_open(&self) -> bool {
        is_open(&self.place.prompt)
    }
}

/// Whether something is pending that the user was asked to do.
fn is_open(prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Ask { .. } | Prompt::Step { .. } | Prompt::Remedy { .. } => true,
        Prompt::Menu | Prompt::Ended { .. } => false,
    }
}
