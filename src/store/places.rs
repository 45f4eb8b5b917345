//! Where the rows of conversations lie, as far as is remembered.
//!
//! Looking somebody up by key reads a page of the index over all keys, which of a million conversations takes 25 MiB: too much
//! to be kept in memory. But who writes now has mostly written a moment ago. So the row where a conversation was seen last is
//! tried first. It is only a guess: the key that stands in the row decides.

use std::cell::Cell;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// How many conversations are remembered at most: 256 KiB.
const SLOTS: usize = 1 << 15;

/// Rows that lie no further than this from the last one stay where they are: a thousand pages, which the cache holds.
const ROWS_NEAR: i64 = 8 << 10;

/// The number of a row that there is not: `SQLite` counts them from 1.
const NOWHERE: i64 = 0;

/// What is remembered.
pub(super) struct Places {
    /// By the hash of the key. Of two conversations with the same slot, the later one is remembered.
    slots: Box<[Cell<i64>]>,
    /// The last row that was seen.
    last: Cell<i64>,
}

impl Places {
    pub fn new() -> Self {
        Self {
            slots: vec![Cell::new(NOWHERE); SLOTS].into_boxed_slice(),
            last: Cell::new(NOWHERE),
        }
    }

    /// For who looks at a store only once.
    pub fn none() -> Self {
        Self {
            slots: Box::new([]),
            last: Cell::new(NOWHERE),
        }
    }

    /// The row where this conversation may be.
    pub fn guess(&self, key: &str) -> Option<i64> {
        let rowid = self.slot(key)?.get();
        (rowid != NOWHERE).then_some(rowid)
    }

    /// This conversation was seen in this row.
    pub fn note(&self, key: &str, rowid: i64) {
        if let Some(slot) = self.slot(key) {
            slot.set(rowid);
        }
        self.last.set(self.last.get().max(rowid));
    }

    /// Whether this row lies among those of others who were there lately.
    pub fn is_near(&self, rowid: i64) -> bool {
        self.last.get().saturating_sub(rowid) < ROWS_NEAR
    }

    fn slot(&self, key: &str) -> Option<&Cell<i64>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let slots = u64::try_from(self.slots.len()).ok()?;
        self.slots
            .get(usize::try_from(hash.checked_rem(slots)?).ok()?)
    }
}
