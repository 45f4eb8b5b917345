//! Learning from a pack, and keeping what was learned.

use super::cues::Cues;
use super::encoder::{Encoder, Point};
use super::model::{Model, mender, train};
use super::prompts::PromptIndex;
use super::statements::classes;
use super::words::Words;
use super::{Stages, Understanding, answers, examples, pairs};
use crate::knowledge::Knowledge;
use crate::text::hash;
use std::collections::BTreeMap;

/// What was learned from the pack that the program carries with it (see `build.rs`).
static LEARNED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/learned.bin"));

impl Understanding {
    /// What was learned from this pack: at hand for the one that the program carries, and for any other one learned here,
    /// from n-grams alone, which takes a tenth of a second.
    #[must_use]
    pub fn learn(knowledge: &Knowledge) -> Self {
        Self::shipped(knowledge)
            .unwrap_or_else(|| Self::of(knowledge, train(&examples(knowledge), None)))
    }

    /// What was learned from this pack when the program was built, if it is the one that the program carries.
    #[must_use]
    pub fn shipped(knowledge: &Knowledge) -> Option<Self> {
        let model = Model::read_in_place(LEARNED)
            .filter(|model| model.hash == examples(knowledge).hash())?;
        Some(Self::of(knowledge, model))
    }

    /// What [`Understanding::bytes`] kept, if it was learned from these very examples.
    #[must_use]
    pub fn kept(knowledge: &Knowledge, bytes: &[u8]) -> Option<Self> {
        let model = Model::read(bytes).filter(|model| model.hash == examples(knowledge).hash())?;
        Some(Self::of(knowledge, model))
    }

    /// Learns from a pack all that can be learned, which takes seconds: a thousandth of one for each sentence whose point is
    /// neither in what the program carries nor in `kept`, bytes of an earlier time. `progress` is told how many of the
    /// sentences are done, and of how many.
    #[must_use]
    pub fn learn_deeply(
        knowledge: &Knowledge,
        kept: Option<&[u8]>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Self {
        let examples = examples(knowledge);
        let Some(encoder) = Encoder::shipped() else {
            return Self::of(knowledge, train(&examples, None));
        };
        let known = Model::read_in_place(LEARNED)
            .into_iter()
            .chain(kept.and_then(Model::read));
        let known: Vec<(u64, Point)> = known
            .flat_map(|model| model.points().collect::<Vec<_>>())
            .collect();
        let known: BTreeMap<u64, Point> = known.into_iter().collect();
        let all: usize = examples.intents.values().map(Vec::len).sum();
        let mut done = 0;
        let model = train(
            &examples,
            Some(&mut |sentence: &str| {
                done += 1;
                progress(done, all);
                let point = known.get(&hash(sentence.as_bytes()));
                point.cloned().unwrap_or_else(|| encoder.encode(sentence))
            }),
        );
        Self::of(knowledge, model)
    }

    /// What was learned, to be kept.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.model.write()
    }

    fn of(knowledge: &Knowledge, model: Model) -> Self {
        Self {
            answers: answers(knowledge, model.intents()),
            classes: classes(knowledge, model.stated.answers()),
            model,
            words: Words::new(&knowledge.words),
            cues: Cues::new(&knowledge.words),
            prompts: PromptIndex::of(&knowledge.prompts),
            mender: mender(&knowledge.words),
            pairs: pairs(knowledge),
            stages: Stages::default(),
        }
    }
}
