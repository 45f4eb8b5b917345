//! What must not go by in a sentence, whatever it asks for: what is refused, and what comes before everything else.

use super::{Act, Reader};
use crate::dialogue::next::Prompt;
use crate::knowledge::{Id, Item};
use crate::text::{normalise, skeleton};
use crate::understanding::Understood;

/// More at once is no warning any more.
const TOLD_MAX: usize = 2;

impl Act {
    /// The topic that it asks for.
    pub(in crate::dialogue) fn topic(&self) -> Option<&Id> {
        if let Self::Topic(topic) = self {
            Some(topic)
        } else {
            None
        }
    }
}

impl Reader<'_> {
    /// What a few words mean to somebody who has just been told something: "done", after a warning, is no step that is done.
    pub(super) fn meant(&self, words: &str) -> Option<&str> {
        let told = &self.session.repair;
        let mut topics = told.topic.iter().chain(&told.warned).peekable();
        topics.peek()?;
        let said = skeleton(&normalise(words));
        let mut topics = topics.filter_map(|id| self.assistant.knowledge.topics.get(id));
        topics.find_map(|topic| topic.then.get(&said).map(String::as_str))
    }

    pub(super) fn refuses(&self, topic: &Id) -> bool {
        let topic = self.assistant.knowledge.topics.get(topic);
        topic.is_some_and(|topic| topic.refuses)
    }

    /// The refusal that a sentence gets, but for what is listed as an answer to the pending question: that says how it is.
    pub(super) fn refused(&self, normalised: &str, understood: &Understood) -> Option<Id> {
        let first = understood.heeded.first()?;
        (self.refuses(first) && !self.is_listed(normalised)).then(|| first.clone())
    }

    /// Whether these are whole words of an answer to the pending question.
    fn is_listed(&self, normalised: &str) -> bool {
        let Prompt::Ask { fact, .. } = &self.place.prompt else {
            return false;
        };
        let known = self.assistant.knowledge.facts.get(fact);
        let mut answers = known.into_iter().flat_map(|fact| &fact.answers);
        let said = skeleton(normalised);
        answers.any(|answer| answer.words.contains(&said))
    }

    /// What is told first, and the act after it. Whoever says it and nothing else that is understood is answered by it alone;
    /// so is who only seems to ask for what is refused, or asks what it leads to. Nor is told what leads from one told already.
    pub(super) fn heeded(&self, act: Act, understood: &Understood) -> (Act, Vec<Id>) {
        let knowledge = &self.assistant.knowledge;
        let leads_to = |from: &Id, to: &Id| {
            let related = knowledge.related(&Item::Topic(from.clone()));
            related.contains(&Item::Topic(to.clone()))
        };
        let mut told: Vec<Id> = Vec::new();
        let heeded = understood.heeded.iter();
        for topic in heeded.take_while(|topic| !self.refuses(topic)) {
            if told.len() < TOLD_MAX && !told.iter().any(|known| leads_to(known, topic)) {
                told.push(topic.clone());
            }
        }
        let is_outside = |topic: &Id| {
            let mut outside = knowledge.outside.iter();
            let item = Item::Topic(topic.clone());
            outside.any(|intent| knowledge.by_intent.get(intent) == Some(&item))
        };
        let is_told = |topic: &Id| {
            let mut told = told.iter();
            told.any(|known| known == topic || leads_to(known, topic))
        };
        let says_nothing_else = match &act {
            Act::Topic(topic) => self.refuses(topic) || is_outside(topic) || is_told(topic),
            Act::Offer(_) | Act::Lost | Act::Greet | Act::Help | Act::Thanks | Act::Bye => true,
            Act::Tell(_)
            | Act::Quote(..)
            | Act::Stale
            | Act::Twice
            | Act::UnknownCommand
            | Act::Again
            | Act::Wait
            | Act::Which
            | Act::Stuck
            | Act::Done
            | Act::Why
            | Act::Back
            | Act::Start
            | Act::Status
            | Act::ChooseLanguage
            | Act::Language(_)
            | Act::Forget
            | Act::Media(_) => false,
        };
        if told.is_empty() || !says_nothing_else {
            return (act, told);
        }
        let first = told.remove(0);
        (Act::Topic(first), told)
    }
}
