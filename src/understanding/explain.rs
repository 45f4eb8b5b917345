//! Why a sentence is read as it is: what `mibao understand --explain` prints.
//!
//! Everything is looked up anew and nothing is spared: it is asked for by somebody who is at work on a pack.

use super::encoder::Point;
use super::model::Stated;
use super::statements::{Found, KeptOut, Said, agreed, found, stated};
use super::words::Listed;
use super::{Understanding, Understood, concluded, heedful, shipped_point};
use crate::knowledge::{Id, Knowledge};
use crate::text::{alikeness, hash, joined, ngrams, normalise, skeleton};

/// How many n-grams and examples are worth a look.
const SPOKEN_MAX: usize = 8;
const NEAR_MAX: usize = 3;

/// What decided how a sentence is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There was nothing to read.
    Nothing,
    /// It is an example, word for word.
    Example,
    /// The first model, by n-grams.
    Ngrams,
    /// The second model, which knows where the sentence lies among the examples.
    Encoder,
}

/// Why a sentence is read as it is.
#[derive(Debug)]
pub struct Explanation {
    pub normalised: String,
    pub stage: Stage,
    /// Share of its pairs of neighbouring characters that occur in an example.
    pub familiarity: f32,
    /// What its listed words come to, and those words themselves with their lists.
    pub listed: Listed,
    pub words: Vec<(&'static str, String)>,
    /// Readings that ask for different things, the most probable first.
    pub readings: Vec<(Id, f32)>,
    /// What spoke most for the first reading against the second, or against the first.
    pub spoken: Vec<Spoken>,
    /// The nearest examples.
    pub near: Vec<Near>,
    pub facts: Vec<FactFound>,
    pub understood: Understood,
}

/// An n-gram or a mark of listed words.
#[derive(Debug, PartialEq)]
pub struct Spoken {
    pub what: String,
    pub is_mark: bool,
    /// What it adds to the score of the first reading, beyond what it adds to that of the second.
    pub weight: f32,
}

/// An example sentence near the one explained.
#[derive(Debug, PartialEq)]
pub struct Near {
    pub sentence: String,
    pub intent: Id,
    /// 1 for the same, 0 for nothing in common.
    pub nearness: f32,
}

/// An answer to a fact that a pattern found, or that labelled sentences make probable.
#[derive(Debug, PartialEq)]
pub struct FactFound {
    pub fact: Id,
    pub answer: Id,
    /// What found it, and in which words.
    pub pattern: Option<(String, String)>,
    /// How probable labelled sentences make it, if they teach anything of it.
    pub probability: Option<f32>,
    /// What spoke most for that, or against it.
    pub spoken: Vec<Spoken>,
    pub verdict: Verdict,
}

/// What became of such an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Taken,
    KeptOut(KeptOut),
    /// No pattern found it, and it is not probable enough without.
    Unsure,
    /// Another answer to the same fact was found later, in a longer stretch, or is more probable.
    Outdone,
}

/// What is less probable is not worth a word, where no pattern found it.
const WORTH_A_WORD: f32 = 0.2;

impl Understanding {
    /// Says why a sentence is read as it is.
    #[must_use]
    pub fn explain(&self, knowledge: &Knowledge, text: &str) -> Explanation {
        let text = &*joined(text);
        let plain = normalise(text);
        let normalised = &*self.mended(&plain);
        let said = self.said(text, &plain, normalised);
        let skeleton = skeleton(normalised);
        let listed = self.words.find(normalised);
        let point = shipped_point(normalised).filter(|_| self.model.is_deep());
        let read = self.read(knowledge, normalised, &skeleton, &|_| point.clone());
        let taken = self.facts(knowledge, &said);
        let winner = read
            .readings
            .first()
            .and_then(|(_, intent)| self.class(intent));
        let second = read
            .readings
            .get(1)
            .and_then(|(_, intent)| self.class(intent));
        let deep = read.stage == Stage::Encoder;
        let spoken = winner
            .zip(second)
            .map(|pair| self.spoken(normalised, &listed, pair, deep));
        let (listed_called, heard) = (listed.called().cloned(), listed.clone());
        Explanation {
            normalised: normalised.to_owned(),
            stage: read.stage,
            familiarity: read.familiarity,
            words: self.words.named(normalised),
            listed,
            readings: read
                .readings
                .iter()
                .map(|(probability, intent)| ((*intent).clone(), *probability))
                .collect(),
            spoken: spoken.unwrap_or_default(),
            near: self.near(knowledge, &skeleton, point.as_ref()),
            facts: self.facts_found(knowledge, &said),
            understood: heedful(
                knowledge,
                &read,
                &heard,
                Understood {
                    prompt: self.prompts.quoted(normalised, &skeleton).cloned(),
                    named: listed_called,
                    heeded: knowledge.heeded(&said.statement),
                    ..concluded(knowledge, &read, taken)
                },
            ),
        }
    }

