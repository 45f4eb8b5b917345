//! The lists of words that a pack may have beside its texts.

/// The word lists that a pack may have, each `words/NAME.txt`.
///
/// `others`: things that belong to others, and are named back; `features`: things of the same service that this assistant
/// knows nothing about; `service`: the names of the service itself; `own`: words of our own matters, without any of which
/// a sentence asks for none of them; `spelled`: words that are mended where they are misspelt; `common`: everyday words that
/// are right as they stand, and are typed letter by letter beside those; `wait`: whole replies that ask for patience;
/// `menu`: pieces of questions about the assistant itself, where other cries for help in the middle of something are about that.
///
/// The other six say which facts a sentence does not state, though a pattern finds them. `supposed`: words that make the rest
/// of a sentence a supposition; `doubted`: words that make the rest of their clause something feared, planned, asked or
/// denied; `asked`: ends of clauses that make a question of what stands right before them; `over`: words by which what was
/// told just before is over and done; `hearsay`: words by which somebody else's story begins; `mine`: words by which the
/// writer's own goes on.
pub const WORD_LISTS: [&str; 14] = [
    "asked", "common", "doubted", "features", "hearsay", "menu", "mine", "others", "over", "own",
    "service", "spelled", "supposed", "wait",
];
