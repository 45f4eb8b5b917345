//! Everything that a user can do without looking at the buttons: one act for each reading that a sentence can have, in
//! real words where the pack's own examples have such words.
//!
//! What a sentence means out of context is a function of its words (`Understanding::understand`), and all that the dialogue
//! does with words beyond that is to compare them with the answers to the pending question. So one sentence per reading
//! stands for all sentences of that reading. A sentence with several facts tells what sentences with one fact each tell
//! one after the other: its entries are theirs, in the same order, and every case is looked at in `parts`.

use super::sentences::{NONSENSE, Said, Sentences, made_up, nothing};
use crate::dialogue::{Command, Content, Media};
use crate::knowledge::{Facts, Id, Item, Knowledge, UNSURE};
use crate::text::normalise;
use crate::understanding::{Understood, Zone};
use std::collections::BTreeMap;

/// What an act has to do to the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expects {
    /// Whatever it means where it is done.
    Anything,
    /// Nothing at all.
    Digression,
    /// To tell this.
    Fact(Id, Id),
    /// To keep this for later, unless it comes up anyway.
    Kept(Item),
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
    let quotes = sentences.prompts.values();
    acts.extend(quotes.map(|said| Act::words("quoted messages", said, Expects::Anything)));
    acts.extend(several(knowledge, sentences).chain(heeded(knowledge)));
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
    acts.extend(listed_and_commands(knowledge));
    acts
}

/// What is told, or refused, whatever else is said.
fn heeded(knowledge: &Knowledge) -> impl Iterator<Item = Act> {
    let topics = knowledge.topics.iter();
    let heeded = topics.filter(|(_, topic)| topic.heed.is_some());
    heeded.map(|(id, _)| {
        let said = made_up(Understood {
            heeded: vec![id.clone()],
            ..nothing()
        });
        Act {
            anywhere: true,
            ..Act::words("warnings and refusals", &said, Expects::Digression)
        }
    })
}

fn listed_and_commands(knowledge: &Knowledge) -> impl Iterator<Item = Act> {
    let listed = waiting(knowledge).chain(near_miss(knowledge));
    listed.chain(unknown_command()).chain(commands())
}

/// A command that there is not, which is seen to before anything is read.
fn unknown_command() -> impl Iterator<Item = Act> {
    let command = Content::Text("/nosuchcommand".to_owned());
    let act = Act::new("unknown commands", command, Expects::Digression).repairing();
    std::iter::once(Act {
        anywhere: true,
        ..act
    })
}

/// Whoever asks for patience does so in words that are listed as a whole, whatever they are read as.
fn waiting(knowledge: &Knowledge) -> impl Iterator<Item = Act> {
    let listed = knowledge.words.get("wait").into_iter().flatten().flatten();
    listed.take(1).map(|words| {
        let said = Said {
            words: words.clone(),
            reading: nothing(),
            made_up: false,
        };
        Act::words("requests for patience", &said, Expects::Digression).repairing()
    })
}

/// A sentence that names something that is none of ours: of all names the longest, for nothing else tells them apart.
fn near_miss(knowledge: &Knowledge) -> Option<Act> {
    let said = made_up(Understood {
        intent: knowledge.outside.first().cloned(),
        confidence: 1.0,
        named: Some(normalise(longest_name(knowledge)?)),
        zone: Zone::Sure,
        ..nothing()
    });
    let act = Act::words("near misses", &said, Expects::Digression);
    Some(Act {
        anywhere: true,
        ..act
    })
}

/// The longest name that the pack has for something that is none of ours.
pub(super) fn longest_name(knowledge: &Knowledge) -> Option<&String> {
    let lists = ["others", "features"].into_iter();
    let things = lists.filter_map(|list| knowledge.words.get(list)).flatten();
    let names = things.filter_map(|thing| thing.first());
    names.max_by_key(|name| name.encode_utf16().count())
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

fn several(knowledge: &Knowledge, sentences: &Sentences) -> impl Iterator<Item = Act> {
    sentences.several.iter().map(|(second, said)| {
        let kept = knowledge.by_intent.get(second).cloned();
        let expects = kept.map_or(Expects::Anything, Expects::Kept);
        Act::words("several matters", said, expects)
    })
}

/// The guides and problems that can be named beside others, by their intents, each with those that can be named first: it
/// lies on no way of theirs.
pub(super) fn beside(knowledge: &Knowledge) -> BTreeMap<&Id, Vec<&Id>> {
    let nothing = Facts::new();
    let goals = || {
        let items = knowledge.by_intent.iter();
        items.filter(|(_, item)| item.is_goal())
    };
    let firsts = |item: &Item| {
        let is_apart = |first: &&(&Id, &Item)| !knowledge.way(first.1, &nothing).contains(item);
        goals()
            .collect::<Vec<_>>()
            .iter()
            .filter(is_apart)
            .map(|(intent, _)| *intent)
            .collect()
    };
    let pairs = goals().map(|(intent, item)| (intent, firsts(item)));
    pairs
        .filter(|(_, firsts): &(_, Vec<&Id>)| !firsts.is_empty())
        .collect()
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
