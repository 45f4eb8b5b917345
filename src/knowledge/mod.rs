//! What the assistant knows: the files of a pack, made into a [`Knowledge`] that is valid by construction, or into every
//! diagnostic there is.
//!
//! [`load`] goes `raw` (form) → `checks` (meaning, one rule per function) → `build`. A `Knowledge` that exists is
//! right: every id in it resolves, every text exists in every language of the pack. So nothing downstream
//! validates, and lookups that cannot fail are given a neutral answer instead of an error path.

#![warn(clippy::wildcard_enum_match_arm)]

mod build;
mod checks;
mod condition;
mod diagnostic;
mod draft;
mod flow;
mod heed;
mod language;
mod lines;
mod lists;
mod numbers;
mod pattern;
mod phrase;
mod raw;
mod references;
mod schema;
mod shape;
mod texts;
mod way;

pub use checks::CHECKS;
pub use condition::Condition;
pub use diagnostic::{Diagnostic, Mistake, render};
pub use flow::{FLOW_FILE, flow, review};
pub use heed::{Heed, Topic};
pub use language::Language;
pub use lists::WORD_LISTS;
pub use numbers::{Numbered, Numbers};
pub use pattern::{Likely, Pattern, Patterns};
pub use phrase::Phrase;
pub use raw::Trust;
pub use schema::schemas;

use crate::text::{normalise, skeleton};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// Name of an item of the pack: lower-case letters, digits and `_`.
pub type Id = String;

/// The files of a pack: path inside the pack (with `/`) → content.
pub type Files = BTreeMap<String, String>;

/// The answer "not sure", which every fact has unless it says otherwise.
pub const UNSURE: &str = "unsure";

/// Intents that the engine itself knows: what people say to steer a conversation, whatever it is about.
pub const CONVERSATION_INTENTS: [&str; 15] = [
    "greet",
    "thanks",
    "bye",
    "help",
    "yes",
    "no",
    "unsure",
    "next",
    "back",
    "restart",
    "cancel",
    "why",
    "human",
    "solved",
    "not_solved",
];

/// A whole pack.
#[derive(Debug)]
pub struct Knowledge {
    pub id: Id,
    /// Hash over all files: the version of the pack.
    pub hash: u64,
    /// Languages that every text exists in, the default first. Never empty.
    pub languages: Vec<Language>,
    pub menu: Vec<Item>,
    /// Topic that says where a human can be reached.
    pub contact: Id,
    /// Topic told when somebody sends private data.
    pub private_data: Id,
    /// Topic that answers `/privacy`.
    pub privacy: Id,
    /// Intents that are none of this assistant's matters.
    pub outside: BTreeSet<Id>,
    pub safety: Option<Safety>,
    pub facts: BTreeMap<Id, Fact>,
    pub guides: BTreeMap<Id, Guide>,
    pub problems: BTreeMap<Id, Problem>,
    pub prompts: BTreeMap<Id, ServicePrompt>,
    pub topics: BTreeMap<Id, Topic>,
    /// What the pack rests on, by tag.
    pub sources: BTreeMap<Id, Source>,
    /// How many statements of the sources are accounted for.
    pub statements: usize,
    /// Example sentences per intent, as the author wrote them.
    pub intents: BTreeMap<Id, Vec<String>>,
    /// Labelled sentences, a line each: `fact=answer,…` or `-`, a tab, and a sentence that states these facts and no others.
    pub stated: String,
    /// Word lists by name (see [`WORD_LISTS`]): of each thing all its names, the one to call it by first.
    pub words: BTreeMap<Id, Vec<Vec<String>>>,
    /// The item that an intent asks for.
    pub by_intent: BTreeMap<Id, Item>,
    phrases: BTreeMap<Language, BTreeMap<Phrase, String>>,
    /// All patterns, and which of them a text may match.
    pub patterns: Patterns,
}

/// Something that a user can choose: a guide, a problem or a topic. Written `guide:unbind`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Item {
    Guide(Id),
    Problem(Id),
    Topic(Id),
}

/// What comes first where protection is at stake.
#[derive(Debug)]
pub struct Safety {
    /// Holds before anything that loosens protection.
    pub loosening: Condition,
    /// Means danger: then everything else waits.
    pub danger: Condition,
    /// The guide or problem that danger leads to.
    pub first: Item,
}

/// Something that the pack rests on.
#[derive(Debug)]
pub struct Source {
    pub title: String,
    /// When it was published or seen, in words.
    pub date: String,
    pub trust: Trust,
}

/// A text in every language of the pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(BTreeMap<Language, String>);

/// Facts with their answers.
pub type Facts = BTreeMap<Id, Id>;

/// Something that can be known of a user's case.
#[derive(Debug)]
pub struct Fact {
    pub question: Text,
    pub why: Text,
    pub unsure: bool,
    pub answers: Vec<FactAnswer>,
}

