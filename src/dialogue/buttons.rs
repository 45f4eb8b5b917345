//! Buttons: what can be pressed where we stand, and what a press means.
//!
//! A button's id is `STAMP.ACT`. The stamp names the question: a hash over the case and what is pending, so that a
//! press on a card of the past is recognised, and one on a second copy of the present card is not refused.
//! Which buttons there are is a function of the session, so a typed number or label can mean a button too.

use super::Assistant;
use super::input::Button;
use super::next::{Place, Prompt};
use super::session::{Entry, Origin, Outcome, RemedyResult, Session, StepResult};
use crate::knowledge::{Id, Item, Language, Phrase, UNSURE};
use crate::text::hash;

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pressed {
    Item(Item),
    Answer(Id, Id),
    Step(StepResult),
    Remedy(RemedyResult),
    Reading(Id),
    NoReading,
    Language(Language),
    NotSolved,
    Why,
    Back,
    Menu,
    Human,
}

impl Pressed {
    fn id(&self) -> String {
        match self {
            Self::Item(item) => item.to_string(),
            Self::Answer(fact, answer) => format!("{fact}={answer}"),
            Self::Step(StepResult::Done) => "done".to_owned(),
            Self::Step(StepResult::Skipped) => "skipped".to_owned(),
            Self::Step(StepResult::Failed) => "failed".to_owned(),
            Self::Remedy(RemedyResult::Helped) => "helped".to_owned(),
            Self::Remedy(RemedyResult::NotHelped) => "not_helped".to_owned(),
            Self::Remedy(RemedyResult::Impossible) => "impossible".to_owned(),
            Self::Reading(intent) => format!("?{intent}"),
            Self::NoReading => "?".to_owned(),
            Self::Language(language) => format!("language={}", language.id()),
            Self::NotSolved => "not_solved".to_owned(),
            Self::Why => "why".to_owned(),
            Self::Back => "back".to_owned(),
            Self::Menu => "menu".to_owned(),
            Self::Human => "human".to_owned(),
        }
    }

    /// What it adds to the case, where it adds something and nothing else has to be decided.
    pub fn entry(&self, prompt: &Prompt) -> Option<Entry> {
        match (self, prompt) {
            (Self::Answer(fact, answer), _) => Some(Entry::fact(fact, answer, Origin::Question)),
            (Self::Step(result), Prompt::Step { guide, step, .. }) => Some(Entry::Step {
                guide: guide.clone(),
                step: step.clone(),
                result: *result,
            }),
            (Self::Remedy(result), Prompt::Remedy { problem, remedy }) => Some(Entry::Remedy {
                problem: problem.clone(),
                remedy: remedy.clone(),
                result: *result,
            }),
            (Self::Human, _) => Some(Entry::End(Outcome::HandedOver)),
            _ => None,
        }
    }
}

/// One button with what it does.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub pressed: Pressed,
    pub button: Button,
}

/// The buttons that stand below the last message, in rows.
pub(super) fn choices(
    assistant: &Assistant,
    session: &Session,
    place: &Place<'_>,
) -> Vec<Vec<Choice>> {
    let prompt = &place.prompt;
    let knowledge = &assistant.knowledge;
    let language = knowledge.spoken(session.language);
    let maker = Maker {
        assistant,
        language,
        stamp: stamp(session, prompt),
    };
    if !session.repair.offered.is_empty() {
        let mut rows: Vec<Vec<Choice>> = session
            .repair
            .offered
            .iter()
            .filter_map(|intent| {
                Some(vec![maker.titled(
                    Pressed::Reading(intent.clone()),
                    knowledge.by_intent.get(intent)?,
                )?])
            })
            .collect();
        rows.push(vec![
            maker.phrase(Pressed::NoReading, Phrase::ButtonNone),
            maker.phrase(Pressed::Human, Phrase::ButtonHuman),
        ]);
        return rows;
    }
    if session.repair.choosing_language {
        let languages = knowledge.languages.iter();
        return languages
            .map(|of| {
                vec![maker.labelled(
                    Pressed::Language(*of),
                    knowledge.phrase(*of, Phrase::LanguageName),
                )]
            })
            .collect();
    }
    let mut rows = match prompt {
        Prompt::Menu => maker.menu(session),
        Prompt::Ask { fact, .. } => maker.ask(fact),
        Prompt::Step { guide, step, .. } => maker.step(guide, step),
        Prompt::Remedy { .. } => maker.remedy(),
        Prompt::Ended { outcome, of, .. } => {
            maker.ended(session, *outcome, of.as_ref(), place.kept.first())
        }
    };
    let mut last = Vec::new();
    // Whoever is not understood twice gets a way out to the menu.
    if session.repair.lost >= 2 && !matches!(prompt, Prompt::Menu | Prompt::Ended { .. }) {
        last.push(maker.phrase(Pressed::Menu, Phrase::ButtonMenu));
    }
    if !session.case.answers.is_empty() {
        last.push(maker.phrase(Pressed::Back, Phrase::ButtonBack));
    }
    if prompt.outcome() != Some(Outcome::HandedOver) {
        last.push(maker.phrase(Pressed::Human, Phrase::ButtonHuman));
    }
    rows.push(last);
    rows.retain(|row| !row.is_empty());
    rows
}

/// What a press of this id means here; none if it belongs to another question, or to no button at all.
pub(super) fn pressed(choices: &[Vec<Choice>], id: &str) -> Option<Pressed> {
    choices
        .iter()
        .flatten()
        .find(|choice| choice.button.id == id)
        .map(|choice| choice.pressed.clone())
}

