//! Conversations that are open while the knowledge changes under them.

use crate::world::{Talk, files, repository};
use chrono::TimeDelta;
use mibao::dialogue::{Assistant, Outcome, Session, step};
use mibao::knowledge::{self, Files};
use mibao::proof::OpenConversations;

const PACK: &str = "tests/knowledge/valid/bicycle";

fn assistant(files: &Files) -> Assistant {
    Assistant::new(
        knowledge::load(files).unwrap_or_else(|mistakes| {
            panic!("{}", knowledge::render(&mistakes, files, "", false))
        }),
    )
}

/// The pack with this done to one of its files.
fn edited(path: &str, edit: impl Fn(&str) -> String) -> Files {
    let mut files = files(&repository(PACK));
    let content = files.get_mut(path).unwrap();
    let changed = edit(content);
    assert_ne!(&changed, content, "{path}: nothing was changed");
    *content = changed;
    files
}

/// A conversation in the middle of changing a tube: the wheel is out.
fn under_way(assistant: &Assistant) -> (Session, Talk<'_>) {
    let mut talk = Talk::new(assistant);
    for line in ["my tyre is flat", "[Out of the tyre]", "1", "rear", "Done"] {
        talk.does(line);
    }
    assert_eq!(
        talk.session.pending.as_deref(),
        Some("guide:change_tube/wheel_out")
    );
    (talk.session.clone(), talk)
}

/// The next turn under another pack.
fn next_turn(
    session: Session,
    pack: &Files,
    talk: &Talk<'_>,
    line: &str,
) -> (Session, mibao::dialogue::Turn) {
    let input = mibao::dialogue::Input {
        at: talk.now + TimeDelta::minutes(1),
        language: None,
        content: mibao::dialogue::Content::Text(line.to_owned()),
        removable: false,
    };
    step(&assistant(pack), session, &input)
}

#[test]
fn a_new_wording_goes_unnoticed() {
    let old = assistant(&files(&repository(PACK)));
    let (session, talk) = under_way(&old);
    let pack = edited("guides/change_tube.toml", |text| {
        text.replace("lift the wheel out", "take the wheel out")
    });
    let (session, turn) = next_turn(session, &pack, &talk, "why");
    assert!(turn.replies[0].text.contains("take the wheel out"));
    assert!(
        !turn.replies[0].text.contains("learned something new"),
        "{}",
        turn.replies[0].text
    );
    assert_eq!(
        session.pending.as_deref(),
        Some("guide:change_tube/wheel_out")
    );
}

#[test]
fn a_step_that_is_gone_is_passed_over_and_said() {
    let old = assistant(&files(&repository(PACK)));
    let (session, talk) = under_way(&old);
    let pack = edited("guides/change_tube.toml", |text| {
        text.replace("id = \"wheel_out\"", "id = \"take_out\"")
    });
    let (session, turn) = next_turn(session, &pack, &talk, "why");
    assert!(
        turn.replies[0].text.contains("learned something new"),
        "{}",
        turn.replies[0].text
    );
    assert_eq!(
        session.pending.as_deref(),
        Some("guide:change_tube/take_out")
    );
    // What was answered before is still known.
    let (_, turn) = next_turn(session, &pack, &talk, "why");
    assert!(!turn.replies[0].text.contains("learned something new"));
}

#[test]
fn answers_to_a_fact_that_is_gone_come_back_with_it() {
    let original = files(&repository(PACK));
    let old = assistant(&original);
    let (session, talk) = under_way(&old);
    let mut pack = edited("facts/wheel.toml", |text| {
        text.replace("id = \"rear\"", "id = \"back\"")
    });
    for content in pack.values_mut() {
        *content = content
            .replace("[\"rear\"]", "[\"back\"]")
            .replace("wheel = \"rear\"", "wheel = \"back\"");
    }
    let (session, _) = next_turn(session, &pack, &talk, "hello");
    let (session, turn) = next_turn(session, &original, &talk, "hello");
    assert_eq!(
        session.pending.as_deref(),
        Some("guide:change_tube/wheel_out")
    );
    assert_ne!(turn.outcome, Some(Outcome::HandedOver));
}

