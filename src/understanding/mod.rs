//! From a sentence to an intent, facts and a quoted message, learned from the pack's examples.
//!
//! The cheapest and surest comes first: a sentence that is an example word for word; a linear model over character
//! n-grams; and where that is not sure, one that also knows where the sentence lies among the examples. What the words of
//! a sentence are (things of others, words of our own matters) and what its facts tell has the last say.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod ablation;
mod bytes;
mod cues;
pub mod encoder;
mod explain;
mod facts_score;
mod learning;
mod matters;
pub mod model;
mod private_score;
mod prompts;
mod score;
mod share;
mod statements;
mod understood;
pub mod words;

pub use cues::ListedWord;
pub use explain::{Explanation, FactFound, Near, Spoken, Stage, Verdict};
pub use facts_score::{FactCounts, FactsScore, FactsWrong, Stated, score_facts, stated};
pub use private_score::{
    PrivateCounts, PrivateScore, PrivateWrong, Secret, score_private, secrets,
};
pub use score::{Confusion, CurvePoint, IntentScore, Labelled, Score, labelled, score};
pub use share::Share;
pub use statements::KeptOut;
pub use understood::{Understood, Zone};

use crate::knowledge::{CONVERSATION_INTENTS, Facts, Id, Item, Knowledge};
use crate::text::{Mender, joined, normalise, skeleton};
use cues::Cues;
use encoder::{Encoder, Point};
use model::{Examples, Model, Reading};
use prompts::PromptIndex;
use rustc_hash::FxHashSet;
use statements::Classes;
use words::{Listed, Words};

/// From this probability on, the first stage's reading stands.
const FIRST_SURE: f32 = 0.95;
/// From this probability on, a reading is acted upon.
const SURE: f32 = 0.65;
/// From this probability on, readings are offered.
const UNSURE: f32 = 0.25;
/// So many of a sentence's pairs of neighbouring characters must occur in examples, or nothing is known about it.
const FAMILIAR: f32 = 0.3;
/// How much an example that is near speaks for its intent: logits for a cosine of 1.
const NEARNESS: f32 = 8.0;
/// By how much the odds of a reading of ours fall where a sentence names what belongs to others, and not the service.
const ELSEWHERE: f32 = 0.02;
/// By how much they fall where a sentence has no word of ours.
const WORDLESS: f32 = 0.02;

/// What was learned from a pack.
#[derive(Debug)]
pub struct Understanding {
    model: Model,
    /// For each intent of the model the first that needs not be told apart from it.
    answers: Vec<usize>,
    /// The classes of the facts' answers.
    classes: Classes,
    words: Words,
    cues: Cues,
    prompts: PromptIndex,
    mender: Mender,
    /// Pairs of neighbouring characters that occur in examples.
    pairs: FxHashSet<(char, char)>,
    stages: Stages,
}

/// The parts of understanding that can be left out, to see what each of them is worth (see [`ablation`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// The models are told what the listed words of a sentence are.
    pub marks: bool,
    /// The second model is asked where the first is not sure.
    pub encoder: bool,
    /// Examples that are near speak for their intents.
    pub nearness: bool,
    /// The words of a sentence have the last say.
    pub rules: bool,
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            marks: true,
            encoder: true,
            nearness: true,
            rules: true,
        }
    }
}

/// What the stages make of a sentence, before it is said what can be done about it.
struct Read<'m> {
    stage: Stage,
    familiarity: f32,
    /// Readings that ask for different things, the most probable first.
    readings: Vec<(f32, &'m Id)>,
}

impl Understanding {
    /// A normalised text with slips in the pack's own words mended.
    #[must_use]
    pub fn mended(&self, normalised: &str) -> String {
        self.mender.mend(normalised)
    }

