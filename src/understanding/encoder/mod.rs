//! A sentence encoder: a sentence becomes a point, and sentences that mean alike come to lie near each other.
//!
//! The network is Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020, "Multilingual Universal
//! Sentence Encoder for Semantic Retrieval"), pruned to the pieces that a normalised text can hold: embeddings of word
//! pieces, convolutions over 2, 3 and 5 of them, and two residual layers. `assets/encoder` says how it was made.
//!
//! Sums are taken over integers: they come out the same in whatever order a compiler takes them, so the same sentence
//! has the same point on every machine, and a loop over 16-bit integers runs several times as fast as one over floats.

mod matrix;
mod pieces;
mod weights;

use matrix::{Rows, layer_norm, relu};
use pulp::Arch;
use std::sync::LazyLock;
use weights::{Branch, Weights};

/// The weights that the program carries with it.
static WEIGHTS: &[u8] = include_bytes!("../../../assets/encoder/encoder.bin");

/// Numbers that a point consists of.
pub const DIMENSIONS: usize = 512;
/// Pieces of a sentence that are read: what comes after says little about what a message is about.
const PIECES_MAX: usize = 40;
/// Points are kept in a byte a dimension. They have unit length, so a component is seldom above a quarter.
const STEPS: f32 = 508.0;

/// A sentence's place: `DIMENSIONS` steps of 1/508, of about unit length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point(Vec<i8>);

impl Point {
    /// The point whose bytes these are, if they are as many as a point has.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == DIMENSIONS)
            .then(|| Self(bytes.iter().map(|byte| byte.cast_signed()).collect()))
    }

    /// The place of nothing: as near to one point as to another.
    #[must_use]
    pub fn origin() -> Self {
        Self(vec![0; DIMENSIONS])
    }

    /// The bytes of the point.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|step| step.cast_unsigned())
    }

    /// The components, about -0.25 to 0.25.
    pub fn components(&self) -> impl Iterator<Item = f32> {
        self.0.iter().map(|step| f32::from(*step) / STEPS)
    }

    /// The point, ready to be compared with many.
    #[must_use]
    pub fn probe(&self) -> Probe {
        Probe {
            arch: Arch::new(),
            steps: self.0.iter().copied().map(i16::from).collect(),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to what a byte holds"
    )]
    fn of(components: &[f32]) -> Self {
        Self(
            components
                .iter()
                .map(|component| (component * STEPS).round().clamp(-127.0, 127.0) as i8)
                .collect(),
        )
    }
}

/// A point that others are compared with.
#[derive(Debug)]
pub struct Probe {
    arch: Arch,
    steps: Vec<i16>,
}

impl Probe {
    /// How near the point with these bytes is: the cosine of the angle between the two, -1 to 1.
    #[must_use]
    pub fn nearness_to(&self, bytes: &[u8]) -> f32 {
        matrix::real(matrix::product(self.arch, &self.steps, bytes)) / (STEPS * STEPS)
    }
}

/// The encoder: its weights are read where the program carries them, but for 2 MB of word pieces.
#[derive(Debug)]
pub struct Encoder {
    weights: Weights,
}

impl Encoder {
    /// The encoder that the program carries with it, loaded when it is first asked for.
    #[must_use]
    pub fn shipped() -> Option<&'static Self> {
        static SHIPPED: LazyLock<Option<Encoder>> = LazyLock::new(|| Encoder::load(WEIGHTS));
        SHIPPED.as_ref()
    }

    /// Reads the weights. None if these bytes are no encoder of ours.
    #[must_use]
    pub fn load(bytes: &'static [u8]) -> Option<Self> {
        Some(Self {
            weights: Weights::read(bytes)?,
        })
    }

    /// The point of a normalised sentence.
    #[must_use]
    pub fn encode(&self, normalised: &str) -> Point {
        let pieces = self.weights.vocabulary.pieces(normalised, PIECES_MAX);
        let embedded = self.weights.vocabulary.embedded(&pieces);
        let features = self.features(&embedded);
        Point::of(&self.dense(&features))
    }

    /// Every piece with what its neighbours add to it.
    fn features(&self, embedded: &Rows) -> Rows {
        let input = embedded.quantised(0, 0);
        let mut projected = Rows::beside(self.weights.branches.iter().map(|branch| {
            branch
                .projection
                .apply(&input, 1)
                .plus(&branch.projection_bias)
        }));
        let (gains, biases): (Vec<&[f32]>, Vec<&[f32]>) = self
            .weights
            .branches
            .iter()
            .map(|branch| (&*branch.gain, &*branch.bias))
            .unzip();
        layer_norm(&mut projected, &gains.concat(), &biases.concat());
        let parts = projected.split(self.weights.branches.len());
        let convolved = self
            .weights
            .branches
            .iter()
            .zip(parts)
            .map(|(branch, part)| convolved(branch, part));
        let mut features = Rows::beside(std::iter::once(embedded.clone()).chain(convolved));
        layer_norm(&mut features, &self.weights.gain, &self.weights.bias);
        features
    }

    /// One point out of all pieces.
    fn dense(&self, features: &Rows) -> Vec<f32> {
        let [
            sum_up,
            first,
            across,
            shortcut,
            second,
            second_shortcut,
            last,
        ] = &self.weights.dense;
        let count = matrix::real(i32::try_from(features.count()).unwrap_or(i32::MAX));
        let mut mean = sum_up.apply(&features.sum().quantised(0, 0), 1);
        for (value, bias) in mean.values_mut().zip(&self.weights.sum_bias) {
            *value = (*value + bias * count) / count.sqrt();
        }
        let mean = mean.quantised(0, 0);
        let mut hidden = first.apply(&mean, 1);
        relu(&mut hidden);
        let mut middle = shortcut
            .apply(&mean, 1)
            .and(&across.apply(&hidden.quantised(0, 0), 1));
        relu(&mut middle);
        let middle = middle.quantised(0, 0);
        let mut upper = second.apply(&middle, 1);
        relu(&mut upper);
        let point = second_shortcut
            .apply(&middle, 1)
            .and(&last.apply(&upper.quantised(0, 0), 1));
        let bent: Vec<f32> = point.values().map(f32::tanh).collect();
        let length = bent
            .iter()
            .map(|value| value * value)
            .sum::<f32>()
            .sqrt()
            .max(f32::EPSILON);
        bent.iter().map(|value| value / length).collect()
    }
}

/// Two convolutions over neighbours, each added to what it started from.
fn convolved(branch: &Branch, part: Rows) -> Rows {
    let after = branch.width - 1 - branch.before;
    [&branch.first, &branch.second]
        .into_iter()
        .fold(part, |rows, (matrix, bias)| {
            let window = rows.quantised(branch.before, after);
            let mut convolved = matrix.apply(&window, branch.width).plus(bias);
            relu(&mut convolved);
            convolved.and(&rows)
        })
}