#[test]
fn a_goal_that_is_gone_leads_to_the_menu() {
    let old = assistant(&files(&repository(PACK)));
    let (session, talk) = under_way(&old);
    let mut pack = files(&repository(PACK));
    let guide = pack.remove("guides/change_tube.toml").unwrap();
    pack.insert("guides/swap_tube.toml".to_owned(), guide);
    for content in pack.values_mut() {
        *content = content.replace("guide:change_tube", "guide:swap_tube");
    }
    let (session, turn) = next_turn(session, &pack, &talk, "hello");
    assert!(
        turn.replies[0].text.contains("learned something new"),
        "{}",
        turn.replies[0].text
    );
    assert_eq!(session.pending.as_deref(), Some("menu"));
}

/// The shipped pack with some of its texts replaced: in which files, by the beginnings of their paths, what is there, what is
/// put in its place.
fn shipped_with(edits: &[(&str, &str, &str)]) -> Assistant {
    let mut pack = mibao::shipped::files();
    for (place, from, to) in edits {
        let mut is_changed = false;
        for (_, content) in pack.iter_mut().filter(|(path, _)| path.starts_with(place)) {
            is_changed |= content.contains(from);
            *content = content.replace(from, to);
        }
        assert!(is_changed, "{place}: nothing was changed");
    }
    assistant(&pack)
}

/// What somebody does to a pack while people are in the middle of it.
fn editions() -> Vec<(&'static str, Assistant)> {
    let mut swapped = mibao::shipped::files();
    let unbind = swapped.get_mut("guides/unbind.toml").unwrap();
    let (head, steps) = unbind.split_once("[[step]]").unwrap();
    let mut steps: Vec<&str> = steps.split("[[step]]").collect();
    steps.swap(1, 2);
    *unbind = format!("{head}[[step]]{}", steps.join("\n[[step]]"));
    vec![
        ("nothing", shipped_with(&[])),
        (
            "a step renamed",
            shipped_with(&[(
                "guides/unbind.toml",
                "\"open_security\"",
                "\"find_security\"",
            )]),
        ),
        (
            "a remedy renamed",
            shipped_with(&[(
                "problems/login_failed.toml",
                "id = \"recover\"",
                "id = \"new_password\"",
            )]),
        ),
        (
            "an answer renamed, wherever it is named",
            shipped_with(&[
                ("facts/old_number.toml", "id = \"dead\"", "id = \"stopped\""),
                ("guides/unbind.toml", "\"dead\"", "\"stopped\""),
                ("guides/number_unavailable.toml", "\"dead\"", "\"stopped\""),
                ("problems/unbind_failed.toml", "\"dead\"", "\"stopped\""),
                ("problems/code_not_received.toml", "\"dead\"", "\"stopped\""),
                ("stated/", "old_number=dead", "old_number=stopped"),
            ]),
        ),
        (
            "not sure no longer offered",
            shipped_with(&[
                (
                    "facts/can_login.toml",
                    "question.zh-Hans = ",
                    "unsure = false\nquestion.zh-Hans = ",
                ),
                ("guides/account_stolen.toml", ", \"unsure\"]", "]"),
                ("guides/number_unavailable.toml", ", \"unsure\"]", "]"),
                (
                    "guides/not_my_number.toml",
                    "can_login = [\"no\", \"unsure\"]",
                    "can_login = [\"no\"]",
                ),
                ("guides/restore_number.toml", ", \"unsure\"]", "]"),
            ]),
        ),
        (
            "a question added",
            shipped_with(&[(
                "guides/bind_new.toml",
                "[[ask]]\nfact = \"can_login\"",
                "[[ask]]\nfact = \"can_login\"\n\n[[ask]]\nfact = \"client\"",
            )]),
        ),
        ("two steps swapped", assistant(&swapped)),
    ]
}

/// Somebody at every place of the shipped dialogue goes on under each edition: nothing told is forgotten, something sensible
/// is asked, what is asked anew is said to be so, and a human stays one turn away. (That the rest of an edition's dialogue
/// is sound for any case at all is what `mibao check` proves of the edition itself.)
#[test]
fn every_open_conversation_goes_on_under_every_edition() {
    let old = assistant(&mibao::shipped::files());
    let open = OpenConversations::of(&old, &mut |_| {});
    for (name, new) in editions() {
        let replay = open.under(&new);
        println!(
            "{name}: {} conversations, {} asked the same, {} something else",
            replay.sessions, replay.same, replay.moved
        );
        assert!(replay.failures.is_empty(), "{name}: {:#?}", replay.failures);
        assert!(replay.sessions > 400, "{name}");
        assert_eq!(name == "nothing", replay.moved == 0, "{name}");
    }
}
