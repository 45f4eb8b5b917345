//! Every mutant of a pack there is, made from its parsed files: what a key means says what can be done to it.

use super::mutant::{Change, Kind, Mutant, Part, Way, index, key};
use super::names::{Names, Target};
use mibao::knowledge::Files;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Keys whose value is a text, for users or for authors.
const TEXTS: [&str; 15] = [
    "title", "intro", "done", "say", "text", "see", "why", "question", "label", "told", "meaning",
    "advice", "reason", "reminder", "date",
];

/// What has flags, which, and whether one that is not there is set.
const FLAGS: [(&str, &str, bool); 11] = [
    ("facts", "unsure", true),
    ("step", "irreversible", false),
    ("step", "loosens", false),
    ("step", "optional", false),
    ("step", "as_shown", false),
    ("remedy", "irreversible", false),
    ("remedy", "loosens", false),
    ("remedy", "as_shown", false),
    ("prompt", "as_shown", false),
    ("topics", "as_shown", false),
    ("topics", "refuses", false),
];

/// Lists whose order says nothing.
const UNORDERED: [&str; 4] = ["prompt", "source", "statement", "then"];

/// Keys of tables whose keys are names of the pack's own.
const NAMES: [&str; 8] = [
    "when",
    "requires",
    "loosening",
    "danger",
    "tells",
    "facts",
    "evidence",
    "fixes",
];

/// A name that nothing has.
const NOTHING: &str = "nowhere";

/// All mutants of a pack, in the order of its files. A reference is redirected to the next name of its kind, or to `every`.
pub fn mutants(files: &Files, every: bool) -> Vec<Mutant> {
    let documents: BTreeMap<String, Value> = files
        .iter()
        .filter(|(path, _)| {
            path.rsplit_once('.')
                .is_some_and(|(_, kind)| kind == "toml")
        })
        .map(|(path, content)| (path.clone(), Value::Table(content.parse().unwrap())))
        .collect();
    let names = Names::of(files, &documents);
    let mut mutants = Vec::new();
    for path in files.keys().filter(|path| *path != "flow.txt") {
        let folder = path.split(['/', '.']).next().unwrap();
        mutants.push(Mutant {
            kind: Kind::FileRemoved,
            place: folder.to_owned(),
            file: path.clone(),
            way: Vec::new(),
            change: Change::NoFile,
        });
    }
    for (path, document) in &documents {
        let mut maker = Maker {
            names: &names,
            path,
            every,
            mutants: Vec::new(),
        };
        let content = document.as_table().unwrap();
        match maker.folder() {
            "phrases" => maker.phrases(content),
            folder => maker.table(&[], folder, content),
        }
        mutants.append(&mut maker.mutants);
    }
    mutants
}

struct Maker<'p> {
    names: &'p Names,
    path: &'p str,
    every: bool,
    mutants: Vec<Mutant>,
}