    /// Every answer that a pattern found, with the stretch that counts most, and those that are probable without.
    fn facts_found(&self, knowledge: &Knowledge, said: &Said) -> Vec<FactFound> {
        let Said { statement, words } = said;
        let setting = self.setting(statement);
        let likely = knowledge.patterns.likely(statement);
        let learned = self.learned(words);
        let mut all = Vec::new();
        for (id, fact) in &knowledge.facts {
            let found = found(&setting, &likely, statement, fact);
            let stated = stated(&setting, &found);
            let taken = agreed(knowledge, &learned, (id, fact), &setting, &found);
            for (number, answer) in fact.answers.iter().enumerate() {
                let of_answer = found.iter().filter(|found| *found.answer == answer.id);
                let is_stated =
                    |found: &&Found| stated.is_some_and(|stated| std::ptr::eq(stated, *found));
                let best = of_answer.max_by_key(|found| {
                    (
                        is_stated(found),
                        found.kept_out.is_none(),
                        found.place.len(),
                    )
                });
                let probability = learned.of(id, number);
                let is_taken = taken == Some(&answer.id);
                if best.is_none()
                    && !is_taken
                    && probability.is_none_or(|probability| probability < WORTH_A_WORD)
                {
                    continue;
                }
                let verdict = match best {
                    _ if is_taken => Verdict::Taken,
                    None => Verdict::Unsure,
                    Some(Found {
                        kept_out: Some(kept_out),
                        ..
                    }) => Verdict::KeptOut(kept_out.clone()),
                    Some(best) if is_stated(&best) && taken.is_none() => {
                        Verdict::KeptOut(KeptOut::Improbable)
                    }
                    Some(_) => Verdict::Outdone,
                };
                let matched = |found: &Found| {
                    let matched = statement.get(found.place.clone()).unwrap_or_default();
                    (found.pattern.written().to_owned(), matched.to_owned())
                };
                all.push(FactFound {
                    fact: id.clone(),
                    answer: answer.id.clone(),
                    pattern: best.map(matched),
                    probability,
                    spoken: self.spoken_of(words, id, &answer.id),
                    verdict,
                });
            }
        }
        all
    }

    /// What speaks most for an answer or against it, by labelled sentences.
    fn spoken_of(&self, normalised: &str, fact: &str, answer: &str) -> Vec<Spoken> {
        let stated = &self.model.stated;
        let label = format!("{fact}={answer}");
        let Some(class) = stated.answers().iter().position(|known| *known == label) else {
            return Vec::new();
        };
        let spoken = Stated::ngrams(normalised).map(|ngram| Spoken {
            weight: stated.weight(&ngram, class),
            what: ngram,
            is_mark: false,
        });
        heaviest(spoken.collect())
    }

    fn class(&self, intent: &Id) -> Option<usize> {
        self.model
            .intents()
            .iter()
            .position(|known| known == intent)
    }

    /// What speaks most for one class against another, the heaviest first.
    fn spoken(
        &self,
        normalised: &str,
        listed: &Listed,
        (winner, second): (usize, usize),
        deep: bool,
    ) -> Vec<Spoken> {
        let ngrams = ngrams(normalised).into_iter().map(|ngram| (ngram, false));
        let marks = listed.marks().map(|mark| (mark.to_owned(), true));
        let spoken: Vec<Spoken> = ngrams
            .chain(marks)
            .map(|(what, is_mark)| Spoken {
                weight: self
                    .model
                    .weight(super::Model::bucket(&what), winner, second, deep),
                what: what.trim_start_matches('\u{1}').to_owned(),
                is_mark,
            })
            .collect();
        heaviest(spoken)
    }

    /// The nearest examples: by where they lie, or by the pairs of characters that they share where nothing lies anywhere.
    fn near(&self, knowledge: &Knowledge, said: &str, point: Option<&Point>) -> Vec<Near> {
        if said.is_empty() {
            return Vec::new();
        }
        let Some(point) = point else {
            return alike(knowledge, said);
        };
        let nearest = self.model.nearest(point, NEAR_MAX).into_iter();
        nearest
            .filter_map(|near| {
                let intent = self.model.intents().get(near.class)?;
                let is_meant = |sentence: &&String| {
                    hash(self.mended(&normalise(sentence)).as_bytes()) == near.normalised
                };
                Some(Near {
                    sentence: knowledge
                        .intents
                        .get(intent)?
                        .iter()
                        .find(is_meant)?
                        .clone(),
                    intent: intent.clone(),
                    nearness: near.nearness,
                })
            })
            .collect()
    }
}

/// What weighs most, the heaviest first, each with its share of the whole.
fn heaviest(mut spoken: Vec<Spoken>) -> Vec<Spoken> {
    let share = super::model::share(spoken.len());
    for spoken in &mut spoken {
        spoken.weight *= share;
    }
    spoken.sort_by(|first, second| second.weight.abs().total_cmp(&first.weight.abs()));
    spoken.truncate(SPOKEN_MAX);
    spoken
}

/// The examples that share the most pairs of characters with what was said.
fn alike(knowledge: &Knowledge, said: &str) -> Vec<Near> {
    let mut near: Vec<Near> = knowledge
        .intents
        .iter()
        .flat_map(|(intent, sentences)| sentences.iter().map(move |sentence| (intent, sentence)))
        .map(|(intent, sentence)| Near {
            nearness: alikeness(&skeleton(&normalise(sentence)), said),
            sentence: sentence.clone(),
            intent: intent.clone(),
        })
        .collect();
    near.sort_by(|first, second| second.nearness.total_cmp(&first.nearness));
    near.truncate(NEAR_MAX);
    near
}
