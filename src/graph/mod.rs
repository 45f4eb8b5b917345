//! The dialogue as a picture for whoever writes the knowledge: where every answer leads, in the pack's own words.
//!
//! [`Outline`] says what is in the picture and knows no format; `mermaid` and `dot` write it down for a program that
//! places it, and `panel`, `layout` and `svg` place it themselves, so that a browser is all that is needed.

#![warn(clippy::wildcard_enum_match_arm)]

mod dot;
mod layout;
mod mermaid;
mod outline;
mod panel;
mod svg;
mod tracks;
mod words;

pub use outline::{Body, Cause, Goal, Link, Outline, Remedy, Route, Step, Topic};

use crate::knowledge::{Knowledge, Language};

/// What a picture can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For Markdown: GitHub and many editors draw it.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// For a browser; nothing else is needed.
    Svg,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Mermaid, Self::Dot, Self::Svg];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Svg => "svg",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }
}

/// The whole pack as a picture, in the language that it has for this wish.
#[must_use]
pub fn draw(knowledge: &Knowledge, language: Option<Language>, format: Format) -> String {
    let outline = Outline::of(knowledge, knowledge.spoken(language));
    match format {
        Format::Mermaid => mermaid::write(&outline),
        Format::Dot => dot::write(&outline),
        Format::Svg => svg::write(&outline),
    }
}
