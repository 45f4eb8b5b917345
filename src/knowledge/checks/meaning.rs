//! Rules about what the numbers, conditions, patterns and examples mean.

use super::structure::report;
use crate::knowledge::diagnostic::{Diagnostic, Mistake, nearest};
use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{At, Condition, Remedy, Span, Step};
use crate::knowledge::{CONVERSATION_INTENTS, Item};
use crate::text::{normalise, skeleton};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Nothing irreversible without a requirement, and nothing that loosens protection without the pack's own for it.
pub(super) fn guards(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let steps = draft.guides.values().flat_map(|part| {
        let guarded = |step| Guarded::step(&part.file, step);
        part.value.step.iter().map(guarded)
    });
    let remedies = draft.problems.values().flat_map(|part| {
        let guarded = |remedy| Guarded::remedy(&part.file, remedy);
        part.value.remedy.iter().map(guarded)
    });
    let pack = draft.pack.as_ref();
    let loosening = pack
        .and_then(|part| part.value.safety.as_ref())
        .map(|safety| &safety.loosening);
    for guarded in steps.chain(remedies) {
        let what = match loosening {
            _ if guarded.irreversible && guarded.requires.is_empty() => "this cannot be undone",
            Some(needed) if guarded.loosens && !implies(guarded.requires, needed) => {
                "this loosens protection"
            }
            // Where the pack itself could not be read, what it says of safety is not known.
            None if guarded.loosens && pack.is_some() => "this loosens protection",
            _ => continue,
        };
        let needed = loosening.filter(|_| guarded.loosens).map(told);
        report(
            diagnostics,
            guarded.file,
            guarded.id.span,
            Mistake::Unguarded { what, needed },
        );
    }
}

/// A guide that is refused says so with a topic that refuses.
pub(super) fn declines(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    for Part { file, value } in draft.guides.values() {
        for decline in &value.decline {
            let topic = &decline.topic;
            let Ok(Item::Topic(id)) = topic.value.parse() else {
                continue;
            };
            let known = draft.topics.get(&id);
            if known.is_some_and(|known| !known.value.refuses) {
                let mistake = Mistake::NotRefusing { topic: id };
                report(diagnostics, file, topic.span, mistake);
            }
        }
    }
}

/// A step or remedy, as far as guards go.
struct Guarded<'d> {
    file: &'d str,
    id: &'d At<String>,
    irreversible: bool,
    loosens: bool,
    requires: &'d Condition,
}

impl<'d> Guarded<'d> {
    fn step(file: &'d str, step: &'d Step) -> Self {
        Self {
            file,
            id: &step.id,
            irreversible: step.irreversible,
            loosens: step.loosens,
            requires: &step.requires,
        }
    }

    fn remedy(file: &'d str, remedy: &'d Remedy) -> Self {
        Self {
            file,
            id: &remedy.id,
            irreversible: remedy.irreversible,
            loosens: remedy.loosens,
            requires: &remedy.requires,
        }
    }
}

/// Whether whatever meets a requirement meets the needed one too.
fn implies(requires: &Condition, needed: &Condition) -> bool {
    needed.iter().all(|(fact, answers)| {
        let own = requires.iter().find(|(of, _)| of.value == fact.value);
        own.is_some_and(|(_, own)| {
            own.iter()
                .all(|answer| answers.iter().any(|other| other.value == answer.value))
        })
    })
}

