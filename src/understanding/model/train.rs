//! From example sentences to a model.

use super::stated::{Stated, labels_of};
use super::{BUCKETS, Example, Model, Second, Table, buckets, index, ratio, share, softmax};
use crate::text::{Mender, hash, normalise, skeleton};
use crate::understanding::encoder::{DIMENSIONS, Point};
use crate::understanding::words::Words;
use std::borrow::Cow;
use std::collections::BTreeMap;

const LEARNING_RATE: f32 = 0.5;
/// Times that every example is shown, to either stage.
const EPOCHS: usize = 6;
const EPOCHS_SECOND: usize = 12;

/// Example sentences per intent, and the word lists, as an author wrote them.
#[derive(Debug, Default)]
pub struct Examples {
    pub intents: BTreeMap<String, Vec<String>>,
    pub words: BTreeMap<String, Vec<Vec<String>>>,
    /// Labelled sentences, a line each (see [`labels_of`]).
    pub stated: String,
}

impl Examples {
    /// Tells these examples from any others, whatever the order of their files was.
    pub fn hash(&self) -> u64 {
        let mut bytes = Vec::new();
        let sentences = self
            .intents
            .iter()
            .map(|(intent, sentences)| (intent, sentences.iter().collect()));
        let words = self
            .words
            .iter()
            .map(|(list, things)| (list, things.iter().flatten().collect()));
        for (name, lines) in sentences.chain(words) {
            let lines: Vec<&String> = lines;
            for line in std::iter::once(name).chain(lines) {
                bytes.extend_from_slice(line.as_bytes());
                bytes.push(b'\n');
            }
            bytes.push(0);
        }
        for (labels, sentence) in self.stated.lines().filter_map(labels_of) {
            for part in labels.iter().map(String::as_str).chain([sentence]) {
                bytes.extend_from_slice(part.as_bytes());
                bytes.push(b'\n');
            }
        }
        hash(&bytes)
    }

    /// Every sentence, normalised and mended, with the class of its intent.
    fn sentences(&self) -> Vec<(String, usize)> {
        let mender = mender(&self.words);
        let read = |sentence: &String| mender.mend(&normalise(sentence));
        let classes = self.intents.values().enumerate();
        classes
            .flat_map(|(class, sentences)| sentences.iter().map(move |sentence| (sentence, class)))
            .map(|(sentence, class)| (read(sentence), class))
            .collect()
    }
}

/// Labelled sentences, normalised and mended.
fn stated(examples: &Examples) -> Stated {
    let mender = mender(&examples.words);
    let lines = examples.stated.lines().filter_map(labels_of);
    let sentences: Vec<(Vec<String>, String)> = lines
        .map(|(labels, sentence)| (labels, mender.mend(&normalise(sentence))))
        .collect();
    Stated::learn(&sentences)
}

/// Mends the words that a pack lists.
pub fn mender(words: &BTreeMap<String, Vec<Vec<String>>>) -> Mender {
    let of = |list: &str| -> Vec<String> {
        let names = words.get(list).into_iter().flatten().flatten();
        names.map(|name| normalise(name)).collect()
    };
    let known: Vec<String> = ["own", "common"].into_iter().flat_map(of).collect();
    Mender::new(
        of("spelled").iter().map(String::as_str),
        known.iter().map(String::as_str),
    )
}

/// One example as it is learned from.
struct Sample {
    buckets: Vec<u32>,
    point: Option<Point>,
    class: usize,
}

/// Weights while they are learned.
struct Weights {
    classes: usize,
    ngrams: Vec<f32>,
    ngram_squares: Vec<f32>,
    dense: Vec<f32>,
    dense_squares: Vec<f32>,
    bias: Vec<f32>,
    bias_squares: Vec<f32>,
}

/// Trains a model. With `points`, the point of every sentence, it has a second stage.
pub fn train(examples: &Examples, mut points: Option<&mut dyn FnMut(&str) -> Point>) -> Model {
    let classes = examples.intents.len();
    let words = Words::new(&examples.words);
    let sentences = examples.sentences();
    let mut samples: Vec<Sample> = sentences
        .iter()
        .map(|(sentence, class)| Sample {
            buckets: buckets(sentence, &words.find(sentence)),
            point: points.as_mut().map(|point| point(sentence)),
            class: *class,
        })
        .collect();
    let mut remembered: Vec<(Example, Option<Point>)> = sentences
        .iter()
        .zip(&samples)
        .filter_map(|((sentence, class), sample)| {
            let example = Example {
                skeleton: hash(skeleton(sentence).as_bytes()),
                normalised: hash(sentence.as_bytes()),
                intent: u8::try_from(*class).ok()?,
            };
            Some((example, sample.point.clone()))
        })
        .collect();
    remembered.sort_by_key(|(example, _)| *example);
    shuffle(&mut samples);
    let first = learn(&samples, classes, EPOCHS, false);
    let second = points
        .is_some()
        .then(|| learn(&samples, classes, EPOCHS_SECOND, true));
    Model {
        hash: examples.hash(),
        intents: examples.intents.keys().cloned().collect(),
        stated: stated(examples),
        first: first.table(),
        second: second.map(|second| Second {
            table: second.table(),
            weights: second.dense,
        }),
        points: Cow::Owned(
            remembered
                .iter()
                .filter_map(|(_, point)| point.as_ref())
                .flat_map(Point::bytes)
                .collect(),
        ),
        examples: remembered.into_iter().map(|(example, _)| example).collect(),
    }
}

