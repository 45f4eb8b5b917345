//! What is counted and timed, under the names that `/metrics` shows. Nothing of what anybody wrote is in a label.

use super::api::{Answer, Refusal};
use super::encode::Style;
use crate::service::{Fate, Handled};
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use std::time::Duration;

/// Upper bounds of the buckets of times, in seconds.
pub(super) const BUCKETS_SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 25.0,
];

/// Says what each name means, for those who read `/metrics`.
pub(super) fn describe() {
    describe_counter!(
        "mibao_updates_total",
        "Updates committed, by what became of them."
    );
    describe_counter!(
        "mibao_updates_ignored_total",
        "Updates that are of no concern."
    );
    describe_counter!(
        "mibao_turns_total",
        "Turns, by the end that they reached, if any."
    );
    describe_counter!(
        "mibao_calls_total",
        "Calls to the Bot API, by method and result."
    );
    describe_counter!(
        "mibao_messages_total",
        "Messages to users, by how they fared."
    );
    describe_histogram!(
        "mibao_call_seconds",
        Unit::Seconds,
        "How long a call to the Bot API took."
    );
    describe_histogram!(
        "mibao_commit_seconds",
        Unit::Seconds,
        "How long a batch of updates took to be handled and committed."
    );
    describe_histogram!(
        "mibao_delivery_seconds",
        Unit::Seconds,
        "From an update's commit to its answer's arrival."
    );
    describe_gauge!(
        "mibao_chats_waiting",
        "Chats that something is still to be delivered to."
    );
}

/// An answer came to a call, or did not.
pub(super) fn called(method: &'static str, result: &Result<Answer, Refusal>, took: Duration) {
    let result = match result {
        Ok(_) => "ok",
        Err(Refusal::Fault(_)) => "fault",
        Err(Refusal::TooFast(_)) => "too_fast",
        Err(Refusal::Conflict(_)) => "conflict",
        Err(Refusal::Token) => "token",
        Err(Refusal::Forbidden(_)) => "forbidden",
        Err(Refusal::Moved(_)) => "moved",
        Err(Refusal::Wrong(_)) => "wrong",
    };
    counter!("mibao_calls_total", "method" => method, "result" => result).increment(1);
    histogram!("mibao_call_seconds", "method" => method).record(took);
}

/// A batch was committed.
pub(super) fn committed(handled: &[Handled], took: Duration) {
    for one in handled {
        let fate = match one.fate {
            Fate::Applied => "applied",
            Fate::Merged => "merged",
            Fate::Duplicate => "duplicate",
            Fate::DeadLetter => "dead_letter",
            Fate::TooFast => "too_fast",
        };
        counter!("mibao_updates_total", "fate" => fate).increment(1);
        if let Some(turn) = &one.turn {
            let outcome = turn.outcome.map_or("", crate::service::outcome_name);
            counter!("mibao_turns_total", "outcome" => outcome).increment(1);
        }
    }
    histogram!("mibao_commit_seconds").record(took);
}

/// An update was of no concern.
pub(super) fn ignored() {
    counter!("mibao_updates_ignored_total").increment(1);
}

/// A message has arrived.
pub(super) fn arrived(style: Style, after: Duration) {
    let result = match style {
        Style::Html => "arrived",
        Style::Plain => "arrived_plain",
    };
    counter!("mibao_messages_total", "result" => result).increment(1);
    histogram!("mibao_delivery_seconds").record(after);
}

/// A message fared otherwise.
pub(super) fn fared(result: &'static str) {
    counter!("mibao_messages_total", "result" => result).increment(1);
}

/// So many chats have something waiting.
#[expect(clippy::cast_precision_loss, reason = "a gauge")]
pub(super) fn waiting(chats: usize) {
    gauge!("mibao_chats_waiting").set(chats as f64);
}