    /// What a sentence means, out of context.
    #[must_use]
    pub fn understand(&self, knowledge: &Knowledge, text: &str) -> Understood {
        let text = &*joined(text);
        let plain = normalise(text);
        let normalised = &*self.mended(&plain);
        let said = self.said(text, &plain, normalised);
        let skeleton = skeleton(normalised);
        let prompt = self.prompts.quoted(normalised, &skeleton).cloned();
        // A message of the service is known by itself: where it lies among sentences tells nothing.
        let point = |normalised: &str| match prompt {
            Some(_) => None,
            None => shipped_point(normalised),
        };
        let read = self.read(knowledge, normalised, &skeleton, &point);
        let listed = self.words.find(normalised);
        let understood = Understood {
            prompt,
            named: listed.called().cloned(),
            heeded: knowledge.heeded(&said.statement),
            ..concluded(knowledge, &read, self.facts(knowledge, &said))
        };
        heedful(knowledge, &read, &listed, understood)
    }

    /// Goes through the stages. `point` says where a sentence lies.
    fn read(
        &self,
        knowledge: &Knowledge,
        normalised: &str,
        skeleton: &str,
        point: &dyn Fn(&str) -> Option<Point>,
    ) -> Read<'_> {
        if skeleton.is_empty() {
            return Read {
                stage: Stage::Nothing,
                familiarity: 0.0,
                readings: Vec::new(),
            };
        }
        if let Some(intent) = self.model.exact(skeleton) {
            return Read {
                stage: Stage::Example,
                familiarity: 1.0,
                readings: vec![(1.0, intent)],
            };
        }
        let listed = self.words.find(normalised);
        let unmarked = Listed::default();
        let marked = if self.stages.marks {
            &listed
        } else {
            &unmarked
        };
        let mut reading = self.model.first(normalised, marked);
        let mut stage = Stage::Ngrams;
        let sure = reading.probabilities.iter().copied().fold(0.0, f32::max) >= FIRST_SURE;
        if !(sure && familiarity(&self.pairs, skeleton) >= FAMILIAR)
            && self.stages.encoder
            && self.model.is_deep()
            && let Some(point) = point(normalised)
            && let Some(second) = self.second(normalised, marked, &point)
        {
            reading = second;
            stage = Stage::Encoder;
        }
        let ranked = self.weighed(knowledge, &listed, &reading.probabilities);
        Read {
            stage,
            familiarity: familiarity(&self.pairs, skeleton),
            readings: self.grouped(ranked),
        }
    }

    /// The second stage's reading, with what lies near: an example speaks for its intent the more, the nearer it is.
    fn second(&self, normalised: &str, listed: &Listed, point: &Point) -> Option<Reading> {
        let mut reading = self.model.second(normalised, listed, point)?;
        if self.stages.nearness {
            for near in self.model.neighbours(point) {
                if let Some(probability) = reading.probabilities.get_mut(near.class) {
                    *probability *= (NEARNESS * near.nearness).exp();
                }
            }
            scale(&mut reading.probabilities);
        }
        Some(reading)
    }

    /// Probabilities after what the words of the sentence say: who names another product and not the service means that
    /// product; who has no word of ours asks for none of ours.
    fn weighed<'m>(
        &'m self,
        knowledge: &Knowledge,
        listed: &Listed,
        probabilities: &[f32],
    ) -> Vec<(f32, usize, &'m Id)> {
        let elsewhere = !listed.others.is_empty() && !listed.service;
        let outside = |intent: &Id| knowledge.outside.contains(intent);
        let mut weighed: Vec<(f32, usize, &Id)> = probabilities
            .iter()
            .copied()
            .zip(self.model.intents())
            .enumerate()
            .map(|(class, (probability, intent))| (probability, class, intent))
            .collect();
        if self.stages.rules && (elsewhere || !listed.own) {
            let ours = |intent: &Id| {
                let conversation = CONVERSATION_INTENTS.contains(&intent.as_str());
                !outside(intent) && (elsewhere || !conversation)
            };
            let sum = |of: &dyn Fn(&Id) -> bool| -> f32 {
                let of = weighed.iter().filter(|(_, _, intent)| of(intent));
                of.map(|(probability, ..)| probability).sum()
            };
            let (inside, outsiders) = (sum(&ours), sum(&outside));
            // Odds, not shares: a reading that the rest of the sentence leaves no doubt of stands all the same.
            let odds = if elsewhere { ELSEWHERE } else { WORDLESS };
            let scale = (inside + outsiders) / (inside * odds + outsiders).max(f32::MIN_POSITIVE);
            for (probability, _, intent) in &mut weighed {
                if ours(intent) {
                    *probability *= odds * scale;
                } else if outside(intent) {
                    *probability *= scale;
                }
            }
        }
        weighed.sort_by(|(first, ..), (second, ..)| second.total_cmp(first));
        weighed
    }

    /// Intents that need not be told apart stand together; of two such the more probable speaks for both.
    fn grouped<'m>(&self, ranked: Vec<(f32, usize, &'m Id)>) -> Vec<(f32, &'m Id)> {
        let answer = |class: usize| self.answers.get(class).copied().unwrap_or(class);
        let mut groups: Vec<(f32, usize, &Id)> = Vec::new();
        for (probability, class, intent) in ranked {
            match groups
                .iter_mut()
                .find(|(_, known, _)| answer(*known) == answer(class))
            {
                Some((sum, ..)) => *sum += probability,
                None => groups.push((probability, class, intent)),
            }
        }
        groups.sort_by(|(first, ..), (second, ..)| second.total_cmp(first));
        let groups = groups.into_iter();
        groups.map(|(sum, _, intent)| (sum, intent)).collect()
    }
}

