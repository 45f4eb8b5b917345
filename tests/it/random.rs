//! What must hold of every pack and every user: properties over random packs (see `random_pack`) and random acts.
//!
//! The dice fall the same in every run; `PROPTEST_RNG_SEED` throws others, and `PROPTEST_CASES` throws more. What fails is
//! shrunk, and told as the files of the pack and the transcript of the talk.

mod cases;
mod user;

use crate::random_pack::{RandomPack, packs};
use chrono::TimeDelta;
use mibao::dialogue::{
    Assistant, Command, Content, Input, Media, Outcome, Session, Turn, next, step,
};
use mibao::text::{markup, normalise, skeleton};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use std::collections::BTreeSet;
pub use user::buttons;
use user::{Act, Moment, NONSENSE, PHONE, acts, forged, talk, transcript};

/// Whether something holds, and if not, why.
pub type Held = Result<(), TestCaseError>;

/// A pack takes longer than what proptest has in mind when it throws 256 cases, so only so many of them are thrown.
const CASES_SHARE: u32 = 6;

fn runner() -> TestRunner {
    let default = ProptestConfig::default();
    TestRunner::new(ProptestConfig {
        cases: default.cases.div_ceil(CASES_SHARE),
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            chosen @ RngSeed::Fixed(_) => chosen,
        },
        failure_persistence: None,
        max_shrink_iters: 5000,
        ..default
    })
}

/// Whether something holds of random packs, of random users' acts, and of something else that is random.
fn hold_of<S: Strategy>(more: S, check: impl Fn(&RandomPack, &[Act], &S::Value) -> Held) {
    let held = runner().run(&(packs(), acts(), more), |(pack, acts, more)| {
        check(&pack, &acts, &more)
    });
    match held {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Err(TestError::Fail(reason, (pack, acts, more))) => {
            let told = pack
                .assistant()
                .map(|assistant| transcript(&assistant, &acts));
            let told = told.unwrap_or_default();
            panic!("{reason}\n\nwith {more:?}\nthe pack:\n{pack:?}\nthe talk:\n{told}");
        }
    }
}

/// Whether something holds of whole talks.
fn hold(check: impl Fn(&Assistant, &[Moment]) -> Held) {
    hold_of(Just(()), |pack, acts, ()| {
        let assistant = pack.assistant()?;
        check(&assistant, &talk(&assistant, acts))
    });
}

/// What becomes of a session by this, a minute later.
fn then(assistant: &Assistant, session: &Session, content: Content) -> (Session, Turn) {
    let input = Input {
        at: session.at.unwrap_or_default() + TimeDelta::minutes(1),
        language: None,
        content,
        removable: false,
    };
    step(assistant, session.clone(), &input)
}

fn command(command: Command) -> Content {
    Content::Command(command, String::new())
}

#[test]
fn every_turn_is_as_it_should_be() {
    hold(|assistant, talk| {
        for Moment {
            before,
            turn,
            after,
        } in talk
        {
            answers_well(assistant, after, turn)?;
            can_be_kept(after)?;
            goes_back(assistant, before, after)?;
            ends_and_begins_anew(assistant, after)?;
            takes_labels_for_buttons(assistant, after, turn)?;
        }
        Ok(())
    });
}

/// Replies that every channel can show, a card to copy at most beside what is said, with buttons that can be told apart below
/// the last, and nothing private of what was written.
pub fn answers_well(assistant: &Assistant, after: &Session, turn: &Turn) -> Held {
    prop_assert!(matches!(turn.replies.len(), 1 | 2));
    for reply in &turn.replies {
        let text = &reply.text;
        prop_assert_eq!(markup::check_reply(text), Ok(()), "{}", text);
        prop_assert!(!markup::plain(text).trim().is_empty(), "says nothing");
        let units = text.encode_utf16().count();
        prop_assert!(units <= 4096, "{units} units are too many for Telegram");
        prop_assert!(!text.contains(PHONE), "repeats what it was told");
    }
    let cards = turn.replies.iter().rev().skip(1);
    prop_assert!(cards.flat_map(|card| &card.buttons).next().is_none());
    prop_assert!(!turn.journal.contains(PHONE), "writes a number down");
    let mut labels = BTreeSet::new();
    for button in buttons(turn) {
        prop_assert!(button.id.len() <= 64, "too long for Telegram: {button:?}");
        let label = skeleton(&normalise(&button.label));
        prop_assert!(labels.insert(label), "two buttons like {button:?}");
    }
    prop_assert!(!labels.is_empty(), "leads nowhere");
    prop_assert_eq!(
        &turn.pending,
        &next(&assistant.knowledge, &after.case).key()
    );
    prop_assert_eq!(&turn.pending, &after.pending);
    Ok(())
}

/// The pack is learned from anew, so this is about learning too.
#[test]
fn the_same_acts_give_the_same_bytes() {
    hold_of(Just(()), |pack, acts, ()| {
        let run = || Ok::<_, TestCaseError>(format!("{:?}", talk(&pack.assistant()?, acts)));
        prop_assert_eq!(run()?, run()?);
        Ok(())
    });
}

/// What was told is taken back exactly, by command and by button.
pub fn goes_back(assistant: &Assistant, before: &Session, after: &Session) -> Held {
    if after.case.answers.len() != before.case.answers.len() + 1 {
        return Ok(());
    }
    let (back, _) = then(assistant, after, command(Command::Back));
    prop_assert_eq!(&back.case, &before.case);
    let (session, turn) = then(assistant, after, command(Command::Status));
    let button = buttons(&turn).find(|button| {
        button
            .id
            .split_once('.')
            .is_some_and(|(_, act)| act == "back")
    });
    let press = Content::Press(button.map(|button| button.id.clone()).unwrap_or_default());
    let (back, _) = then(assistant, &session, press);
    prop_assert_eq!(&back.case, &before.case);
    Ok(())
}