/// Names the question: the same case with the same thing pending has the same stamp, whenever and wherever.
fn stamp(session: &Session, prompt: &Prompt) -> String {
    let case = serde_json::to_string(&session.case).unwrap_or_default();
    let name = format!("{case}{}", prompt.key().unwrap_or_default());
    format!("{:07x}", hash(name.as_bytes()) & 0x0fff_ffff)
}

struct Maker<'a> {
    assistant: &'a Assistant,
    language: Language,
    stamp: String,
}

impl Maker<'_> {
    fn labelled(&self, pressed: Pressed, label: &str) -> Choice {
        let button = Button {
            id: format!("{}.{}", self.stamp, pressed.id()),
            label: label.to_owned(),
        };
        Choice { pressed, button }
    }

    fn phrase(&self, pressed: Pressed, phrase: Phrase) -> Choice {
        self.labelled(
            pressed,
            self.assistant.knowledge.phrase(self.language, phrase),
        )
    }

    fn titled(&self, pressed: Pressed, item: &Item) -> Option<Choice> {
        Some(self.labelled(
            pressed,
            self.assistant.knowledge.title(item)?.get(self.language),
        ))
    }

    fn items<'i>(&self, items: impl IntoIterator<Item = &'i Item>) -> Vec<Vec<Choice>> {
        items
            .into_iter()
            .filter_map(|item| Some(vec![self.titled(Pressed::Item(item.clone()), item)?]))
            .collect()
    }

    /// The menu; below the answer to a question, what belongs to the answer comes first.
    fn menu(&self, session: &Session) -> Vec<Vec<Choice>> {
        let knowledge = &self.assistant.knowledge;
        match &session.repair.topic {
            Some(topic) => {
                let mut rows = self.items(knowledge.related(&Item::Topic(topic.clone())));
                rows.push(vec![self.phrase(Pressed::Menu, Phrase::ButtonMenu)]);
                rows
            }
            None => self.items(&knowledge.menu),
        }
    }

    fn ask(&self, fact: &Id) -> Vec<Vec<Choice>> {
        let Some(known) = self.assistant.knowledge.facts.get(fact) else {
            return Vec::new();
        };
        let answers: Vec<Choice> = known
            .answers
            .iter()
            .map(|answer| {
                self.labelled(
                    Pressed::Answer(fact.clone(), answer.id.clone()),
                    answer.label.get(self.language),
                )
            })
            .collect();
        // Two short answers stand side by side on a phone; longer ones would be cut.
        let side_by_side = answers.len() == 2
            && answers
                .iter()
                .all(|choice| choice.button.label.chars().count() <= 8);
        let mut rows: Vec<Vec<Choice>> = if side_by_side {
            vec![answers]
        } else {
            answers.into_iter().map(|choice| vec![choice]).collect()
        };
        let mut below = Vec::new();
        if known.unsure {
            below.push(self.phrase(
                Pressed::Answer(fact.clone(), UNSURE.to_owned()),
                Phrase::ButtonUnsure,
            ));
        }
        below.push(self.phrase(Pressed::Why, Phrase::ButtonWhy));
        rows.push(below);
        rows
    }

    fn step(&self, guide: &Id, step: &Id) -> Vec<Vec<Choice>> {
        let optional = self
            .assistant
            .knowledge
            .guides
            .get(guide)
            .and_then(|guide| guide.step(step))
            .is_some_and(|step| step.optional);
        let mut rows = vec![vec![
            self.phrase(Pressed::Step(StepResult::Done), Phrase::ButtonDone),
            self.phrase(Pressed::Step(StepResult::Failed), Phrase::ButtonFailed),
        ]];
        let mut below = Vec::new();
        if optional {
            below.push(self.phrase(Pressed::Step(StepResult::Skipped), Phrase::ButtonSkip));
        }
        below.push(self.phrase(Pressed::Why, Phrase::ButtonWhy));
        rows.push(below);
        rows
    }

    fn remedy(&self) -> Vec<Vec<Choice>> {
        vec![
            vec![
                self.phrase(Pressed::Remedy(RemedyResult::Helped), Phrase::ButtonHelped),
                self.phrase(
                    Pressed::Remedy(RemedyResult::NotHelped),
                    Phrase::ButtonNotHelped,
                ),
            ],
            vec![
                self.phrase(
                    Pressed::Remedy(RemedyResult::Impossible),
                    Phrase::ButtonImpossible,
                ),
                self.phrase(Pressed::Why, Phrase::ButtonWhy),
            ],
        ]
    }

    /// What is kept for later comes first.
    fn ended(
        &self,
        session: &Session,
        outcome: Outcome,
        of: Option<&Item>,
        kept: Option<&Item>,
    ) -> Vec<Vec<Choice>> {
        let knowledge = &self.assistant.knowledge;
        let related = match &session.repair.topic {
            Some(topic) => knowledge.related(&Item::Topic(topic.clone())),
            None => of.map(|item| knowledge.related(item)).unwrap_or_default(),
        };
        let related = related.iter().filter(|item| Some(*item) != kept);
        let mut rows = self.items(kept.into_iter().chain(related));
        if outcome == Outcome::Solved {
            rows.push(vec![
                self.phrase(Pressed::NotSolved, Phrase::ButtonNotSolved),
            ]);
        }
        rows.push(vec![self.phrase(Pressed::Menu, Phrase::ButtonMenu)]);
        rows
    }
}
