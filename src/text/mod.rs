//! Words as such: Chinese text normalised, cut into n-grams, numbers read, private data masked, Markdown rendered.
//! Knows nothing of knowledge packs.

mod clauses;
pub mod markup;
mod mask;
mod ngrams;
mod normalise;
mod numbers;
mod polarity;

pub use clauses::clauses;
pub use mask::{Masked, Private, mask};
pub use ngrams::{alikeness, features, hash};
pub use normalise::{normalise, skeleton};
pub use numbers::ordinal;
pub use polarity::denials;
