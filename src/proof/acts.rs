//! Everything that a user can do without looking at the buttons: one act for each reading that a sentence can have, in
//! real words where the pack's own examples have such words.
//!
//! What a sentence means out of context is a function of its words (`Understanding::understand`), and all that the dialogue
//! does with words beyond that is to compare them with the answers to the pending question. So one sentence per reading
//! stands for all sentences of that reading. A sentence with several facts tells what sentences with one fact each tell
//! one after the other: its entries are theirs, in the same order, and every case is looked at in `parts`.

use crate::dialogue::{Assistant, Command, Content, Media};
use crate::knowledge::{Id, Item, Knowledge, UNSURE};
use crate::text::{normalise, skeleton};
use crate::understanding::{Understood, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What an act has to do to the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expects {
    /// Whatever it means where it is done.
    Anything,
    /// Nothing at all.
    Digression,
    /// To tell this.
    Fact(Id, Id),
    /// To take the newest answer away.
    Back,
    /// To end in this turn, in the hands of a human.
    Human,
    /// To end in this turn.
    Cancel,
    /// To begin again, with nothing known.
    Restart,
}

/// Something that a user does.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// What it is counted as.
    pub kind: &'static str,
    pub content: Content,
    /// What its words mean, for words.
    pub reading: Option<Understood>,
    pub expects: Expects,
    /// It comes after a long pause.
    pub later: bool,
    /// What it does depends on what is left open beside the question, not only on the question.
    pub repairs: bool,
    /// What it does is the same wherever it is done, so it is done at one place of each kind.
    pub anywhere: bool,
    /// Its words are an answer's too, which matters only where a question is pending.
    pub at_questions: bool,
}

impl Act {
    fn new(kind: &'static str, content: Content, expects: Expects) -> Self {
        Self {
            kind,
            content,
            reading: None,
            expects,
            later: false,
            repairs: false,
            anywhere: false,
            at_questions: false,
        }
    }

    fn words(kind: &'static str, said: &Said, expects: Expects) -> Self {
        Self {
            reading: Some(said.reading.clone()),
            ..Self::new(kind, Content::Text(said.words.clone()), expects)
        }
    }

