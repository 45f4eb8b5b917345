//! What a turn costs, part by part: reading a pack, learning from it, understanding a sentence, a whole step; and what it
//! costs to prove a pack.
//!
//! `cargo bench` prints each beside the others; on shared machines compare them with each other, not with a clock.

#![allow(clippy::panic, reason = "a benchmark of a broken pack says nothing")]

use chrono::DateTime;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use mibao::dialogue::{Assistant, Content, Input, Session, step};
use mibao::knowledge;
use mibao::proof;
use mibao::text::{mask, normalise};
use mibao::understanding::encoder::Encoder;
use mibao::understanding::{Stage, Understanding};
use std::hint::black_box;

const SENTENCE: &str = "手机号停机了，收不到验证码，QQ怎么解绑";

/// Sentences of which at least one is decided by each stage, whatever the examples are at the moment.
const SENTENCES: [&str; 7] = [
    "怎么解绑密保手机",
    "密保手机解绑",
    SENTENCE,
    "微信密码忘了",
    "我那号停机了没法弄解绑咋整",
    "号码还在用吗",
    "老卡找不着了，新的又绑不进去，愁人",
];

/// Numbers that are nobody's, and some that are somebody's.
const HARMLESS: &str = "我等了10分钟还没收到，报错237，QQ版本9.1.70";
const PRIVATE: &str = "我的手机号是13855501234，密码是hunter2002，怎么解绑";

/// What begins as something private again and again, and never is.
const HOSTILE: [&str; 8] = [
    "1 ",
    "1",
    "密码是",
    "a@",
    "+1 ",
    "验证码1",
    "北京市路1号1",
    "1.-",
];

/// With slips, so that it has to be laid beside what it may be.
const QUOTE: &str =
    "点下一步就说该手机号已绑定一个无密码QQ号，要给原QQ号设置密码后才能解绑并绑定新QQ号";

fn assistant() -> Assistant {
    Assistant::new(
        knowledge::load(&mibao::shipped::files())
            .unwrap_or_else(|mistakes| panic!("{} mistakes", mistakes.len())),
    )
}

fn start(criterion: &mut Criterion) {
    let files = mibao::shipped::files();
    let assistant = assistant();
    let mut group = criterion.benchmark_group("start");
    group.sample_size(10);
    group.bench_function("load the pack", |bench| {
        bench.iter(|| knowledge::load(black_box(&files)));
    });
    group.bench_function("learn from it", |bench| {
        bench.iter(|| Understanding::learn(black_box(&assistant.knowledge)));
    });
    group.bench_function("glance at its dialogue", |bench| {
        bench.iter(|| proof::glance(black_box(&assistant)));
    });
    group.finish();
}

/// The parts of reading a sentence. Which stage decides is looked up, so that each figure is of what it says.
fn understanding(criterion: &mut Criterion) {
    let assistant = assistant();
    let (knowledge, understanding) = (&assistant.knowledge, &assistant.understanding);
    let mut group = criterion.benchmark_group("understanding");
    group.bench_function("normalise", |bench| {
        bench.iter(|| normalise(black_box(SENTENCE)));
    });
    let decided_by = |stage| {
        let mut sentences = SENTENCES.iter().copied();
        let sentence =
            sentences.find(|sentence| understanding.explain(knowledge, sentence).stage == stage);
        sentence.unwrap_or_else(|| panic!("no sentence is decided by {stage:?}"))
    };
    for (name, stage) in [
        ("understand, an example word for word", Stage::Example),
        ("understand, the first stage decides", Stage::Ngrams),
        ("understand, the encoder is asked", Stage::Encoder),
    ] {
        let sentence = decided_by(stage);
        group.bench_function(name, |bench| {
            bench.iter(|| understanding.understand(knowledge, black_box(sentence)));
        });
    }
    group.bench_function("understand, a quoted message", |bench| {
        bench.iter(|| understanding.understand(knowledge, black_box(QUOTE)));
    });
    if let Some(encoder) = Encoder::shipped() {
        let normalised = normalise(decided_by(Stage::Encoder));
        group.bench_function("encode", |bench| {
            bench.iter(|| encoder.encode(black_box(&normalised)));
        });
    }
    // With one sentence more it is no longer the pack that the program carries with it, and is learned from anew.
    let mut files = mibao::shipped::files();
    if let Some(thanks) = files.get_mut("intents/thanks.txt") {
        thanks.push_str("\nmany thanks to the whole bench\n");
    }
    let other =
        knowledge::load(&files).unwrap_or_else(|mistakes| panic!("{} mistakes", mistakes.len()));
    group.sample_size(10);
    group.bench_function("learn a pack that is not the shipped one", |bench| {
        bench.iter(|| Understanding::learn(black_box(&other)));
    });
    group.finish();
}

fn proof_of_the_pack(criterion: &mut Criterion) {
    let assistant = assistant();
    let mut group = criterion.benchmark_group("proof");
    group.sample_size(10);
    group.bench_function("the shipped pack", |bench| {
        bench.iter(|| proof::prove(black_box(&assistant), &mut |_| {}));
    });
    group.finish();
}

fn turn(criterion: &mut Criterion) {
    let assistant = assistant();
    let at = DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    let input = |content| Input {
        at,
        language: None,
        content,
        removable: false,
    };
    let mut group = criterion.benchmark_group("turn");
    group.bench_function("mask, nothing to look for", |bench| {
        bench.iter(|| mask(black_box(SENTENCE)));
    });
    for (name, text) in [
        ("mask, numbers that are none", HARMLESS),
        ("mask, a phone number and a password", PRIVATE),
    ] {
        group.bench_function(name, |bench| bench.iter(|| mask(black_box(text))));
    }
    // A message of as many characters as Telegram lets through, made to be tried everywhere.
    for unit in HOSTILE {
        let text: String = unit.chars().cycle().take(4096).collect();
        group.bench_function(format!("mask, 4,096 characters of {unit:?}"), |bench| {
            bench.iter(|| mask(black_box(&text)));
        });
    }
    let words = input(Content::Text(SENTENCE.to_owned()));
    group.bench_function("step, a sentence", |bench| {
        bench.iter_batched(
            Session::default,
            |session| step(&assistant, session, &words),
            BatchSize::SmallInput,
        );
    });
    // Deep in a diagnosis a press decides among all questions and remedies.
    let failed = input(Content::Text("解绑失败了".to_owned()));
    let one = input(Content::Text("1".to_owned()));
    let (session, _) = step(&assistant, Session::default(), &failed);
    let (session, _) = step(&assistant, session, &one);
    group.bench_function("step, an answer in a diagnosis", |bench| {
        bench.iter_batched(
            || session.clone(),
            |session| step(&assistant, session, &one),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, start, understanding, turn, proof_of_the_pack);
criterion_main!(benches);
