//! What a proof has found, as an author reads it: what is wrong, what can be done, and the conversation that shows it.

use super::{Code, Failure, POINTS};
use crate::dialogue::Assistant;
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

/// Of many failures of one kind the first few show what is wrong.
const SHOWN_MAX: usize = 5;

/// All failures, with their conversations. `arguments` are those of `mibao chat` that choose the pack.
#[must_use]
pub fn render(
    failures: &[Failure],
    assistant: &Assistant,
    arguments: &str,
    colours: bool,
) -> String {
    let style = if colours {
        AnsiColor::Red.on_default().bold()
    } else {
        Style::new()
    };
    let mut text = String::new();
    let mut kinds: Vec<Code> = failures.iter().map(|failure| failure.code).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of_kind = failures.iter().filter(|failure| failure.code == kind);
        let count = of_kind.clone().count();
        for failure in of_kind.take(SHOWN_MAX) {
            one(&mut text, failure, assistant, arguments, style);
        }
        if count > SHOWN_MAX {
            // Writing into a string cannot fail.
            let _ = write!(text, "  and {} more of this kind\n\n", count - SHOWN_MAX);
        }
    }
    let points = POINTS
        .iter()
        .filter(|point| {
            failures
                .iter()
                .any(|failure| failure.code.point() == point.code)
        })
        .count();
    let _ = write!(
        text,
        "{} failure{} in {points} of {} points",
        failures.len(),
        if failures.len() == 1 { "" } else { "s" },
        POINTS.len()
    );
    text
}

fn one(text: &mut String, failure: &Failure, assistant: &Assistant, arguments: &str, style: Style) {
    let _ = write!(
        text,
        "{style}error[{}]{style:#}: {}\n  = help: {}\n\n",
        failure.code.id(),
        failure.message,
        failure.code.hint()
    );
    if failure.conversation.lines.is_empty() {
        return;
    }
    for line in failure.conversation.transcript(assistant).lines() {
        text.push_str(format!("    {line}").trim_end());
        text.push('\n');
    }
    let conversation = &failure.conversation;
    let command = conversation.command(&assistant.knowledge, arguments);
    let _ = write!(text, "  replay it: {command}\n\n");
}
