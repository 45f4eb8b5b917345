//! Packs that load without a mistake and that the proof refuses: each for one reason, with a conversation that shows it.
//!
//! `tests/knowledge/unproved/NAME` holds the files in which a pack differs from `valid/bicycle` (an empty file takes one
//! away), and `expected.txt`: what `mibao check` says. To add one, write the changed files and a line in [`CODES`], and
//! let `MIBAO_UPDATE=1 cargo test unproved` write `expected.txt`. The reviewed flow is left out of these packs, for
//! otherwise it would be the first to object.

use crate::world::{bicycle_with, repository};
use mibao::dialogue::{Assistant, Content, Input, Outcome, Session, Turn, step};
use mibao::knowledge::{self, FLOW_FILE, Files};
use mibao::proof::{Code, Conversation, Failure, prove, render};
use std::collections::BTreeSet;
use std::fs;

/// What each pack is refused for.
const CODES: &[(&str, Code)] = &[
    ("cause_that_never_leads", Code::Unreached),
    ("cheap_handover", Code::NoRemedy),
    ("label_like_a_phone_number", Code::Misread),
    ("label_that_is_a_number", Code::Misread),
    ("line_that_makes_a_heading", Code::Markup),
    ("message_behind_another", Code::Misread),
    ("nothing_to_do", Code::Hollow),
    ("on_in_danger", Code::Danger),
    ("one_title_for_two", Code::SameLabel),
    ("phrase_said_twice", Code::Repeats),
    ("question_not_worth_its_minutes", Code::Unreached),
    ("remedy_that_never_pays", Code::Unreached),
    ("route_behind_another", Code::Unreached),
    ("step_behind_a_route", Code::Unreached),
    ("step_for_nobody", Code::Unreached),
    ("texts_that_do_not_fit_together", Code::TooLong),
    ("texts_that_leave_no_room", Code::TooLong),
    ("there_and_back", Code::Circle),
    ("title_like_a_button", Code::SameLabel),
    ("word_of_two_answers", Code::Misread),
    ("word_that_asks_for_a_human", Code::NoHuman),
    ("word_that_asks_for_help", Code::Digression),
    ("word_that_is_a_button", Code::Misread),
    ("word_that_starts_over", Code::Act),
    ("words_nobody_sees", Code::Unreached),
];

#[test]
fn unproved_packs_load_and_are_refused_for_one_reason() {
    let mut wrong = Vec::new();
    for (name, code) in CODES {
        let directory = format!("tests/knowledge/unproved/{name}");
        let pack = unproved(name);
        let knowledge = knowledge::load(&pack).unwrap_or_else(|mistakes| {
            panic!("{}", knowledge::render(&mistakes, &pack, &directory, false))
        });
        let assistant = Assistant::new(knowledge);
        let failures = prove(&assistant, &mut |_| ()).failures;
        assert!(!failures.is_empty(), "{name} is proved");
        for failure in &failures {
            assert_eq!(failure.code, *code, "{name}: {}", failure.message);
            shows(&assistant, failure)
                .unwrap_or_else(|| panic!("{name}: {:?} does not show it", failure.conversation));
        }
        let arguments = format!(" --knowledge {directory}");
        let actual = render(&failures, &assistant, &arguments, false);
        let path = repository(&directory).join("expected.txt");
        if fs::read_to_string(&path).unwrap_or_default() == actual {
            continue;
        }
        if std::env::var_os("MIBAO_UPDATE").is_some() {
            fs::write(path, actual).unwrap();
        } else {
            wrong.push(format!("{name}:\n{actual}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n\n{} packs are refused in other words; MIBAO_UPDATE=1 rewrites them",
        wrong.join("\n\n"),
        wrong.len()
    );
}

#[test]
fn every_unproved_pack_says_what_it_is_refused_for() {
    let folders = fs::read_dir(repository("tests/knowledge/unproved")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let listed = CODES.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), listed.collect());
}

/// The files of an unproved pack.
fn unproved(name: &str) -> Files {
    let mut pack = bicycle_with(&format!("tests/knowledge/unproved/{name}"));
    pack.remove(FLOW_FILE);
    pack
}

/// Whether the conversation shows what it is said to show, where that can be seen from outside.
fn shows(assistant: &Assistant, failure: &Failure) -> Option<()> {
    let turns = turns(assistant, &failure.conversation);
    let last = turns.last()?;
    let before = turns.iter().rev().nth(1);
    let (text, labels) = shown(last);
    let is_shown = match failure.code {
        Code::TooLong if failure.message.contains("leaves") => text.encode_utf16().count() > 2500,
        Code::TooLong => text.encode_utf16().count() > 4096,
        Code::SameLabel => labels.iter().collect::<BTreeSet<_>>().len() < labels.len(),
        // It is done, and no step was ever put.
        Code::Hollow => {
            let put = |turn: &Turn| turn.pending.as_ref().is_some_and(|key| key.contains('/'));
            last.outcome == Some(Outcome::Solved) && !turns.iter().any(put)
        }
        Code::NoRemedy => last.outcome == Some(Outcome::HandedOver),
        Code::Repeats => before.is_some_and(|before| shown(before).0 == text),
        // A word of an answer that means something else elsewhere moves on all the same.
        Code::Digression => before.is_some_and(|before| before.pending != last.pending),
        Code::NoHuman | Code::Act => {
            last.outcome.is_none() && before.is_some_and(|before| before.pending != last.pending)
        }
        // What is never met is not met here either.
        Code::Unreached => {
            let missed = failure.message.split('`').nth(1)?;
            !turns
                .iter()
                .any(|turn| turn.pending.as_deref() == Some(missed))
        }
        _ => true,
    };
    is_shown.then_some(())
}

/// What is said, and what stands on the buttons.
fn shown(turn: &Turn) -> (String, Vec<&str>) {
    let text = turn.replies.iter().map(|reply| reply.text.as_str());
    let buttons = turn
        .replies
        .iter()
        .flat_map(|reply| reply.buttons.iter().flatten());
    (
        text.collect::<Vec<_>>().join("\n"),
        buttons.map(|button| button.label.as_str()).collect(),
    )
}

/// The turns of a conversation, after the greeting.
fn turns(assistant: &Assistant, conversation: &Conversation) -> Vec<Turn> {
    let mut session = Session::default();
    let lines = std::iter::once("/start").chain(conversation.lines.iter().map(String::as_str));
    let turns: Vec<Turn> = lines
        .map(|line| {
            let input = Input {
                at: chrono::DateTime::UNIX_EPOCH,
                language: None,
                content: Content::typed(line),
                removable: false,
            };
            let (after, turn) = step(assistant, std::mem::take(&mut session), &input);
            session = after;
            turn
        })
        .collect();
    turns.into_iter().skip(1).collect()
}
