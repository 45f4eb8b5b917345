//! A multinomial logistic regression over hashed character n-grams.
//!
//! Trained with AdaGrad (Duchi, Hazan, Singer 2011) in a fixed order, so that the same examples give the same weights
//! for ever. Linear models over character n-grams are hard to beat on short texts and take milliseconds to train.

use crate::knowledge::Id;
use crate::text::features;
use std::collections::BTreeSet;

/// Buckets that n-grams are hashed into.
const BUCKETS: u32 = 1 << 15;
const EPOCHS: usize = 5;
const LEARNING_RATE: f32 = 0.5;

/// The trained model.
#[derive(Debug)]
pub(super) struct Classifier {
    intents: Vec<Id>,
    /// Weight of each bucket for each intent: `weights[bucket * intents + intent]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// Whether a bucket occurred in an example.
    seen: Vec<bool>,
}

/// What the model makes of a sentence.
#[derive(Debug)]
pub(super) struct Reading {
    pub intent: Option<Id>,
    /// Every intent with its probability, the most probable first.
    pub all: Vec<(Id, f32)>,
    /// Share of the sentence's n-grams that occur in an example, 0 to 1.
    pub familiarity: f32,
}

impl Classifier {
    /// Trains on normalised sentences with their intents.
    pub fn train<'e>(examples: impl Iterator<Item = (&'e str, &'e str)> + Clone) -> Self {
        let intents: Vec<Id> = examples
            .clone()
            .map(|(_, intent)| intent)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut samples: Vec<(Vec<u32>, usize)> = examples
            .filter_map(|(sentence, intent)| {
                let class = intents
                    .binary_search_by(|known| known.as_str().cmp(intent))
                    .ok()?;
                Some((features(sentence, BUCKETS), class))
            })
            .collect();
        shuffle(&mut samples);
        let classes = intents.len();
        let buckets = usize::try_from(BUCKETS).unwrap_or(0);
        let mut seen = vec![false; buckets];
        for bucket in samples.iter().flat_map(|(buckets, _)| buckets) {
            if let Some(seen) = seen.get_mut(index(*bucket)) {
                *seen = true;
            }
        }
        let mut model = Self {
            intents,
            weights: vec![0.0; buckets * classes],
            bias: vec![0.0; classes],
            seen,
        };
        let weights = class_weights(&samples, classes);
        let mut squares = vec![0.0_f32; buckets * classes];
        let mut bias_squares = vec![0.0_f32; classes];
        for _ in 0..EPOCHS {
            for (buckets, class) in &samples {
                let mut gradient = model.probabilities(buckets);
                if let Some(of_class) = gradient.get_mut(*class) {
                    *of_class -= 1.0;
                }
                let weight = weights.get(*class).copied().unwrap_or(1.0);
                for slope in &mut gradient {
                    *slope *= weight;
                }
                let share = share(buckets.len());
                for bucket in buckets {
                    let place = index(*bucket) * classes..(index(*bucket) + 1) * classes;
                    if let (Some(weights), Some(squares)) =
                        (model.weights.get_mut(place.clone()), squares.get_mut(place))
                    {
                        descend(weights, squares, &gradient, share);
                    }
                }
                descend(&mut model.bias, &mut bias_squares, &gradient, 0.1);
            }
        }
        model
    }

    /// Reads a normalised sentence.
    pub fn read(&self, normalised: &str) -> Reading {
        let buckets = features(normalised, BUCKETS);
        let mut ranked: Vec<(f32, &Id)> = self
            .probabilities(&buckets)
            .into_iter()
            .zip(&self.intents)
            .collect();
        ranked.sort_by(|(first, _), (second, _)| second.total_cmp(first));
        let known = buckets
            .iter()
            .filter(|bucket| self.seen.get(index(**bucket)).copied().unwrap_or(false))
            .count();
        Reading {
            intent: ranked.first().map(|(_, intent)| (*intent).clone()),
            all: ranked
                .iter()
                .map(|(probability, intent)| ((*intent).clone(), *probability))
                .collect(),
            familiarity: ratio(known, buckets.len()),
        }
    }

    /// Softmax over the summed weights.
    fn probabilities(&self, buckets: &[u32]) -> Vec<f32> {
        let classes = self.intents.len();
        let mut scores = vec![0.0; classes];
        for bucket in buckets {
            let place = index(*bucket) * classes..(index(*bucket) + 1) * classes;
            for (score, weight) in scores
                .iter_mut()
                .zip(self.weights.get(place).unwrap_or_default())
            {
                *score += weight;
            }
        }
        let share = share(buckets.len());
        for (score, bias) in scores.iter_mut().zip(&self.bias) {
            *score = *score * share + bias;
        }
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
}

/// How much a sentence of each intent counts: an intent with many examples is not more probable for it, only better
/// known, so its sentences count less, by the square root.
fn class_weights(samples: &[(Vec<u32>, usize)], classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; classes];
    for (_, class) in samples {
        if let Some(count) = counts.get_mut(*class) {
            *count += 1;
        }
    }
    counts
        .into_iter()
        .map(|count| ratio(samples.len(), count * classes).sqrt())
        .collect()
}

/// One step of AdaGrad.
fn descend(weights: &mut [f32], squares: &mut [f32], gradient: &[f32], scale: f32) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(gradient) {
        let slope = slope * scale;
        *square += slope * slope;
        *weight -= LEARNING_RATE * slope / (square.sqrt() + 1e-6);
    }
}

/// Each n-gram's weight: long sentences must not shout.
fn share(count: usize) -> f32 {
    1.0 / ratio(count.max(1), 1).sqrt()
}

/// Counts here are those of one message's n-grams, far below what `f32` holds exactly.
#[expect(
    clippy::cast_precision_loss,
    reason = "a message has some thousand n-grams at most"
)]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn index(bucket: u32) -> usize {
    usize::try_from(bucket).unwrap_or(0)
}

/// Fisher and Yates with a fixed linear congruential generator (Knuth's MMIX constants): training by file order would
/// let the last intent win.
fn shuffle<T>(items: &mut [T]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_it_is_shown() {
        let examples = [
            ("解绑手机", "unbind"),
            ("怎么解除绑定", "unbind"),
            ("账号被盗了", "stolen"),
            ("有人盗号", "stolen"),
        ];
        let model = Classifier::train(examples.into_iter());
        for (sentence, intent) in [("我要解绑", "unbind"), ("我被盗号了", "stolen")] {
            assert_eq!(model.read(sentence).intent.as_deref(), Some(intent));
        }
        assert!(model.read("今天天气").familiarity < 0.2);
        assert!(
            model
                .read("我要解绑")
                .all
                .first()
                .is_some_and(|(_, probability)| *probability > 0.5)
        );
    }

    #[test]
    fn the_same_examples_give_the_same_weights() {
        let examples = [("a b", "x"), ("c d", "y"), ("e f", "x")];
        assert_eq!(
            Classifier::train(examples.into_iter()).weights,
            Classifier::train(examples.into_iter()).weights
        );
    }

    #[test]
    fn no_examples_no_reading() {
        assert_eq!(
            Classifier::train(std::iter::empty()).read("解绑").intent,
            None
        );
    }
}
