//! The knowledge parser: a file of a pack replaced, or something written into the middle of it.

#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::knowledge(bytes));
