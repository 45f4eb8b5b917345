//! What shows that something does not hold: for each kind of violation the shortest conversation after which an author
//! sees it.

use super::conversation::{self, Conversation, Talk};
use super::model::Model;
use super::sentences::Sentences;
use super::ways::Ways;
use super::wishes::{self, Wish};
use super::{Code, Failure};
use crate::dialogue::Assistant;
use crate::knowledge::{Id, Item};
use crate::text::{normalise, skeleton};
use std::collections::BTreeSet;

/// Examples of an intent that are joined with those of another to find words for both.
const EXAMPLES_MAX: usize = 16;

/// Something that does not hold, before anybody has looked for words that show it.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub code: Code,
    pub message: String,
    pub shown: Shown,
}

/// What shows it.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    /// A state of the ways.
    State(usize),
    /// Whatever is the nearest to this item.
    Item(usize),
    /// These lines.
    Lines(Vec<String>),
    /// Asking for this topic.
    Topic(Id),
    /// Coming as near as one can to what nobody meets.
    Wish(Wish),
    /// Words that can mean either of two intents.
    Either([Id; 2]),
}

impl Violation {
    pub fn at_state(code: Code, message: String, state: usize) -> Self {
        Self::new(code, message, Shown::State(state))
    }

    pub fn of_item(code: Code, message: String, item: usize) -> Self {
        Self::new(code, message, Shown::Item(item))
    }

    pub fn said(code: Code, message: String, lines: Vec<String>) -> Self {
        Self::new(code, message, Shown::Lines(lines))
    }

    pub fn new(code: Code, message: String, shown: Shown) -> Self {
        Self {
            code,
            message,
            shown,
        }
    }
}

/// Finds words for what does not hold.
pub(super) fn shown(
    assistant: &Assistant,
    model: &mut Model<'_>,
    ways: &Ways,
    sentences: &Sentences,
    violations: Vec<Violation>,
) -> Vec<Failure> {
    // What has been met in a conversation needs no other one to show it.
    let said: BTreeSet<(Code, String)> = violations
        .iter()
        .filter(|violation| matches!(violation.shown, Shown::Lines(_)))
        .map(|violation| (violation.code, violation.message.clone()))
        .collect();
    let mut failures: Vec<Failure> = Vec::new();
    for violation in violations {
        let Violation {
            code,
            mut message,
            shown,
        } = violation;
        let is_said = matches!(shown, Shown::Lines(_));
        if !is_said && said.contains(&(code, message.clone())) {
            continue;
        }
        let mut shower = Shower {
            assistant,
            model,
            ways,
            sentences,
        };
        let mut lines = shower.lines(shown, &mut message);
        if lines.is_empty() {
            lines.push("/start".to_owned());
        }
        let failure = Failure {
            code,
            message,
            conversation: Conversation { lines },
        };
        // What was looked for in two ways may have been found twice.
        if is_said || !failures.contains(&failure) {
            failures.push(failure);
        }
    }
    failures.sort_by_key(|failure| failure.code);
    failures
}

struct Shower<'s, 'k> {
    assistant: &'s Assistant,
    model: &'s mut Model<'k>,
    ways: &'s Ways,
    sentences: &'s Sentences,
}

impl<'s> Shower<'s, '_> {
    /// The lines; where the search for them has found a reason, the message says it too.
    fn lines(&mut self, shown: Shown, message: &mut String) -> Vec<String> {
        match shown {
            Shown::Lines(lines) => lines,
            Shown::Topic(topic) => self.topic(&topic),
            Shown::Either(pair) => either(self.assistant, self.sentences, &pair),
            Shown::State(node) => self.state(node),
            Shown::Item(item) => match nearest(self.model, self.ways, item) {
                Some(node) => self.state(node),
                None => self.open(item).map(|talk| talk.lines).unwrap_or_default(),
            },
            Shown::Wish(wish) => self.wish(&wish, message),
        }
    }

    fn open(&mut self, item: usize) -> Option<Talk<'s>> {
        let goal = self.model.items.get(item).cloned()?;
        conversation::open(self.assistant, self.model, self.ways, self.sentences, &goal)
    }

    fn state(&mut self, node: usize) -> Vec<String> {
        let (goal, plan) = self.ways.plan(self.model, node);
        let Some(mut talk) = self.open(goal) else {
            return Vec::new();
        };
        talk.follow(&plan, self.sentences);
        talk.lines
    }

    fn topic(&self, topic: &Id) -> Vec<String> {
        let knowledge = &self.assistant.knowledge;
        let item = Item::Topic(topic.clone());
        let asks = knowledge.by_intent.iter().find(|(_, of)| **of == item);
        let said = asks.and_then(|(intent, _)| self.sentences.intents.get(intent));
        let title = knowledge.title(&item).into_iter();
        let title = title.map(|title| title.get(knowledge.spoken(None)).to_owned());
        let words = said.filter(|said| !said.made_up);
        words
            .map(|said| said.words.clone())
            .into_iter()
            .chain(title)
            .take(1)
            .collect()
    }

    /// From the item itself if somebody can choose it, else from whatever leads there.
    fn wish(&mut self, wish: &Wish, message: &mut String) -> Vec<String> {
        let others = (0..self.model.items.len()).filter(|item| *item != wish.item);
        for goal in std::iter::once(wish.item).chain(others) {
            let Some(mut talk) = self.open(goal) else {
                continue;
            };
            if let Some((reason, plan)) = wishes::nearest(self.model, goal, wish) {
                message.push_str(&reason);
                talk.follow(&plan, self.sentences);
                return talk.lines;
            }
        }
        Vec::new()
    }
}

/// The first state in which an item is over: by then it has shown all that it had.
fn nearest(model: &Model<'_>, ways: &Ways, item: usize) -> Option<usize> {
    let is_over = |put: usize| {
        let prompt = model.put(put).map(|put| &put.prompt);
        prompt.is_some_and(|prompt| prompt.outcome().is_some())
    };
    let at = |ended: bool| {
        ways.places
            .iter()
            .filter(|((put, path), _)| path.contains(&item) && (!ended || is_over(*put)))
            .map(|(_, node)| *node)
            .min()
    };
    at(true).or_else(|| at(false))
}

/// A sentence that is offered as either of two intents, out of their own examples; or else a sentence of each.
pub(super) fn either(assistant: &Assistant, sentences: &Sentences, pair: &[Id; 2]) -> Vec<String> {
    let knowledge = &assistant.knowledge;
    let [firsts, seconds] = pair.each_ref().map(|intent| {
        let examples = knowledge.intents.get(intent).into_iter().flatten();
        examples.take(EXAMPLES_MAX)
    });
    let joined = firsts.flat_map(|first| {
        let seconds = seconds.clone();
        seconds.map(move |second| format!("{first}, {second}"))
    });
    let mut found = joined.filter(|words| {
        let mut talk = Talk::new(assistant);
        let turn = talk.does(words);
        let buttons = turn.replies.iter().flat_map(|reply| &reply.buttons);
        let mut labels = BTreeSet::new();
        buttons
            .flatten()
            .any(|button| !labels.insert(skeleton(&normalise(&button.label))))
    });
    if let Some(words) = found.next() {
        return vec![words];
    }
    let of_each = pair.iter().filter_map(|intent| {
        let said = sentences.intents.get(intent).filter(|said| !said.made_up);
        let said = said.map(|said| said.words.clone());
        said.or_else(|| knowledge.intents.get(intent)?.first().cloned())
    });
    of_each.collect()
}
