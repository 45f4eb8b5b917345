//! Makes any statement fail, so that tests can end the world between any two.

use super::error::Fault;
use std::cell::Cell;

thread_local! {
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// After so many more statements of this thread, one fails as on a full disk.
pub fn light(statements: Option<u64>) {
    LEFT.set(statements);
}

/// Whether it has burnt down.
pub fn is_out() -> bool {
    LEFT.get() == Some(0)
}

pub(super) fn burn() -> Result<(), Fault> {
    match LEFT.get() {
        None => Ok(()),
        Some(left) => {
            LEFT.set(Some(left.saturating_sub(1)));
            if left > 1 {
                return Ok(());
            }
            let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
            Err(Fault::from(rusqlite::Error::SqliteFailure(full, None)))
        }
    }
}
