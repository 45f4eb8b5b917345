//! What was learned from example sentences: two linear models and the place of every example.
//!
//! The first stage reads character n-grams alone: microseconds. The second reads them together with the sentence's point
//! (see [`Encoder`](super::encoder::Encoder)): a thousand times as long, and asked only where the first is not sure. Both are
//! multinomial logistic regressions, trained with AdaGrad (Duchi, Hazan, Singer 2011) in a fixed order, so that the same
//! examples give the same weights for ever. The examples' points serve twice: what lies near none of them is none of ours,
//! and an explanation names the nearest.
//!
//! A model is bytes: made when the program is built (`build.rs`) or when a pack is first met, and read in place.

mod artifact;
mod stated;
mod train;

pub use stated::{Stated, labels, labels_of};
pub use train::{Examples, mender, train};

use super::encoder::Point;
use super::words::Listed;
use crate::text::{bucket, features};
use std::borrow::Cow;

/// Buckets that n-grams are hashed into.
const BUCKETS: u32 = 1 << 16;

/// A trained model.
#[derive(Debug)]
pub struct Model {
    /// Which examples it was trained on, as [`Examples::hash`] tells.
    pub hash: u64,
    /// Intents, in the order of the classes.
    intents: Vec<String>,
    first: Table,
    second: Option<Second>,
    /// What was learned of the facts that sentences state.
    pub stated: Stated,
    /// The examples, sorted by their skeletons' hashes.
    examples: Vec<Example>,
    /// The examples' points, in their order; empty without a second stage.
    points: Cow<'static, [u8]>,
}

/// One example sentence, as far as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Example {
    skeleton: u64,
    normalised: u64,
    intent: u8,
}

/// The weights of n-grams: a byte for each bucket and intent, with one scale an intent.
#[derive(Debug, Default)]
struct Table {
    scale: Vec<f32>,
    bias: Vec<f32>,
    weights: Cow<'static, [u8]>,
}

/// What the second stage has beside its own table: `DIMENSIONS` weights an intent.
#[derive(Debug)]
struct Second {
    table: Table,
    /// Dimension by dimension, a weight for every intent.
    weights: Vec<f32>,
}

/// What a stage makes of a sentence.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The probability of every intent, in the order of [`Model::intents`].
    pub probabilities: Vec<f32>,
}

/// An example near a sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The class of its intent.
    pub class: usize,
    /// The cosine between the two, -1 to 1.
    pub nearness: f32,
    /// The hash of its normalised text.
    pub normalised: u64,
}

impl Model {
    /// The intents, in the order of the classes.
    pub fn intents(&self) -> &[String] {
        &self.intents
    }

    /// Whether there is a second stage.
    pub fn is_deep(&self) -> bool {
        self.second.is_some()
    }

    /// The intent of the example with this skeleton, word for word.
    pub fn exact(&self, skeleton: &str) -> Option<&String> {
        let wanted = crate::text::hash(skeleton.as_bytes());
        let place = self
            .examples
            .partition_point(|example| example.skeleton < wanted);
        let example = self
            .examples
            .get(place)
            .filter(|example| example.skeleton == wanted)?;
        self.intents.get(usize::from(example.intent))
    }

    /// What the first stage makes of a normalised sentence.
    pub fn first(&self, normalised: &str, listed: &Listed) -> Reading {
        let buckets = buckets(normalised, listed);
        let scores = self.first.scores(&buckets);
        Reading {
            probabilities: softmax(scores),
        }
    }