    fn repairing(self) -> Self {
        Self {
            repairs: true,
            ..self
        }
    }
}

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
            mistaken: Vec::new(),
        }
    }

    /// Readings for which no words were found.
    pub fn made_up(&self) -> usize {
        let said = self.facts.values().chain(self.intents.values());
        let said = said.chain(self.prompts.values());
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
                for words in told.into_iter().chain(answer.words.iter().cloned()) {
                    sentences.take(fact, &answer.id, said(assistant, words));
                }
            }
        }
        let facts = knowledge.facts.values();
        let answers = facts.flat_map(|fact| &fact.answers);
        let listed: BTreeSet<&String> = answers.flat_map(|answer| &answer.words).collect();
        for (intent, examples) in &knowledge.intents {
            for example in examples {
                let said = said(assistant, example.clone());
                let plain = said.reading.facts.is_empty() && said.reading.prompt.is_none();
                if plain {
                    if listed.contains(&skeleton(&normalise(example))) {
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
        sentences
    }

    /// Keeps words that tell this fact and nothing else.
    fn take(&mut self, fact: &Id, answer: &Id, said: Said) {
        let only = said.reading.facts.len() == 1 && said.reading.prompt.is_none();
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
        .understand(&assistant.knowledge, &normalise(&words));
    Said {
        words,
        reading,
        made_up: false,
    }
}

fn made_up(reading: Understood) -> Said {
    Said {
        words: "\u{2026}".to_owned(),
        reading,
        made_up: true,
    }
}

/// What is read where nothing can be.
fn nothing() -> Understood {
    Understood {
        intent: None,
        confidence: 0.0,
        second: None,
        facts: BTreeMap::new(),
        prompt: None,
        zone: Zone::Lost,
    }
}

/// All acts, in the order in which they are tried everywhere.
pub(super) fn acts(knowledge: &Knowledge, sentences: &Sentences) -> Vec<Act> {
    let mut acts = Vec::new();
    for (intent, said) in &sentences.intents {
        let act = Act::words("intents", said, meaning(knowledge, intent));
        let steers = !knowledge.by_intent.contains_key(intent);
        acts.push(Act {
            repairs: steers,
            ..act
        });
    }
    for (intent, said) in &sentences.ambiguous {
        acts.push(Act {
            at_questions: true,
            ..Act::words("intents", said, meaning(knowledge, intent))
        });
    }
    for ((fact, answer), said) in &sentences.facts {
        // Words that are plainly about a topic are answered by it, and a topic takes nothing down at the menu.
        let topic = said.reading.zone == Zone::Sure
            && said
                .reading
                .intent
                .as_ref()
                .and_then(|intent| knowledge.by_intent.get(intent))
                .is_some_and(|item| !item.is_goal());
        let expects = if topic {
            Expects::Anything
        } else {
            Expects::Fact(fact.clone(), answer.clone())
        };
        acts.push(Act::words("facts", said, expects));
    }
    for said in sentences.prompts.values() {
        acts.push(Act::words("quoted messages", said, Expects::Anything));
    }
    for intent in offerable(knowledge) {
        let said = made_up(Understood {
            intent: Some(intent.clone()),
            confidence: 0.4,
            zone: Zone::Unsure,
            ..nothing()
        });
        let act = Act::words("ambiguous sentences", &said, Expects::Digression);
        acts.push(act.repairing());
    }
    let lost = Said {
        words: NONSENSE.to_owned(),
        reading: nothing(),
        made_up: false,
    };
    acts.push(Act::words("lost sentences", &lost, Expects::Digression).repairing());
    let long = Said {
        words: NONSENSE.repeat(450),
        ..lost
    };
    let long = Act::words("4,000 characters", &long, Expects::Digression);
    let number = Content::Text("13800138000".to_owned());
    let number = Act::new("private data", number, Expects::Digression);
    // Both are seen to before anything is read.
    acts.extend([long, number].map(|act| Act {
        anywhere: true,
        ..act
    }));
    for media in Media::ALL {
        let act = Act::new("media", Content::Media(media), Expects::Digression);
        acts.push(act.repairing());
    }
    for press in ["0000000.done", "", "\u{202e}'; drop--"] {
        let content = Content::Press(press.to_owned());
        acts.push(Act::new("old buttons", content, Expects::Digression).repairing());
    }
    acts.extend(commands());
    acts
}

fn commands() -> impl Iterator<Item = Act> {
    let act = |command| {
        let expects = match command {
            Command::Start
            | Command::Help
            | Command::Status
            | Command::Language
            | Command::Privacy => Expects::Digression,
            Command::Back => Expects::Back,
            Command::Restart | Command::Forget => Expects::Restart,
            Command::Cancel => Expects::Cancel,
            Command::Human => Expects::Human,
        };
        Act::new(
            "commands",
            Content::Command(command, String::new()),
            expects,
        )
        .repairing()
    };
    let status = Act {
        kind: "pauses",
        later: true,
        ..act(Command::Status)
    };
    Command::ALL
        .into_iter()
        .map(act)
        .chain(std::iter::once(status))
}

/// The intents that can be offered as a reading.
pub(super) fn offerable(knowledge: &Knowledge) -> impl Iterator<Item = &Id> {
    knowledge
        .by_intent
        .keys()
        .filter(|intent| !knowledge.outside.contains(*intent))
}

/// What a sentence that is plainly of this intent has to do, wherever it is said.
fn meaning(knowledge: &Knowledge, intent: &str) -> Expects {
    match knowledge.by_intent.get(intent) {
        Some(Item::Topic(_)) => return Expects::Digression,
        Some(Item::Guide(_) | Item::Problem(_)) => return Expects::Anything,
        None => {}
    }
    match intent {
        "greet" | "thanks" | "bye" | "help" | "why" => Expects::Digression,
        "back" => Expects::Back,
        "restart" => Expects::Restart,
        "cancel" => Expects::Cancel,
        "human" => Expects::Human,
        // Yes, no, next, not sure, solved and not solved answer what is pending.
        _ => Expects::Anything,
    }
}

/// The words that an author lists for an answer, with the fact and the answer that they must mean.
pub(super) fn listed_words<'k>(
    knowledge: &'k Knowledge,
    fact: &str,
) -> impl Iterator<Item = (&'k str, &'k str)> {
    let answers = knowledge.facts.get(fact).into_iter();
    answers
        .flat_map(|fact| &fact.answers)
        .filter(|answer| answer.id != UNSURE)
        .flat_map(|answer| {
            answer
                .words
                .iter()
                .map(|words| (words.as_str(), answer.id.as_str()))
        })
}
