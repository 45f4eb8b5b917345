//! Which facts a sentence states, learned from labelled sentences: for every answer that enough of them state, a logistic
//! regression over character n-grams.
//!
//! It is a second opinion beside the pack's patterns: these go by some words of a sentence, this by all of them.

use super::train::shuffle;
use super::{Table, index, ratio, share};
use crate::text::{bucket, features_up_to, ngrams};
use std::collections::BTreeMap;

/// Longest n-gram, in characters.
const LENGTH_MAX: usize = 3;
/// Of an answer that fewer sentences state nothing is learned.
const SENTENCES_MIN: usize = 4;
/// Times that every sentence is shown.
const EPOCHS: usize = 20;
/// How far the first step goes; the next go less and less far.
const RATE: f32 = 2.0;
/// How much weights are held small, over all sentences together.
const DECAY: f32 = 0.02;
/// How far a step of the bias goes, beside one of the weights.
const BIAS_RATE: f32 = 0.1;

/// What was learned from labelled sentences.
#[derive(Debug, Default)]
pub struct Stated {
    /// `fact=answer`, in the order of the classes.
    answers: Vec<String>,
    table: Table,
}

/// What stands before the tab of a labelled sentence, label by label `fact=answer`, in order and without spaces; `-` stands for
/// none.
#[must_use]
pub fn labels(field: &str) -> Vec<String> {
    let labels = field.split(',').map(|label| label.replace(' ', ""));
    let mut labels: Vec<String> = labels.filter(|label| label != "-").collect();
    labels.sort_unstable();
    labels
}

/// The labels of a line `fact=answer,…<TAB>sentence`, and the sentence.
#[must_use]
pub fn labels_of(line: &str) -> Option<(Vec<String>, &str)> {
    let (field, sentence) = line.split_once('\t')?;
    Some((labels(field), sentence.trim()))
}

impl Stated {
    /// Buckets that n-grams are hashed into.
    pub(super) const BUCKETS: u32 = 1 << 15;

    pub(super) fn of(answers: Vec<String>, table: Table) -> Self {
        Self { answers, table }
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// The answers of which something was learned, `fact=answer`.
    pub fn answers(&self) -> &[String] {
        &self.answers
    }

    /// How probable it is that a normalised sentence states each of the answers.
    pub fn probabilities(&self, normalised: &str) -> Vec<f32> {
        if self.answers.is_empty() {
            return Vec::new();
        }
        let scores = self.table.scores(&buckets(normalised));
        scores.into_iter().map(logistic).collect()
    }

    /// How much an n-gram speaks for an answer, before it is weighed by the length of the sentence.
    pub fn weight(&self, ngram: &str, class: usize) -> f32 {
        self.table
            .weight(bucket(ngram.as_bytes(), Self::BUCKETS), class)
    }

    /// The n-grams that it goes by, for people to read.
    pub fn ngrams(normalised: &str) -> impl Iterator<Item = String> {
        let all = ngrams(normalised).into_iter();
        all.filter(|ngram| ngram.chars().count() <= LENGTH_MAX)
    }

    /// Learns from sentences, normalised, with the labels of each.
    pub fn learn(sentences: &[(Vec<String>, String)]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for label in sentences.iter().flat_map(|(labels, _)| labels) {
            *counts.entry(label).or_default() += 1;
        }
        let known = counts
            .into_iter()
            .filter(|(_, count)| *count >= SENTENCES_MIN);
        let answers: Vec<&str> = known.map(|(answer, _)| answer).collect();
        if answers.is_empty() {
            return Self::default();
        }
        let mut samples: Vec<Sample> = sentences
            .iter()
            .map(|(labels, sentence)| Sample {
                buckets: buckets(sentence),
                states: answers
                    .iter()
                    .map(|answer| labels.iter().any(|label| label == answer))
                    .collect(),
            })
            .collect();
        shuffle(&mut samples);
        let mut weights = Logistics::new(answers.len());
        let decay = DECAY / ratio(samples.len(), 1);
        let mut step = 0.0;
        for _ in 0..EPOCHS {
            for sample in &samples {
                weights.descend(sample, RATE / (1.0 + RATE * decay * step), decay);
                step += 1.0;
            }
        }
        Self {
            answers: answers.into_iter().map(str::to_owned).collect(),
            table: Table::rounded(&weights.weights, weights.scale, &weights.bias),
        }
    }
}

/// Logistic regressions while they are learned, one for each answer: by stochastic gradient descent with weights held small
/// (Bottou 2012, "Stochastic gradient descent tricks"). They know hundreds of sentences of the thousands that people will write:
/// steps that grow with the rarity of an n-gram, as those of intents do, would learn them by heart.
struct Logistics {
    /// For each bucket a weight for every class, to be multiplied by the scale: so that all shrink at once.
    weights: Vec<f32>,
    scale: f32,
    bias: Vec<f32>,
}

impl Logistics {
    fn new(classes: usize) -> Self {
        Self {
            weights: vec![0.0; index(Stated::BUCKETS) * classes],
            scale: 1.0,
            bias: vec![0.0; classes],
        }
    }

    fn descend(&mut self, sample: &Sample, rate: f32, decay: f32) {
        let share = share(sample.buckets.len());
        let mut sums = vec![0.0; self.bias.len()];
        for bucket in &sample.buckets {
            for (sum, weight) in sums.iter_mut().zip(self.row(*bucket)) {
                *sum += *weight;
            }
        }
        let scores = sums.iter().zip(&self.bias);
        let scores = scores.map(|(sum, bias)| sum * self.scale * share + bias);
        let slopes = scores.zip(&sample.states);
        let slopes: Vec<f32> = slopes
            .map(|(score, states)| logistic(score) - f32::from(u8::from(*states)))
            .collect();
        self.scale *= 1.0 - rate * decay;
        let rate_scaled = rate * share / self.scale;
        for bucket in &sample.buckets {
            for (weight, slope) in self.row(*bucket).iter_mut().zip(&slopes) {
                *weight -= rate_scaled * slope;
            }
        }
        for (bias, slope) in self.bias.iter_mut().zip(&slopes) {
            *bias -= rate * BIAS_RATE * slope;
        }
    }

    fn row(&mut self, bucket: u32) -> &mut [f32] {
        let start = index(bucket) * self.bias.len();
        let row = self.weights.get_mut(start..start + self.bias.len());
        row.unwrap_or_default()
    }
}

/// A sentence as it is learned from.
struct Sample {
    buckets: Vec<u32>,
    /// For each answer whether it is stated.
    states: Vec<bool>,
}

fn buckets(normalised: &str) -> Vec<u32> {
    features_up_to(LENGTH_MAX, normalised, Stated::BUCKETS)
}

fn logistic(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_in_labels_mean_nothing() {
        let labels = vec!["a=b".to_owned(), "c=d".to_owned()];
        assert_eq!(labels_of("c = d, a=b\tX y"), Some((labels, "X y")));
        assert_eq!(labels_of("-\tX"), Some((Vec::new(), "X")));
        assert_eq!(labels_of("X"), None);
    }
}
