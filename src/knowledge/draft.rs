//! A pack whose files have the right form, but whose meaning nobody has checked yet.

use super::diagnostic::{Diagnostic, Mistake, nearest};
use super::raw::{self, At, Span};
use super::{Files, Id, Language, schemas, shape};
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
    for (path, content) in files {
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
    let unknown = |nearest| {
        let mistake = Mistake::UnknownFile { nearest };
        vec![Diagnostic {
            file: path.to_owned(),
            span: Span::default(),
            mistake,
        }]
    };
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let Some(folder) = FOLDERS
        .into_iter()
        .chain([""])
        .find(|known| *known == folder)
    else {
        return Err(unknown(
            nearest(folder, FOLDERS).map(|folder| format!("{folder}/{name}")),
        ));
    };
    if extension != if folder == "intents" { "txt" } else { "toml" } || stem.contains('/') {
        return Err(unknown(None));
    }
    let id = stem.to_owned();
    draft.broken.insert((folder, id.clone()));
    let file = path.to_owned();
    match folder {
        "facts" => drop(draft.facts.insert(
            id.clone(),
            Part {
                value: parse(path, content, "facts")?,
                file,
            },
        )),
        "guides" => drop(draft.guides.insert(
            id.clone(),
            Part {
                value: parse(path, content, "guides")?,
                file,
            },
        )),
        "problems" => drop(draft.problems.insert(
            id.clone(),
            Part {
                value: parse(path, content, "problems")?,
                file,
            },
        )),
        "prompts" => drop(draft.prompts.insert(
            id.clone(),
            Part {
                value: parse(path, content, "prompts")?,
                file,
            },
        )),
        "topics" => drop(draft.topics.insert(
            id.clone(),
            Part {
                value: parse(path, content, "topics")?,
                file,
            },
        )),
        "intents" => drop(draft.intents.insert(
            id.clone(),
            Part {
                value: sentences(content),
                file,
            },
        )),
        "phrases" => {
            let known = Language::ALL.map(Language::id);
            let language = Language::from_id(stem).ok_or_else(|| {
                unknown(nearest(stem, known).map(|id| format!("phrases/{id}.toml")))
            })?;
            drop(draft.phrases.insert(
                language,
                Part {
                    value: parse(path, content, "phrases")?,
                    file,
                },
            ));
        }
        _ if stem == "pack" => {
            draft.pack = Some(Part {
                value: parse(path, content, "pack")?,
                file,
            })
        }
        _ if stem == "sources" => {
            draft.sources = Some(Part {
                value: parse(path, content, "sources")?,
                file,
            })
        }
        _ => {
            return Err(unknown(
                nearest(stem, ["pack", "sources"]).map(|stem| format!("{stem}.toml")),
            ));
        }
    }
    draft.broken.remove(&(folder, id));
    Ok(())
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
