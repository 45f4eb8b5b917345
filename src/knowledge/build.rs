//! From a draft without mistakes to [`Knowledge`]. Nothing is judged here: `checks` has been through it.

use super::draft::{Draft, Part, PhraseText};
use super::language::Languages;
use super::lines;
use super::raw::{self, At, Words};
use super::{
    Ask, Cause, Condition, Decline, FLOW_FILE, Fact, FactAnswer, Facts, Files, Guide, Heed, Id,
    Item, Knowledge, Language, Numbers, Observe, Pattern, Phrase, Problem, Remedy, Route, Safety,
    ServicePrompt, Source, Step, Text, Topic, UNSURE,
};
use crate::text::{hash, normalise, skeleton};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn build(draft: &Draft, files: &Files) -> Knowledge {
    let pack = draft.pack.as_ref().map(|part| &part.value);
    let builder = Builder {
        draft,
        languages: draft.languages(),
    };
    let topic = |name: fn(&raw::Pack) -> &At<String>| match pack.and_then(|pack| item(name(pack))) {
        Some(Item::Topic(id)) => id,
        _ => Id::new(),
    };
    Knowledge {
        id: pack.map(|pack| pack.id.value.clone()).unwrap_or_default(),
        hash: hash_of(files),
        languages: draft.languages().0,
        menu: pack.map(|pack| items(&pack.menu)).unwrap_or_default(),
        contact: topic(|pack| &pack.contact),
        private_data: topic(|pack| &pack.private_data),
        privacy: topic(|pack| &pack.privacy),
        outside: pack
            .iter()
            .flat_map(|pack| &pack.outside)
            .map(|intent| intent.value.clone())
            .collect(),
        safety: pack.and_then(|pack| safety(pack.safety.as_ref()?)),
        facts: each(&draft.facts, |fact| builder.fact(fact)),
        guides: each(&draft.guides, |guide| builder.guide(guide)),
        problems: each(&draft.problems, |problem| builder.problem(problem)),
        prompts: draft
            .prompts
            .values()
            .flat_map(|part| &part.value.prompt)
            .map(|prompt| builder.prompt(prompt))
            .collect(),
        topics: each(&draft.topics, |topic| builder.topic(topic)),
        sources: draft
            .sources
            .iter()
            .flat_map(|part| &part.value.source)
            .map(source)
            .collect(),
        statements: draft
            .sources
            .iter()
            .map(|part| part.value.statement.len())
            .sum(),
        intents: each(&draft.intents, |lines| {
            lines.iter().map(|line| line.value.clone()).collect()
        }),
        stated: stated(draft),
        words: each(&draft.words, |things| {
            let plain =
                |names: &Vec<At<String>>| names.iter().map(|name| name.value.clone()).collect();
            things.iter().map(plain).collect()
        }),
        by_intent: by_intent(draft),
        phrases: phrases(draft),
        // All have been met by now.
        patterns: draft.patterns.take(),
    }
}

/// Lines as `Knowledge::stated` says: a megabyte that is kept, so no more room is taken for it than it needs.
fn stated(draft: &Draft) -> String {
    let lines = draft.stated.values().flat_map(|part| &part.value);
    let mut stated: String = lines.map(stated_line).collect();
    stated.shrink_to_fit();
    stated
}

fn stated_line(stated: &lines::Stated) -> String {
    let facts = stated.facts.iter();
    let labels: Vec<String> = facts
        .map(|(fact, answer)| format!("{}={}", fact.value, answer.value))
        .collect();
    let labels = if labels.is_empty() {
        lines::NO_FACTS.to_owned()
    } else {
        labels.join(",")
    };
    format!("{labels}\t{}\n", stated.sentence.value)
}

/// What becomes of every file of a kind.
fn each<K: Clone + Ord, R, T>(
    parts: &BTreeMap<K, Part<R>>,
    built: impl Fn(&R) -> T,
) -> BTreeMap<K, T> {
    parts
        .iter()
        .map(|(key, part)| (key.clone(), built(&part.value)))
        .collect()
}

