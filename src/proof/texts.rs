//! The pack's texts: which of them somebody can ever see, and which buttons could stand side by side.

use super::Code;
use super::acts::{self, beside, offerable};
use super::shows::{Shown, Violation};
use super::wishes::written;
use crate::knowledge::{Id, Item, Knowledge, Language, Phrase, Route, Step, Text};
use crate::text::{normalise, skeleton};

/// Phrases that the walk does not hear: the menu of commands, what is said when something broke and where others read, and
/// the names of private things, of which it sends a phone number only.
const OUTSIDE: [Phrase; 22] = [
    Phrase::CommandStart,
    Phrase::CommandHelp,
    Phrase::CommandStatus,
    Phrase::CommandBack,
    Phrase::CommandRestart,
    Phrase::CommandCancel,
    Phrase::CommandHuman,
    Phrase::CommandLanguage,
    Phrase::CommandPrivacy,
    Phrase::CommandForget,
    Phrase::Apology,
    Phrase::Public,
    Phrase::TooFast,
    Phrase::ButtonPrivate,
    Phrase::PrivateAnd,
    Phrase::PrivateIdCard,
    Phrase::PrivatePassport,
    Phrase::PrivateBankCard,
    Phrase::PrivateCode,
    Phrase::PrivatePassword,
    Phrase::PrivateEmail,
    Phrase::PrivateAddress,
];

/// Every text of the pack with its name, but for the titles of causes: those stand for what is the most probable, which is
/// looked at by itself.
pub(super) fn texts(knowledge: &Knowledge) -> Vec<(String, &Text)> {
    let mut texts = Vec::new();
    for (id, fact) in &knowledge.facts {
        texts.push((format!("`question` of `fact:{id}`"), &fact.question));
        texts.push((format!("`why` of `fact:{id}`"), &fact.why));
        for answer in &fact.answers {
            let of = format!("the answer `{}` of `fact:{id}`", answer.id);
            texts.push((format!("`label` of {of}"), &answer.label));
            texts.push((format!("`told` of {of}"), &answer.told));
        }
    }
    for (id, guide) in &knowledge.guides {
        let of = format!("`guide:{id}`");
        texts.push((format!("`title` of {of}"), &guide.title));
        texts.push((format!("`done` of {of}"), &guide.done));
        texts.extend(
            guide
                .intro
                .iter()
                .map(|text| (format!("`intro` of {of}"), text)),
        );
        texts.extend(says(&of, &guide.route));
        for step in &guide.steps {
            let of = format!("`guide:{id}/{}`", step.id);
            texts.push((format!("`text` of {of}"), &step.text));
            texts.push((format!("`see` of {of}"), &step.see));
            texts.extend(step.why.iter().map(|text| (format!("`why` of {of}"), text)));
        }
    }
    for (id, problem) in &knowledge.problems {
        let of = format!("`problem:{id}`");
        texts.push((format!("`title` of {of}"), &problem.title));
        texts.push((format!("`handover` of {of}"), &problem.handover));
        texts.extend(
            problem
                .intro
                .iter()
                .map(|text| (format!("`intro` of {of}"), text)),
        );
        texts.extend(says(&of, &problem.route));
        for remedy in &problem.remedies {
            let of = format!("`problem:{id}/{}`", remedy.id);
            texts.push((format!("`title` of {of}"), &remedy.title));
            texts.push((format!("`text` of {of}"), &remedy.text));
            texts.push((format!("`see` of {of}"), &remedy.see));
        }
    }
    for (id, prompt) in &knowledge.prompts {
        texts.push((format!("`meaning` of the message `{id}`"), &prompt.meaning));
        texts.push((format!("`advice` of the message `{id}`"), &prompt.advice));
    }
    for (id, topic) in &knowledge.topics {
        texts.push((format!("`text` of `topic:{id}`"), &topic.text));
        let reminder = topic.reminder.iter();
        texts.extend(reminder.map(|text| (format!("`reminder` of `topic:{id}`"), text)));
    }
    texts
}

fn says<'k>(of: &str, routes: &'k [Route]) -> impl Iterator<Item = (String, &'k Text)> {
    let of = of.to_owned();
    routes.iter().filter_map(move |route| {
        let text = route.say.as_ref()?;
        Some((say(&of, route), text))
    })
}

/// What is said where this route is taken, by name.
pub(super) fn say(of: &str, route: &Route) -> String {
    let when = route.when.facts();
    let when: Vec<String> = when.map(|(fact, answers)| written(fact, answers)).collect();
    format!(
        "`say` of {of} to `{}` with {}",
        route.to,
        when.join(" and ")
    )
}

/// Texts that nobody has been shown yet.
pub(super) struct Unseen<'k> {
    waiting: Vec<(String, Vec<&'k str>)>,
}

