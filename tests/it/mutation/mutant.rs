//! One thing changed in one file of a pack, and the ways to change a parsed file.

use std::fmt;
use toml::Value;

/// What was done to a pack: first what changes its structure, up to `Renamed`, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    ReferenceDropped,
    ReferenceToNothing,
    ReferenceToAnother,
    GuardDropped,
    ConditionDropped,
    AnswerDropped,
    AnswerSwapped,
    AnswerAdded,
    EntryRemoved,
    FileRemoved,
    NeighboursSwapped,
    FlagFlipped,
    Renamed,
    SourceDropped,
    StatementDropped,
    SourcesEmptied,
    TrustOrFateChanged,
    NumberTripled,
    NumberNegated,
    TextRemoved,
    PhraseRemoved,
    PlaceholderRemoved,
    TextEmptied,
    TextsExchanged,
    WordsRemoved,
    WordsEmptied,
}

impl Kind {
    /// Whether it changes who leads where: then it may not survive.
    pub fn is_structural(self) -> bool {
        self <= Self::Renamed
    }

    /// Whether it takes a text away: then it may not survive either.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Self::TextRemoved | Self::PhraseRemoved | Self::PlaceholderRemoved
        )
    }
}

/// A pack with one thing changed.
#[derive(Debug)]
pub struct Mutant {
    pub kind: Kind,
    /// The folder and the keys that lead there: what it has in common with the mutants of its group.
    pub place: String,
    pub file: String,
    pub way: Way,
    pub change: Change,
}

/// What is done where the way leads.
#[derive(Debug)]
pub enum Change {
    /// The file is taken away.
    NoFile,
    Dropped,
    Set(Value),
    /// Its key is another.
    Key(String),
    /// It stands after the next of its list.
    Later,
    Added(Value),
    Exchanged(String, String),
}

impl Mutant {
    /// The content of its file; nothing if the file is taken away.
    pub fn content(&self, original: &str) -> Option<String> {
        let mut document = Value::Table(original.parse().ok()?);
        match &self.change {
            Change::NoFile => return None,
            Change::Dropped => {
                take(&mut document, &self.way);
            }
            Change::Set(value) => set(&mut document, &self.way, value.clone()),
            Change::Key(name) => {
                let value = take(&mut document, &self.way);
                let (_, above) = self.way.split_last().unwrap();
                set(&mut document, &key(above, name), value);
            }
            Change::Later => {
                let (Some(Part::Index(index)), above) = (self.way.last(), above(&self.way)) else {
                    panic!("{self} is not in a list");
                };
                let list = at(&mut document, above).as_array_mut().unwrap();
                list.swap(*index, index + 1);
            }
            Change::Added(value) => {
                let list = at(&mut document, &self.way).as_array_mut().unwrap();
                list.push(value.clone());
            }
            Change::Exchanged(one, other) => {
                let [one, other] = [one, other].map(|name| key(&self.way, name));
                let value = at(&mut document, &one).clone();
                let value = std::mem::replace(at(&mut document, &other), value);
                set(&mut document, &one, value);
            }
        }
        Some(toml::to_string(&document).unwrap())
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.file)?;
        for (number, part) in self.way.iter().enumerate() {
            match part {
                Part::Key(key) if number == 0 => write!(formatter, "{key}")?,
                Part::Key(key) => write!(formatter, ".{key}")?,
                Part::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        match &self.change {
            Change::NoFile => write!(formatter, "gone"),
            Change::Dropped => write!(formatter, " dropped"),
            Change::Set(value) => write!(formatter, " = {value}"),
            Change::Key(name) => write!(formatter, " is {name}"),
            Change::Later => write!(formatter, " after the next"),
            Change::Added(value) => write!(formatter, " + {value}"),
            Change::Exchanged(one, other) => write!(formatter, " {one} <-> {other}"),
        }
    }
}

/// One step of the way to a value in a parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Key(String),
    Index(usize),
}

pub type Way = Vec<Part>;

/// The way on from here.
pub fn key(way: &[Part], key: &str) -> Way {
    [way, &[Part::Key(key.to_owned())]].concat()
}

/// The way on from here.
pub fn index(way: &[Part], index: usize) -> Way {
    [way, &[Part::Index(index)]].concat()
}

/// What stands there.
fn at<'v>(document: &'v mut Value, way: &[Part]) -> &'v mut Value {
    way.iter().fold(document, |value, part| match part {
        Part::Key(key) => &mut value[key.as_str()],
        Part::Index(index) => &mut value[*index],
    })
}

fn above(way: &[Part]) -> &[Part] {
    way.split_last().unwrap().1
}

fn take(document: &mut Value, way: &[Part]) -> Value {
    match (at(document, above(way)), way.last().unwrap()) {
        (Value::Table(table), Part::Key(key)) => table.remove(key).unwrap(),
        (Value::Array(list), Part::Index(index)) => list.remove(*index),
        (other, part) => panic!("{part:?} of {other}"),
    }
}

fn set(document: &mut Value, way: &[Part], value: Value) {
    match (at(document, above(way)), way.last().unwrap()) {
        (Value::Table(table), Part::Key(key)) => {
            table.insert(key.clone(), value);
        }
        (Value::Array(list), Part::Index(index)) => list[*index] = value,
        (other, part) => panic!("{part:?} of {other}"),
    }
}
