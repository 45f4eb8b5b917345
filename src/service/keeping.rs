//! What has been kept for long enough is deleted, a little at a time, so that nobody waits for it.

use crate::store::{Fault, Records};
use chrono::{DateTime, TimeDelta, Utc};

/// How often a little is deleted.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many rows of a table are looked at each time: a million conversations are gone through in some eight hours.
const ROWS_AT_ONCE: u32 = 2_000;

/// How long an update is remembered: Telegram repeats one for 24 hours.
const SEEN_KEPT: TimeDelta = TimeDelta::hours(48);

/// How long things are kept.
#[derive(Debug)]
pub(super) struct Keeping {
    /// Conversations that rest for longer are deleted with all that belongs to them.
    pub(super) days: u32,
    done_at: Option<DateTime<Utc>>,
    /// The conversation looked at last.
    cursor: i64,
}

impl Keeping {
    pub(super) fn new(days: u32) -> Self {
        Self {
            days,
            done_at: None,
            cursor: 0,
        }
    }

    /// Deletes what is due, if it is time to.
    pub(super) fn tidy(&mut self, records: &Records<'_>, now: DateTime<Utc>) -> Result<(), Fault> {
        if self.done_at.is_some_and(|done_at| now - done_at < EVERY) {
            return Ok(());
        }
        records.purge_seen(now - SEEN_KEPT)?;
        let before = now - TimeDelta::days(self.days.into());
        records.purge_log(before, ROWS_AT_ONCE)?;
        self.cursor = records.purge_sessions(before, self.cursor, ROWS_AT_ONCE)?;
        self.done_at = Some(now);
        Ok(())
    }
}