/// One answer to a fact's question.
#[derive(Debug)]
pub struct FactAnswer {
    pub id: Id,
    pub label: Text,
    pub told: Text,
    /// Whole replies that mean it, as skeletons (see [`crate::text::skeleton`]).
    pub words: BTreeSet<String>,
    pub patterns: Vec<Pattern>,
    pub unless: Vec<Pattern>,
}

/// A procedure.
#[derive(Debug)]
pub struct Guide {
    pub title: Text,
    /// Answers that choosing it gives.
    pub tells: Facts,
    pub intro: Option<Text>,
    pub ask: Vec<Ask>,
    pub route: Vec<Route>,
    pub declines: Vec<Decline>,
    pub steps: Vec<Step>,
    pub done: Text,
    pub related: Vec<Item>,
    pub fails: Option<Id>,
}

/// A question of a guide or a problem, and when it is asked.
#[derive(Debug)]
pub struct Ask {
    pub fact: Id,
    pub when: Condition,
}

/// Where answers lead elsewhere: always a guide or a problem.
#[derive(Debug)]
pub struct Route {
    pub when: Condition,
    pub to: Item,
    pub say: Option<Text>,
}

/// When a guide is refused, and the topic that says so.
#[derive(Debug)]
pub struct Decline {
    pub when: Condition,
    pub topic: Item,
}

/// One step of a guide.
#[derive(Debug)]
pub struct Step {
    pub id: Id,
    pub text: Text,
    pub see: Text,
    pub why: Option<Text>,
    pub when: Condition,
    pub requires: Condition,
    pub irreversible: bool,
    pub loosens: bool,
    pub optional: bool,
    /// The problem to look into when it fails.
    pub fails: Option<Id>,
    pub as_shown: bool,
}

/// Something that does not work.
#[derive(Debug)]
pub struct Problem {
    pub title: Text,
    pub intro: Option<Text>,
    pub ask: Vec<Ask>,
    pub route: Vec<Route>,
    pub observe: Vec<Observe>,
    pub causes: Vec<Cause>,
    /// P(answer | cause) per fact and answer, `unsure` included, for each cause in order. Facts not listed say nothing.
    pub evidence: BTreeMap<Id, BTreeMap<Id, Vec<f64>>>,
    pub remedies: Vec<Remedy>,
    pub handover: Text,
    /// What handing over costs the user, in minutes.
    pub handover_minutes: f64,
    pub related: Vec<Item>,
    /// The same in numbers, with the policy for it.
    pub numbers: Numbers,
}

/// A question that tells causes apart, and what it costs in minutes.
#[derive(Debug)]
pub struct Observe {
    pub fact: Id,
    pub minutes: f64,
}

/// One possible cause.
#[derive(Debug)]
pub struct Cause {
    pub id: Id,
    pub title: Text,
    /// Probability before anything is known; the priors of a problem sum to 1.
    pub prior: f64,
    /// Why the author thinks so; never shown to users.
    pub reason: String,
}

/// Something that can be done about a problem.
#[derive(Debug)]
pub struct Remedy {
    pub id: Id,
    pub title: Text,
    pub text: Text,
    pub see: Text,
    /// P(it helps | cause), for the causes that it helps at all.
    pub fixes: BTreeMap<Id, f64>,
    /// The same for every cause, in their order.
    pub chances: Vec<f64>,
    pub minutes: f64,
    /// Why the author thinks so; never shown to users.
    pub reason: String,
    /// How long it takes before anything can be seen of it, in hours, if the user has to come back for that.
    pub wait_hours: Option<f64>,
    pub requires: Condition,
    pub irreversible: bool,
    pub loosens: bool,
    pub as_shown: bool,
}

/// A message that the service shows to its users.
#[derive(Debug)]
pub struct ServicePrompt {
    /// The message and telling pieces of it, as skeletons.
    pub shown: Vec<String>,
    /// Numbers by which it is known as well.
    pub codes: Vec<String>,
    pub meaning: Text,
    pub advice: Text,
    pub facts: Facts,
    /// The guide or problem that it leads to when nothing is under way.
    pub to: Option<Item>,
    pub as_shown: bool,
}

/// Reads a pack.
///
/// # Errors
/// Every mistake in the files, in their order, each with its place.
pub fn load(files: &Files) -> Result<Knowledge, Vec<Diagnostic>> {
    let (draft, mut diagnostics) = draft::read(files);
    for check in CHECKS {
        (check.run)(&draft, &mut diagnostics);
    }
    if diagnostics.is_empty() {
        return Ok(build::build(&draft, files));
    }
    diagnostics.sort();
    diagnostics.dedup();
    Err(diagnostics)
}

impl Knowledge {
    /// One of the assistant's own phrases.
    #[must_use]
    pub fn phrase(&self, language: Language, phrase: Phrase) -> &str {
        self.phrases
            .get(&self.spoken(Some(language)))
            .and_then(|phrases| phrases.get(&phrase))
            .map_or("", String::as_str)
    }

