//! What did the user do? From an input to an act, in the light of what is pending.

use super::Assistant;
use super::buttons::{self, Choice, Pressed};
use super::input::{Content, Input, Media};
use super::next::{Place, Prompt};
use super::session::{Entry, Origin, Outcome, RemedyResult, Session, StepResult};
use super::view::View;
use crate::knowledge::{Facts, Id, Item, Language};
use crate::text::{Masked, Private, clauses, normalise, ordinal, skeleton};
use crate::understanding::{Understood, Zone};
use chrono::TimeDelta;

/// A second tap on the same button within this time was not meant as one.
const TWICE_WITHIN: TimeDelta = TimeDelta::seconds(5);
use std::collections::BTreeSet;

mod answer;
mod command;
mod conversation;
mod heeded;
mod language;
mod matters;
mod private;
mod told;

pub(super) use {language::written_in, private::is_plain};

/// How much of a message is read, in characters. Nobody describes a problem at greater length; who pastes a page is told so.
const CHARACTERS_MAX: usize = 1000;

/// What the user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Told something about the case.
    Tell(Vec<Entry>),
    /// Quoted a message of the service, which tells something too.
    Quote(Id, Vec<Entry>),
    /// Asked for a topic.
    Topic(Id),
    /// May have meant one of these intents.
    Offer(Vec<Id>),
    /// Was not understood.
    Lost,
    /// Sent a command that there is not.
    UnknownCommand,
    /// Pressed a button of a question that has passed.
    Stale,
    /// Pressed the same button once more before its answer could be seen.
    Twice,
    /// Said nothing that changes anything: put the question again.
    Again,
    /// Asked for patience: everything stays as it is.
    Wait,
    /// Said no where that may mean either answer.
    Which,
    /// Cannot follow what is put.
    Stuck,
    /// Has done, or will do, what the remedy says: whether it helped is still to be asked.
    Done,
    Why,
    Back,
    Greet,
    Start,
    Help,
    Status,
    Thanks,
    Bye,
    ChooseLanguage,
    Language(Language),
    Forget,
    Media(Media),
}

/// The act, and what was noticed on the way.
#[derive(Debug)]
pub(super) struct Read {
    pub act: Act,
    pub understood: Option<Understood>,
    /// Topics that are told before anything else, each in a message of its own.
    pub heeded: Vec<Id>,
    /// The language that the message shows its writer to speak.
    pub language: Option<Language>,
    /// What the message held that is private and should not have been sent.
    pub private: BTreeSet<Private>,
    pub too_long: bool,
    /// What the user did, with everything private covered.
    pub journal: String,
}

impl Read {
    fn of(act: Act, journal: String) -> Self {
        Self {
            act,
            understood: None,
            heeded: Vec::new(),
            language: None,
            private: BTreeSet::new(),
            too_long: false,
            journal,
        }
    }
}

/// Reads an input, in the light of the case as it stands. `reading` is what its words mean out of context, if that is known already.
pub(super) fn read(
    assistant: &Assistant,
    session: &Session,
    (view, place): (&View, &Place<'_>),
    input: &Input,
    reading: Option<&Understood>,
) -> Read {
    let choices = buttons::choices(assistant, session, place);
    let reader = Reader {
        assistant,
        session,
        view,
        place,
        choices: &choices,
    };
    match &input.content {
        Content::Text(text) => reader.text(text, reading),
        Content::Press(id) => {
            // Only an id that stands on a button now is repeated anywhere: others may hold anything.
            let pressed = buttons::pressed(&choices, id);
            let journal = if pressed.is_some() {
                format!("press {id}")
            } else {
                "press of another card".to_owned()
            };
            let twice = || session.pressed.as_ref() == Some(id) && reader.is_soon(input);
            let act = match &pressed {
                Some(pressed) => reader.press(pressed),
                None if twice() => Act::Twice,
                None => Act::Stale,
            };
            Read::of(act, journal)
        }
        Content::Command(command, payload) => Read::of(
            reader.command(*command, payload),
            format!("/{}", command.name()),
        ),
        Content::Media(media) => Read::of(Act::Media(*media), media.name().to_owned()),
    }
}

struct Reader<'r> {
    assistant: &'r Assistant,
    session: &'r Session,
    view: &'r View,
    place: &'r Place<'r>,
    choices: &'r [Vec<Choice>],
}

