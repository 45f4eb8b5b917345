//! What each part of understanding is worth: the same sentences read with fewer of them, one added after another.

use super::cues::Cues;
use super::encoder::{Encoder, Point};
use super::model::{Examples, mender, train};
use super::prompts::PromptIndex;
use super::statements::Classes;
use super::words::Words;
use super::{Labelled, Share, Stages, Understanding, examples};
use crate::knowledge::Knowledge;
use crate::text::{hash, normalise};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::cell::RefCell;

/// Parts that the examples are cut into: each is tested with what was learned from all others.
const FOLDS: usize = 5;

/// The parts, one after another.
const ROWS: [(&str, Stages); 5] = {
    let ngrams = Stages {
        marks: false,
        encoder: false,
        nearness: false,
        rules: false,
    };
    let marks = Stages {
        marks: true,
        ..ngrams
    };
    let encoder = Stages {
        encoder: true,
        ..marks
    };
    let nearness = Stages {
        nearness: true,
        ..encoder
    };
    let rules = Stages {
        rules: true,
        ..nearness
    };
    [
        ("character n-grams alone", ngrams),
        ("+ marks of listed words", marks),
        ("+ sentence encoder", encoder),
        ("+ nearness of examples", nearness),
        ("+ word rules", rules),
    ]
};

/// How sentences are understood with some of the parts.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub name: &'static str,
    #[serde(skip)]
    stages: Stages,
    /// Sentences about our matters that were understood.
    pub in_scope: Share,
    /// Sentences about none of ours that were turned away: those that have a word of ours, or name a thing of others.
    pub near: Share,
    /// And those that have neither.
    pub far: Share,
}

/// What is measured.
pub enum Material<'s> {
    /// The pack's own examples, each read with what was learned from four fifths that it is not in.
    Examples,
    /// These sentences, with what was learned from all examples.
    Sentences(&'s [Labelled]),
}

/// Measures. `progress` is told how many of how many models have been learned and asked.
pub fn ablation(
    knowledge: &Knowledge,
    understanding: &Understanding,
    material: &Material<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<Row> {
    let points = Points::of(understanding);
    // What facts are stated is measured by itself.
    let examples = Examples {
        stated: String::new(),
        ..examples(knowledge)
    };
    let parts: Vec<(Examples, Vec<Labelled>)> = match material {
        Material::Examples => (0..FOLDS).map(|fold| split(&examples, fold)).collect(),
        Material::Sentences(sentences) => vec![(examples, sentences.to_vec())],
    };
    let mut rows: Vec<Row> = ROWS.map(Row::new).to_vec();
    let steps = parts.len() * 2;
    let mut step = 0;
    for (training, tested) in &parts {
        for marks in [false, true] {
            progress(step, steps);
            step += 1;
            let mut learned = Understanding::trained(training, marks, &points);
            learned.pairs.clone_from(&understanding.pairs);
            learned.answers.clone_from(&understanding.answers);
            for row in rows.iter_mut().filter(|row| row.stages.marks == marks) {
                learned.stages = row.stages;
                for labelled in tested {
                    row.add(knowledge, &learned, labelled, &points);
                }
            }
        }
    }
    rows
}

impl Row {
    fn new((name, stages): (&'static str, Stages)) -> Self {
        Self {
            name,
            stages,
            in_scope: Share::default(),
            near: Share::default(),
            far: Share::default(),
        }
    }

    fn add(
        &mut self,
        knowledge: &Knowledge,
        learned: &Understanding,
        labelled: &Labelled,
        points: &Points,
    ) {
        let judged = learned.judge(knowledge, labelled, &|normalised| points.get(normalised));
        let listed = learned
            .words
            .find(&learned.mended(&normalise(&labelled.sentence)));
        let share = if judged.in_scope {
            &mut self.in_scope
        } else if listed.own || !listed.others.is_empty() {
            &mut self.near
        } else {
            &mut self.far
        };
        share.add(judged.met.is_some());
    }
}

impl Understanding {
    /// Learned from these examples; without marks, from n-grams alone.
    fn trained(examples: &Examples, marks: bool, points: &Points) -> Self {
        let unmarked = Examples {
            intents: examples.intents.clone(),
            ..Examples::default()
        };
        // Every sentence has a point here, or none has.
        let mut point = |sentence: &str| points.get(sentence).unwrap_or_else(Point::origin);
        let model = if !marks {
            train(&unmarked, None)
        } else if Encoder::shipped().is_some() {
            train(examples, Some(&mut point))
        } else {
            train(examples, None)
        };
        Self {
            answers: Vec::new(),
            classes: Classes::new(),
            model,
            words: Words::new(&examples.words),
            cues: Cues::new(&examples.words),
            prompts: PromptIndex::default(),
            mender: mender(&examples.words),
            pairs: FxHashSet::default(),
            stages: Stages::default(),
        }
    }
}

/// One part of the examples to test, and all others to learn from. Each intent is dealt out evenly, in the order of its
/// sentences' hashes: always the same way, and like to like only by chance.
fn split(examples: &Examples, fold: usize) -> (Examples, Vec<Labelled>) {
    let mut training = Examples {
        words: examples.words.clone(),
        ..Examples::default()
    };
    let mut tested = Vec::new();
    for (intent, sentences) in &examples.intents {
        let mut dealt: Vec<&String> = sentences.iter().collect();
        dealt.sort_by_key(|sentence| hash(sentence.as_bytes()));
        let learned = training.intents.entry(intent.clone()).or_default();
        for (place, sentence) in dealt.into_iter().enumerate() {
            if place % FOLDS == fold {
                tested.push(Labelled {
                    labels: vec![intent.clone()],
                    sentence: sentence.clone(),
                });
            } else {
                learned.push(sentence.clone());
            }
        }
    }
    (training, tested)
}

/// Where sentences lie: each is looked for once.
struct Points(RefCell<FxHashMap<u64, Point>>);

impl Points {
    /// Those of the examples are known, if the pack is the one that the program carries with it.
    fn of(understanding: &Understanding) -> Self {
        Self(RefCell::new(understanding.model.points().collect()))
    }

    fn get(&self, normalised: &str) -> Option<Point> {
        let key = hash(normalised.as_bytes());
        if let Some(known) = self.0.borrow().get(&key) {
            return Some(known.clone());
        }
        let point = super::shipped_point(normalised)?;
        self.0.borrow_mut().insert(key, point.clone());
        Some(point)
    }
}
