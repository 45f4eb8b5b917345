//! How much one user may ask for: a flood from one costs the others nothing.
//!
//! Counted in memory, by the minute: after a restart everybody begins anew, which harms nobody.

use crate::dialogue::Content;
use chrono::{DateTime, TimeDelta, Utc};
use rustc_hash::FxHashMap;

/// The time that is counted over.
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// Who is counted at most, so that strangers by the million cost no memory.
const USERS_MAX: usize = 100_000;

/// What may be done with an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Handle,
    /// It is the first too many: its user is told so, once.
    Tell,
    Ignore,
}

/// Updates of each user in this minute.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// None may send more; 0 for any number.
    pub(super) per_minute_max: u32,
    since: Option<DateTime<Utc>>,
    counts: FxHashMap<String, u32>,
}

impl Pace {
    pub(super) fn judge(&mut self, session: &str, content: &Content, at: DateTime<Utc>) -> Verdict {
        if self.per_minute_max == 0 {
            return Verdict::Handle;
        }
        let is_over = self
            .since
            .is_none_or(|since| at - since >= WINDOW || at < since);
        if is_over || self.counts.len() >= USERS_MAX {
            self.since = Some(at);
            self.counts.clear();
        }
        let count = self.counts.entry(session.to_owned()).or_default();
        *count = count.saturating_add(1);
        let max = self.per_minute_max;
        // A human, the end and being forgotten stay in reach for whoever is only impatient.
        let is_command = matches!(content, Content::Command(..));
        match *count {
            count if count <= max || (is_command && count <= max.saturating_mul(2)) => {
                Verdict::Handle
            }
            count if count == max + 1 => Verdict::Tell,
            _ => Verdict::Ignore,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Handle, Ignore, Tell};
    use super::*;
    use crate::dialogue::Command;

    #[test]
    fn a_flood_is_told_of_once_and_passes() {
        let mut pace = Pace {
            per_minute_max: 2,
            ..Pace::default()
        };
        let start = DateTime::UNIX_EPOCH;
        let words = Content::Text("x".to_owned());
        let mut judge =
            |session, seconds| pace.judge(session, &words, start + TimeDelta::seconds(seconds));
        let verdicts: Vec<Verdict> = (0..5).map(|second| judge("a", second)).collect();
        assert_eq!(verdicts, [Handle, Handle, Tell, Ignore, Ignore]);
        assert_eq!(judge("b", 5), Handle);
        assert_eq!(judge("a", 60), Handle);
        let human = Content::Command(Command::Human, String::new());
        for _ in 0..2 {
            pace.judge("c", &words, start);
        }
        assert_eq!(pace.judge("c", &human, start), Handle);
    }
}
