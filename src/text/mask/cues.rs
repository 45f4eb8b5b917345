//! Words that say what a number beside them is, in simplified characters and small letters: the rest is folded before.

use super::letters::{Letter, Letters};
use super::words::{LINKS, LONG_UNITS, UNITS, WORDS};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use std::sync::LazyLock;

/// What a word makes of the number beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CueKind {
    Phone,
    /// A number of the service's, if it is no phone.
    Account,
    /// The name of the account and then its password.
    AccountAndPassword,
    IdCard,
    Passport,
    BankCard,
    Code,
    /// A short message, a code of some kind: close by only.
    Message,
    /// What was typed into a page.
    Entered,
    Password,
    /// A place to live at.
    Home,
    /// Something whose numbers are nobody's.
    Other,
}

/// A word found in a text.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub kind: CueKind,
    pub letters: Range<usize>,
}

struct Table {
    finder: AhoCorasick,
    kinds: Vec<CueKind>,
}

static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let all = WORDS
        .iter()
        .flat_map(|(kind, words)| words.iter().map(move |word| (*kind, *word)));
    let (kinds, words): (Vec<CueKind>, Vec<&str>) = all.unzip();
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(words);
    Some(Table {
        finder: finder.ok()?,
        kinds,
    })
});

/// All such words of a text, in their order.
pub(super) fn cues(letters: &Letters) -> Vec<Cue> {
    let Some(table) = TABLE.as_ref() else {
        return Vec::new();
    };
    let is_word = |place: Option<usize>| {
        let letter = place.and_then(|place| letters.get(place));
        letter.is_some_and(Letter::is_word)
    };
    // A foreign word is one only where no other letter joins it: there is no code in "decode".
    let is_whole = |found: &Range<usize>| {
        let (before, last) = (found.start.checked_sub(1), found.end.checked_sub(1));
        !(is_word(before) && is_word(Some(found.start))
            || is_word(last) && is_word(Some(found.end)))
    };
    let hits = table.finder.find_iter(&letters.folded);
    let found = hits.filter_map(|hit| {
        Some(Cue {
            kind: *table.kinds.get(hit.pattern().as_usize())?,
            letters: letters.at_bytes(hit.range()),
        })
    });
    found.filter(|cue| is_whole(&cue.letters)).collect()
}

/// Whether a text of the pack speaks of a code that is sent: whoever answers it with a bare number sends one.
#[must_use]
pub fn speaks_of_a_code(text: &str) -> bool {
    let letters = Letters::of(text);
    cues(&letters).iter().any(|cue| cue.kind == CueKind::Code)
        || letters.folded.contains("the code")
        || letters.folded.contains("a code")
}

/// Signs after which nothing said before counts for a number.
pub(super) fn is_break(letter: char) -> bool {
    matches!(letter, '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n')
}

/// Whether what follows a number makes it an amount.
pub(super) fn is_amount(rest: &str) -> bool {
    let rest = rest.trim_start_matches(' ');
    if rest.starts_with(|next| UNITS.contains(next)) {
        return true;
    }
    let word_end = rest
        .find(|next: char| !next.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    LONG_UNITS
        .iter()
        .any(|unit| rest.starts_with(unit) && (!unit.is_ascii() || unit.len() == word_end))
}

/// Whether nothing but such words stands in this.
pub(super) fn links(between: &str) -> bool {
    let mut rest = between;
    while !rest.is_empty() {
        match LINKS.iter().find_map(|word| rest.strip_prefix(word)) {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
    true
}