/// The version of a pack: over paths and contents, with their lengths, so that no two packs read the same. Accepting a
/// flow makes no other version of it.
fn hash_of(files: &Files) -> u64 {
    let mut bytes = Vec::new();
    for (path, content) in files.iter().filter(|(path, _)| *path != FLOW_FILE) {
        for part in [path, content] {
            bytes.extend_from_slice(&part.len().to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
    }
    hash(&bytes)
}

fn safety(raw: &raw::Safety) -> Option<Safety> {
    Some(Safety {
        loosening: condition(&raw.loosening),
        danger: condition(&raw.danger),
        first: item(&raw.first)?,
    })
}

fn source(raw: &raw::Source) -> (Id, Source) {
    let source = Source {
        title: raw.title.clone(),
        date: raw.date.clone(),
        trust: raw.trust,
    };
    (raw.id.value.clone(), source)
}

fn by_intent(draft: &Draft) -> BTreeMap<Id, Item> {
    let guides = draft
        .guides
        .iter()
        .map(|(id, part)| (Item::Guide(id.clone()), &part.value.intents));
    let problems = draft
        .problems
        .iter()
        .map(|(id, part)| (Item::Problem(id.clone()), &part.value.intents));
    let topics = draft
        .topics
        .iter()
        .map(|(id, part)| (Item::Topic(id.clone()), &part.value.intents));
    let claims = guides.chain(problems).chain(topics);
    claims
        .flat_map(|(item, intents)| {
            intents
                .iter()
                .map(move |intent| (intent.value.clone(), item.clone()))
        })
        .collect()
}

fn phrases(draft: &Draft) -> BTreeMap<Language, BTreeMap<Phrase, String>> {
    let mut phrases: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for PhraseText {
        language,
        key,
        text,
        ..
    } in draft.phrases()
    {
        let Some(phrase) = Phrase::from_key(&key.value) else {
            continue;
        };
        // The separator may be a comma with its space.
        let text = if phrase == Phrase::ListSeparator {
            text.value.as_str()
        } else {
            text.value.trim()
        };
        let of_language = phrases.entry(language).or_default();
        of_language.insert(phrase, text.to_owned());
    }
    phrases
}

fn item(name: &At<String>) -> Option<Item> {
    name.value.parse().ok()
}

fn items(names: &[At<String>]) -> Vec<Item> {
    names.iter().filter_map(item).collect()
}

fn problem_id(name: Option<&At<String>>) -> Option<Id> {
    match item(name?) {
        Some(Item::Problem(id)) => Some(id),
        _ => None,
    }
}

fn facts(raw: &BTreeMap<At<String>, At<String>>) -> Facts {
    raw.iter()
        .map(|(fact, answer)| (fact.value.clone(), answer.value.clone()))
        .collect()
}

fn condition(raw: &raw::Condition) -> Condition {
    let parts = raw.iter().map(|(fact, answers)| {
        (
            fact.value.clone(),
            answers.iter().map(|answer| answer.value.clone()).collect(),
        )
    });
    Condition(parts.collect())
}

struct Builder<'d> {
    draft: &'d Draft,
    languages: Languages,
}

impl Builder<'_> {
    fn patterns(&self, raw: &[At<String>]) -> Vec<Pattern> {
        let pattern = |raw: &At<String>| self.draft.pattern(&raw.value).ok();
        raw.iter().filter_map(pattern).collect()
    }

    fn text(&self, words: &At<Words>) -> Text {
        let wordings = words.wordings(&self.languages).into_iter();
        let texts = wordings.map(|wording| (wording.language, wording.text.trim().to_owned()));
        Text(texts.collect())
    }

    fn fact(&self, raw: &raw::Fact) -> Fact {
        let answers = raw.answer.iter().map(|answer| FactAnswer {
            id: answer.id.value.clone(),
            label: self.text(&answer.label),
            told: self.text(&answer.told),
            words: answer
                .words
                .iter()
                .map(|word| skeleton(&normalise(&word.value)))
                .collect(),
            patterns: self.patterns(&answer.patterns),
            unless: self.patterns(&answer.unless),
        });
        Fact {
            question: self.text(&raw.question),
            why: self.text(&raw.why),
            unsure: raw.unsure,
            answers: answers.collect(),
        }
    }

    fn asks(raw: &[raw::Ask]) -> Vec<Ask> {
        raw.iter()
            .map(|ask| Ask {
                fact: ask.fact.value.clone(),
                when: condition(&ask.when),
            })
            .collect()
    }

    fn routes(&self, raw: &[raw::Route]) -> Vec<Route> {
        let route = |route: &raw::Route| {
            let say = route.say.as_ref().map(|say| self.text(say));
            Some(Route {
                when: condition(&route.when),
                to: item(&route.to)?,
                say,
            })
        };
        raw.iter().filter_map(route).collect()
    }

    fn guide(&self, raw: &raw::Guide) -> Guide {
        let steps = raw.step.iter().map(|step| Step {
            id: step.id.value.clone(),
            text: self.text(&step.text),
            see: self.text(&step.see),
            why: step.why.as_ref().map(|why| self.text(why)),
            when: condition(&step.when),
            requires: condition(&step.requires),
            irreversible: step.irreversible,
            loosens: step.loosens,
            optional: step.optional,
            fails: problem_id(step.fails.as_ref().or(raw.fails.as_ref())),
            as_shown: step.as_shown,
        });
        let declines = raw.decline.iter().filter_map(|decline| {
            Some(Decline {
                when: condition(&decline.when),
                topic: item(&decline.topic)?,
            })
        });
        Guide {
            title: self.text(&raw.title),
            tells: facts(&raw.tells),
            intro: raw.intro.as_ref().map(|intro| self.text(intro)),
            ask: Self::asks(&raw.ask),
            route: self.routes(&raw.route),
            declines: declines.collect(),
            steps: steps.collect(),
            done: self.text(&raw.done),
            related: items(&raw.related),
            fails: problem_id(raw.fails.as_ref()),
        }
    }

    fn problem(&self, raw: &raw::Problem) -> Problem {
        let sum: f64 = raw.cause.iter().map(|cause| cause.prior.value).sum();
        let causes = raw.cause.iter().map(|cause| Cause {
            id: cause.id.value.clone(),
            title: self.text(&cause.title),
            prior: cause.prior.value / sum,
            reason: cause.reason.value.clone(),
        });
        let remedies = raw.remedy.iter().map(|remedy| Remedy {
            id: remedy.id.value.clone(),
            title: self.text(&remedy.title),
            text: self.text(&remedy.text),
            see: self.text(&remedy.see),
            fixes: remedy
                .fixes
                .iter()
                .map(|(cause, chance)| (cause.value.clone(), chance.value))
                .collect(),
            chances: raw
                .cause
                .iter()
                .map(|cause| {
                    let fixed = |(of, _): &(&At<String>, _)| of.value == cause.id.value;
                    remedy
                        .fixes
                        .iter()
                        .find(fixed)
                        .map_or(0.0, |(_, chance)| chance.value)
                })
                .collect(),
            minutes: remedy.minutes.value,
            reason: remedy
                .reason
                .as_ref()
                .map(|reason| reason.value.clone())
                .unwrap_or_default(),
            wait_hours: remedy.wait_hours.as_ref().map(|hours| hours.value),
            requires: condition(&remedy.requires),
            irreversible: remedy.irreversible,
            loosens: remedy.loosens,
            as_shown: remedy.as_shown,
        });
        let mut problem = Problem {
            title: self.text(&raw.title),
            intro: raw.intro.as_ref().map(|intro| self.text(intro)),
            ask: Self::asks(&raw.ask),
            route: self.routes(&raw.route),
            observe: raw
                .observe
                .iter()
                .map(|observe| Observe {
                    fact: observe.fact.value.clone(),
                    minutes: observe.minutes.value,
                })
                .collect(),
            causes: causes.collect(),
            evidence: self.evidence(raw),
            remedies: remedies.collect(),
            handover: self.text(&raw.handover.text),
            handover_minutes: raw.handover.minutes.value,
            related: items(&raw.related),
            numbers: Numbers::default(),
        };
        problem.numbers = Numbers::of(&problem, &self.answers());
        problem
    }

    /// The answers of every fact.
    fn answers(&self) -> BTreeMap<Id, Vec<Id>> {
        each(&self.draft.facts, |fact| {
            let answers = fact.answer.iter().map(|answer| answer.id.value.clone());
            let unsure = fact.unsure.then(|| UNSURE.to_owned());
            answers.chain(unsure).collect()
        })
    }

    /// The likelihoods of every fact that some cause has evidence on.
    fn evidence(&self, raw: &raw::Problem) -> BTreeMap<Id, BTreeMap<Id, Vec<f64>>> {
        let told = raw.cause.iter().flat_map(|cause| cause.evidence.keys());
        let usual = raw.observe.iter();
        let usual = usual.filter(|observe| !observe.usual.is_empty());
        let facts: BTreeSet<&String> = told
            .chain(usual.map(|observe| &observe.fact))
            .map(|fact| &fact.value)
            .collect();
        facts
            .into_iter()
            .map(|fact| (fact.clone(), self.likelihoods(fact, raw)))
            .collect()
    }

    /// P(answer | cause): weights, 1 where none is given, scaled to sum 1. "Not sure" is as likely under every cause unless
    /// the author says otherwise, so by itself it tells nothing. A cause that says nothing about the fact has the usual
    /// weights, or all answers alike.
    fn likelihoods(&self, fact: &str, problem: &raw::Problem) -> BTreeMap<Id, Vec<f64>> {
        let Some(known) = self.draft.facts.get(fact).map(|part| &part.value) else {
            return BTreeMap::new();
        };
        let observed = problem.observe.iter();
        let usual = observed.filter(|observe| observe.fact.value == fact);
        let usual = usual.map(|observe| &observe.usual).next();
        let weight = |cause: &raw::Cause, answer: &str| {
            let own = cause.evidence.iter().find(|(of, _)| of.value == fact);
            let weights = own.map(|(_, weights)| weights).or(usual);
            let mut given = weights.into_iter().flatten();
            let given = given.find(|(of, _)| of.value == answer);
            given.map_or(1.0, |(_, weight)| weight.value)
        };
        let answers = known.answer.iter().map(|answer| answer.id.value.as_str());
        let shares = problem.cause.iter().map(|cause| {
            let sum: f64 = answers.clone().map(|answer| weight(cause, answer)).sum();
            let unsure = known
                .unsure
                .then(|| weight(cause, UNSURE) * sum * UNSURE_SHARE);
            (sum, unsure.unwrap_or_default())
        });
        let shares: Vec<(f64, f64)> = shares.collect();
        let of_each = |answer: &str| {
            let causes = problem.cause.iter().zip(&shares);
            causes
                .map(|(cause, (sum, unsure))| match answer {
                    UNSURE => unsure / (sum + unsure),
                    _ => weight(cause, answer) / (sum + unsure),
                })
                .collect()
        };
        let unsure = known.unsure.then_some(UNSURE);
        answers
            .chain(unsure)
            .map(|answer| (answer.to_owned(), of_each(answer)))
            .collect()
    }

    fn prompt(&self, raw: &raw::Prompt) -> (Id, ServicePrompt) {
        let prompt = ServicePrompt {
            shown: raw
                .shown
                .iter()
                .map(|shown| skeleton(&normalise(&shown.value)))
                .collect(),
            codes: raw.codes.iter().map(|code| code.value.clone()).collect(),
            meaning: self.text(&raw.meaning),
            advice: self.text(&raw.advice),
            facts: facts(&raw.facts),
            to: raw.to.as_ref().and_then(item),
            as_shown: raw.as_shown,
        };
        (raw.id.value.clone(), prompt)
    }

    fn topic(&self, raw: &raw::Topic) -> Topic {
        Topic {
            title: self.text(&raw.title),
            text: self.text(&raw.text),
            refuses: raw.refuses,
            heed: (!raw.patterns.is_empty()).then(|| Heed {
                patterns: self.patterns(&raw.patterns),
                unless: self.patterns(&raw.unless),
                urgency: raw.urgency,
                reads_as: raw.reads_as.as_ref().map(|intent| intent.value.clone()),
            }),
            then: raw.then.iter().flat_map(then).collect(),
            reminder: raw.reminder.as_ref().map(|text| self.text(text)),
            related: items(&raw.related),
            as_shown: raw.as_shown,
        }
    }
}

/// Each of the words with what they mean.
fn then(raw: &raw::Then) -> impl Iterator<Item = (String, String)> {
    let words = raw.words.iter();
    words.map(|words| (skeleton(&normalise(&words.value)), raw.means.value.clone()))
}

/// How often people answer "not sure", for each who answers otherwise: one in ten does.
const UNSURE_SHARE: f64 = 1.0 / 9.0;
