//! The picture for Graphviz (`dot -Tsvg`), for who wants to place or style it differently.
//!
//! A box is a record, a field for each step: so steps keep their order, which the nodes of a cluster do not.

use super::outline::{Goal, Outline};
use super::words;
use crate::knowledge::Item;

/// Graphviz breaks no lines: they end here, in letters of this size.
const WIDTH: i32 = 320;
const SIZE: i32 = 12;

#[must_use]
pub fn write(outline: &Outline) -> String {
    let menu = outline.menu.iter().zip(1..);
    let menu = menu.map(|(link, number)| format!("{number} \u{b7} {}", link.title));
    let topics: Vec<String> = outline
        .topics
        .iter()
        .map(|topic| topic.link.title.clone())
        .collect();
    let mut lines = vec![
        format!("digraph {} {{", quoted(&outline.name)),
        "  graph [rankdir=LR, nodesep=0.4, ranksep=1.2, fontname=\"sans-serif\"];".to_owned(),
        format!("  node [shape=Mrecord, fontname=\"sans-serif\", fontsize={SIZE}];"),
        "  edge [fontname=\"sans-serif\", fontsize=10];".to_owned(),
        record("menu", Some(&outline.menu_title), &menu.collect::<Vec<_>>()),
    ];
    for goal in &outline.goals {
        let name = goal.link.to.to_string();
        lines.push(record(&name, Some(&goal.link.title), &goal.body.listed()));
    }
    lines.push(record("topics", None, &topics));
    for (link, number) in outline.menu.iter().zip(1..) {
        lines.push(format!(
            "  menu:f{number}:e -> {};",
            target(&link.to, outline)
        ));
    }
    for goal in &outline.goals {
        lines.extend(leads(goal, outline));
    }
    lines.push("}\n".to_owned());
    lines.join("\n")
}

/// A box of fields, the title in the first.
fn record(name: &str, title: Option<&str>, fields: &[String]) -> String {
    let title = title.map(|title| format!("<f0> {}", escaped(title)));
    let fields = fields
        .iter()
        .zip(1..)
        .map(|(field, number)| format!("<f{number}> {}", wrapped(field)));
    let all: Vec<String> = title.into_iter().chain(fields).collect();
    format!("  {} [label=\"{}\"];", quoted(name), all.join("|"))
}

/// Where a line to this item ends.
fn target(item: &Item, outline: &Outline) -> String {
    let number = outline
        .topics
        .iter()
        .zip(1..)
        .find(|(topic, _)| topic.link.to == *item)
        .map(|(_, number)| number);
    match number {
        Some(number) => format!("topics:f{number}:w"),
        None => format!("{}:f0", quoted(&item.to_string())),
    }
}

fn leads(goal: &Goal, outline: &Outline) -> Vec<String> {
    goal.leads(&outline.failed)
        .into_iter()
        .map(|(words, to, failing)| {
            let style = if failing { ", style=dashed" } else { "" };
            format!(
                "  {} -> {} [label=\"{}\"{style}];",
                quoted(&goal.link.to.to_string()),
                target(&to.to, outline),
                wrapped(&words)
            )
        })
        .collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The text with what means something in a string or in a record's label made harmless. Records swallow some
/// spaces, so there are none but those that do not break.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' | '{' | '}' | '|' | '<' | '>' => safe.extend(['\\', character]),
            ' ' => safe.push('\u{a0}'),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

/// Lines that are set to the left.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = text
        .lines()
        .flat_map(|line| words::wrap(line, SIZE, WIDTH))
        .map(|line| escaped(&line))
        .collect();
    // `\l` ends a line, the last one too.
    lines.push(String::new());
    lines.join("\\l")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_label_is_read_as_a_record() {
        assert_eq!(
            wrapped("a|b {c}\n<d> \"e\\"),
            "a\\|b\u{a0}\\{c\\}\\l\\<d\\>\u{a0}\\\"e\\\\\\l"
        );
    }
}
