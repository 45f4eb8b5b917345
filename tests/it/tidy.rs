//! The house rules that no lint holds: who may import whom, where Chinese may stand, how long a file may be.

use crate::world::{files, repository};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// Module → the modules of this crate that it may import, as in the README's drawing.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("decision", &[]),
    ("knowledge", &["decision", "text"]),
    ("understanding", &["knowledge", "text"]),
    ("diagnosis", &["decision", "knowledge"]),
    (
        "dialogue",
        &["diagnosis", "understanding", "knowledge", "text"],
    ),
    (
        "proof",
        &[
            "dialogue",
            "diagnosis",
            "understanding",
            "knowledge",
            "text",
        ],
    ),
    ("learning", &["dialogue", "diagnosis", "knowledge"]),
    ("graph", &["knowledge"]),
    (
        "simulation",
        &["decision", "dialogue", "diagnosis", "knowledge"],
    ),
    ("shipped", &["knowledge"]),
    ("store", &["dialogue"]),
    ("service", &["dialogue", "knowledge", "store"]),
    (
        "console",
        &["service", "store", "dialogue", "knowledge", "text"],
    ),
    (
        "telegram",
        &["service", "store", "dialogue", "knowledge", "text"],
    ),
    // Of the binary: it imports the library by its name.
    ("columns", &[]),
    ("packs", &[]),
    ("learn", &["columns", "packs"]),
    ("learned", &[]),
    ("check", &["learned", "packs"]),
    ("refusals", &["columns"]),
    ("eval", &["columns", "learned", "packs", "refusals"]),
    ("simulate", &["columns", "learned", "packs"]),
    ("understand", &["columns", "learned", "packs"]),
    ("lib", &[]),
];

const LINES_MAX: usize = 500;

/// Text tables and the doc comments that quote what they are about.
const CHINESE_ALLOWED: &[&str] = &[
    "text/clauses.rs",
    "text/codes.rs",
    "text/joined.rs",
    "text/normalise.rs",
    "text/numbers.rs",
    "text/mask/context.rs",
    "text/mask/cues.rs",
    "text/mask/letters.rs",
    "text/mask/passwords.rs",
    "text/mask/places.rs",
    "text/mask/words.rs",
    "text/mend.rs",
    "text/polarity.rs",
    "text/traditional.rs",
    "text/writing.rs",
];

fn sources() -> BTreeMap<String, String> {
    files(&repository("src"))
        .into_iter()
        .filter(|(path, _)| path != "main.rs" && !path.ends_with("/tests.rs"))
        .collect()
}

/// The code of a file without its unit tests and comments.
fn code(content: &str) -> String {
    let shipped = content.split("#[cfg(test)]").next().unwrap();
    shipped
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn module(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The modules that a file names through `crate::`, also inside braces: `use crate::{a, b::c}`.
fn imports(code: &str) -> BTreeSet<String> {
    let direct = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let braced = Regex::new(r"\bcrate::\{((?s:.)*?)\};").unwrap();
    let first = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let mut found: BTreeSet<String> = direct
        .captures_iter(code)
        .map(|hit| hit[1].to_owned())
        .collect();
    for group in braced.captures_iter(code) {
        // What stands in inner braces belongs to the module before them.
        let mut outer = String::new();
        let mut depth = 0;
        for character in group[1].chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                other if depth == 0 => outer.push(other),
                _ => {}
            }
        }
        found.extend(first.captures_iter(&outer).map(|hit| hit[1].to_owned()));
    }
    found
}

#[test]
fn imports_are_understood() {
    assert_eq!(
        imports("use crate::a::B; use crate::{c, d::{E, f}, g::H}; crate::i::j()"),
        BTreeSet::from(["a", "c", "d", "g", "i"].map(str::to_owned))
    );
}

#[test]
fn modules_import_only_what_is_below_them() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, content) in sources() {
        let own = module(&path);
        let allowed = table
            .get(own)
            .unwrap_or_else(|| panic!("{path}: the module `{own}` is not in the table"));
        for import in imports(&code(&content)) {
            if import != own && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{path}: `{own}` may not import `{import}`"));
            }
        }
        if content.contains("super::super") {
            wrong.push(format!(
                "{path}: `super::super` hides where a name comes from"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sentences_for_users_live_in_the_pack() {
    let han = Regex::new(r"\p{Han}").unwrap();
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, content)| {
            !CHINESE_ALLOWED.contains(&path.as_str()) && han.is_match(&code(content))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "Chinese text in {wrong:?}");
}

#[test]
fn files_stay_one_room() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests/it"] {
        for (path, content) in files(&repository(folder)) {
            let lines = content.lines().count();
            if lines > LINES_MAX {
                wrong.push(format!(
                    "{folder}/{path}: {lines} lines, where {LINES_MAX} may be"
                ));
            }
            if !content.starts_with("//!") {
                wrong.push(format!("{folder}/{path}: does not open with why it exists"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_for_later() {
    let unfinished = Regex::new(r"\b(todo!|unimplemented!|dbg!|FIXME|XXX)|#\[ignore").unwrap();
    for (path, content) in files(&repository("src")) {
        assert!(
            !unfinished.is_match(&content),
            "{path}: something is unfinished"
        );
    }
}