impl<'k> Unseen<'k> {
    pub fn of(knowledge: &'k Knowledge) -> Self {
        let language = knowledge.spoken(None);
        let texts = texts(knowledge)
            .into_iter()
            .map(|(name, text)| (name, vec![text.get(language)]));
        let phrases = Phrase::ALL
            .iter()
            .filter(|phrase| !OUTSIDE.contains(phrase) && spoken_about(knowledge, **phrase))
            .map(|phrase| {
                let pieces = pieces(knowledge.phrase(language, *phrase));
                (format!("the phrase `{}`", phrase.key()), pieces)
            });
        Self {
            waiting: texts.chain(phrases).collect(),
        }
    }

    /// Takes what stands in a message off the list.
    pub fn look(&mut self, message: &str) {
        self.waiting
            .retain(|(_, pieces)| !pieces.iter().all(|piece| message.contains(piece)));
    }

    /// What nobody ever saw.
    pub fn rest(self) -> Vec<String> {
        self.waiting.into_iter().map(|(name, _)| name).collect()
    }
}

/// Whether a pack has what this phrase is about.
fn spoken_about(knowledge: &Knowledge, phrase: Phrase) -> bool {
    let step = |has: fn(&Step) -> bool| {
        let mut steps = knowledge.guides.values().flat_map(|guide| &guide.steps);
        steps.any(has)
    };
    if phrase == Phrase::ButtonSkip {
        step(|step| step.optional)
    } else if phrase == Phrase::ButtonUnsure {
        knowledge.facts.values().any(|fact| fact.unsure)
    } else if phrase == Phrase::WhyStep {
        step(|step| step.why.is_none())
    } else if matches!(phrase, Phrase::Later | Phrase::LaterNow) {
        !beside(knowledge).is_empty()
    } else if phrase == Phrase::StepAgain {
        step(|step| step.fails.is_some())
    } else if phrase == Phrase::ComeBack {
        let mut remedies = knowledge.problems.values().flat_map(|of| &of.remedies);
        remedies.any(|remedy| remedy.wait_hours.is_some())
    } else if matches!(phrase, Phrase::WhyAnswers | Phrase::WhyAnswer) {
        let mut problems = knowledge.problems.values();
        problems.any(|problem| !problem.observe.is_empty() && problem.remedies.len() > 1)
    } else if matches!(phrase, Phrase::CardRuledOut | Phrase::RuledOut) {
        let mut problems = knowledge.problems.values();
        problems.any(|problem| !problem.evidence.is_empty())
    } else if phrase == Phrase::Which {
        let mut facts = knowledge.facts.keys();
        facts.any(|fact| knowledge.is_ambiguous(fact))
    } else if phrase == Phrase::Stuck {
        let mut problems = knowledge.problems.values();
        step(|_| true) || problems.any(|problem| !problem.remedies.is_empty())
    } else if phrase == Phrase::Wait {
        knowledge.words.contains_key("wait")
    } else if phrase == Phrase::Elsewhere {
        acts::longest_name(knowledge).is_some()
    } else if phrase == Phrase::Aside {
        !knowledge.outside.is_empty()
    } else if phrase == Phrase::AsShown {
        step(|step| step.as_shown)
            || knowledge.topics.values().any(|topic| topic.as_shown)
            || knowledge.prompts.values().any(|prompt| prompt.as_shown)
    } else {
        true
    }
}

/// The parts of a phrase between its placeholders.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for (place, part) in text.split('{').enumerate() {
        let literal = if place == 0 {
            part
        } else {
            part.split_once('}').map_or(part, |(_, rest)| rest)
        };
        if !literal.is_empty() {
            pieces.push(literal);
        }
    }
    pieces
}

/// Readings that can be offered side by side, with labels that look the same: every pair, in every language. Returns how
/// many pairs were compared.
pub(super) fn offers(knowledge: &Knowledge, violations: &mut Vec<Violation>) -> usize {
    let mut compared = 0;
    for language in &knowledge.languages {
        let labels: Vec<(&Id, &Item, String)> = offerable(knowledge)
            .filter_map(|intent| {
                let item = knowledge.by_intent.get(intent)?;
                Some((intent, item, label(knowledge, item, *language)))
            })
            .collect();
        for (place, (intent, item, first)) in labels.iter().enumerate() {
            for (other_intent, other, second) in labels.iter().skip(place + 1) {
                compared += 1;
                if item != other && first == second {
                    let pair = [intent, other_intent].map(|intent| (*intent).clone());
                    violations.push(Violation::new(
                        Code::SameLabel,
                        format!(
                            "`{item}` and `{other}` can be offered side by side, and have one title"
                        ),
                        Shown::Either(pair),
                    ));
                }
            }
        }
    }
    compared
}

fn label(knowledge: &Knowledge, item: &Item, language: Language) -> String {
    let title = knowledge
        .title(item)
        .map_or("", |title| title.get(language));
    skeleton(&normalise(title))
}
