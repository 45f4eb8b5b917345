//! The knowledge pack that the program carries with it.

use crate::knowledge::Files;
use include_dir::{Dir, DirEntry, include_dir};

static KNOWLEDGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/knowledge");

/// The files of the embedded pack.
#[must_use]
pub fn files() -> Files {
    let mut files = Files::new();
    let mut folders = vec![&KNOWLEDGE];
    while let Some(folder) = folders.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(inner) => folders.push(inner),
                DirEntry::File(file) => {
                    // Paths have `/` in a pack, whatever the system that it was built on.
                    let path: Vec<String> = file
                        .path()
                        .iter()
                        .map(|part| part.to_string_lossy().into_owned())
                        .collect();
                    files.insert(
                        path.join("/"),
                        String::from_utf8_lossy(file.contents()).into_owned(),
                    );
                }
            }
        }
    }
    files
}
