//! The lists of words that a pack may have beside its texts.

/// The word lists that a pack may have, each `words/NAME.txt`.
///
/// `others`: things that belong to others, and are named back; `features`: things of the same service that this assistant
/// knows nothing about; `service`: the names of the service itself; `own`: words of our own matters, without any of which
/// a sentence asks for none of them; `spelled`: words that are mended where they are misspelt; `common`: everyday words that
/// are right as they stand, and are typed letter by letter beside those; `wait`: whole replies that ask for patience;
/// `menu`: pieces of questions about the assistant itself, where other cries for help in the middle of something are about that.
pub const WORD_LISTS: [&str; 8] = [
    "common", "features", "menu", "others", "own", "service", "spelled", "wait",
];
