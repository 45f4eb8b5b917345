//! Words as such: Chinese text normalised, cut into n-grams, numbers read, private data masked, Markdown rendered.
//! Knows nothing of knowledge packs.

mod clauses;
mod codes;
mod convert;
mod joined;
pub mod markup;
mod mask;
mod mend;
mod ngrams;
mod normalise;
mod numbers;
mod polarity;
mod quotes;
mod traditional;
mod writing;

pub use clauses::{Clause, clauses, clauses_of, parts, statement};
pub use codes::codes;
pub use joined::joined;
pub use mask::{Masked, Private, mask, mask_after_code, speaks_of_a_code};
pub use mend::Mender;
pub use ngrams::{alikeness, bucket, features, features_up_to, hash, ngrams};
pub use normalise::{normalise, skeleton};
pub use numbers::ordinal;
pub use polarity::{corrects, denials, denies_next, ends_denying, without_denials};
pub use traditional::{Quotes, TRADITIONAL_CHINESE, traditional};
pub use writing::{Writing, writing};