/// Written down and read again, a session is the same.
fn can_be_kept(session: &Session) -> Held {
    let written = serde_json::to_string(session).unwrap();
    let read: Session = serde_json::from_str(&written).unwrap();
    prop_assert_eq!(&read, session);
    prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
    Ok(())
}

/// There is always a way out, and always one to the menu.
fn ends_and_begins_anew(assistant: &Assistant, session: &Session) -> Held {
    let ends = [
        (Command::Cancel, Outcome::Cancelled),
        (Command::Human, Outcome::HandedOver),
    ];
    for (way, outcome) in ends {
        let (_, turn) = then(assistant, session, command(way));
        prop_assert_eq!((turn.outcome, turn.pending), (Some(outcome), None));
    }
    let (_, turn) = then(assistant, session, command(Command::Restart));
    prop_assert_eq!(turn.pending.as_deref(), Some("menu"));
    let menu = &assistant.knowledge.menu;
    for (button, item) in buttons(&turn).zip(menu) {
        prop_assert!(button.id.ends_with(&format!(".{item}")), "{button:?}");
    }
    prop_assert!(buttons(&turn).count() >= menu.len());
    Ok(())
}

/// To type what stands on a button is to press it.
fn takes_labels_for_buttons(assistant: &Assistant, session: &Session, turn: &Turn) -> Held {
    for button in buttons(turn) {
        let (pressed, _) = then(assistant, session, Content::Press(button.id.clone()));
        let (typed, _) = then(assistant, session, Content::Text(button.label.clone()));
        // Only a press can be the first of a double tap.
        let pressed = Session {
            pressed: None,
            ..pressed
        };
        prop_assert_eq!(typed, pressed, "{:?}", button);
    }
    Ok(())
}

/// What tells nothing of a case.
fn digressions(assistant: &Assistant) -> Vec<Content> {
    let commands = [
        Command::Start,
        Command::Help,
        Command::Status,
        Command::Privacy,
    ];
    let languages = ["", "en", "zh-Hans", "klingon"];
    let polite = [
        "hello",
        "good evening",
        "thanks a lot",
        "goodbye",
        "why do you ask",
    ];
    let asked_for = assistant.knowledge.by_intent.iter();
    let topics = asked_for.filter(|(_, item)| !item.is_goal());
    let questions = topics.filter_map(|(intent, _)| assistant.knowledge.intents[intent].first());
    let texts = polite.iter().chain(&NONSENSE).chain(&[PHONE]);
    commands
        .map(command)
        .into_iter()
        .chain(languages.map(|id| Content::Command(Command::Language, id.to_owned())))
        .chain(texts.map(|text| Content::Text((*text).to_owned())))
        .chain(questions.cloned().map(Content::Text))
        .chain(Media::ALL.map(Content::Media))
        .collect()
}

#[test]
fn digressions_lead_nowhere_else() {
    hold(|assistant, talk| {
        let digressions = digressions(assistant);
        for moment in talk {
            for content in &digressions {
                let (session, turn) = then(assistant, &moment.after, content.clone());
                prop_assert_eq!(&session.case, &moment.after.case, "{:?}", content);
                prop_assert_eq!(&turn.pending, &moment.after.pending, "{:?}", content);
            }
        }
        Ok(())
    });
}

/// A press counts if the button stands below the last reply. Any other, of this talk or of none, changes nothing.
#[test]
fn other_presses_are_refused() {
    hold_of(vec(forged(), 1..8), |pack, acts, forged| {
        let assistant = pack.assistant()?;
        let talk = talk(&assistant, acts);
        let shown = talk.iter().flat_map(|moment| buttons(&moment.turn));
        let ids: BTreeSet<&String> = shown.map(|button| &button.id).chain(forged).collect();
        for (turn, moment) in talk.iter().enumerate() {
            let now: BTreeSet<&String> = buttons(&moment.turn).map(|button| &button.id).collect();
            // A third of them at a time is enough, as long as each gets its turn.
            for id in ids.difference(&now).skip(turn % 3).step_by(3) {
                let press = Content::Press((*id).clone());
                let (session, turn) = then(&assistant, &moment.after, press);
                prop_assert_eq!(&session.case, &moment.after.case, "{}", id);
                prop_assert_eq!(&turn.pending, &moment.after.pending, "{}", id);
                prop_assert_eq!(session.language, moment.after.language, "{}", id);
                prop_assert_eq!(session.repair.lost, moment.after.repair.lost, "{}", id);
                prop_assert_eq!((turn.outcome, turn.forget), (None, false), "{}", id);
            }
        }
        Ok(())
    });
}

/// What was said because something was not understood.
fn lost<'t>(before: &Session, after: &Session, turn: &'t Turn) -> Option<&'t String> {
    let climbed = after.repair.lost > 0 && after.repair.lost != before.repair.lost;
    climbed.then(|| &turn.replies.last().unwrap().text)
}

#[test]
fn nobody_is_told_twice_in_a_row_that_they_were_not_understood() {
    hold(|assistant, talk| {
        let mut before = None;
        for moment in talk {
            let said = lost(&moment.before, &moment.after, &moment.turn);
            prop_assert!(said.is_none() || said != before, "twice: {said:?}");
            before = said;
            let (mut session, mut before) = (moment.after.clone(), said.cloned());
            for nonsense in NONSENSE {
                let (now, turn) = then(assistant, &session, Content::Text(nonsense.to_owned()));
                let said = lost(&session, &now, &turn).cloned();
                prop_assert!(said.is_none() || said != before, "twice: {said:?}");
                (session, before) = (now, said);
            }
        }
        Ok(())
    });
}
