//! Panics in the core, made into failures that can be told without the user's words.
//!
//! A panic's message may quote what the user wrote. Its place in the code never does, and is what the
//! developer needs first; so that is what the hook keeps and logs.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

thread_local! {
    /// Where this thread last panicked.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// From now on, panics are logged by their place alone.
pub fn log_panics() {
    set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info
            .location()
            .map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "panicked");
        PLACE.set(Some(place));
    }));
}

/// Does this work, and catches its panic as the place where it happened, or as all that is known of it.
///
/// # Errors
///
/// Where it panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What the work may leave half done is in the records, which are taken back to the savepoint.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // A message that was formatted may hold anything; one in the code itself cannot.
        let message = payload.downcast_ref::<&'static str>().copied();
        PLACE
            .take()
            .or_else(|| message.map(str::to_owned))
            .unwrap_or_else(|| "panicked".to_owned())
    })
}
