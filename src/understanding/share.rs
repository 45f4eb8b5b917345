//! So many of so many.

use serde::Serialize;
use std::fmt;

/// How many of how many were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    pub right: usize,
    pub of: usize,
}

impl Share {
    /// One more.
    pub fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }

    /// From 0 to 1; 0 of nothing.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of sentences that somebody labelled by hand"
    )]
    pub fn fraction(self) -> f32 {
        self.right as f32 / self.of.max(1) as f32
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of == 0 {
            return write!(formatter, "{:>7}", "none");
        }
        let percent = self.fraction() * 100.0;
        write!(
            formatter,
            "{percent:>5.1} %  ({} of {})",
            self.right, self.of
        )
    }
}
