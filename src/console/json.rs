//! `chat --json`: one object a line in, one object a line out.

use super::ConsoleError;
use crate::dialogue::{Command, Content, Media, Reply, Turn};
use crate::text::{markup, mask};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// One line of input: exactly one of the four, and the time if it is not now.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: Option<String>,
    press: Option<String>,
    command: Option<String>,
    media: Option<String>,
    at: Option<DateTime<Utc>>,
}

/// Reads a line. The error is for whoever wrote the line.
pub(super) fn read(line: &str) -> Result<(Content, Option<DateTime<Utc>>), String> {
    let line: Line =
        serde_json::from_str(line).map_err(|error| format!("not a valid line: {error}"))?;
    let content = match (line.text, line.press, line.command, line.media) {
        (Some(text), None, None, None) => Content::Text(text),
        (None, Some(id), None, None) => Content::Press(id),
        (None, None, Some(command), None) => {
            let (name, payload) = command.split_once(' ').unwrap_or((&command, ""));
            let known = Command::from_name(name.trim_start_matches('/'));
            let known = known.ok_or_else(|| {
                format!(
                    "unknown command `{name}`, expected one of {}",
                    Command::ALL.map(Command::name).join(", ")
                )
            })?;
            Content::Command(known, payload.to_owned())
        }
        (None, None, None, Some(name)) => {
            let known = Media::from_name(&name);
            Content::Media(known.ok_or_else(|| {
                format!(
                    "unknown media `{name}`, expected one of {}",
                    Media::ALL.map(Media::name).join(", ")
                )
            })?)
        }
        _ => {
            return Err(
                "expected exactly one of `text`, `press`, `command` and `media`".to_owned(),
            );
        }
    };
    Ok((content, line.at))
}

/// Writes a turn, flushed.
pub(super) fn write(number: u64, turn: &Turn) -> Result<(), ConsoleError> {
    let replies: Vec<Value> = turn.replies.iter().map(reply).collect();
    line(&json!({
        "turn": number,
        "replies": replies,
        "pending": turn.pending,
        "shows": turn.shows,
        "understood": turn.understood,
        "outcome": turn.outcome,
    }))
}

/// Writes what is wrong with a line, flushed.
pub(super) fn write_error(error: &str) -> Result<(), ConsoleError> {
    // It may quote the line.
    line(&json!({ "error": mask(error).text }))
}

fn reply(reply: &Reply) -> Value {
    let buttons: Vec<Vec<Value>> = reply
        .buttons
        .iter()
        .map(|row| {
            row.iter()
                .map(|button| json!({ "id": button.id, "label": button.label }))
                .collect()
        })
        .collect();
    json!({ "text": markup::plain(&reply.text), "buttons": buttons })
}

fn line(value: &Value) -> Result<(), ConsoleError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