impl<'p> Maker<'p> {
    fn folder(&self) -> &'p str {
        self.path.split(['/', '.']).next().unwrap()
    }

    /// The id of the item that the file is.
    fn id(&self) -> &'p str {
        let name = self.path.rsplit('/').next().unwrap();
        name.trim_end_matches(".toml")
    }

    /// The folder and the keys, up to the first that is a name of the pack's own.
    fn place(&self, way: &[Part]) -> String {
        let mut place = vec![self.folder()];
        for part in way.iter().filter(|_| self.folder() != "phrases") {
            if let Part::Key(key) = part {
                place.push(key);
                if NAMES.contains(&key.as_str()) {
                    break;
                }
            }
        }
        place.join(" ")
    }

    fn add(&mut self, kind: Kind, way: &[Part], change: Change) {
        let place = match &change {
            Change::Exchanged(one, other) if self.folder() != "phrases" => {
                format!("{} {one} <-> {other}", self.place(way))
            }
            _ => self.place(way),
        };
        self.mutants.push(Mutant {
            kind,
            place,
            file: self.path.to_owned(),
            way: way.to_vec(),
            change,
        });
    }

    fn dropped(&mut self, kind: Kind, way: &[Part]) {
        self.add(kind, way, Change::Dropped);
    }

    fn set(&mut self, kind: Kind, way: &[Part], to: &str) {
        self.add(kind, way, Change::Set(to.into()));
    }

    /// The names that a reference is redirected to.
    fn others(&self, target: &Target, name: &str) -> Vec<String> {
        let mut others = self.names.others(target, name);
        if !self.every {
            others.truncate(1);
        }
        others
    }

    /// A whole file, or an entry of a list: `of` is the folder, or the key of the list.
    fn table(&mut self, way: &[Part], of: &str, table: &Table) {
        for (name, value) in table {
            self.value(&key(way, name), name, value);
        }
        let texts: Vec<&str> = TEXTS
            .into_iter()
            .filter(|name| table.contains_key(*name))
            .collect();
        for (number, one) in texts.iter().enumerate() {
            let after = texts.iter().skip(number + 1);
            for other in after.filter(|other| table[*one] != table[**other]) {
                self.exchanged(way, one, other);
            }
        }
        for (owner, flag, set) in FLAGS {
            if owner == of {
                let set = table
                    .get(flag)
                    .map_or(set, |value| value.as_bool().unwrap());
                let change = Change::Set((!set).into());
                self.add(Kind::FlagFlipped, &key(way, flag), change);
            }
        }
    }

    fn exchanged(&mut self, way: &[Part], one: &str, other: &str) {
        let change = Change::Exchanged(one.to_owned(), other.to_owned());
        self.add(Kind::TextsExchanged, way, change);
    }

    fn value(&mut self, way: &[Part], name: &str, value: &Value) {
        match name {
            _ if TEXTS.contains(&name) || name == "means" => self.text(way),
            "id" => self.set(Kind::Renamed, way, NOTHING),
            "to" | "first" => self.reference(way, &Target::Goal, value),
            "fails" => self.reference(way, &Target::Problem, value),
            "contact" | "private_data" | "privacy" | "topic" => {
                self.reference(way, &Target::Topic, value);
            }
            "fact" => self.reference(way, &Target::Fact, value),
            "menu" | "related" => self.references(way, &Target::Item, true, value),
            "languages" => self.references(way, &Target::Language, true, value),
            "reads_as" => self.reference(way, &Target::Intent, value),
            "outside" | "intents" => self.references(way, &Target::Intent, false, value),
            "sources" => {
                self.references(way, &Target::Source, false, value);
                self.add(
                    Kind::SourcesEmptied,
                    way,
                    Change::Set(Vec::<Value>::new().into()),
                );
            }
            "words" | "shown" | "codes" => self.words(way, value),
            "when" | "requires" | "loosening" | "danger" => self.condition(way, name, value),
            "tells" | "facts" => self.given(way, value),
            "evidence" => self.evidence(way, value),
            "usual" => self.numbers(way, value),
            "fixes" => self.weighed(way, &Target::Cause(self.id().to_owned()), value),
            "prior" | "minutes" | "wait_hours" | "urgency" => self.number(way, value),
            "trust" => self.word(way, &["high", "medium", "low"], value),
            "fate" => self.word(way, &["told", "corrected", "dropped"], value),
            "handover" => self.table(way, name, value.as_table().unwrap()),
            "safety" => {
                self.dropped(Kind::GuardDropped, way);
                self.table(way, name, value.as_table().unwrap());
            }
            "step" | "route" | "ask" | "observe" | "cause" | "remedy" | "answer" | "prompt"
            | "source" | "statement" | "then" | "decline" => self.entries(way, name, value),
            // Every flag has been flipped by its table, whether it is written there or not.
            // What is read out of whole sentences is measured by `mibao eval`.
            // Reasons for weights are for authors alone.
            "patterns" | "unless" | "pieces" | "because" => {}
            _ if FLAGS.iter().any(|(_, flag, _)| *flag == name) => {}
            _ => panic!("{}: what can be done to `{name}`?", self.path),
        }
    }

    fn text(&mut self, way: &[Part]) {
        self.dropped(Kind::TextRemoved, way);
        self.set(Kind::TextEmptied, way, "");
    }

    /// What the engine knows something by that is written to it.
    fn words(&mut self, way: &[Part], list: &Value) {
        for number in 0..list.as_array().unwrap().len() {
            self.dropped(Kind::WordsRemoved, &index(way, number));
            self.set(Kind::WordsEmptied, &index(way, number), "");
        }
    }

    fn word(&mut self, way: &[Part], all: &[&str], value: &Value) {
        for other in all.iter().filter(|other| value.as_str() != Some(other)) {
            self.set(Kind::TrustOrFateChanged, way, other);
        }
    }

    fn number(&mut self, way: &[Part], value: &Value) {
        let integer = value.as_integer().map(|number| number.to_string());
        let number: f64 =
            integer.map_or_else(|| value.as_float().unwrap(), |text| text.parse().unwrap());
        // Three times nothing would be no other number.
        for (kind, factor) in [(Kind::NumberTripled, 3.0), (Kind::NumberNegated, -1.0)] {
            if number > 0.0 {
                self.add(kind, way, Change::Set((number * factor).into()));
            }
        }
    }

    /// One name: dropped, changed into nothing's, changed into every other's.
    fn reference(&mut self, way: &[Part], target: &Target, value: &Value) {
        let name = value.as_str().unwrap();
        self.dropped(Kind::ReferenceDropped, way);
        self.set(Kind::ReferenceToNothing, way, &nothing(name));
        for other in self.others(target, name) {
            self.set(Kind::ReferenceToAnother, way, &other);
        }
    }

    fn references(&mut self, way: &[Part], target: &Target, ordered: bool, list: &Value) {
        let list = list.as_array().unwrap();
        for (number, value) in list.iter().enumerate() {
            let here = index(way, number);
            self.reference(&here, target, value);
            if ordered && number + 1 < list.len() {
                self.add(Kind::NeighboursSwapped, &here, Change::Later);
            }
        }
    }

    fn entries(&mut self, way: &[Part], name: &str, list: &Value) {
        let list = list.as_array().unwrap();
        let kind = match name {
            "source" => Kind::SourceDropped,
            "statement" => Kind::StatementDropped,
            _ => Kind::EntryRemoved,
        };
        for (number, entry) in list.iter().enumerate() {
            let here = index(way, number);
            self.dropped(kind, &here);
            if number + 1 < list.len() && !UNORDERED.contains(&name) {
                self.add(Kind::NeighboursSwapped, &here, Change::Later);
            }
            self.table(&here, name, entry.as_table().unwrap());
        }
    }

    /// A name that is a key: changed into nothing's and into others'.
    fn key(&mut self, way: &[Part], target: &Target, name: &str, beside: &Table) {
        let change = Change::Key(NOTHING.to_owned());
        self.add(Kind::ReferenceToNothing, way, change);
        // One that stands there already would be overwritten: that would change two things.
        let mut others = self.names.others(target, name);
        others.retain(|other| !beside.contains_key(other));
        if !self.every {
            others.truncate(1);
        }
        for other in others {
            self.add(Kind::ReferenceToAnother, way, Change::Key(other));
        }
    }

    fn condition(&mut self, way: &[Part], name: &str, value: &Value) {
        let kind = match name {
            "when" => Kind::ConditionDropped,
            _ => Kind::GuardDropped,
        };
        self.dropped(kind, way);
        let condition = value.as_table().unwrap();
        for (fact, answers) in condition {
            let here = key(way, fact);
            self.dropped(kind, &here);
            self.key(&here, &Target::Fact, fact, condition);
            self.answers(&here, fact, answers.as_array().unwrap());
        }
    }

    fn answers(&mut self, way: &[Part], fact: &str, answers: &[Value]) {
        let target = Target::Answer(fact.to_owned());
        let others: Vec<String> = self
            .names
            .others(&target, NOTHING)
            .into_iter()
            .filter(|other| !answers.contains(&Value::String(other.clone())))
            .collect();
        for number in 0..answers.len() {
            let here = index(way, number);
            self.dropped(Kind::AnswerDropped, &here);
            self.set(Kind::ReferenceToNothing, &here, NOTHING);
            for other in &others {
                self.set(Kind::AnswerSwapped, &here, other);
            }
        }
        for other in others {
            self.add(Kind::AnswerAdded, way, Change::Added(other.into()));
        }
    }

    fn given(&mut self, way: &[Part], value: &Value) {
        let given = value.as_table().unwrap();
        for (fact, answer) in given {
            let here = key(way, fact);
            self.key(&here, &Target::Fact, fact, given);
            self.reference(&here, &Target::Answer(fact.clone()), answer);
        }
    }

    fn evidence(&mut self, way: &[Part], value: &Value) {
        let evidence = value.as_table().unwrap();
        for (fact, weights) in evidence {
            let here = key(way, fact);
            self.dropped(Kind::ReferenceDropped, &here);
            self.key(&here, &Target::Fact, fact, evidence);
            self.weighed(&here, &Target::Answer(fact.clone()), weights);
        }
    }

    /// Names, each with a number.
    fn numbers(&mut self, way: &[Part], numbers: &Value) {
        for (name, number) in numbers.as_table().unwrap() {
            self.number(&key(way, name), number);
        }
    }

    fn weighed(&mut self, way: &[Part], target: &Target, weights: &Value) {
        let weights = weights.as_table().unwrap();
        for (name, number) in weights {
            let here = key(way, name);
            self.dropped(Kind::ReferenceDropped, &here);
            self.key(&here, target, name, weights);
            self.number(&here, number);
        }
    }

    fn phrases(&mut self, phrases: &Table) {
        for (name, text) in phrases {
            let way: Way = key(&[], name);
            let text = text.as_str().unwrap();
            self.dropped(Kind::PhraseRemoved, &way);
            self.set(Kind::TextEmptied, &way, "");
            let placeholders = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'));
            for (placeholder, _) in placeholders {
                let without = text.replace(&format!("{{{placeholder}}}"), "");
                self.set(Kind::PlaceholderRemoved, &way, &without);
            }
        }
        let names: Vec<&String> = phrases.keys().collect();
        for pair in names.windows(2) {
            if phrases[pair[0]] != phrases[pair[1]] {
                self.exchanged(&[], pair[0], pair[1]);
            }
        }
    }
}

/// A name like this one that nothing has.
fn nothing(name: &str) -> String {
    match name.split_once(':') {
        Some((kind, _)) => format!("{kind}:{NOTHING}"),
        None => NOTHING.to_owned(),
    }
}