    /// What the second stage makes of it; nothing without one.
    pub fn second(&self, normalised: &str, listed: &Listed, point: &Point) -> Option<Reading> {
        let second = self.second.as_ref()?;
        let buckets = buckets(normalised, listed);
        let mut scores = second.table.scores(&buckets);
        let rows = second.weights.chunks_exact(self.intents.len().max(1));
        for (component, weights) in point.components().zip(rows) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += component * weight;
            }
        }
        Some(Reading {
            probabilities: softmax(scores),
        })
    }

    /// The nearest example of each intent that has any.
    pub fn neighbours(&self, point: &Point) -> Vec<Neighbour> {
        let mut nearest: Vec<Option<Neighbour>> = vec![None; self.intents.len()];
        let points = self.points.chunks_exact(super::encoder::DIMENSIONS);
        let probe = point.probe();
        for (example, bytes) in self.examples.iter().zip(points) {
            let class = usize::from(example.intent);
            let nearness = probe.nearness_to(bytes);
            if let Some(known) = nearest.get_mut(class)
                && known.is_none_or(|known| nearness > known.nearness)
            {
                *known = Some(Neighbour {
                    class,
                    nearness,
                    normalised: example.normalised,
                });
            }
        }
        nearest.into_iter().flatten().collect()
    }

    /// The point of an example that this model was trained on, by the hash of its normalised text.
    pub fn points(&self) -> impl Iterator<Item = (u64, Point)> {
        let points = self.points.chunks_exact(super::encoder::DIMENSIONS);
        self.examples
            .iter()
            .zip(points)
            .filter_map(|(example, bytes)| Some((example.normalised, Point::from_bytes(bytes)?)))
    }

    /// How much a bucket speaks for one intent against another, in the first stage or, where there is one, the second.
    pub fn weight(&self, bucket: u32, class: usize, against: usize, deep: bool) -> f32 {
        let second = self.second.as_ref().map(|second| &second.table);
        let table = second.filter(|_| deep).unwrap_or(&self.first);
        table.weight(bucket, class) - table.weight(bucket, against)
    }

    /// The examples nearest to a point, the nearest first.
    pub fn nearest(&self, point: &Point, count: usize) -> Vec<Neighbour> {
        let points = self.points.chunks_exact(super::encoder::DIMENSIONS);
        let probe = point.probe();
        let mut near: Vec<Neighbour> = self
            .examples
            .iter()
            .zip(points)
            .map(|(example, bytes)| Neighbour {
                class: usize::from(example.intent),
                nearness: probe.nearness_to(bytes),
                normalised: example.normalised,
            })
            .collect();
        near.sort_by(|first, second| second.nearness.total_cmp(&first.nearness));
        near.truncate(count);
        near
    }

    /// The bucket of an n-gram, as [`Model::weight`] wants it.
    pub fn bucket(ngram: &str) -> u32 {
        bucket(ngram.as_bytes(), BUCKETS)
    }
}

impl Table {
    fn row(&self, bucket: u32) -> &[u8] {
        let classes = self.bias.len();
        let start = index(bucket) * classes;
        self.weights.get(start..start + classes).unwrap_or_default()
    }

    /// Weights, after they are multiplied by a scale, rounded to a byte each.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no weight is above the largest, which is 127"
    )]
    fn rounded(weights: &[f32], scale: f32, bias: &[f32]) -> Self {
        let classes = bias.len().max(1);
        let mut largest = vec![f32::EPSILON; bias.len()];
        for row in weights.chunks_exact(classes) {
            for (largest, weight) in largest.iter_mut().zip(row) {
                *largest = largest.max(weight.abs());
            }
        }
        let steps: Vec<f32> = largest.iter().map(|largest| largest / 127.0).collect();
        let rounded = weights.chunks_exact(classes).flat_map(|row| {
            row.iter()
                .zip(&steps)
                .map(|(weight, step)| ((weight / step).round() as i8).cast_unsigned())
        });
        Self {
            weights: Cow::Owned(rounded.collect()),
            scale: steps.iter().map(|step| step * scale).collect(),
            bias: bias.to_vec(),
        }
    }

    /// How much a bucket speaks for a class.
    fn weight(&self, bucket: u32, class: usize) -> f32 {
        let step = self.row(bucket).get(class);
        let step = step.map_or(0.0, |step| f32::from(step.cast_signed()));
        step * self.scale.get(class).copied().unwrap_or_default()
    }

    /// The score of every class.
    fn scores(&self, buckets: &[u32]) -> Vec<f32> {
        let mut sums = vec![0_i32; self.bias.len()];
        for bucket in buckets {
            for (sum, step) in sums.iter_mut().zip(self.row(*bucket)) {
                *sum += i32::from(step.cast_signed());
            }
        }
        let share = share(buckets.len());
        let scores = sums.into_iter().zip(&self.scale).zip(&self.bias);
        scores
            .map(|((sum, scale), bias)| real(sum) * scale * share + bias)
            .collect()
    }
}

/// What the models read of a sentence: its n-grams, and marks for what the words in it are.
fn buckets(normalised: &str, listed: &Listed) -> Vec<u32> {
    let mut buckets = features(normalised, BUCKETS);
    buckets.extend(listed.marks().map(|mark| bucket(mark.as_bytes(), BUCKETS)));
    buckets
}

fn softmax(mut scores: Vec<f32>) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for score in &mut scores {
        *score = (*score - highest).exp();
    }
    let sum: f32 = scores.iter().sum();
    for score in &mut scores {
        *score /= sum;
    }
    scores
}

/// Each n-gram's weight: long sentences must not shout.
pub fn share(count: usize) -> f32 {
    1.0 / ratio(count.max(1), 1).sqrt()
}

/// Counts here are those of one message's n-grams or of a pack's examples, far below what `f32` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[expect(clippy::cast_precision_loss, reason = "sums of some thousand bytes")]
fn real(sum: i32) -> f32 {
    sum as f32
}

fn index(bucket: u32) -> usize {
    usize::try_from(bucket).unwrap_or(0)
}
