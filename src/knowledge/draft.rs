//! A pack whose files have the right form, but whose meaning nobody has checked yet.

use super::diagnostic::{Diagnostic, Mistake, nearest};
use super::language::Languages;
use super::lines::{Stated, names, sentences, stated};
use super::raw::{self, At, Span};
use super::{
    FLOW_FILE, Files, Id, Language, Pattern, Patterns, Phrase, WORD_LISTS, schemas, shape,
};
use crate::text::{Quotes, TRADITIONAL_CHINESE, traditional};
use serde::de::DeserializeOwned;
use std::cell::RefCell;
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
    /// Phrases of a language that nobody wrote them in, with the places of those that they were derived from.
    pub derived: BTreeMap<Language, Part<raw::Phrases>>,
    pub intents: BTreeMap<Id, Part<Vec<At<String>>>>,
    /// Sentences with the facts that they state.
    pub stated: BTreeMap<Id, Part<Vec<Stated>>>,
    /// Word lists: of each thing all its names, the one to call it by first.
    pub words: BTreeMap<Id, Part<Vec<Vec<At<String>>>>>,
    /// Patterns read so far: it is done once for those who check them and for those who build with them.
    pub patterns: RefCell<Patterns>,
    /// Folder and id of files that could not be read; the folder is empty for those at the top.
    pub broken: BTreeSet<(&'static str, Id)>,
}

impl Draft {
    /// Whether something could not be read at all: then "nothing leads there" cannot be told from "not read".
    pub fn is_partial(&self) -> bool {
        !self.broken.is_empty() || self.pack.is_none() || self.sources.is_none()
    }

    /// A pattern. A word's border, `\b`, is that of a word in Latin letters: between Chinese characters there is none,
    /// and a regular expression that has to know all of Unicode's words takes ten times as long.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn pattern(&self, pattern: &str) -> Result<Pattern, String> {
        let expression = || {
            let whole = self.with_pieces(pattern, PIECES_DEEP_MAX)?;
            Ok(ascii_borders(&whole))
        };
        self.patterns.borrow_mut().add(pattern, expression)
    }

    /// A pattern with what its pieces stand for, and the pieces in those.
    fn with_pieces(&self, pattern: &str, deep: usize) -> Result<String, String> {
        let mut whole = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, name, behind)) = next_piece(rest) {
            whole.push_str(before);
            match self.piece(name) {
                Some(_) if deep == 0 => return Err(format!("the piece `{name}` holds itself")),
                Some(piece) => {
                    let piece = self.with_pieces(piece, deep - 1)?;
                    whole.extend(["(?:", &piece, ")"]);
                }
                // It may be in the file that could not be read.
                None if self.pack.is_none() => {}
                None => return Err(format!("there is no piece `{name}` in `pack.toml`")),
            }
            rest = behind;
        }
        whole.push_str(rest);
        Ok(whole)
    }

    fn piece(&self, name: &str) -> Option<&str> {
        let pack = self.pack.as_ref()?;
        let mut pieces = pack.value.pieces.iter();
        let (_, piece) = pieces.find(|(known, _)| known.value == name)?;
        Some(&piece.value)
    }

    pub fn languages(&self) -> Languages {
        let packs = self.pack.iter();
        let languages = packs.flat_map(|part| &part.value.languages);
        Languages(languages.map(|language| language.value).collect())
    }

    /// Every phrase with its text, in the language in which it was written or derived.
    pub fn phrases(&self) -> impl Iterator<Item = PhraseText<'_>> {
        let parts = |parts, is_derived| {
            let parts: &BTreeMap<Language, Part<raw::Phrases>> = parts;
            parts.iter().flat_map(move |(language, part)| {
                part.value.iter().map(move |(key, text)| PhraseText {
                    language: *language,
                    file: &part.file,
                    key,
                    text,
                    is_derived,
                })
            })
        };
        parts(&self.phrases, false).chain(parts(&self.derived, true))
    }

    /// Derives the phrases that a derived language does not have itself.
    fn derive_phrases(&mut self) {
        let Some((language, from)) = self.languages().derived() else {
            return;
        };
        let Some(Part { file, value }) = self.phrases.get(&from) else {
            return;
        };
        let given = self.phrases.get(&language).map(|part| &part.value);
        let is_given = |key: &At<String>| {
            let mut keys = given.into_iter().flat_map(BTreeMap::keys);
            keys.any(|given| given.value == key.value)
        };
        let missing = value.iter().filter(|(key, _)| !is_given(key));
        let derived = missing.map(|(key, text)| {
            // What they quote is the assistant's own: its buttons, and what can be typed.
            let value = if key.value == Phrase::LanguageName.key() {
                TRADITIONAL_CHINESE.to_owned()
            } else {
                traditional(&text.value, Quotes::Own)
            };
            let span = text.span;
            (key.clone(), At { value, span })
        });
        let part = Part {
            file: file.clone(),
            value: derived.collect(),
        };
        self.derived.insert(language, part);
    }
}

/// A phrase in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct PhraseText<'d> {
    pub language: Language,
    pub file: &'d str,
    pub key: &'d At<String>,
    pub text: &'d At<String>,
    pub is_derived: bool,
}

const FOLDERS: [&str; 9] = [
    "facts", "guides", "intents", "phrases", "problems", "prompts", "stated", "topics", "words",
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
    draft.derive_phrases();
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
    let is_plain = ["intents", "stated", "words"].contains(&folder);
    if extension != if is_plain { "txt" } else { "toml" } || stem.contains('/') {
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
        "stated" => {
            let part = Part {
                file: path.to_owned(),
                value: stated(path, content)?,
            };
            draft.stated.insert(id.clone(), part);
        }
        "words" => {
            if !WORD_LISTS.contains(&stem) {
                let near = nearest(stem, WORD_LISTS).map(|stem| format!("words/{stem}.txt"));
                return Err(unknown(path, near));
            }
            let part = Part {
                file: path.to_owned(),
                value: sentences(content).iter().map(names).collect(),
            };
            draft.words.insert(id.clone(), part);
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

/// So deep may pieces of patterns lie in one another.
const PIECES_DEEP_MAX: usize = 4;

/// The first piece that a pattern names, between what stands before it and behind it.
fn next_piece(pattern: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let (before, opened) = pattern.get(from..)?.split_once('{')?;
        let start = from + before.len();
        let (name, behind) = opened.split_once('}')?;
        // Braces with numbers count repetitions.
        if name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Some((pattern.get(..start)?, name, behind));
        }
        from = start + 1;
    }
}

/// The pattern with `\b` meaning the border of a word in Latin letters.
fn ascii_borders(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('b') => out.push_str(r"(?-u:\b)"),
            escaped => out.extend(std::iter::once('\\').chain(escaped)),
        }
    }
    out
}
