//! What planning costs: solving problems of growing size beside a solver that recurses over states and remembers them, and
//! choosing one act from a solved plan or, where no table holds the problem, by rollout.
//!
//! `cargo bench --bench decision`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark of nothing says nothing"
)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mibao::decision::{Plan, Policy};
use naive::Naive;
use problems::{Size, problem};
use std::hint::black_box;

#[path = "../tests/it/decision/naive.rs"]
mod naive;
#[path = "../tests/it/decision/problems.rs"]
mod problems;

/// From a small problem to the largest; the last two are too large for a table.
const SIZES: [(usize, usize, usize); 7] = [
    (4, 4, 1),
    (6, 6, 2),
    (8, 7, 2),
    (10, 9, 3),
    (12, 10, 4),
    (16, 16, 8),
    (20, 20, 12),
];

/// The naive solver is not asked for more: it would take minutes.
const NAIVE_REMEDIES_MAX: usize = 7;

fn sizes() -> impl Iterator<Item = (String, mibao::decision::Model)> {
    SIZES.into_iter().map(|(causes, remedies, questions)| {
        let size = Size {
            causes,
            remedies,
            questions,
        };
        (format!("{causes}×{remedies}×{questions}"), problem(size, 1))
    })
}

fn solving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("solve");
    group.sample_size(10);
    for (name, model) in sizes() {
        let Some(plan) = Plan::solve(&model, &model.blank()) else {
            continue;
        };
        let name = format!("{name}, {} states", plan.states());
        group.bench_with_input(BenchmarkId::new("table", &name), &model, |bench, model| {
            bench.iter(|| Plan::solve(black_box(model), &model.blank()));
        });
        if model.remedies.len() <= NAIVE_REMEDIES_MAX {
            group.bench_with_input(BenchmarkId::new("naive", &name), &model, |bench, model| {
                bench.iter(|| Naive::new(black_box(model)).minutes(&model.blank()));
            });
        }
    }
    group.finish();
}

fn choosing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("choose an act");
    group.sample_size(10);
    for (name, model) in sizes() {
        let policy = Policy::new(model.clone());
        let how = if policy.is_exact() { "plan" } else { "rollout" };
        let state = model.blank();
        group.bench_function(BenchmarkId::new(how, name), |bench| {
            bench.iter(|| policy.act(black_box(&state)));
        });
    }
    group.finish();
}

criterion_group!(benches, solving, choosing);
criterion_main!(benches);
