//! Simulated users against the computed figures: the dialogue does what the policy says, and that costs what it should.

use crate::world::pack;
use mibao::decision::Strategy;
use mibao::dialogue::Assistant;
use mibao::simulation::{figures, play};

const SEED: u64 = 20;
const USERS: u32 = 400;

/// So many standard errors off is one play in half a million.
const ERRORS_MAX: f64 = 5.0;

fn agree(assistant: &Assistant) {
    for (id, problem) in &assistant.knowledge.problems {
        let computed = figures(&assistant.knowledge, problem);
        let optimal = computed.of(Strategy::Optimal).unwrap().minutes;
        let played = play(assistant, id, USERS, SEED).unwrap();
        println!(
            "{id}: {optimal:.2} minutes computed, {:.2} ± {:.2} played",
            played.minutes, played.error
        );
        let off = (played.minutes - optimal).abs();
        assert!(off <= ERRORS_MAX * played.error, "{id}: {off} minutes off");
        for strategy in Strategy::ALL {
            let gap = computed.gap(strategy).unwrap();
            assert!(
                gap >= -1e-9,
                "{id}: {} beats the optimum by {gap}",
                strategy.name()
            );
        }
    }
}

#[test]
fn played_users_of_the_shipped_pack_cost_what_is_computed() {
    agree(&Assistant::new(pack("knowledge")));
}

#[test]
fn played_users_of_other_packs_cost_what_is_computed() {
    agree(&Assistant::new(pack("tests/knowledge/valid/bicycle")));
    agree(&Assistant::new(pack("tests/knowledge/valid/kettle")));
}

/// Whoever has a cause is told its remedy, or handed over with it named: most of them, if its remedy mostly helps.
#[test]
fn causes_are_found_by_those_who_have_them() {
    let assistant = Assistant::new(pack("knowledge"));
    for id in assistant.knowledge.problems.keys() {
        let played = play(&assistant, id, USERS, SEED).unwrap();
        for found in played.causes {
            assert!(found.right > 0.0, "{id}: nobody finds `{}`", found.cause);
            let least = 0.8 * found.solvable;
            let named = found.cause != "other";
            assert!(!named || found.right >= least, "{id}: {found:?}");
        }
    }
}
