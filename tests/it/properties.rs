//! What must hold of every conversation, over many random ones about the shipped pack. `random` asks the same, and more,
//! of random packs.

use crate::random::{answers_well, buttons, goes_back};
use crate::world::{Talk, pack};
use mibao::dialogue::{Assistant, Content, Outcome, View};

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
    let assistant = Assistant::new(pack("knowledge"));
    let mut solved = 0;
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut talk = Talk::new(&assistant);
        let mut shown: Vec<String> = Vec::new();
        for _ in 0..40 {
            let content = match dice.roll(3) {
                0 => Content::Text(WORDS[dice.roll(WORDS.len())].to_owned()),
                _ if !shown.is_empty() => Content::Press(shown[dice.roll(shown.len())].clone()),
                _ => Content::Text("帮我".to_owned()),
            };
            let situation = format!("seed {seed}, {content:?}");
            let before = talk.session.clone();
            let turn = talk.act(content);
            answers_well(&assistant, &talk.session, &turn)
                .and_then(|()| goes_back(&assistant, &before, &talk.session))
                .unwrap_or_else(|why| panic!("{situation}: {why}"));
            solved += usize::from(turn.outcome == Some(Outcome::Solved));
            shown = buttons(&turn).map(|button| button.id.clone()).collect();
        }
    }
    println!("6000 turns, {solved} times solved");
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
