//! What must hold of every conversation, over many random ones.

use crate::world::{Talk, pack};
use mibao::dialogue::{
    Answer, Assistant, Button, Case, Content, Entry, Origin, Outcome, RemedyResult, Reply,
    StepResult, View,
};
use mibao::knowledge::Knowledge;
use mibao::text::markup;
use std::collections::BTreeSet;

/// A small generator, so that a seed names a run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const WORDS: [&str; 24] = [
    "我想解绑",
    "手机丢了",
    "手机号停机了收不到验证码",
    "不确定",
    "为什么问这个",
    "上一步",
    "还是不行",
    "好了",
    "啊啊啊",
    "qwertyuiop",
    "微信怎么解绑",
    "怎么破解别人的密码",
    "13800138000",
    "转人工",
    "重新开始",
    "算了",
    "第二个",
    "谢谢",
    "您的短信还未送达",
    "密保手机是什么",
    "号被盗了",
    "🙏🙏",
    "9",
    "不对，手机号还在用",
];

#[test]
fn random_conversations_hold_what_must_hold() {
    for directory in ["knowledge", "tests/knowledge/valid/bicycle"] {
        let assistant = Assistant::new(pack(directory));
        let mut solved = 0;
        for seed in 0..150 {
            let mut dice = Dice(seed);
            let mut talk = Talk::new(&assistant);
            let mut buttons: Vec<String> = Vec::new();
            let mut before = String::new();
            for _ in 0..40 {
                let content = match dice.roll(3) {
                    0 => Content::Text(WORDS[dice.roll(WORDS.len())].to_owned()),
                    _ if !buttons.is_empty() => {
                        Content::Press(buttons[dice.roll(buttons.len())].clone())
                    }
                    _ => Content::Text("帮我".to_owned()),
                };
                let situation = format!("{directory}, seed {seed}, {content:?}");
                let case = talk.session.case.clone();
                let turn = talk.act(content);
                let reply = &turn.replies[0];
                fits_and_is_discreet(reply, &situation);
                let repeated = talk.session.repair.lost >= 2 && reply.text == before;
                assert!(!repeated, "{situation}: said twice: {before}");
                goes_back_exactly(&case, &talk.session.case, &situation);
                solved += usize::from(turn.outcome == Some(Outcome::Solved));
                buttons = reply
                    .buttons
                    .iter()
                    .flatten()
                    .map(|button| button.id.clone())
                    .collect();
                before.clone_from(&reply.text);
            }
        }
        println!("{directory}: 6000 turns, {solved} times solved");
    }
}

/// What Telegram can show, and nothing of what the user wrote.
fn fits_and_is_discreet(reply: &Reply, situation: &str) {
    assert!(
        !reply.text.trim().is_empty(),
        "{situation}: nothing was said"
    );
    assert!(
        reply.text.encode_utf16().count() <= 4096,
        "{situation}: too long for Telegram"
    );
    assert!(
        !reply.text.contains("13800138000"),
        "{situation}: repeats what it was told"
    );
    assert_eq!(
        markup::check(&reply.text),
        Ok(()),
        "{situation}: {}",
        reply.text
    );
    let buttons: Vec<&Button> = reply.buttons.iter().flatten().collect();
    assert!(
        buttons.iter().all(|button| button.id.len() <= 64),
        "{situation}: {buttons:?}"
    );
    let labels: BTreeSet<&str> = buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels.len(), buttons.len(), "{situation}: {buttons:?}");
}

/// Back is the exact inverse of whatever was told.
fn goes_back_exactly(before: &Case, after: &Case, situation: &str) {
    if after.answers.len() == before.answers.len() + 1 {
        let mut undone = after.clone();
        undone.back();
        assert_eq!(undone, *before, "{situation}");
    }
}

/// From wherever a random talk has led, pressing "it worked" or the first answer ends it well, in few turns.
#[test]
fn every_random_conversation_can_be_brought_to_an_end() {
    let assistant = Assistant::new(pack("knowledge"));
    let mut longest = 0;
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut talk = Talk::new(&assistant);
        for _ in 0..dice.roll(12) {
            talk.does(WORDS[dice.roll(WORDS.len())]);
        }
        talk.does("我想解绑QQ密保手机");
        let mut turns = 0;
        loop {
            let turn = talk.does("1");
            turns += 1;
            if turn
                .outcome
                .is_some_and(|outcome| outcome != Outcome::Refused)
            {
                break;
            }
            assert!(
                turns < 40,
                "seed {seed}: {:?}",
                View::of(&assistant.knowledge, &talk.session.case)
            );
        }
        longest = longest.max(turns);
    }
    println!("longest way out: {longest} turns");
}

/// The same conversation gives the same bytes, whatever happened in between.
#[test]
fn the_same_inputs_give_the_same_bytes() {
    let run = || {
        let assistant = Assistant::new(pack("knowledge"));
        let mut talk = Talk::new(&assistant);
        let turns: Vec<String> = WORDS
            .iter()
            .map(|words| format!("{:?}", talk.does(words)))
            .collect();
        (turns, serde_json::to_string(&talk.session).unwrap())
    };
    assert_eq!(run(), run());
}

/// A conversation without end stays small, and merging its oldest answers changes nothing of what is known.
#[test]
fn endless_answers_are_merged_without_a_trace() {
    let knowledge = pack("tests/knowledge/valid/bicycle");
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let (mut merged, mut whole) = (Case::default(), Case::default());
        for _ in 0..1000 {
            let entry = any_entry(&knowledge, &mut dice);
            merged.tell(vec![entry.clone()]);
            whole.answers.push(Answer {
                entries: vec![entry],
            });
            assert!(merged.answers.len() <= 200);
        }
        assert_eq!(
            View::of(&knowledge, &merged),
            View::of(&knowledge, &whole),
            "seed {seed}"
        );
    }
}

fn any_entry(knowledge: &Knowledge, dice: &mut Dice) -> Entry {
    fn any<'a, T>(dice: &mut Dice, items: impl Iterator<Item = T> + 'a) -> T {
        let mut items: Vec<T> = items.collect();
        items.swap_remove(dice.roll(items.len()))
    }
    match dice.roll(40) {
        0 => Entry::Fresh,
        1 => Entry::End(Outcome::Solved),
        2..=6 => Entry::Goal(any(dice, knowledge.by_intent.values()).clone()),
        7..=20 => {
            let (guide, known) = any(dice, knowledge.guides.iter());
            let step = any(dice, known.steps.iter()).id.clone();
            let result = any(dice, [StepResult::Done, StepResult::Failed].into_iter());
            Entry::Step {
                guide: guide.clone(),
                step,
                result,
            }
        }
        21..=30 => {
            let (problem, known) = any(dice, knowledge.problems.iter());
            let remedy = any(dice, known.remedies.iter()).id.clone();
            let result = any(
                dice,
                [RemedyResult::Helped, RemedyResult::NotHelped].into_iter(),
            );
            Entry::Remedy {
                problem: problem.clone(),
                remedy,
                result,
            }
        }
        _ => {
            let (fact, known) = any(dice, knowledge.facts.iter());
            Entry::fact(fact, &any(dice, known.answers.iter()).id, Origin::Sentence)
        }
    }
}
