//! Conversations as people would see them: every `tests/dialogues/*.md`.
//!
//! A case is a heading, some prose, and a fenced block `chat`. In it, `> ` begins what the user does: words,
//! `/command`, `[label of a button]`, `(photo)`, or `+5 hours` to let time pass. What follows is the answer, its
//! buttons, and a line `~` with what is pending, what was shown, and how it ended. `MIBAO_UPDATE=1 cargo test` writes the
//! answers as they are now; read the difference before you keep it. A folder below holds cases for the pack of that
//! name in `tests/knowledge/valid`.

use crate::world::{Talk, files, pack, repository};
use chrono::TimeDelta;
use mibao::dialogue::{Assistant, Turn};
use mibao::text::markup;
use std::fmt::Write;
use std::fs;
use std::path::Path;

#[test]
fn dialogues() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (folder, knowledge) in [
        ("", "knowledge"),
        ("bicycle", "tests/knowledge/valid/bicycle"),
        ("kettle", "tests/knowledge/valid/kettle"),
    ] {
        let assistant = Assistant::new(pack(knowledge));
        let directory = repository("tests/dialogues").join(folder);
        for name in files(&directory)
            .into_keys()
            .filter(|name| !name.contains('/'))
        {
            cases += check(&assistant, &directory.join(name), &mut wrong);
        }
    }
    assert!(cases > 0, "there are no cases");
    assert!(
        wrong.is_empty(),
        "{}\n{} cases differ; MIBAO_UPDATE=1 rewrites them",
        wrong.join("\n"),
        wrong.len()
    );
    println!("{cases} conversations");
}

/// Checks, or rewrites, the cases of a file. Returns how many there are.
fn check(assistant: &Assistant, path: &Path, wrong: &mut Vec<String>) -> usize {
    let written = fs::read_to_string(path).unwrap();
    let mut actual = String::new();
    let mut block: Option<Vec<&str>> = None;
    let mut cases = 0;
    for line in written.lines() {
        match &mut block {
            None => {
                writeln!(actual, "{line}").unwrap();
                block = (line == "```chat").then(Vec::new);
            }
            Some(lines) if line == "```" => {
                actual.push_str(&converse(assistant, lines));
                actual.push_str("```\n");
                cases += 1;
                block = None;
            }
            Some(lines) => lines.push(line),
        }
    }
    assert!(block.is_none(), "{}: a block is not closed", path.display());
    assert!(cases > 0, "{}: no `chat` block", path.display());
    if actual != written {
        if std::env::var_os("MIBAO_UPDATE").is_some() {
            fs::write(path, actual).unwrap();
        } else {
            wrong.push(difference(path, &written, &actual));
        }
    }
    cases
}

fn converse(assistant: &Assistant, lines: &[&str]) -> String {
    let mut talk = Talk::new(assistant);
    let mut written = String::new();
    for line in lines.iter().filter_map(|line| line.strip_prefix("> ")) {
        if !written.is_empty() {
            written.push('\n');
        }
        writeln!(written, "> {line}").unwrap();
        if let Some(hours) = line
            .strip_prefix('+')
            .and_then(|rest| rest.strip_suffix(" hours"))
        {
            talk.now += TimeDelta::hours(hours.parse().unwrap());
        } else {
            written.push_str(&as_seen(&talk.does(line)));
        }
    }
    written
}

/// A turn as a person sees it, and below it what a program does.
fn as_seen(turn: &Turn) -> String {
    let mut seen = String::new();
    for (place, reply) in turn.replies.iter().enumerate() {
        if place > 0 {
            seen.push_str("---\n");
        }
        writeln!(seen, "{}", markup::plain(&reply.text).trim_end()).unwrap();
        for row in &reply.buttons {
            let labels: Vec<String> = row
                .iter()
                .map(|button| format!("[{}]", button.label))
                .collect();
            writeln!(seen, "{}", labels.join(" ")).unwrap();
        }
    }
    let outcome = turn.outcome.map(|outcome| format!("{outcome:?}"));
    let parts = [
        turn.pending.clone().unwrap_or_else(|| "-".to_owned()),
        turn.shows.join(" "),
        outcome.unwrap_or_default(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    writeln!(seen, "~ {}", parts.join(" | ")).unwrap();
    seen
}

fn difference(path: &Path, written: &str, actual: &str) -> String {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let (old, new) = (lines(written), lines(actual));
    let place = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let at = |lines: &[String]| {
        lines
            .get(place)
            .cloned()
            .unwrap_or_else(|| "(end)".to_owned())
    };
    format!(
        "{}:{}\n  written: {}\n  actual:  {}",
        path.display(),
        place + 1,
        at(&old),
        at(&new)
    )
}
