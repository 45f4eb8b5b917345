//! What a pack must be beyond its form: one rule, one function, one line here.

mod conditions;
mod ledger;
mod meaning;
mod structure;
mod wording;

use super::diagnostic::Diagnostic;
use super::draft::Draft;

/// A rule over a whole pack.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    pub name: &'static str,
    /// What it makes sure of.
    pub purpose: &'static str,
    pub(super) run: fn(&Draft, &mut Vec<Diagnostic>),
}

/// All rules, in the order in which `mibao check` lists them.
pub const CHECKS: &[Check] = &[
    Check {
        name: "ids",
        purpose: "ids are well-formed and there once",
        run: structure::ids,
    },
    Check {
        name: "references",
        purpose: "every id that is named exists",
        run: structure::references,
    },
    Check {
        name: "reachable",
        purpose: "something leads to every item",
        run: structure::reachable,
    },
    Check {
        name: "complete",
        purpose: "no guide without steps, no problem without causes and remedies",
        run: structure::complete,
    },
    Check {
        name: "asked",
        purpose: "steps and questions go by what is asked there",
        run: conditions::asked,
    },
    Check {
        name: "guards",
        purpose: "nothing irreversible or loosening without a requirement",
        run: meaning::guards,
    },
    Check {
        name: "declines",
        purpose: "what a guide is refused with is a topic that refuses",
        run: meaning::declines,
    },
    Check {
        name: "numbers",
        purpose: "chances lie between 0 and 1, weights above 0, minutes from 0",
        run: meaning::numbers,
    },
    Check {
        name: "patterns",
        purpose: "patterns are regular expressions",
        run: meaning::patterns,
    },
    Check {
        name: "codes",
        purpose: "codes of messages are digits, and each is one message's",
        run: meaning::codes,
    },
    Check {
        name: "intents",
        purpose: "every intent has sentences and asks for one item",
        run: meaning::intents,
    },
    Check {
        name: "sentences",
        purpose: "no sentence is an example twice",
        run: meaning::sentences,
    },
    Check {
        name: "languages",
        purpose: "every text exists in every language",
        run: wording::languages,
    },
    Check {
        name: "markup",
        purpose: "texts use the small Markdown only",
        run: wording::markup,
    },
    Check {
        name: "lengths",
        purpose: "texts fit a phone and Telegram",
        run: wording::lengths,
    },
    Check {
        name: "labels",
        purpose: "no two buttons of one message look the same",
        run: wording::labels,
    },
    Check {
        name: "phrases",
        purpose: "every phrase is there, with its placeholders",
        run: wording::phrases,
    },
    Check {
        name: "ledger",
        purpose: "every item has a source, every statement is told, corrected or dropped with a reason",
        run: ledger::ledger,
    },
];