impl Reader<'_> {
    /// Whether the last turn is so near that its answer can hardly have been seen.
    fn is_soon(&self, input: &Input) -> bool {
        let since = self.session.at.map(|at| input.at - at);
        since.is_some_and(|since| since <= TWICE_WITHIN)
    }

    fn text(&self, text: &str, reading: Option<&Understood>) -> Read {
        if command::is_command(text) {
            return Read::of(Act::UnknownCommand, "unknown command".to_owned());
        }
        let too_long = text.chars().count() > CHARACTERS_MAX;
        let Masked {
            text: masked,
            found,
            ..
        } = self.masked(&text.chars().take(CHARACTERS_MAX).collect::<String>());
        let open = private::uncovered(&masked);
        let reading = reading.filter(|_| open == text);
        let meant = self.meant(&open).map(|meant| (meant.to_owned(), None));
        let (open, reading) = meant.unwrap_or((open, reading));
        let mut normalised = normalise(&open);
        let sensitive = found.iter().filter(|kind| kind.is_sensitive());
        let private: BTreeSet<Private> = sensitive.copied().collect();
        let read = |act, understood: Option<Understood>| Read {
            act,
            language: self.language(&open, understood.as_ref()),
            understood,
            heeded: Vec::new(),
            private: private.clone(),
            too_long,
            journal: masked.clone(),
        };
        if !found.is_empty() && skeleton(&normalised).is_empty() {
            return read(Act::Again, None);
        }
        if let Some(pressed) = self.chosen(&normalised) {
            return read(self.press(&pressed), None);
        }
        let mut understood = match reading {
            Some(reading) => reading.clone(),
            None => self.understood(&open),
        };
        let mut plain = open.clone();
        if found.contains(&Private::Code) && private::is_about_the_code(&understood) {
            plain = private::beside(&masked, Private::Code);
            normalised = normalise(&plain);
            if skeleton(&normalised).is_empty() {
                return read(Act::Again, None);
            }
            understood = self.understood(&plain);
        }
        let clauses: Vec<String> = clauses(&plain)
            .into_iter()
            .map(|clause| skeleton(&normalise(&clause)))
            .filter(|clause| !clause.is_empty())
            .collect();
        let mut act = match self.refused(&normalised, &understood) {
            Some(topic) => Act::Topic(topic),
            None => self.words(&normalised, &clauses, &understood),
        };
        if !private.is_empty() && matches!(act, Act::Lost | Act::Offer(_)) {
            // "My number is …" with the number covered is no riddle: they were told what to leave out.
            act = Act::Again;
        }
        let (act, heeded) = self.heeded(act, &understood);
        Read {
            heeded,
            ..read(act, Some(understood))
        }
    }

    fn understood(&self, text: &str) -> Understood {
        let Assistant {
            knowledge,
            understanding,
            ..
        } = self.assistant;
        understanding.message(knowledge, text)
    }

    /// A button meant by its label or its number.
    fn chosen(&self, normalised: &str) -> Option<Pressed> {
        let typed = skeleton(normalised);
        let mut flat = self.choices.iter().flatten();
        let is_meant = |choice: &&Choice| {
            !typed.is_empty() && self.assistant.skeleton(&choice.button.label) == typed
        };
        let meant = flat
            .clone()
            .find(is_meant)
            .or_else(|| flat.nth(ordinal(normalised)? - 1));
        meant.map(|choice| choice.pressed.clone())
    }

    fn press(&self, pressed: &Pressed) -> Act {
        if let Some(entry) = pressed.entry(&self.place.prompt) {
            return Act::Tell(vec![entry]);
        }
        match pressed {
            Pressed::Item(item) => self.choose(item, Vec::new()),
            Pressed::Reading(intent) => match self.assistant.knowledge.by_intent.get(intent) {
                Some(item) => self.choose(item, Vec::new()),
                None => Act::Lost,
            },
            Pressed::NoReading => Act::Lost,
            Pressed::Language(language) => Act::Language(*language),
            Pressed::NotSolved => self.not_solved(),
            Pressed::Why => Act::Why,
            Pressed::Back => Act::Back,
            Pressed::Menu if self.view.goal.is_none() && self.view.end.is_none() => Act::Again,
            Pressed::Menu => Act::Tell(vec![Entry::Fresh]),
            // Their entries have been handled above; out of their question they mean nothing.
            Pressed::Human | Pressed::Answer(..) | Pressed::Step(_) | Pressed::Remedy(_) => {
                Act::Stale
            }
        }
    }

    /// Words that are no button: an answer in the user's own way, facts, a quoted message, an intent.
    fn words(&self, normalised: &str, clauses: &[String], understood: &Understood) -> Act {
        let facts = self.news(&understood.facts);
        if let Some(prompt) = &understood.prompt {
            return self.quote(prompt, &understood.facts);
        }
        if self.asks_for_patience(normalised, clauses, understood) {
            return Act::Wait;
        }
        if let Some(act) = self.to_what_was_offered(understood) {
            return act;
        }
        if let Some(act) = self.bare_no(normalised, understood) {
            return act;
        }
        if let Some(answer) = self.own_words(normalised, clauses, understood) {
            let rest = facts.into_iter().filter(|entry| !matches!((entry, &answer), (Entry::Fact { fact, .. }, Entry::Fact { fact: other, .. }) if fact == other));
            let told = std::iter::once(answer.clone()).chain(rest);
            return Act::Tell(told.chain(self.beside(understood)).collect());
        }
        if let Some(act) = self.several(understood, &facts) {
            return act;
        }
        if self.corrects(clauses, understood) {
            return if facts.is_empty() {
                Act::Again
            } else {
                Act::Tell(facts)
            };
        }
        let sure = understood.zone == Zone::Sure;
        let intent = understood.intent.as_deref().unwrap_or_default();
        let knowledge = &self.assistant.knowledge;
        let asked_for = knowledge.by_intent.get(intent);
        let item = asked_for.filter(|item| !knowledge.contradicts(item, &understood.facts));
        if sure
            && let Some(item) = item
            && !self.tells_of_ours(intent, clauses, understood)
            && !self.is_symptom(&facts, understood)
        {
            // "Somebody got into my WeChat" says nothing about the account that this is about.
            let elsewhere = knowledge.outside.contains(intent);
            return self.choose(item, if elsewhere { Vec::new() } else { facts });
        }
        // Somebody who begins with the facts of their case is about something: danger if they tell of it, else the likeliest
        // goal, for its questions come next and anything can be corrected.
        if !facts.is_empty()
            && self.view.goal.is_none()
            && let Some(item) = self
                .danger(understood)
                .or_else(|| item.filter(|item| understood.zone == Zone::Unsure && item.is_goal()))
        {
            return self.choose(item, facts);
        }
        if !facts.is_empty() {
            return Act::Tell(self.symptoms(facts));
        }
        if sure && asked_for.is_none() {
            return self.conversation(intent, normalised);
        }
        if !understood.facts.is_empty() {
            // They say again what is known: that is no riddle.
            return Act::Again;
        }
        match understood.zone {
            Zone::Unsure if intent == "help" && self.is_stuck(normalised) => Act::Stuck,
            Zone::Unsure => self.offer(understood),
            Zone::Sure | Zone::Lost => Act::Lost,
        }
    }

    /// A guide or problem to work on, or a topic to tell.
    fn choose(&self, item: &Item, facts: Vec<Entry>) -> Act {
        if let Item::Topic(topic) = item {
            // What was told on the way is kept: it may be the answer to what comes next. A refusal is said all the same.
            let refuses = self.refuses(topic);
            return if facts.is_empty() || self.view.goal.is_none() || refuses {
                Act::Topic(topic.clone())
            } else {
                Act::Tell(facts)
            };
        }
        let goal = std::iter::once(Entry::Goal(item.clone())).chain(self.told_by_choosing(item));
        if self.is_over() {
            return Act::Tell(
                std::iter::once(Entry::Fresh)
                    .chain(goal)
                    .chain(self.carried(item))
                    .chain(facts)
                    .collect(),
            );
        }
        if self.place.path.contains(item) {
            // They repeat what it is about; what they add counts.
            return if facts.is_empty() {
                Act::Again
            } else {
                Act::Tell(facts)
            };
        }
        // "It does not work" in the middle of a step is about that step.
        if let Prompt::Step { guide, step, .. } = &self.place.prompt
            && self.fails(guide, step).as_ref() == Some(item)
        {
            let failed = Entry::Step {
                guide: guide.clone(),
                step: step.clone(),
                result: StepResult::Failed,
            };
            return Act::Tell(std::iter::once(failed).chain(facts).collect());
        }
        Act::Tell(goal.chain(facts).collect())
    }

    /// What somebody says by choosing this.
    fn told_by_choosing(&self, item: &Item) -> Vec<Entry> {
        let guide = match item {
            Item::Guide(id) => self.assistant.knowledge.guides.get(id),
            Item::Problem(_) | Item::Topic(_) => None,
        };
        let tells = guide.into_iter().flat_map(|guide| &guide.tells);
        tells
            .map(|(fact, answer)| Entry::fact(fact, answer, Origin::Question))
            .collect()
    }

    fn fails(&self, guide: &Id, step: &Id) -> Option<Item> {
        self.assistant
            .knowledge
            .guides
            .get(guide)?
            .step(step)?
            .fails
            .clone()
            .map(Item::Problem)
    }

    fn is_over(&self) -> bool {
        self.place.prompt.outcome().is_some()
    }

    fn quote(&self, id: &Id, facts: &Facts) -> Act {
        let Some(prompt) = self.assistant.knowledge.prompts.get(id) else {
            return Act::Lost;
        };
        let all: Facts = facts
            .iter()
            .chain(&prompt.facts)
            .map(|(fact, answer)| (fact.clone(), answer.clone()))
            .collect();
        let mut entries: Vec<Entry> = self.news(&all);
        for entry in &mut entries {
            if let Entry::Fact { fact, origin, .. } = entry
                && prompt.facts.contains_key(fact)
            {
                *origin = Origin::Prompt;
            }
        }
        if self.view.goal.is_none() || self.is_over() {
            let goal = prompt.to.iter().map(|item| Entry::Goal(item.clone()));
            let to = prompt.to.as_ref().filter(|_| self.is_over());
            let carried = to.map(|to| self.carried(to)).unwrap_or_default();
            let fresh = to.map(|_| Entry::Fresh);
            let begun = fresh.into_iter().chain(goal).chain(carried);
            entries = begun.chain(entries).collect();
        }
        Act::Quote(id.clone(), entries)
    }

    /// What seemed solved is not: the remedy that seemed to help did not, or the guide's problem is opened.
    fn not_solved(&self) -> Act {
        let Prompt::Ended { of: Some(item), .. } = &self.place.prompt else {
            return Act::Again;
        };
        match item {
            Item::Problem(problem) => {
                let helped =
                    self.view.remedies.iter().find(|((of, _), result)| {
                        of == problem && **result == RemedyResult::Helped
                    });
                match helped {
                    Some(((_, remedy), _)) => Act::Tell(vec![Entry::Remedy {
                        problem: problem.clone(),
                        remedy: remedy.clone(),
                        result: RemedyResult::NotHelped,
                    }]),
                    None => Act::Tell(vec![Entry::Goal(item.clone())]),
                }
            }
            Item::Guide(guide) => match self
                .assistant
                .knowledge
                .guides
                .get(guide)
                .and_then(|guide| guide.fails.clone())
            {
                Some(problem) => Act::Tell(vec![Entry::Goal(Item::Problem(problem))]),
                None => Act::Tell(vec![Entry::End(Outcome::HandedOver)]),
            },
            Item::Topic(_) => Act::Again,
        }
    }

    /// The readings that can be offered: those that name something to choose and are not what is under way already.
    /// That it is none of our matters needs no button: "none of these" says so.
    fn offer(&self, understood: &Understood) -> Act {
        let knowledge = &self.assistant.knowledge;
        let can_be_offered = |intent: &&Id| {
            let item = knowledge.by_intent.get(*intent);
            !knowledge.outside.contains(*intent)
                && item.is_some_and(|item| !self.place.path.contains(item))
        };
        let readings = understood.intent.iter().chain(&understood.second);
        let offered: Vec<Id> = readings.filter(can_be_offered).cloned().collect();
        if offered.is_empty() || offered == self.session.repair.offered {
            Act::Lost
        } else {
            Act::Offer(offered)
        }
    }
}
