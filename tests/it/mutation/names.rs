//! What exists in a pack, by what a reference may lead to.

use mibao::knowledge::{Files, Language, UNSURE};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What a name must be the name of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Item,
    Goal,
    Problem,
    Topic,
    Fact,
    Answer(String),
    Cause(String),
    Intent,
    Source,
    Language,
}

/// All names of a pack.
pub struct Names(BTreeMap<Target, Vec<String>>);

impl Names {
    pub fn of(files: &Files, documents: &BTreeMap<String, Value>) -> Self {
        let mut names = Self(BTreeMap::new());
        for language in Language::ALL {
            names.add(Target::Language, language.id());
        }
        for path in files.keys() {
            let (folder, name) = path.split_once('/').unwrap_or(("", path));
            let (id, _) = name.rsplit_once('.').unwrap();
            let item = format!("{}:{id}", folder.trim_end_matches('s'));
            let targets = match folder {
                "guides" => vec![Target::Item, Target::Goal],
                "problems" => vec![Target::Item, Target::Goal, Target::Problem],
                "topics" => vec![Target::Item, Target::Topic],
                "facts" => vec![Target::Fact],
                "intents" => vec![Target::Intent],
                _ => Vec::new(),
            };
            for target in targets {
                let plain = matches!(target, Target::Fact | Target::Intent);
                names.add(target, if plain { id } else { &item });
            }
            let Some(Value::Table(document)) = documents.get(path) else {
                continue;
            };
            let defined = [
                ("answer", Target::Answer(id.to_owned())),
                ("cause", Target::Cause(id.to_owned())),
                ("source", Target::Source),
                ("statement", Target::Source),
            ];
            for (key, target) in defined {
                for entry in entries(document, key) {
                    names.add(target.clone(), entry["id"].as_str().unwrap());
                }
            }
            let unsure = document.get("unsure").and_then(Value::as_bool);
            if folder == "facts" && unsure != Some(false) {
                names.add(Target::Answer(id.to_owned()), UNSURE);
            }
        }
        names
    }

    fn add(&mut self, target: Target, name: &str) {
        self.0.entry(target).or_default().push(name.to_owned());
    }

    /// The others of this kind, beginning with the one after it.
    pub fn others(&self, target: &Target, name: &str) -> Vec<String> {
        let known = self.0.get(target).map(Vec::as_slice).unwrap_or_default();
        let before = known.iter().take_while(|other| *other != name).count();
        let (first, then) = known.split_at(before);
        let others = then.iter().chain(first).filter(|other| *other != name);
        others.cloned().collect()
    }
}

/// The tables of a list of tables, if it is there.
pub fn entries<'t>(document: &'t Table, key: &str) -> impl Iterator<Item = &'t Value> {
    document
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
