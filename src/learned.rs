//! What was learned from packs other than the built-in one, kept from start to start.
//!
//! Where a sentence lies among the others takes a thousandth of a second to find, and a pack has thousands. So what was
//! learned is kept in the user's cache directory: an author's edit costs the time of the new sentences and of training, a
//! start without one nothing. Losing the file loses nothing else.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: it reads and writes the cache, and says what takes long"
)]

use mibao::dialogue::Assistant;
use mibao::knowledge::Knowledge;
use mibao::understanding::Understanding;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

/// A pack with what was learned from it.
pub fn assistant(knowledge: Knowledge) -> Assistant {
    let understanding = learn(&knowledge);
    Assistant::with(knowledge, understanding)
}

/// What can be learned from a pack: the built-in one's is at hand, another's is looked up or learned now and kept.
pub fn learn(knowledge: &Knowledge) -> Understanding {
    if let Some(known) = Understanding::shipped(knowledge) {
        return known;
    }
    let place = place(&knowledge.id);
    let kept = place.as_ref().and_then(|place| fs::read(place).ok());
    if let Some(known) = kept
        .as_ref()
        .and_then(|kept| Understanding::kept(knowledge, kept))
    {
        return known;
    }
    let mut waiting = io::stderr();
    let shows = waiting.is_terminal();
    let learned = Understanding::learn_deeply(knowledge, kept.as_deref(), &mut |done, all| {
        if shows && (done % 64 == 0 || done == all) {
            // On a terminal only, and over itself; whether it can be written matters to nobody.
            let _ = write!(
                waiting,
                "\rlearning from new sentences: {done} of {all}\u{1b}[K"
            );
        }
    });
    if shows {
        let _ = write!(waiting, "\r\u{1b}[K");
    }
    if let Some(place) = place {
        // Without a cache the next start learns again.
        let _ = place.parent().map(fs::create_dir_all);
        let unfinished = place.with_extension(format!("{}.new", std::process::id()));
        if fs::write(&unfinished, learned.bytes()).is_ok() {
            let _ = fs::rename(&unfinished, &place);
        }
    }
    learned
}

/// Where what was learned from a pack of this id is kept, if this system has a place for such things.
fn place(pack: &str) -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = folder("XDG_CACHE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| Some(folder("HOME")?.join(".cache")))?;
    let safe: String = pack
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '_'
            }
        })
        .collect();
    Some(cache.join("mibao").join(format!("{safe}.learned")))
}
