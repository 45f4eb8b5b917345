//! Rows of numbers, and matrices of small integers that turn them into others.

use pulp::Arch;

/// Steps that the largest input of a layer is cut into. A sum of 1,280 products with weights of at most 127 stays
/// below 2^31.
const INPUT_STEPS: f32 = 8191.0;
/// Keeps the division by a deviation from dividing by nothing; the network was trained with it.
const EPSILON: f32 = 1e-12;

/// Integers here are sums whose relative error as a float, one in sixteen million, is far below that of the weights.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn real(whole: i32) -> f32 {
    whole as f32
}

/// Rows of equal width, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rows {
    width: usize,
    values: Vec<f32>,
}

/// Rows as 16-bit integers, with zeros around them where a window looks beyond the ends.
#[derive(Debug)]
pub(super) struct Quantised {
    width: usize,
    step: f32,
    values: Vec<i16>,
}

/// A matrix of 8-bit weights, one row an output, read where they lie.
#[derive(Debug)]
pub(super) struct Matrix {
    inputs: usize,
    /// What a step of each output's weights stands for.
    scale: Vec<f32>,
    weights: &'static [u8],
}

impl Rows {
    pub fn new(width: usize, values: Vec<f32>) -> Self {
        Self { width, values }
    }

    pub fn count(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    pub fn values(&self) -> impl Iterator<Item = f32> {
        self.values.iter().copied()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f32> {
        self.values.iter_mut()
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The same with a bias added to every row.
    pub fn plus(mut self, bias: &[f32]) -> Self {
        for row in self.values.chunks_exact_mut(self.width.max(1)) {
            for (value, bias) in row.iter_mut().zip(bias) {
                *value += bias;
            }
        }
        self
    }

    /// The sum of two, place by place.
    pub fn and(mut self, other: &Self) -> Self {
        for (value, more) in self.values.iter_mut().zip(&other.values) {
            *value += more;
        }
        self
    }

    /// All rows added up.
    pub fn sum(&self) -> Self {
        let start = Self::new(self.width, vec![0.0; self.width]);
        self.rows().fold(start, |mut sum, row| {
            for (sum, value) in sum.values.iter_mut().zip(row) {
                *sum += value;
            }
            sum
        })
    }

    /// The rows of several, side by side.
    pub fn beside(parts: impl Iterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.collect();
        let count = parts.first().map_or(0, Self::count);
        let rows =
            (0..count).flat_map(|row| parts.iter().filter_map(move |part| part.rows().nth(row)));
        Self::new(
            parts.iter().map(|part| part.width).sum(),
            rows.flatten().copied().collect(),
        )
    }

    /// The opposite of [`Rows::beside`], for parts of equal width.
    pub fn split(&self, parts: usize) -> Vec<Self> {
        let width = self.width / parts.max(1);
        (0..parts)
            .map(|part| {
                let values = self
                    .rows()
                    .filter_map(|row| row.chunks_exact(width.max(1)).nth(part));
                Self::new(width, values.flatten().copied().collect())
            })
            .collect()
    }

    /// As integers, with so many empty rows before and after.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no value is above the largest, which is 8191"
    )]
    pub fn quantised(&self, before: usize, after: usize) -> Quantised {
        let largest = self
            .values()
            .fold(f32::EPSILON, |largest, value| largest.max(value.abs()));
        let empty = |rows: usize| std::iter::repeat_n(0, rows * self.width);
        let values = self
            .values()
            .map(|value| (value * (INPUT_STEPS / largest)).round() as i16);
        Quantised {
            width: self.width,
            step: largest / INPUT_STEPS,
            values: empty(before).chain(values).chain(empty(after)).collect(),
        }
    }
}

impl Matrix {
    /// A matrix by its scales, one an output, and its weights, output by output.
    pub fn new(inputs: usize, scale: Vec<f32>, weights: &'static [u8]) -> Self {
        Self {
            inputs,
            scale,
            weights,
        }
    }

    /// Applies it to every window of so many rows.
    pub fn apply(&self, input: &Quantised, rows: usize) -> Rows {
        let width = input.width.max(1);
        let count = (input.values.len() / width + 1).saturating_sub(rows);
        let outputs = self.scale.len();
        let mut values = vec![0.0; count * outputs];
        let arch = Arch::new();
        // Output by output: a row of weights is read once for all windows, which are few and stay at hand.
        let rows_of_weights = self
            .weights
            .chunks_exact(self.inputs.max(1))
            .zip(&self.scale);
        for (output, (weights, scale)) in rows_of_weights.enumerate() {
            let places = values.iter_mut().skip(output).step_by(outputs);
            for (window, value) in places.enumerate() {
                let inputs = input.values.get(window * width..(window + rows) * width);
                *value =
                    real(product(arch, inputs.unwrap_or_default(), weights)) * scale * input.step;
            }
        }
        Rows::new(outputs, values)
    }
}

/// The sum of the products of two rows, the second as signed bytes: with the widest instructions that this processor has.
/// It is a sum of integers, so it is the same on every processor. No sum comes near what an integer holds (see
/// `INPUT_STEPS`), and a check of each for that would forbid those instructions.
pub(super) fn product(arch: Arch, first: &[i16], second: &[u8]) -> i32 {
    arch.dispatch(
        #[inline(always)]
        || {
            let mut sum = 0_i32;
            for (first, second) in first.iter().zip(second) {
                let (first, second) = (i32::from(*first), i32::from(second.cast_signed()));
                sum = sum.wrapping_add(first.wrapping_mul(second));
            }
            sum
        },
    )
}

/// Every row to mean 0 and deviation 1, then scaled and moved (Ba, Kiros, Hinton 2016, "Layer Normalization").
pub(super) fn layer_norm(rows: &mut Rows, gain: &[f32], bias: &[f32]) {
    let width = rows.width.max(1);
    let count = real(i32::try_from(width).unwrap_or(i32::MAX));
    for row in rows.values.chunks_exact_mut(width) {
        let mean = row.iter().sum::<f32>() / count;
        let variance = row
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f32>()
            / count;
        let factor = 1.0 / (variance + EPSILON).sqrt();
        for ((value, gain), bias) in row.iter_mut().zip(gain).zip(bias) {
            *value = (*value - mean) * factor * gain + bias;
        }
    }
}

pub(super) fn relu(rows: &mut Rows) {
    for value in rows.values_mut() {
        *value = value.max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_looks_through_windows() {
        // One output that adds up both numbers of two neighbouring rows.
        let matrix = Matrix::new(4, vec![1.0], &[1, 1, 1, 1]);
        let rows = Rows::new(2, vec![1.0, 2.0, 3.0, 4.0]);
        let sums: Vec<f32> = matrix.apply(&rows.quantised(0, 1), 2).values().collect();
        assert_eq!(
            sums.iter().map(|sum| sum.round()).collect::<Vec<_>>(),
            [10.0, 7.0]
        );
    }

    #[test]
    fn side_by_side_and_apart_again() {
        let (left, right) = (Rows::new(1, vec![1.0, 2.0]), Rows::new(1, vec![3.0, 4.0]));
        let both = Rows::beside([left.clone(), right.clone()].into_iter());
        assert_eq!(both, Rows::new(2, vec![1.0, 3.0, 2.0, 4.0]));
        assert_eq!(both.split(2), [left, right]);
    }

    #[test]
    fn normed_rows_have_no_mean() {
        let mut rows = Rows::new(2, vec![1.0, 3.0]);
        layer_norm(&mut rows, &[1.0, 1.0], &[0.0, 0.0]);
        assert_eq!(rows.values().collect::<Vec<_>>(), [-1.0, 1.0]);
    }
}
