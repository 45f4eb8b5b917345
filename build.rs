//! Learns from the knowledge that is embedded, while the program is built: so it starts at once.
//!
//! The points of example sentences are kept from build to build by the hashes of their texts; only new ones are computed.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a build script talks to cargo and reads files"
)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What the library's modules of this name have, as far as it is needed here.
#[allow(
    dead_code,
    unused_imports,
    clippy::duplicate_mod,
    reason = "the library uses all of it"
)]
#[path = "src/text"]
mod text {
    mod convert;
    mod mend;
    mod ngrams;
    mod normalise;

    pub use mend::Mender;
    pub use ngrams::{bucket, features, features_up_to, hash, ngrams};
    pub use normalise::{normalise, skeleton};
}

#[allow(
    dead_code,
    unused_imports,
    clippy::duplicate_mod,
    reason = "the library uses all of it"
)]
#[path = "src/understanding"]
mod understanding {
    pub mod bytes;
    pub mod encoder;
    pub mod model;
    pub mod words;
}

use understanding::encoder::{Encoder, Point};
use understanding::model::{Examples, Model, train};

fn main() -> Result<(), Box<dyn Error>> {
    for path in [
        "knowledge",
        "assets",
        "build.rs",
        "src/text",
        "src/understanding",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("learned.bin");
    let examples = Examples {
        intents: read(Path::new("knowledge/intents"), str::to_owned)?,
        words: read(Path::new("knowledge/words"), |line| {
            line.split(',').map(|name| name.trim().to_owned()).collect()
        })?,
        stated: read(Path::new("knowledge/stated"), |line| format!("{line}\n"))?
            .into_values()
            .flatten()
            .collect(),
    };
    let known = fs::read(&out).ok().and_then(|bytes| Model::read(&bytes));
    if known
        .as_ref()
        .is_some_and(|known| known.hash == examples.hash())
    {
        return Ok(());
    }
    let points: HashMap<u64, Point> = known.iter().flat_map(Model::points).collect();
    let encoder = Encoder::shipped().ok_or("assets/encoder/encoder.bin is broken")?;
    let mut point = |sentence: &str| {
        let known = points.get(&text::hash(sentence.as_bytes()));
        known.cloned().unwrap_or_else(|| encoder.encode(sentence))
    };
    fs::write(&out, train(&examples, Some(&mut point)).write())?;
    Ok(())
}

/// The lines of every file in a folder, by the files' names. Comment lines and empty ones say nothing.
fn read<T>(
    folder: &Path,
    line: impl Fn(&str) -> T,
) -> Result<BTreeMap<String, Vec<T>>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let content = fs::read_to_string(&path)?;
        let lines = content
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        files.insert(name, lines.map(&line).collect());
    }
    Ok(files)
}
