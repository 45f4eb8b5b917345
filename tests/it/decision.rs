//! The planner against a solver that anybody can check: plain recursion over states, remembered in a map.

use mibao::decision::{Act, Model, Plan, Policy, Strategy, evaluate};
use naive::Naive;
use problems::{Size, problem};

#[path = "decision/naive.rs"]
mod naive;
#[path = "decision/problems.rs"]
mod problems;

const SIZES: [Size; 4] = [
    Size {
        causes: 2,
        remedies: 1,
        questions: 1,
    },
    Size {
        causes: 3,
        remedies: 3,
        questions: 1,
    },
    Size {
        causes: 4,
        remedies: 4,
        questions: 2,
    },
    Size {
        causes: 6,
        remedies: 5,
        questions: 3,
    },
];

fn some() -> impl Iterator<Item = Model> {
    let sizes = SIZES.into_iter();
    sizes.flat_map(|size| (0..12).map(move |seed| problem(size, seed)))
}

fn close(first: f64, second: f64) -> bool {
    (first - second).abs() <= 1e-9 * first.abs().max(1.0)
}

#[test]
fn the_plan_costs_what_plain_recursion_finds() {
    for model in some() {
        let naive = Naive::new(&model).minutes(&model.blank());
        let plan = Plan::solve(&model, &model.blank()).unwrap();
        assert!(
            close(plan.minutes(), naive),
            "{} for {naive}: {model:#?}",
            plan.minutes()
        );
    }
}

#[test]
fn nothing_costs_less_than_the_plan_and_a_rollout_no_more_than_what_it_rolls_out() {
    for model in some() {
        let minutes = Strategy::ALL.map(|strategy| {
            let found = evaluate(&model, &model.blank(), strategy).unwrap();
            (strategy, found.minutes)
        });
        let of = |wanted| {
            minutes
                .iter()
                .find(|(strategy, _)| *strategy == wanted)
                .unwrap()
                .1
        };
        for (strategy, minutes) in minutes {
            assert!(
                minutes >= of(Strategy::Optimal) - 1e-9,
                "{}",
                strategy.name()
            );
        }
        let (rollout, base) = (of(Strategy::Rollout), of(Strategy::ValueOfInformation));
        assert!(rollout <= base + 1e-9, "{rollout} for {base}: {model:#?}");
    }
}

/// Whatever is known, however it came about: what the policy says is as good as what plain recursion finds from there.
#[test]
fn in_every_state_the_act_is_a_best_one() {
    for model in some().step_by(5) {
        let policy = Policy::new(model.clone());
        let mut naive = Naive::new(&model);
        for mut state in naive::states(&model) {
            for impossible in [0, 1, 2] {
                state.impossible = impossible & !state.failed;
                let act = policy.act(&state);
                let cost = naive.cost(&state, act);
                let best = naive.value(&state);
                assert!(
                    close(cost, best),
                    "{act:?} costs {cost} for {best} in {state:?}"
                );
            }
        }
    }
}

#[test]
fn what_a_remedy_needs_is_asked_before_it() {
    for seed in 0..40 {
        let model = problem(
            Size {
                causes: 4,
                remedies: 4,
                questions: 2,
            },
            seed,
        );
        let policy = Policy::new(model.clone());
        for state in naive::states(&model) {
            if let Act::Try(remedy) = policy.act(&state) {
                assert!(
                    model.allows(&state, remedy),
                    "{remedy} in {state:?}: {model:#?}"
                );
            }
        }
    }
}

/// Too large for a table: twenty causes and remedies, and a dozen questions.
#[test]
fn a_problem_too_large_for_a_plan_is_still_worked_off() {
    let model = problem(
        Size {
            causes: 20,
            remedies: 20,
            questions: 12,
        },
        7,
    );
    let policy = Policy::new(model.clone());
    assert!(!policy.is_exact());
    let mut state = model.blank();
    let mut turns = 0;
    loop {
        match policy.act(&state) {
            Act::Ask(question) => {
                assert_eq!(state.answers[question], None);
                state.answers[question] = Some(0);
            }
            Act::Try(remedy) => {
                assert!(model.allows(&state, remedy));
                state.failed |= 1 << remedy;
            }
            Act::HandOver => break,
        }
        turns += 1;
    }
    assert!((3..=32).contains(&turns), "{turns} turns");
}