/// For each intent the first that needs not be told apart from it.
fn answers(knowledge: &Knowledge, intents: &[Id]) -> Vec<usize> {
    let first = |intent| {
        intents
            .iter()
            .position(|known| same_answer(knowledge, known, intent))
    };
    let firsts = intents.iter().enumerate();
    firsts
        .map(|(class, intent)| first(intent).unwrap_or(class))
        .collect()
}

/// The readings and what can be made of them; a quoted message is found elsewhere.
fn concluded(knowledge: &Knowledge, read: &Read, facts: Facts) -> Understood {
    let best = read.readings.first();
    // Sums of what was rounded may come to a little more than everything.
    let confidence = best.map_or(0.0, |(confidence, _)| confidence.min(1.0));
    // The next best reading that means something else, and something that can be said to it.
    let mut others = read.readings.iter().skip(1).map(|(_, intent)| *intent);
    let second = others.find(|intent| knowledge.by_intent.contains_key(*intent));
    let is_outside = best.is_some_and(|(_, intent)| knowledge.outside.contains(*intent));
    let runner_up = read.readings.get(1).map_or(0.0, |(share, _)| *share);
    let outside = read
        .readings
        .iter()
        .filter(|(_, intent)| knowledge.outside.contains(*intent));
    let zone = match () {
        () if read.familiarity < FAMILIAR || confidence < UNSURE => Zone::Lost,
        // What is none of ours is not asked about for the sake of a reading that nobody would bet on.
        () if confidence < SURE && !(is_outside && runner_up < UNSURE) => Zone::Unsure,
        () => Zone::Sure,
    };
    Understood {
        intent: best.map(|(_, intent)| routed(knowledge, intent, &facts).clone()),
        confidence,
        second: second.cloned(),
        facts,
        also: Vec::new(),
        prompt: None,
        named: None,
        heeded: Vec::new(),
        zone,
        outside: outside
            .map(|(probability, _)| probability)
            .sum::<f32>()
            .min(1.0),
    }
}

