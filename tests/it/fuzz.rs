//! What the fuzzer asks, asked in little: of every file of its corpus, and of changes of them.
//!
//! The long run is `RUSTC_BOOTSTRAP=1 cargo fuzz run TARGET` (see `fuzz/Cargo.toml`).

use crate::world::repository;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::fs;

#[path = "../../fuzz/checks.rs"]
mod checks;

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(repository("fuzz/corpus").join(target)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A part taken out of one file, with something of another or of no file in its place.
fn changed(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let one = prop::sample::select(corpus.clone());
    let other = prop_oneof![
        prop::sample::select(corpus),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    let places = (
        any::<prop::sample::Index>(),
        0..12_usize,
        any::<prop::sample::Index>(),
        0..40_usize,
    );
    (one, other, places).prop_map(|(one, other, (at, out, from, count))| {
        let at = at.index(one.len() + 1);
        let piece = other.iter().skip(from.index(other.len() + 1)).take(count);
        let behind = one.iter().skip(at + out);
        one.iter()
            .take(at)
            .chain(piece)
            .chain(behind)
            .copied()
            .collect()
    })
}

/// What must hold of any bytes holds of the corpus, and of so many changes of it.
fn hold(target: &str, cases: u32, check: fn(&[u8])) {
    let corpus = corpus(target);
    for bytes in &corpus {
        check(bytes);
    }
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let held = TestRunner::new(config).run(&changed(corpus), |bytes| {
        check(&bytes);
        Ok(())
    });
    held.unwrap();
}

#[test]
fn a_pack_is_loaded_or_refused_with_reasons() {
    hold("knowledge", 16, checks::knowledge);
}

#[test]
fn any_json_is_an_update_or_none() {
    hold("update", 200, checks::update);
}

#[test]
fn any_sentence_means_the_same_each_time() {
    hold("understand", 150, checks::understand);
}

#[test]
fn masking_keeps_what_is_not_private() {
    hold("mask", 2000, checks::masking);
}

#[test]
fn any_conversation_has_answers_that_can_be_shown() {
    hold("talk", 40, checks::talk);
}
