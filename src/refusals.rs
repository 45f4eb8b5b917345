//! `mibao eval --refusals`: whether the assistant declines what it must, and nothing else.

use crate::columns::aligned;
use chrono::DateTime;
use mibao::dialogue::{Assistant, Content, Input, Outcome, Session, step};
use mibao::understanding::Share;
use serde::Serialize;
use std::io::{self, Write};

/// What somebody says first, and what is right then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    refuse: bool,
    /// The item that the reply must put before them, where that matters.
    shows: Option<String>,
    sentence: String,
}

/// How often the assistant was right.
#[derive(Debug, Default, Serialize)]
pub struct Refusals {
    /// Of what must be refused, how much was.
    refused: Share,
    /// Of what must not, how much was not.
    helped: Share,
    /// Where it matters what is put before them, how often it was.
    shown: Share,
    wrong: Vec<Wrong>,
}

#[derive(Debug, Serialize)]
struct Wrong {
    right: String,
    done: String,
    shows: Vec<String>,
    sentence: String,
}

/// The lines of a file, and the numbers of those that are malformed.
pub fn judged(content: &str) -> (Vec<Judged>, Vec<usize>) {
    let mut lines = Vec::new();
    let mut malformed = Vec::new();
    for (number, line) in content.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            [right @ ("refuse" | "help"), shows, sentence] => lines.push(Judged {
                refuse: *right == "refuse",
                shows: (*shows != "-").then(|| (*shows).to_owned()),
                sentence: (*sentence).to_owned(),
            }),
            _ => malformed.push(number + 1),
        }
    }
    (lines, malformed)
}

/// Plays each sentence as the first message of a conversation.
pub fn play(assistant: &Assistant, lines: &[Judged]) -> Refusals {
    let mut score = Refusals::default();
    for line in lines {
        let input = Input {
            at: DateTime::UNIX_EPOCH,
            language: None,
            content: Content::Text(line.sentence.clone()),
            removable: false,
        };
        let (_, turn) = step(assistant, Session::default(), &input);
        let refused = turn.outcome == Some(Outcome::Refused);
        let share = if line.refuse {
            &mut score.refused
        } else {
            &mut score.helped
        };
        share.add(refused == line.refuse);
        let shown = line.shows.as_ref().is_none_or(|shows| {
            let is_meant = |item: &String| {
                item == shows
                    || item
                        .strip_prefix(shows)
                        .is_some_and(|rest| rest.starts_with('/'))
            };
            turn.shows.iter().any(is_meant)
        });
        if line.shows.is_some() {
            score.shown.add(shown);
        }
        if refused != line.refuse || !shown {
            let name = |refuse| if refuse { "refuse" } else { "help" };
            score.wrong.push(Wrong {
                right: [Some(name(line.refuse)), line.shows.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
                done: name(refused).to_owned(),
                shows: turn.shows,
                sentence: line.sentence.clone(),
            });
        }
    }
    score
}

/// For people.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut impl Write, score: &Refusals) -> io::Result<()> {
    for (name, share) in [
        ("refused, of what must be", score.refused),
        ("helped, of the others", score.helped),
        ("shown, where it matters", score.shown),
    ] {
        writeln!(out, "{name:<26}{share}")?;
    }
    if score.wrong.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nwrong: right, done, shown, sentence")?;
    let rows = score.wrong.iter().map(|wrong| {
        [
            wrong.right.clone(),
            wrong.done.clone(),
            wrong.shows.join(" "),
            wrong.sentence.clone(),
        ]
    });
    for line in aligned(&rows.collect::<Vec<_>>()) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
