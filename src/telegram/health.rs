//! How the bot fares, for whoever watches over it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A trouble shorter than this is none: networks have hiccups.
const TROUBLE_MIN: Duration = Duration::from_secs(30);

/// Whether updates come in and are kept.
#[derive(Debug, Default)]
pub(super) struct Health {
    state: Mutex<State>,
}

/// - `Starting` — `is_well` → `Well`; `ails` → `Ailing`
/// - `Well` — `ails` → `Ailing`
/// - `Ailing` — `is_well` → `Well`
#[derive(Debug, Default)]
enum State {
    #[default]
    Starting,
    Well,
    Ailing {
        since: Instant,
        reason: String,
    },
}

impl Health {
    /// Updates have come and are committed.
    pub(super) fn is_well(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Well;
    }

    /// They do not come, or cannot be committed.
    pub(super) fn ails(&self, reason: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match *state {
            State::Ailing { since, .. } => since,
            State::Starting | State::Well => Instant::now(),
        };
        *state = State::Ailing {
            since,
            reason: reason.to_owned(),
        };
    }

    /// What is wrong, if anything is for longer than a moment.
    pub(super) fn trouble(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Starting => Some("starting".to_owned()),
            State::Well => None,
            State::Ailing { since, reason } => {
                (since.elapsed() >= TROUBLE_MIN).then(|| reason.clone())
            }
        }
    }
}
