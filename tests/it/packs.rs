//! Packs that load, and packs that are refused with the right words in the right place.
//!
//! `tests/knowledge/valid/NAME` is a whole pack. `tests/knowledge/invalid/NAME` holds the files in which a broken pack
//! differs from `valid/bicycle` (an empty file takes one away), and `expected.txt`, what the author is told. Packs that
//! load and that the proof refuses are in `unproved`.
//! `MIBAO_UPDATE=1 cargo test` writes `expected.txt`.

use crate::world::{bicycle_with, files, pack, repository};
use mibao::knowledge::{self, CHECKS, Diagnostic, Knowledge};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn valid_packs_load() {
    let directory = repository("tests/knowledge/valid");
    let names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.is_empty());
    for name in names {
        let knowledge = pack(&format!("tests/knowledge/valid/{name}"));
        assert_eq!(knowledge.id, name);
    }
}

#[test]
fn the_shipped_pack_is_the_one_in_the_repository() {
    assert_eq!(mibao::shipped::files(), files(&repository("knowledge")));
}

/// Every statement of the guide that the shipped pack was made from, by number.
#[test]
fn the_ledger_of_the_shipped_pack_is_complete() {
    let sources = fs::read_to_string(repository("knowledge/sources.toml")).unwrap();
    for (chapter, statements) in [("G1", 5), ("G2", 5), ("G3", 4), ("G5", 5)] {
        for number in 1..=statements {
            assert!(
                sources.contains(&format!("id = \"{chapter}.{number}")),
                "{chapter}.{number}"
            );
        }
    }
    for (section, parts) in [("G4.1", "abc"), ("G4.2", "abc"), ("G4.3", "ab")] {
        for part in parts.chars() {
            assert!(
                sources.contains(&format!("id = \"{section}{part}\"")),
                "{section}{part}"
            );
        }
    }
    for (section, remedies) in [("G4.1", 3), ("G4.2", 3), ("G4.3", 2)] {
        for remedy in 1..=remedies {
            assert!(
                sources.contains(&format!("id = \"{section}{}\"", "i".repeat(remedy))),
                "{section} remedy {remedy}"
            );
        }
    }
}

#[test]
fn invalid_packs_are_refused_with_every_mistake() {
    let mut codes = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(repository("tests/knowledge/invalid")).unwrap() {
        let directory = entry.unwrap().path();
        let expected = fs::read_to_string(directory.join("expected.txt")).unwrap_or_default();
        let pack = bicycle_with(directory.to_str().unwrap());
        let diagnostics = match knowledge::load(&pack) {
            Ok(Knowledge { id, .. }) => panic!("{}: `{id}` was accepted", directory.display()),
            Err(diagnostics) => diagnostics,
        };
        codes.extend(
            diagnostics
                .iter()
                .map(|Diagnostic { mistake, .. }| mistake.code()),
        );
        let actual = knowledge::render(&diagnostics, &pack, "", false);
        if actual != expected {
            if std::env::var_os("MIBAO_UPDATE").is_some() {
                fs::write(directory.join("expected.txt"), actual).unwrap();
            } else {
                wrong.push(format!("{}:\n{actual}", directory.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} packs differ; MIBAO_UPDATE=1 rewrites them",
        wrong.join("\n"),
        wrong.len()
    );
    println!("{} kinds of mistakes met: {codes:?}", codes.len());
}

/// The README and `mibao check` list the rules from this table; two of one name would be one too few.
#[test]
fn every_check_has_its_own_name() {
    let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), CHECKS.len());
}
