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
use mibao::understanding::Understanding;
use std::hint::black_box;

const SENTENCE: &str = "手机号停机了，收不到验证码，QQ怎么解绑";

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
    };
    let normalised = normalise(SENTENCE);
    let mut group = criterion.benchmark_group("turn");
    group.bench_function("normalise", |bench| {
        bench.iter(|| normalise(black_box(SENTENCE)));
    });
    group.bench_function("mask", |bench| bench.iter(|| mask(black_box(SENTENCE))));
    group.bench_function("understand", |bench| {
        bench.iter(|| {
            assistant
                .understanding
                .understand(&assistant.knowledge, black_box(&normalised))
        });
    });
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

criterion_group!(benches, start, turn, proof_of_the_pack);
criterion_main!(benches);
