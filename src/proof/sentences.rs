//! The pack's own words: one sentence for each reading that a sentence can have.

use super::acts::beside;
use crate::dialogue::Assistant;
use crate::knowledge::{Id, Knowledge};
use crate::text::{normalise, skeleton};
use crate::understanding::{Understood, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// Words with their reading.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub words: String,
    pub reading: Understood,
    /// Nobody has found such words: the reading is made up.
    pub made_up: bool,
}

/// A sentence for each reading.
#[derive(Debug)]
pub(super) struct Sentences {
    /// Plainly of one intent, and telling nothing else.
    pub intents: BTreeMap<Id, Said>,
    pub facts: BTreeMap<(Id, Id), Said>,
    pub prompts: BTreeMap<Id, Said>,
    /// Further examples of intents that are words of an answer too.
    pub ambiguous: Vec<(Id, Said)>,
    /// Of two matters, by the intent of the second.
    pub several: BTreeMap<Id, Said>,
    /// Words of a message that are read as another one, with what they should be and are.
    pub mistaken: Vec<(String, Id, Option<Id>)>,
}

/// Words that mean nothing in any language.
pub(super) const NONSENSE: &str = "xqzw vjkq";

impl Sentences {
    /// No sentence at all: for whoever only presses buttons.
    pub fn none() -> Self {
        Self {
            intents: BTreeMap::new(),
            facts: BTreeMap::new(),
            prompts: BTreeMap::new(),
            ambiguous: Vec::new(),
            several: BTreeMap::new(),
            mistaken: Vec::new(),
        }
    }

    /// Readings for which no words were found.
    pub fn made_up(&self) -> usize {
        let said = self.facts.values().chain(self.intents.values());
        let said = said
            .chain(self.prompts.values())
            .chain(self.several.values());
        said.filter(|said| said.made_up).count()
    }

    /// Goes through the pack's own words for one sentence of each reading.
    pub fn of(assistant: &Assistant) -> Self {
        let knowledge = &assistant.knowledge;
        let mut sentences = Self::none();
        let language = knowledge.spoken(None);
        for (fact, known) in &knowledge.facts {
            for answer in &known.answers {
                let told = [&answer.told, &answer.label].map(|text| text.get(language).to_owned());
                let key = (fact.clone(), answer.id.clone());
                for words in told.into_iter().chain(answer.words.iter().cloned()) {
                    if sentences.facts.contains_key(&key) {
                        break;
                    }
                    sentences.take(fact, &answer.id, said(assistant, words));
                }
            }
        }
        let facts = knowledge.facts.values();
        let answers = facts.flat_map(|fact| &fact.answers);
        let listed: BTreeSet<&String> = answers.flat_map(|answer| &answer.words).collect();
        let answers_all: usize = knowledge
            .facts
            .values()
            .map(|fact| fact.answers.len())
            .sum();
        for (intent, examples) in &knowledge.intents {
            for example in examples {
                let is_listed = listed.contains(&skeleton(&normalise(example)));
                let known = sentences.intents.contains_key(intent);
                let elsewhere = knowledge.outside.contains(intent);
                if known && !is_listed && (elsewhere || sentences.facts.len() >= answers_all) {
                    continue;
                }
                let said = said(assistant, example.clone());
                if said.reading.facts.is_empty() && is_single(&said) {
                    if is_listed {
                        sentences.ambiguous.push((intent.clone(), said.clone()));
                    }
                    sentences.intents.entry(intent.clone()).or_insert(said);
                } else if let Some((fact, answer)) = said.reading.facts.first_key_value() {
                    let (fact, answer) = (fact.clone(), answer.clone());
                    sentences.take(&fact, &answer, said);
                }
            }
        }
        for (id, prompt) in &knowledge.prompts {
            for words in &prompt.shown {
                let said = said(assistant, words.clone());
                if said.reading.prompt.as_ref() == Some(id) {
                    sentences.prompts.entry(id.clone()).or_insert(said);
                } else {
                    let read = said.reading.prompt;
                    let mistaken = (words.clone(), id.clone(), read);
                    sentences.mistaken.push(mistaken);
                }
            }
        }
        sentences.make_up(knowledge);
        sentences.join(assistant);
        sentences
    }

    /// Finds a message for every matter that can be named beside another: both in the pack's own words, one after the other.
    fn join(&mut self, assistant: &Assistant) {
        let knowledge = &assistant.knowledge;
        let mut several = BTreeMap::new();
        for (second, firsts) in beside(knowledge) {
            let words = |intent: &Id| self.intents.get(intent).filter(|said| !said.made_up);
            let joined = firsts.iter().filter_map(|first| {
                let words = [words(first)?, words(second)?].map(|said| said.words.as_str());
                Some(said(assistant, words.join(", ")))
            });
            let mut found = joined.filter(|said| said.reading.also == [second.clone()]);
            let said = found.next().or_else(|| {
                Some(made_up(Understood {
                    intent: firsts.first().map(|first| (*first).clone()),
                    confidence: 1.0,
                    zone: Zone::Sure,
                    also: vec![second.clone()],
                    ..nothing()
                }))
            });
            several.extend(said.map(|said| (second.clone(), said)));
        }
        self.several = several;
    }

    /// Keeps words that tell this fact and nothing else.
    fn take(&mut self, fact: &Id, answer: &Id, said: Said) {
        let only = said.reading.facts.len() == 1 && is_single(&said);
        if only && said.reading.facts.get(fact) == Some(answer) {
            let known = self.facts.entry((fact.clone(), answer.clone()));
            known.or_insert(said);
        }
    }

    /// A reading for which there are no words may still be some sentence's.
    fn make_up(&mut self, knowledge: &Knowledge) {
        for (fact, known) in &knowledge.facts {
            for answer in &known.answers {
                let key = (fact.clone(), answer.id.clone());
                self.facts.entry(key).or_insert_with(|| {
                    made_up(Understood {
                        facts: BTreeMap::from([(fact.clone(), answer.id.clone())]),
                        ..nothing()
                    })
                });
            }
        }
        for intent in knowledge.intents.keys() {
            self.intents.entry(intent.clone()).or_insert_with(|| {
                made_up(Understood {
                    intent: Some(intent.clone()),
                    confidence: 1.0,
                    zone: Zone::Sure,
                    ..nothing()
                })
            });
        }
        for id in knowledge.prompts.keys() {
            self.prompts.entry(id.clone()).or_insert_with(|| {
                made_up(Understood {
                    prompt: Some(id.clone()),
                    ..nothing()
                })
            });
        }
    }
}

fn said(assistant: &Assistant, words: String) -> Said {
    let reading = assistant
        .understanding
        .message(&assistant.knowledge, &words);
    Said {
        words,
        reading,
        made_up: false,
    }
}

/// Whether words quote no message and name one matter at most.
fn is_single(said: &Said) -> bool {
    said.reading.prompt.is_none() && said.reading.also.is_empty()
}

pub(super) fn made_up(reading: Understood) -> Said {
    Said {
        words: "\u{2026}".to_owned(),
        reading,
        made_up: true,
    }
}

/// What is read where nothing can be.
pub(super) fn nothing() -> Understood {
    Understood {
        intent: None,
        confidence: 0.0,
        second: None,
        also: Vec::new(),
        facts: BTreeMap::new(),
        prompt: None,
        named: None,
        heeded: Vec::new(),
        zone: Zone::Lost,
        outside: 0.0,
    }
}
