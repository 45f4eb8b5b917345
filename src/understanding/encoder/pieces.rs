//! Word pieces: which pieces a text consists of, and what each stands for.

use super::DIMENSIONS;
use super::matrix::Rows;
use crate::understanding::bytes::Reader;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Stands for a space and for the start of a text.
const SPACE: char = '\u{2581}';
/// The places of the pieces that no text holds.
const UNKNOWN: usize = 0;
const BEGIN: usize = 1;
const END: usize = 2;

/// The pieces with their embeddings.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Place and score of each piece. Only looked up, never walked.
    pieces: HashMap<&'static str, (usize, f32), BuildHasherDefault<Fnv>>,
    /// The longest piece, in characters.
    longest: usize,
    /// The score of a character that is no piece.
    unknown: f32,
    /// How a step of an embedding is to be read, by the piece's group: what it stands for, and what zero does.
    groups: Vec<(f32, f32)>,
    group_of: Vec<u8>,
    embeddings: &'static [u8],
}

impl Vocabulary {
    /// Reads it; None where the bytes end too soon or are no text.
    pub fn read(reader: &mut Reader<'static>) -> Option<Self> {
        let count = reader.count()?;
        let groups = reader.count()?;
        let unknown = reader.real()?;
        let scales = reader.reals(groups)?;
        let groups = scales.into_iter().zip(reader.reals(groups)?).collect();
        let mut pieces = HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default());
        let mut group_of = Vec::with_capacity(count);
        let mut longest = 0;
        for place in 0..count {
            let piece = reader.text()?;
            let score = reader.real()?;
            group_of.push(reader.byte()?);
            if !piece.is_empty() {
                longest = longest.max(piece.chars().count());
                pieces.insert(piece, (place, score));
            }
        }
        Some(Self {
            pieces,
            longest,
            unknown,
            groups,
            group_of,
            embeddings: reader.bytes(count * DIMENSIONS)?,
        })
    }

    /// The most probable way to cut a text into pieces (Kudo 2018, "Subword Regularization", by Viterbi's algorithm),
    /// between a begin and an end, at most so many.
    pub fn pieces(&self, text: &str, pieces_max: usize) -> Vec<usize> {
        let spaced: String = std::iter::once(SPACE)
            .chain(
                text.trim()
                    .chars()
                    .map(|character| if character == ' ' { SPACE } else { character }),
            )
            .collect();
        let ends: Vec<usize> = spaced
            .char_indices()
            .map(|(place, _)| place)
            .chain(std::iter::once(spaced.len()))
            .collect();
        // For each place between two characters: the best score so far, and the piece that ends there.
        let mut best: Vec<(f32, usize, usize)> = vec![(f32::NEG_INFINITY, 0, UNKNOWN); ends.len()];
        if let Some(start) = best.first_mut() {
            start.0 = 0.0;
        }
        for (from, start) in ends.iter().enumerate() {
            let so_far = best.get(from).map_or(f32::NEG_INFINITY, |best| best.0);
            for (to, end) in ends.iter().enumerate().skip(from + 1).take(self.longest) {
                let piece = spaced
                    .get(*start..*end)
                    .and_then(|piece| self.pieces.get(piece));
                let piece = piece
                    .copied()
                    .or((to == from + 1).then_some((UNKNOWN, self.unknown)));
                if let (Some((piece, score)), Some(known)) = (piece, best.get_mut(to))
                    && so_far + score > known.0
                {
                    *known = (so_far + score, from, piece);
                }
            }
        }
        let mut found = vec![END];
        let mut place = ends.len() - 1;
        while let Some((_, from, piece)) = best.get(place).filter(|_| place > 0) {
            found.push(*piece);
            place = *from;
        }
        found.push(BEGIN);
        found.reverse();
        found.truncate(pieces_max);
        found
    }

    /// What the pieces stand for, a row each.
    pub fn embedded(&self, pieces: &[usize]) -> Rows {
        let mut values = Vec::with_capacity(pieces.len() * DIMENSIONS);
        for piece in pieces {
            let group = self
                .group_of
                .get(*piece)
                .map_or(0, |group| usize::from(*group));
            let (scale, lowest) = self.groups.get(group).copied().unwrap_or_default();
            let steps = self
                .embeddings
                .get(piece * DIMENSIONS..(piece + 1) * DIMENSIONS);
            values.extend(
                steps
                    .unwrap_or_default()
                    .iter()
                    .map(|step| f32::from(*step) * scale + lowest),
            );
        }
        Rows::new(DIMENSIONS, values)
    }
}

/// FNV-1a as a hasher: pieces are short, and std's hasher is made against attackers, who cannot choose pieces.
#[derive(Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
