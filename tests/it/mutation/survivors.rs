//! What `mibao check` lets pass, and why it may.

use super::mutant::Kind;

/// Mutants that may survive.
pub struct MaySurvive {
    pub kind: Kind,
    /// How their places begin.
    pub place: &'static str,
    pub reason: &'static str,
}

impl MaySurvive {
    pub fn covers(&self, kind: Kind, place: &str) -> bool {
        self.kind == kind && place.starts_with(self.place)
    }
}

pub const MAY_SURVIVE: &[MaySurvive] = &[
    MaySurvive {
        kind: Kind::TextsExchanged,
        place: "",
        reason: "both are good texts: which of them belongs where, only a reader can say",
    },
    MaySurvive {
        kind: Kind::WordsRemoved,
        place: "facts answer words",
        reason: "a pack is free to know fewer replies; what is understood is measured by `mibao eval` and told by dialogues",
    },
    MaySurvive {
        kind: Kind::WordsRemoved,
        place: "topics then words",
        reason: "a pack is free to know fewer replies to a warning; dialogues tell which it must know",
    },
    MaySurvive {
        kind: Kind::WordsRemoved,
        place: "prompts prompt shown",
        reason: "a pack is free to know a message by fewer of its pieces, as long as there is one",
    },
];