/// What is found to be refused asks for what is refused, but where the sentence is an example: then its author knows better.
/// What is plainly about the things of others is none of our refusals.
fn heedful(
    knowledge: &Knowledge,
    read: &Read,
    listed: &Listed,
    understood: Understood,
) -> Understood {
    let refusing = |id: &Id| knowledge.topics.get(id).filter(|topic| topic.refuses);
    let mut understood = understood;
    let intent = understood.intent.as_ref();
    let is_outside = intent.is_some_and(|intent| knowledge.outside.contains(intent));
    if is_outside && !listed.others.is_empty() && !listed.service {
        understood.heeded.retain(|id| refusing(id).is_none());
    }
    let mut refusals = understood.heeded.iter().filter_map(refusing);
    let reads_as = refusals.find_map(|topic| topic.heed.as_ref()?.reads_as.clone());
    let Some(intent) = reads_as.filter(|_| read.stage != Stage::Example) else {
        return understood;
    };
    let second = understood.intent.clone().filter(|read| *read != intent);
    Understood {
        second: second.or(understood.second),
        intent: Some(intent),
        confidence: 1.0,
        zone: Zone::Sure,
        outside: 0.0,
        ..understood
    }
}

/// The intent of what a problem leads to at once, by the facts of the sentence: no code comes to a number that is gone, and
/// that is the matter. A guide's own routes are ways to what was asked for.
fn routed<'k>(knowledge: &'k Knowledge, intent: &'k Id, facts: &Facts) -> &'k Id {
    let Some(Item::Problem(problem)) = knowledge.by_intent.get(intent) else {
        return intent;
    };
    let routes = knowledge
        .problems
        .get(problem)
        .into_iter()
        .flat_map(|problem| &problem.route);
    let mut leading = routes
        .filter(|route| route.when.holds(facts))
        .map(|route| &route.to);
    let to = leading.next();
    let mut intents = knowledge
        .by_intent
        .iter()
        .filter(|(_, item)| Some(*item) == to);
    intents.next().map_or(intent, |(intent, _)| intent)
}

/// Pairs of neighbouring characters in the examples of a pack.
fn pairs(knowledge: &Knowledge) -> FxHashSet<(char, char)> {
    let sentences = knowledge.intents.values().flatten();
    let pairs = sentences.flat_map(|sentence| {
        let lower = sentence.chars().flat_map(char::to_lowercase);
        let letters = lower.filter(|character| character.is_alphanumeric());
        let letters: Vec<char> = letters.collect();
        let next = letters.clone().into_iter().skip(1);
        letters.into_iter().zip(next).collect::<Vec<_>>()
    });
    pairs.collect()
}

/// Share of a skeleton's pairs of characters that occur in an example, 0 to 1.
fn familiarity(known: &FxHashSet<(char, char)>, skeleton: &str) -> f32 {
    let pairs: Vec<(char, char)> = skeleton.chars().zip(skeleton.chars().skip(1)).collect();
    let seen = pairs.iter().filter(|pair| known.contains(*pair)).count();
    if pairs.is_empty() {
        return 1.0;
    }
    Share {
        of: pairs.len(),
        right: seen,
    }
    .fraction()
}

/// Where the encoder that the program carries with it puts a sentence.
fn shipped_point(normalised: &str) -> Option<Point> {
    Encoder::shipped().map(|encoder| encoder.encode(normalised))
}

/// What there is to learn from in a pack.
fn examples(knowledge: &Knowledge) -> Examples {
    Examples {
        intents: knowledge.intents.clone(),
        words: knowledge.words.clone(),
        stated: knowledge.stated.clone(),
    }
}

/// To probabilities that sum to 1.
fn scale(probabilities: &mut [f32]) {
    let sum: f32 = probabilities.iter().sum();
    for probability in probabilities {
        *probability /= sum.max(f32::MIN_POSITIVE);
    }
}

/// Whether two intents need not be told apart to act on one: they ask for the same item, or both for none of ours.
fn same_answer(knowledge: &Knowledge, first: &Id, second: &Id) -> bool {
    let outside = |intent| knowledge.outside.contains(intent);
    let item = knowledge.by_intent.get(first);
    first == second
        || (item.is_some() && item == knowledge.by_intent.get(second))
        || (outside(first) && outside(second))
}
