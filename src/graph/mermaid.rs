//! The picture as Mermaid, which GitHub and many editors draw out of Markdown.
//!
//! What Mermaid would read as its own language is kept from it: ids are made here, every label is quoted, and no label
//! begins as a Markdown list does (`1. `), which Mermaid refuses to draw. Lines end at boxes and never inside one: of a
//! box that a line enters, Mermaid forgets in which direction it runs.

use super::outline::{Body, Goal, Outline};
use crate::knowledge::Item;

#[must_use]
pub fn write(outline: &Outline) -> String {
    let mut lines = vec![
        "%%{init: {\"flowchart\": {\"wrappingWidth\": 320}}}%%".to_owned(),
        "flowchart LR".to_owned(),
        "classDef list text-align:left".to_owned(),
        format!("menu([{}])", quoted(&outline.menu_title)),
    ];
    for goal in &outline.goals {
        lines.extend(boxed(goal));
    }
    let topics: Vec<&str> = outline
        .topics
        .iter()
        .map(|topic| topic.link.title.as_str())
        .collect();
    lines.push(format!("topics[{}]:::list", quoted(&topics.join("\n"))));
    for link in &outline.menu {
        lines.push(match &link.to {
            goal @ (Item::Guide(_) | Item::Problem(_)) => format!("menu --> {}", id(goal)),
            Item::Topic(_) => format!("menu -->|{}| topics", quoted(&link.title)),
        });
    }
    for goal in &outline.goals {
        for (words, to, failing) in goal.leads(&outline.failed) {
            let arrow = if failing { "-.->" } else { "-->" };
            lines.push(format!(
                "{} {arrow}|{}| {}",
                id(&goal.link.to),
                quoted(&words),
                id(&to.to)
            ));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The id of an item's box: letters, digits and `_` alone, and never a word of Mermaid's own, such as `end`.
fn id(item: &Item) -> String {
    item.to_string().replace(':', "_")
}

/// A label in quotes, with Mermaid's own escapes.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for character in text.chars() {
        match character {
            '#' => safe.push_str("#35;"),
            '&' => safe.push_str("#amp;"),
            '"' => safe.push_str("#quot;"),
            '<' => safe.push_str("#lt;"),
            '>' => safe.push_str("#gt;"),
            '`' => safe.push_str("#96;"),
            '\n' => safe.push_str("<br/>"),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe.push('"');
    safe
}

/// A guide or a problem as a box with what is in it: steps one after the other, or causes over remedies.
fn boxed(goal: &Goal) -> Vec<String> {
    let name = id(&goal.link.to);
    let (class, link) = match goal.body {
        Body::Guide { .. } => ("", " --> "),
        Body::Problem { .. } => (":::list", " --- "),
    };
    let mut lines = vec![
        format!("subgraph {name}[{}]", quoted(&goal.link.title)),
        "  direction TB".to_owned(),
    ];
    let mut chain = Vec::new();
    for (words, number) in goal.body.listed().iter().zip(1..) {
        lines.push(format!("  {name}_{number}[{}]{class}", quoted(words)));
        chain.push(format!("{name}_{number}"));
    }
    if chain.len() > 1 {
        lines.push(format!("  {}", chain.join(link)));
    }
    lines.push("end".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_label_is_read_as_mermaid() {
        assert_eq!(
            quoted("a \"b\" <c> #1; `d`\n& e\u{7}"),
            "\"a #quot;b#quot; #lt;c#gt; #35;1; #96;d#96;<br/>#amp; e\""
        );
    }
}
