//! A whole conversation with the shipped pack: words, presses, commands, media.

#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::talk(bytes));
