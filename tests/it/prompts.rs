//! Messages of the service as people quote them: `tests/understanding/prompts.tsv` says what each line quotes, if anything.
//!
//! The lines go the whole way, as somebody's first words, so that what is masked or taken for a button counts as well.

use crate::world::{Talk, pack, repository};
use mibao::dialogue::{Assistant, Content};
use std::collections::BTreeMap;
use std::fs;

/// Both shares must be at least this, in percent.
const SHARE_MIN: usize = 97;

#[test]
fn quoted_messages_are_known_and_nothing_else_is() {
    let assistant = Assistant::new(pack("knowledge"));
    let lines = fs::read_to_string(repository("tests/understanding/prompts.tsv")).unwrap();
    let (mut quotes, mut named, mut right, mut plain) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    let mut per_message: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (expected, words) = line.split_once('\t').unwrap();
        let words = words.replace("\\n", "\n");
        let expected = (expected != "-").then_some(expected);
        let turn = Talk::new(&assistant).act(Content::Text(words.clone()));
        let found = turn
            .shows
            .iter()
            .find_map(|shown| shown.strip_prefix("prompt:"));
        if let Some(id) = expected {
            assert!(assistant.knowledge.prompts.contains_key(id), "{id}");
            *per_message.entry(id).or_default() += 1;
        }
        quotes += usize::from(expected.is_some());
        plain += usize::from(expected.is_none());
        named += usize::from(found.is_some());
        right += usize::from(expected.is_some() && expected == found);
        if expected != found {
            wrong.push(format!("{expected:?} was read as {found:?}: {words}"));
        }
    }
    println!(
        "{quotes} quotes of {} messages, {plain} other sentences",
        per_message.len()
    );
    println!("precision {right} of {named}, recall {right} of {quotes}");
    println!("{}", wrong.join("\n"));
    let all = &assistant.knowledge.prompts;
    let unquoted: Vec<_> = all
        .keys()
        .filter(|id| !per_message.contains_key(id.as_str()))
        .collect();
    assert!(unquoted.is_empty(), "nobody quotes {unquoted:?}");
    assert!(right * 100 >= named * SHARE_MIN, "precision");
    assert!(right * 100 >= quotes * SHARE_MIN, "recall");
}
