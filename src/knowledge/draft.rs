//! A pack whose files have the right form, but whose meaning nobody has checked yet.

use super::diagnostic::{Diagnostic, Mistake, nearest};
use super::raw::{self, At, Span};
use super::{FLOW_FILE, Files, Id, Language, schemas, shape};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// One file, read.
#[derive(Debug)]
pub(super) struct Part<T> {
    pub file: String,
    pub value: T,
}

/// All files, read. Files that could not be read are missing from the maps but known by name, so that one mistake
/// does not make ten.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub pack: Option<Part<raw::Pack>>,
    pub sources: Option<Part<raw::Sources>>,
    pub facts: BTreeMap<Id, Part<raw::Fact>>,
    pub guides: BTreeMap<Id, Part<raw::Guide>>,
    pub problems: BTreeMap<Id, Part<raw::Problem>>,
    pub prompts: BTreeMap<Id, Part<raw::Prompts>>,
    pub topics: BTreeMap<Id, Part<raw::Topic>>,
    pub phrases: BTreeMap<Language, Part<raw::Phrases>>,
    pub intents: BTreeMap<Id, Part<Vec<At<String>>>>,
    /// Folder and id of files that could not be read; the folder is empty for those at the top.
    pub broken: BTreeSet<(&'static str, Id)>,
}

impl Draft {
    /// Whether something could not be read at all: then "nothing leads there" cannot be told from "not read".
    pub fn is_partial(&self) -> bool {
        !self.broken.is_empty() || self.pack.is_none() || self.sources.is_none()
    }
}

const FOLDERS: [&str; 7] = [
    "facts", "guides", "intents", "phrases", "problems", "prompts", "topics",
];

/// Reads every file, reporting every mistake of form.
pub(super) fn read(files: &Files) -> (Draft, Vec<Diagnostic>) {
    let mut draft = Draft::default();
    let mut diagnostics = Vec::new();
    // The accepted flow is no knowledge, but what was made of it: see `flow`.
    let knowledge = files.iter().filter(|(path, _)| *path != FLOW_FILE);
    for (path, content) in knowledge {
        if let Err(mistakes) = read_file(&mut draft, path, content) {
            diagnostics.extend(mistakes);
        }
    }
    for path in ["pack.toml", "sources.toml"]
        .into_iter()
        .filter(|path| !files.contains_key(*path))
    {
        let mistake = Mistake::MissingFile {
            path: path.to_owned(),
        };
        diagnostics.push(Diagnostic {
            file: path.to_owned(),
            span: Span::default(),
            mistake,
        });
    }
    (draft, diagnostics)
}

fn read_file(draft: &mut Draft, path: &str, content: &str) -> Result<(), Vec<Diagnostic>> {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let Some(folder) = FOLDERS
        .into_iter()
        .chain([""])
        .find(|known| *known == folder)
    else {
        return Err(unknown(
            path,
            nearest(folder, FOLDERS).map(|folder| format!("{folder}/{name}")),
        ));
    };
    if extension != if folder == "intents" { "txt" } else { "toml" } || stem.contains('/') {
        return Err(unknown(path, None));
    }
    let id = stem.to_owned();
    draft.broken.insert((folder, id.clone()));
    match folder {
        "facts" => insert(&mut draft.facts, id.clone(), path, content, folder)?,
        "guides" => insert(&mut draft.guides, id.clone(), path, content, folder)?,
        "problems" => insert(&mut draft.problems, id.clone(), path, content, folder)?,
        "prompts" => insert(&mut draft.prompts, id.clone(), path, content, folder)?,
        "topics" => insert(&mut draft.topics, id.clone(), path, content, folder)?,
        "phrases" => {
            let known = Language::ALL.map(Language::id);
            let near = || nearest(stem, known).map(|id| format!("phrases/{id}.toml"));
            let language = Language::from_id(stem).ok_or_else(|| unknown(path, near()))?;
            insert(&mut draft.phrases, language, path, content, folder)?;
        }
        "intents" => {
            let part = Part {
                file: path.to_owned(),
                value: sentences(content),
            };
            draft.intents.insert(id.clone(), part);
        }
        _ if stem == "pack" => draft.pack = Some(read_part(path, content, "pack")?),
        _ if stem == "sources" => draft.sources = Some(read_part(path, content, "sources")?),
        _ => {
            let near = nearest(stem, ["pack", "sources"]).map(|stem| format!("{stem}.toml"));
            return Err(unknown(path, near));
        }
    }
    draft.broken.remove(&(folder, id));
    Ok(())
}

fn unknown(path: &str, nearest: Option<String>) -> Vec<Diagnostic> {
    let mistake = Mistake::UnknownFile { nearest };
    vec![Diagnostic {
        file: path.to_owned(),
        span: Span::default(),
        mistake,
    }]
}

fn insert<K: Ord, T: DeserializeOwned>(
    parts: &mut BTreeMap<K, Part<T>>,
    key: K,
    path: &str,
    content: &str,
    kind: &str,
) -> Result<(), Vec<Diagnostic>> {
    parts.insert(key, read_part(path, content, kind)?);
    Ok(())
}

fn read_part<T: DeserializeOwned>(
    path: &str,
    content: &str,
    kind: &str,
) -> Result<Part<T>, Vec<Diagnostic>> {
    Ok(Part {
        file: path.to_owned(),
        value: parse(path, content, kind)?,
    })
}

fn parse<T: DeserializeOwned>(path: &str, content: &str, kind: &str) -> Result<T, Vec<Diagnostic>> {
    let report = |error: &toml::de::Error| Diagnostic {
        file: path.to_owned(),
        span: error.span().map_or_else(Span::default, Span::from),
        mistake: Mistake::Syntax {
            message: error.message().trim().to_lowercase(),
        },
    };
    let (table, errors) = DeTable::parse_recoverable(content);
    if !errors.is_empty() {
        return Err(errors.iter().map(report).collect());
    }
    if let Some(schema) = schemas().get(kind) {
        let mistakes = shape::check(path, table.get_ref(), schema);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
    }
    toml::from_str(content).map_err(|error| vec![report(&error)])
}

/// The sentences of an intent file: one a line, `#` begins a comment line.
fn sentences(content: &str) -> Vec<At<String>> {
    let mut start = 0;
    let mut sentences = Vec::new();
    for line in content.split_inclusive('\n') {
        let sentence = line.trim();
        if !sentence.is_empty() && !sentence.starts_with('#') {
            let indent = line.len() - line.trim_start().len();
            let span = Span {
                start: start + indent,
                end: start + indent + sentence.len(),
            };
            sentences.push(At {
                value: sentence.to_owned(),
                span,
            });
        }
        start += line.len();
    }
    sentences
}
