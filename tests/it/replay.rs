//! Conversations that are open while the knowledge changes under them.

use crate::world::{Talk, files, repository};
use chrono::TimeDelta;
use mibao::dialogue::{Assistant, Outcome, Session, step};
use mibao::knowledge::{self, Files};

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