/// A condition as an author writes it.
fn told(condition: &Condition) -> String {
    let parts = condition.iter().map(|(fact, answers)| {
        let answers: Vec<String> = answers
            .iter()
            .map(|answer| format!("\"{}\"", answer.value))
            .collect();
        format!("{} = [{}]", fact.value, answers.join(", "))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Chances lie between 0 and 1, weights above 0, minutes from 0.
pub(super) fn numbers(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    for Part { file, value } in draft.problems.values() {
        let mut within = |number: &At<f64>, holds: fn(f64) -> bool, expected| {
            if !holds(number.value) {
                report(
                    diagnostics,
                    file,
                    number.span,
                    Mistake::OutOfRange { expected },
                );
            }
        };
        let is_weight = |weight: f64| weight > 0.0 && weight.is_finite();
        let is_chance = |chance: f64| chance > 0.0 && chance <= 1.0;
        let is_cost = |minutes: f64| (0.0..=10_000.0).contains(&minutes);
        for cause in &value.cause {
            within(&cause.prior, is_weight, "a weight above 0");
            for weight in cause.evidence.values().flat_map(BTreeMap::values) {
                within(weight, is_weight, "a weight above 0");
            }
        }
        let is_time = |hours: f64| hours > 0.0 && hours <= 10_000.0;
        for remedy in &value.remedy {
            within(&remedy.minutes, is_cost, "minutes from 0 to 10000");
            if let Some(hours) = &remedy.wait_hours {
                within(hours, is_time, "hours above 0 and up to 10000");
            }
            for chance in remedy.fixes.values() {
                within(chance, is_chance, "a chance above 0 and up to 1");
            }
        }
        for observe in &value.observe {
            within(&observe.minutes, is_cost, "minutes from 0 to 10000");
            for weight in observe.usual.values() {
                within(weight, is_weight, "a weight above 0");
            }
        }
        within(&value.handover.minutes, is_cost, "minutes from 0 to 10000");
    }
}

/// Patterns are regular expressions, and pieces of messages are long enough to tell something.
pub(super) fn patterns(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let facts = draft.facts.values().flat_map(|Part { file, value }| {
        let answers = value.answer.iter();
        let patterns = answers.flat_map(|answer| answer.patterns.iter().chain(&answer.unless));
        patterns.map(move |pattern| (file, pattern))
    });
    let topics = draft.topics.values().flat_map(|Part { file, value }| {
        let patterns = value.patterns.iter().chain(&value.unless);
        patterns.map(move |pattern| (file, pattern))
    });
    for (file, pattern) in facts.chain(topics) {
        if let Err(message) = draft.pattern(&pattern.value) {
            report(
                diagnostics,
                file,
                pattern.span,
                Mistake::BadPattern { message },
            );
        }
    }
    let answers = draft.facts.values().flat_map(|Part { file, value }| {
        let words = value.answer.iter().flat_map(|answer| &answer.words);
        words.map(move |words| (file, words))
    });
    let after = draft.topics.values().flat_map(|Part { file, value }| {
        let then = value.then.iter();
        let words = then.flat_map(|then| then.words.iter().chain([&then.means]));
        words.map(move |words| (file, words))
    });
    let is_empty = |words: &str| skeleton(&normalise(words)).is_empty();
    for (file, words) in answers
        .chain(after)
        .filter(|(_, words)| is_empty(&words.value))
    {
        let expected = "letters or digits: any other sign would be taken for this too";
        report(
            diagnostics,
            file,
            words.span,
            Mistake::OutOfRange { expected },
        );
    }
    for Part { file, value } in draft.prompts.values() {
        for shown in value.prompt.iter().flat_map(|prompt| &prompt.shown) {
            if skeleton(&normalise(&shown.value)).chars().count() < 4 {
                report(
                    diagnostics,
                    file,
                    shown.span,
                    Mistake::OutOfRange {
                        expected: "4 characters or more, to tell this message from others",
                    },
                );
            }
        }
    }
}

/// How long a code may be. A single digit would be taken for a button's number, and more than six for an account's.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 2..=6;

/// Codes of messages are digits, and each is one message's.
pub(super) fn codes(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut claimed: BTreeMap<&str, &str> = BTreeMap::new();
    for Part { file, value } in draft.prompts.values() {
        for prompt in &value.prompt {
            for code in &prompt.codes {
                let digits = code.value.chars().all(|digit| digit.is_ascii_digit());
                if !digits || !CODE_DIGITS.contains(&code.value.len()) {
                    let expected = "2 to 6 digits, as in \"219\"";
                    let mistake = Mistake::OutOfRange { expected };
                    report(diagnostics, file, code.span, mistake);
                } else if let Some(other) = claimed.insert(&code.value, &prompt.id.value) {
                    let mistake = Mistake::CodeClaimedTwice {
                        code: code.value.clone(),
                        other: other.to_owned(),
                    };
                    report(diagnostics, file, code.span, mistake);
                }
            }
        }
    }
}

/// Every intent has sentences and asks for exactly one item.
pub(super) fn intents(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let guides = draft
        .guides
        .values()
        .map(|part| (&part.file, &part.value.intents));
    let problems = draft
        .problems
        .values()
        .map(|part| (&part.file, &part.value.intents));
    let topics = draft
        .topics
        .values()
        .map(|part| (&part.file, &part.value.intents));
    let mut claimed: BTreeMap<&str, &str> = BTreeMap::new();
    for (file, intent) in guides
        .chain(problems)
        .chain(topics)
        .flat_map(|(file, intents)| intents.iter().map(move |intent| (file, intent)))
    {
        let name = intent.value.clone();
        if let Some(other) = claimed.insert(&intent.value, file) {
            report(
                diagnostics,
                file,
                intent.span,
                Mistake::IntentClaimedTwice {
                    intent: name,
                    other: other.to_owned(),
                },
            );
        } else if !draft.intents.contains_key(&intent.value) {
            let near = nearest(&name, draft.intents.keys().map(String::as_str));
            let mistake = match near {
                Some(near) => Mistake::UnknownReference {
                    kind: "intent",
                    id: name,
                    nearest: Some(near),
                },
                None => Mistake::IntentWithoutSentences { intent: name },
            };
            report(diagnostics, file, intent.span, mistake);
        }
    }
    for (intent, part) in &draft.intents {
        if part.value.is_empty() {
            report(
                diagnostics,
                &part.file,
                Span::default(),
                Mistake::IntentWithoutSentences {
                    intent: intent.clone(),
                },
            );
        }
        let conversational = CONVERSATION_INTENTS.contains(&intent.as_str());
        if !conversational && !claimed.contains_key(intent.as_str()) && !draft.is_partial() {
            report(
                diagnostics,
                &part.file,
                Span::default(),
                Mistake::IntentWithoutItem {
                    intent: intent.clone(),
                },
            );
        }
    }
    conversation(draft, diagnostics);
}

/// Whatever a pack is about, people have to be able to steer the conversation in their own words.
fn conversation(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let missing = CONVERSATION_INTENTS
        .into_iter()
        .filter(|intent| !draft.intents.contains_key(*intent));
    for intent in missing {
        report(
            diagnostics,
            &format!("intents/{intent}.txt"),
            Span::default(),
            Mistake::IntentWithoutSentences {
                intent: intent.to_owned(),
            },
        );
    }
}

/// No sentence is an example twice: of two intents it would teach nothing, of one it would weigh double. Nor is what it
/// states told twice.
pub(super) fn sentences(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let intents = draft.intents.values();
    let examples =
        intents.flat_map(|part| part.value.iter().map(|sentence| (&part.file, sentence)));
    once(examples, diagnostics);
    let stated = draft.stated.values().flat_map(|part| {
        let sentences = part.value.iter().map(|stated| &stated.sentence);
        sentences.map(|sentence| (&part.file, sentence))
    });
    once(stated, diagnostics);
}

fn once<'d>(
    sentences: impl Iterator<Item = (&'d String, &'d At<String>)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut seen: FxHashMap<String, &str> = FxHashMap::default();
    for (file, sentence) in sentences {
        if let Some(other) = seen.insert(skeleton(&normalise(&sentence.value)), file) {
            let mistake = Mistake::DuplicateSentence {
                sentence: sentence.value.clone(),
                other: other.to_owned(),
            };
            report(diagnostics, file, sentence.span, mistake);
        }
    }
}
