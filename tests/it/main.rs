//! All integration tests, in one binary: they link once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    clippy::redundant_closure_for_method_calls,
    clippy::disallowed_macros,
    reason = "tests may stop where they find something wrong"
)]

mod cli;
mod decision;
mod dialogues;
mod fake_telegram;
mod flow;
mod fuzz;
mod graph;
mod kill;
mod languages;
mod learn;
mod mutation;
mod packs;
mod private;
mod prompts;
mod properties;
mod random;
mod random_pack;
mod replay;
mod simulation;
mod store;
mod telegram;
mod telegram_places;
mod telegram_troubles;
mod terminal;
mod tidy;
mod understanding;
mod unproved;
mod webhook;
mod world;
