//! What must hold of any bytes: shared by the fuzzer and the ordinary tests. Whatever does not hold panics.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each target asks one question only, and stops where it finds something wrong"
)]

use chrono::{DateTime, TimeDelta};
use mibao::dialogue::{Assistant, Command, Content, Input, Media, Session, Turn, step};
use mibao::knowledge::{self, Files};
use mibao::text::{Masked, markup, mask, mask_after_code};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The most that Telegram takes, in UTF-16 units; the most that a button carries, in bytes.
const UNITS_MAX: usize = 4096;
const BUTTON_BYTES_MAX: usize = 64;

/// A phone number of nobody.
const PHONE: &str = "13955507777";

static ASSISTANT: LazyLock<Assistant> = LazyLock::new(|| {
    let shipped = knowledge::load(&mibao::shipped::files());
    Assistant::new(shipped.unwrap_or_else(|mistakes| panic!("{} mistakes", mistakes.len())))
});

/// The shipped pack's files, in the order of their names.
static FILES: LazyLock<Vec<(String, String)>> =
    LazyLock::new(|| mibao::shipped::files().into_iter().collect());

/// The file that the first byte names: with the second byte even, the rest stands in its place; odd, it is written into it
/// where the next two bytes say.
pub fn knowledge(bytes: &[u8]) {
    let [which, how, high, low, rest @ ..] = bytes else {
        return;
    };
    let Some((path, content)) = FILES.get(usize::from(*which) % FILES.len()) else {
        return;
    };
    let written = String::from_utf8_lossy(rest);
    let mut files: Files = FILES.iter().cloned().collect();
    let changed = if how % 2 == 0 {
        written.into_owned()
    } else {
        let mut place = (usize::from(*high) * 256 + usize::from(*low)) % (content.len() + 1);
        while !content.is_char_boundary(place) {
            place -= 1;
        }
        let (before, behind) = content.split_at(place);
        // As many bytes as are written are overwritten, or none.
        let mut skipped = if how % 4 == 1 {
            0
        } else {
            written.len().min(behind.len())
        };
        while !behind.is_char_boundary(skipped) {
            skipped -= 1;
        }
        format!("{before}{written}{}", behind.split_at(skipped).1)
    };
    files.insert(path.clone(), changed);
    if let Err(mistakes) = knowledge::load(&files) {
        assert!(!mistakes.is_empty(), "a pack is refused for no reason");
        let told = knowledge::render(&mistakes, &files, "knowledge", false);
        assert!(told.contains("error"), "{told}");
    }
}

/// Any JSON is an update of ours or of no concern, and one of ours has an answer.
pub fn update(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return;
    };
    let at = DateTime::UNIX_EPOCH;
    if let Ok(update) = mibao::telegram::read(&value, at) {
        assert_eq!(update.input.at, at);
        assert!(
            update.session.starts_with("telegram:"),
            "{}",
            update.session
        );
        let (_, turn) = step(&ASSISTANT, Session::default(), &update.input);
        holds(&turn);
    }
}

/// A sentence means the same each time.
pub fn understand(bytes: &[u8]) {
    let sentence = String::from_utf8_lossy(bytes);
    let sentence: String = sentence.chars().take(1000).collect();
    let Assistant {
        knowledge,
        understanding,
        ..
    } = &*ASSISTANT;
    let first = understanding.message(knowledge, &sentence);
    assert!(
        first == understanding.message(knowledge, &sentence),
        "{sentence:?}"
    );
    assert!((0.0..=1.0).contains(&first.confidence), "{first:?}");
    for (fact, answer) in &first.facts {
        assert!(knowledge.answer(fact, answer).is_some(), "{fact}={answer}");
    }
}

/// What is covered stands in the text, in order, and the rest is left as it was. A phone number is covered whatever stands
/// around it, where no digit or letter joins it.
pub fn masking(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for masked in [mask(&text), mask_after_code(&text)] {
        let Masked {
            text: covered,
            found,
            places,
        } = masked;
        let mut rebuilt = String::new();
        let mut from = 0;
        for (kind, place) in &places {
            assert!(from <= place.start && place.start < place.end, "{places:?}");
            rebuilt.push_str(text.get(from..place.start).unwrap());
            rebuilt.push_str(kind.cover());
            from = place.end;
        }
        rebuilt.push_str(text.get(from..).unwrap());
        assert_eq!(rebuilt, covered);
        assert_eq!(found, places.iter().map(|(kind, _)| *kind).collect());
    }
    let half = text.chars().count() / 2;
    let before: String = text.chars().take(half).collect();
    let behind: String = text.chars().skip(half).collect();
    // In the middle of a longer number it is no phone number.
    if !text.contains(PHONE) {
        let text = format!("{before}，{PHONE}。{behind}");
        assert!(!mask(&text).text.contains(PHONE), "{text}");
    }
}

/// A conversation: each act is a byte for its kind, a byte for which one or for how many bytes of words follow, and those.
pub fn talk(bytes: &[u8]) {
    let mut rest = bytes;
    let mut session = Session::default();
    let mut at = DateTime::UNIX_EPOCH;
    let mut buttons: Vec<String> = Vec::new();
    while let [kind, which, after @ ..] = rest {
        let which = usize::from(*which);
        let (words, next) = after.split_at(which.min(after.len()));
        let words = || String::from_utf8_lossy(words).into_owned();
        let content = match kind % 5 {
            0 => Content::Text(words()),
            1 => Content::Press(words()),
            2 => Content::Command(
                *Command::ALL.get(which % Command::ALL.len()).unwrap(),
                String::new(),
            ),
            3 => Content::Media(*Media::ALL.get(which % Media::ALL.len()).unwrap()),
            _ => match buttons.get(which % buttons.len().max(1)) {
                Some(button) => Content::Press(button.clone()),
                None => Content::Text("怎么解绑".to_owned()),
            },
        };
        rest = if kind % 5 < 2 { next } else { after };
        at += TimeDelta::minutes(i64::from(*kind));
        let input = Input {
            at,
            language: None,
            content,
            removable: true,
        };
        let (after, turn) = step(&ASSISTANT, session, &input);
        holds(&turn);
        let kept = serde_json::to_string(&after).unwrap();
        assert_eq!(serde_json::from_str::<Session>(&kept).unwrap(), after);
        session = after;
        let rows = turn
            .replies
            .iter()
            .flat_map(|reply| reply.buttons.iter().flatten());
        buttons = rows.map(|button| button.id.clone()).collect();
    }
}

/// A turn that any channel can show.
fn holds(turn: &Turn) {
    assert!(!turn.replies.is_empty(), "{turn:?}");
    for reply in &turn.replies {
        assert!(!reply.text.trim().is_empty(), "{turn:?}");
        assert!(
            markup::plain(&reply.text).encode_utf16().count() <= UNITS_MAX,
            "{turn:?}"
        );
        assert_eq!(markup::check_reply(&reply.text), Ok(()), "{turn:?}");
        let mut labels = BTreeSet::new();
        for button in reply.buttons.iter().flatten() {
            assert!(button.id.len() <= BUTTON_BYTES_MAX, "{turn:?}");
            assert!(labels.insert(&button.label), "{turn:?}");
        }
    }
}
