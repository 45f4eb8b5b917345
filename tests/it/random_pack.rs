//! Small random knowledge packs, valid by construction. A pack is written by a hand that throws dice; the throws are
//! what proptest makes and shrinks, and one that is missing counts as zero. So fewer and smaller throws always make a
//! smaller valid pack, and no pack has to be thrown away.

mod author;

use crate::world::{files, repository};
use author::{Author, LONG};
use mibao::dialogue::Assistant;
use mibao::knowledge::{self, CONVERSATION_INTENTS, Files, Knowledge};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

/// The files of a pack; its debug form is what an author would read.
#[derive(Clone)]
pub struct RandomPack(pub Files);

impl RandomPack {
    pub fn knowledge(&self) -> Result<Knowledge, TestCaseError> {
        knowledge::load(&self.0).map_err(|diagnostics| {
            let refused = knowledge::render(&diagnostics, &self.0, "", false);
            TestCaseError::fail(format!("a generated pack was refused:\n{refused}"))
        })
    }

    pub fn assistant(&self) -> Result<Assistant, TestCaseError> {
        self.knowledge().map(Assistant::new)
    }
}

impl fmt::Debug for RandomPack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, content) in &self.0 {
            if !SHARED.contains_key(path) {
                writeln!(formatter, "==> {path}\n{content}")?;
            }
        }
        writeln!(formatter, "==> and what all random packs share")
    }
}

/// Any pack.
pub fn packs() -> impl Strategy<Value = RandomPack> {
    let throws = |longest| vec(any::<u8>(), 0..longest);
    // Long texts are rare, or every message would be long.
    let styles = vec(prop_oneof![15 => 0..LONG, 1 => Just(LONG)], 1..8);
    let parts = (
        vec(throws(6), 1..=5),
        vec(throws(80), 1..=3),
        vec(throws(90), 1..=3),
        vec(throws(6), 0..=3),
        vec(throws(8), 0..=3),
    );
    (any::<u8>(), throws(8), styles, parts).prop_map(|(languages, safety, styles, parts)| {
        let (facts, guides, problems, topics, prompts) = parts;
        let mut author = Author::new(languages, styles, facts);
        author.items(guides.len(), problems.len(), topics.len());
        author.safety(&mut Dice::of(&safety));
        for (number, throws) in guides.iter().enumerate() {
            author.guide(number, &mut Dice::of(throws));
        }
        for (number, throws) in problems.iter().enumerate() {
            author.problem(number, &mut Dice::of(throws));
        }
        for (number, throws) in topics.iter().enumerate() {
            author.topic(number, &mut Dice::of(throws));
        }
        for (number, throws) in prompts.iter().enumerate() {
            author.prompt(number, &mut Dice::of(throws));
        }
        author.finished()
    })
}

/// What all packs share: the phrases, and what people say to steer a conversation.
static SHARED: LazyLock<Files> = LazyLock::new(|| {
    let conversation = CONVERSATION_INTENTS.into_iter().chain(["out_of_scope"]);
    let wanted: BTreeSet<String> = conversation
        .map(|intent| format!("intents/{intent}.txt"))
        .chain(["phrases/en.toml".to_owned()])
        .collect();
    let mut shared = files(&repository("tests/knowledge/valid/bicycle"));
    shared.retain(|path, _| wanted.contains(path));
    let phrases = files(&repository("knowledge/phrases"));
    shared.insert(
        "phrases/zh-Hans.toml".to_owned(),
        phrases["zh-Hans.toml"].clone(),
    );
    shared
});

/// The throws of one part of a pack, in the order in which they are used.
struct Dice<'d>(std::slice::Iter<'d, u8>);

impl<'d> Dice<'d> {
    fn of(throws: &'d [u8]) -> Self {
        Self(throws.iter())
    }

    /// One of so many.
    fn below(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |throw| usize::from(*throw)) % count
    }

    fn rarely(&mut self) -> bool {
        self.below(5) == 4
    }

    fn often(&mut self) -> bool {
        self.below(2) == 1
    }

    fn of_these<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// Up to so many of what is made.
    fn up_to<T>(&mut self, most: usize, mut made: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| made(self)).collect()
    }
}

/// As TOML, which has no null: what is null is left out.
fn toml(value: Value) -> String {
    fn without_nulls(value: Value) -> Value {
        match value {
            Value::Object(parts) => parts
                .into_iter()
                .filter(|(_, part)| !part.is_null())
                .map(|(key, part)| (key, without_nulls(part)))
                .collect(),
            Value::Array(parts) => parts.into_iter().map(without_nulls).collect(),
            other => other,
        }
    }
    toml::to_string(&without_nulls(value)).unwrap()
}

/// Takes out of the conditions of questions and steps what is asked nowhere in their guide or problem.
fn go_by_what_is_asked(asks: &mut [Value], steps: &mut [Value]) {
    let asked = asks.iter().filter_map(|ask| ask["fact"].as_str());
    let required = steps.iter().filter_map(|step| step["requires"].as_object());
    let known: BTreeSet<String> = asked
        .map(str::to_owned)
        .chain(required.flat_map(Map::keys).cloned())
        .collect();
    for item in asks.iter_mut().chain(steps) {
        if let Some(when) = item["when"].as_object_mut() {
            when.retain(|fact, _| known.contains(fact));
        }
    }
}