    /// The language to speak with somebody who wants this one: it, if the pack has it, or the other script, else the
    /// pack's first.
    #[must_use]
    pub fn spoken(&self, wanted: Option<Language>) -> Language {
        wanted
            .and_then(|wanted| self.understood_by(wanted))
            .or_else(|| self.languages.first().copied())
            .unwrap_or(Language::ZhHans)
    }

    /// A language of the pack that somebody understands who writes this one, if it has any.
    #[must_use]
    pub fn understood_by(&self, language: Language) -> Option<Language> {
        let mut languages = language.understood_by().iter().copied();
        languages.find(|language| self.languages.contains(language))
    }

    /// The answer of a fact; none for [`UNSURE`] and for ids of other versions.
    #[must_use]
    pub fn answer(&self, fact: &str, answer: &str) -> Option<&FactAnswer> {
        self.facts
            .get(fact)?
            .answers
            .iter()
            .find(|known| known.id == answer)
    }

    /// Whether this is a question of safety that is answered yes or no, and its author does not say that a bare no means no.
    /// Then it does not answer it: who reads "safe means: no strange logins" and says no may mean that there are none.
    #[must_use]
    pub fn is_ambiguous(&self, fact: &str) -> bool {
        let danger = self.safety.iter().flat_map(|safety| safety.danger.facts());
        let is_of_danger = danger.into_iter().any(|(known, _)| known == fact);
        let no = self.answer(fact, "no").filter(|_| is_of_danger);
        let bare = || self.intents.get("no").into_iter().flatten();
        no.is_some_and(|no| {
            let listed = |said: &String| no.words.contains(&skeleton(&normalise(said)));
            self.answer(fact, "yes").is_some() && bare().next().is_some() && !bare().any(listed)
        })
    }

    /// Whether this answer can be given to this fact.
    #[must_use]
    pub fn accepts(&self, fact: &str, answer: &str) -> bool {
        self.facts.get(fact).is_some_and(|known| {
            (answer == UNSURE && known.unsure) || self.answer(fact, answer).is_some()
        })
    }

    /// Every text that can stand on a button, in every language.
    #[must_use]
    pub fn labels(&self) -> BTreeSet<&str> {
        let answers = self.facts.values().flat_map(|fact| &fact.answers);
        let texts = answers
            .map(|answer| &answer.label)
            .chain(self.guides.values().map(|guide| &guide.title))
            .chain(self.problems.values().map(|problem| &problem.title))
            .chain(self.topics.values().map(|topic| &topic.title));
        let texts = texts.flat_map(|text| text.0.values());
        let phrases = self.phrases.values().flatten();
        let phrases = phrases.filter(|(phrase, _)| phrase.is_plain());
        texts
            .chain(phrases.map(|(_, text)| text))
            .map(String::as_str)
            .collect()
    }

    #[must_use]
    pub fn title(&self, item: &Item) -> Option<&Text> {
        match item {
            Item::Guide(id) => self.guides.get(id).map(|guide| &guide.title),
            Item::Problem(id) => self.problems.get(id).map(|problem| &problem.title),
            Item::Topic(id) => self.topics.get(id).map(|topic| &topic.title),
        }
    }

    #[must_use]
    pub fn related(&self, item: &Item) -> &[Item] {
        match item {
            Item::Guide(id) => self.guides.get(id).map(|guide| guide.related.as_slice()),
            Item::Problem(id) => self
                .problems
                .get(id)
                .map(|problem| problem.related.as_slice()),
            Item::Topic(id) => self.topics.get(id).map(|topic| topic.related.as_slice()),
        }
        .unwrap_or_default()
    }
}

impl Guide {
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

impl Problem {
    #[must_use]
    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.causes.iter().find(|cause| cause.id == id)
    }

    #[must_use]
    pub fn remedy(&self, id: &str) -> Option<&Remedy> {
        self.remedies.iter().find(|remedy| remedy.id == id)
    }
}

impl Item {
    /// Whether it is something to be worked through (a guide or a problem), not just told.
    #[must_use]
    pub fn is_goal(&self) -> bool {
        match self {
            Self::Guide(_) | Self::Problem(_) => true,
            Self::Topic(_) => false,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guide(id) => write!(formatter, "guide:{id}"),
            Self::Problem(id) => write!(formatter, "problem:{id}"),
            Self::Topic(id) => write!(formatter, "topic:{id}"),
        }
    }
}

impl FromStr for Item {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("guide", id)) => Ok(Self::Guide(id.to_owned())),
            Some(("problem", id)) => Ok(Self::Problem(id.to_owned())),
            Some(("topic", id)) => Ok(Self::Topic(id.to_owned())),
            _ => Err(format!("`{text}` names no guide, problem or topic")),
        }
    }
}

impl From<Item> for String {
    fn from(item: Item) -> Self {
        item.to_string()
    }
}

impl TryFrom<String> for Item {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Text {
    /// The text in this language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        self.0
            .get(&language)
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}
