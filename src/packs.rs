//! Packs of knowledge from directories, and what is wrong with them, for every command that takes one.

#![expect(clippy::disallowed_methods, reason = "a shell: it reads files")]

use clap::Args;
use mibao::knowledge::{self, Diagnostic, Files, Knowledge};
use mibao::shipped;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Why a command failed: already in the words of whoever has to act on it.
pub type Failure = Box<dyn Error>;

/// The pack that a command works with.
#[derive(Debug, Args)]
pub struct Pack {
    /// Directory of the knowledge pack, instead of the built-in one.
    #[arg(long = "knowledge", value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// The pack of a directory, or the built-in one.
///
/// # Errors
/// Every diagnostic, or the file that cannot be read.
pub fn load(directory: Option<&Path>) -> Result<Knowledge, Failure> {
    let files = files(directory)?;
    knowledge::load(&files).map_err(|diagnostics| mistakes(&diagnostics, &files, directory))
}

/// The files of a directory, or the built-in ones.
///
/// # Errors
/// The file that cannot be read.
pub fn files(directory: Option<&Path>) -> Result<Files, Failure> {
    match directory {
        Some(directory) => read_directory(directory),
        None => Ok(shipped::files()),
    }
}

/// All mistakes, as an author reads them.
pub fn mistakes(diagnostics: &[Diagnostic], files: &Files, directory: Option<&Path>) -> Failure {
    let prefix = directory.map_or_else(String::new, |directory| {
        format!("{}/", directory.display()).replace("//", "/")
    });
    // The terminal's side of `anstream` strips colours where they do not belong.
    let rendered = knowledge::render(diagnostics, files, &prefix, true);
    let count = diagnostics.len();
    format!(
        "{rendered}{count} mistake{} in the knowledge pack",
        if count == 1 { "" } else { "s" }
    )
    .into()
}

/// Every file of a pack's directory, except hidden ones and editors' backups.
fn read_directory(directory: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| {
            format!(
                "cannot read the knowledge directory `{}`: {error}",
                folder.display()
            )
        })?;
        for entry in entries {
            let path = entry?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path)
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            let content = String::from_utf8(content).map_err(|_| {
                format!(
                    "`{}` is not UTF-8: save it as UTF-8 in your editor",
                    path.display()
                )
            })?;
            let inside: Vec<String> = path
                .strip_prefix(directory)?
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            files.insert(inside.join("/"), content);
        }
    }
    Ok(files)
}
