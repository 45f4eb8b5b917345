//! All integration tests, in one binary: they link once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests may stop where they find something wrong"
)]

mod cli;
mod dialogues;
mod fake_telegram;
mod kill;
mod packs;
mod properties;
mod replay;
mod store;
mod telegram;
mod terminal;
mod tidy;
mod walk;
mod world;
