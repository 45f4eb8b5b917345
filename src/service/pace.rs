//! How much one user may ask for: a flood from one costs the others nothing.
//!
//! Counted in memory, by the minute: after a restart everybody begins anew, which harms nobody.

use super::Update;
use crate::dialogue::{Content, Input};
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
    /// Those that were met, by their numbers: one that is tried again is the same one.
    met: FxHashMap<String, Vec<Option<i64>>>,
}

impl Pace {
    pub(super) fn judge(&mut self, update: &Update) -> Verdict {
        if self.per_minute_max == 0 {
            return Verdict::Handle;
        }
        let Input { content, at, .. } = &update.input;
        let is_over = self
            .since
            .is_none_or(|since| *at - since >= WINDOW || *at < since);
        if is_over || self.met.len() >= USERS_MAX {
            self.since = Some(*at);
            self.met.clear();
        }
        let max = usize::try_from(self.per_minute_max).unwrap_or(usize::MAX);
        let commands_max = max.saturating_mul(2);
        let met = self.met.entry(update.session.clone()).or_default();
        let known = met.iter().position(|id| id.is_some() && *id == update.id);
        let count = known.unwrap_or(met.len()) + 1;
        // Behind the last that can be of concern, no more are counted.
        if known.is_none() && met.len() <= commands_max {
            met.push(update.id);
        }
        // A human, the end and being forgotten stay in reach for whoever is only impatient.
        let is_command = matches!(content, Content::Command(..));
        match count {
            count if count <= max || (is_command && count <= commands_max) => Verdict::Handle,
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

    fn update(id: i64, session: &str, content: Content, seconds: i64) -> Update {
        let input = Input {
            at: DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds),
            language: None,
            content,
            removable: false,
        };
        Update::new("test", Some(id), session.to_owned(), input)
    }

    fn words(id: i64, session: &str, seconds: i64) -> Update {
        update(id, session, Content::Text("x".to_owned()), seconds)
    }

    fn pace() -> Pace {
        Pace {
            per_minute_max: 2,
            ..Pace::default()
        }
    }

    #[test]
    fn a_flood_is_told_of_once_and_passes() {
        let mut pace = pace();
        let verdicts: Vec<Verdict> = (0..6).map(|id| pace.judge(&words(id, "a", id))).collect();
        assert_eq!(verdicts, [Handle, Handle, Tell, Ignore, Ignore, Ignore]);
        assert_eq!(pace.judge(&words(6, "b", 6)), Handle);
        assert_eq!(pace.judge(&words(7, "a", 60)), Handle);
    }

    #[test]
    fn a_human_is_in_reach_of_the_impatient() {
        let mut pace = pace();
        let human = Content::Command(Command::Human, String::new());
        for id in 0..2 {
            pace.judge(&words(id, "c", 0));
        }
        assert_eq!(pace.judge(&update(2, "c", human, 0)), Handle);
    }

    #[test]
    fn what_is_tried_again_counts_once() {
        let mut pace = pace();
        for _ in 0..5 {
            assert_eq!(pace.judge(&words(1, "a", 0)), Handle);
        }
        assert_eq!(pace.judge(&words(2, "a", 0)), Handle);
        assert_eq!(pace.judge(&words(3, "a", 0)), Tell);
        assert_eq!(pace.judge(&words(3, "a", 0)), Tell);
    }
}
