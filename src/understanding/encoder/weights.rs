//! The encoder's weights, as `assets/encoder/make.py` writes them.

use super::matrix::Matrix;
use super::pieces::Vocabulary;
use crate::understanding::bytes::Reader;

const MAGIC: &[u8] = b"MIBAOENC";
const VERSION: usize = 1;
/// Widths of the convolutions, and how many neighbours before a piece each sees.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];

/// All of them.
#[derive(Debug)]
pub(super) struct Weights {
    pub vocabulary: Vocabulary,
    pub branches: Vec<Branch>,
    pub gain: Vec<f32>,
    pub bias: Vec<f32>,
    /// From the sum over all pieces to the point: the sum's own, then the residual layers'.
    pub dense: [Matrix; 7],
    pub sum_bias: Vec<f32>,
}

/// Convolutions of one width.
#[derive(Debug)]
pub(super) struct Branch {
    pub width: usize,
    pub before: usize,
    pub projection: Matrix,
    pub projection_bias: Vec<f32>,
    pub gain: Vec<f32>,
    pub bias: Vec<f32>,
    pub first: (Matrix, Vec<f32>),
    pub second: (Matrix, Vec<f32>),
}

impl Weights {
    /// Reads them; None if these are others.
    pub fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.bytes(MAGIC.len())? != MAGIC || reader.count()? != VERSION {
            return None;
        }
        let vocabulary = Vocabulary::read(&mut reader)?;
        let [projections, firsts, seconds] = [
            matrices::<3>(&mut reader)?,
            matrices::<3>(&mut reader)?,
            matrices::<3>(&mut reader)?,
        ];
        let dense: [Matrix; 7] = matrices(&mut reader)?;
        let [projection_biases, gains, biases] = [
            vectors::<3>(&mut reader)?,
            vectors::<3>(&mut reader)?,
            vectors::<3>(&mut reader)?,
        ];
        let [first_biases, second_biases] =
            [vectors::<3>(&mut reader)?, vectors::<3>(&mut reader)?];
        let [gain, bias, sum_bias] = vectors(&mut reader)?;
        let layers = firsts
            .into_iter()
            .zip(first_biases)
            .zip(seconds.into_iter().zip(second_biases));
        let projections = projections
            .into_iter()
            .zip(projection_biases)
            .zip(gains.into_iter().zip(biases));
        let branches = BRANCHES.into_iter().zip(projections.zip(layers)).map(
            |(
                (width, before),
                (((projection, projection_bias), (gain, bias)), (first, second)),
            )| Branch {
                width,
                before,
                projection,
                projection_bias,
                gain,
                bias,
                first,
                second,
            },
        );
        Some(Self {
            vocabulary,
            branches: branches.collect(),
            gain,
            bias,
            dense,
            sum_bias,
        })
    }
}

type Bytes = Reader<'static>;

fn matrices<const COUNT: usize>(reader: &mut Bytes) -> Option<[Matrix; COUNT]> {
    let matrices: Option<Vec<Matrix>> = (0..COUNT)
        .map(|_| {
            let (outputs, inputs) = (reader.count()?, reader.count()?);
            let scale = reader.reals(outputs)?;
            Some(Matrix::new(inputs, scale, reader.bytes(outputs * inputs)?))
        })
        .collect();
    matrices?.try_into().ok()
}

fn vectors<const COUNT: usize>(reader: &mut Bytes) -> Option<[Vec<f32>; COUNT]> {
    let vectors: Option<Vec<Vec<f32>>> = (0..COUNT)
        .map(|_| {
            let count = reader.count()?;
            reader.reals(count)
        })
        .collect();
    vectors?.try_into().ok()
}