fn learn(samples: &[Sample], classes: usize, epochs: usize, with_points: bool) -> Weights {
    let dimensions = if with_points { DIMENSIONS } else { 0 };
    let mut weights = Weights::new(classes, index(BUCKETS), dimensions);
    let importance = importance(samples, classes);
    for _ in 0..epochs {
        for sample in samples {
            let components: Vec<f32> = match &sample.point {
                Some(point) if with_points => point.components().collect(),
                _ => Vec::new(),
            };
            let mut gradient = softmax(weights.scores(&sample.buckets, &components));
            if let Some(of_class) = gradient.get_mut(sample.class) {
                *of_class -= 1.0;
            }
            let importance = importance.get(sample.class).copied().unwrap_or(1.0);
            for slope in &mut gradient {
                *slope *= importance;
            }
            weights.descend(&sample.buckets, &components, &gradient);
        }
    }
    weights
}

/// How much a sentence of each intent counts: an intent with many examples is not more probable for it, only better
/// known, so its sentences count less, by the square root.
fn importance(samples: &[Sample], classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; classes];
    for sample in samples {
        if let Some(count) = counts.get_mut(sample.class) {
            *count += 1;
        }
    }
    counts
        .into_iter()
        .map(|count| ratio(samples.len(), count * classes).sqrt())
        .collect()
}

impl Weights {
    fn new(classes: usize, buckets: usize, dimensions: usize) -> Self {
        Self {
            classes,
            ngrams: vec![0.0; buckets * classes],
            ngram_squares: vec![0.0; buckets * classes],
            dense: vec![0.0; dimensions * classes],
            dense_squares: vec![0.0; dimensions * classes],
            bias: vec![0.0; classes],
            bias_squares: vec![0.0; classes],
        }
    }

    fn scores(&self, buckets: &[u32], components: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.classes];
        for bucket in buckets {
            let start = index(*bucket) * self.classes;
            let row = self.ngrams.get(start..start + self.classes);
            for (score, weight) in scores.iter_mut().zip(row.unwrap_or_default()) {
                *score += weight;
            }
        }
        let share = share(buckets.len());
        for (score, bias) in scores.iter_mut().zip(&self.bias) {
            *score = *score * share + bias;
        }
        for (component, row) in components
            .iter()
            .zip(self.dense.chunks_exact(self.classes.max(1)))
        {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += component * weight;
            }
        }
        scores
    }

    /// One step down the gradient.
    fn descend(&mut self, buckets: &[u32], components: &[f32], gradient: &[f32]) {
        let share = share(buckets.len());
        for bucket in buckets {
            let place = index(*bucket) * self.classes..(index(*bucket) + 1) * self.classes;
            if let (Some(weights), Some(squares)) = (
                self.ngrams.get_mut(place.clone()),
                self.ngram_squares.get_mut(place),
            ) {
                descend(weights, squares, gradient, share);
            }
        }
        let rows = self.dense.chunks_exact_mut(self.classes.max(1));
        let squares = self.dense_squares.chunks_exact_mut(self.classes.max(1));
        for ((component, weights), squares) in components.iter().zip(rows).zip(squares) {
            descend(weights, squares, gradient, *component);
        }
        descend(&mut self.bias, &mut self.bias_squares, gradient, 0.1);
    }

    fn table(&self) -> Table {
        Table::rounded(&self.ngrams, 1.0, &self.bias)
    }
}

/// One step of AdaGrad.
fn descend(weights: &mut [f32], squares: &mut [f32], gradient: &[f32], scale: f32) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(gradient) {
        let slope = slope * scale;
        *square += slope * slope;
        *weight -= LEARNING_RATE * slope / (square.sqrt() + 1e-6);
    }
}

/// Fisher and Yates with a fixed linear congruential generator (Knuth's MMIX constants): training by file order would
/// let the last intent win.
pub(super) fn shuffle<T>(items: &mut [T]) {
    let mut state = 42_u64;
    for place in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other =
            usize::try_from((state >> 33) % (u64::try_from(place).unwrap_or(0) + 1)).unwrap_or(0);
        items.swap(place, other);
    }
}
