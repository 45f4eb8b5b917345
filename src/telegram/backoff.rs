//! How long to wait after a fault: longer each time, and never for as long as everybody else.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_mins(1);

/// The faults in a row.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    faults: u32,
}

impl Backoff {
    /// The pause after one more fault, and no shorter than was asked for.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let pause = pause_after(self.faults);
        self.faults = self.faults.saturating_add(1);
        asked.map_or(pause, |asked| asked.max(SHORTEST))
    }

    /// All is well again.
    pub(super) fn reset(&mut self) {
        self.faults = 0;
    }
}

/// The pause after so many earlier faults, with up to a quarter of it taken off by chance.
pub(super) fn pause_after(faults: u32) -> Duration {
    let whole = SHORTEST.saturating_mul(1 << faults.min(10)).min(LONGEST);
    let chance = fastrand::u32(..256);
    whole.saturating_sub(whole / 4 * chance / 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        for faults in 0..20 {
            let whole = SHORTEST.saturating_mul(1 << faults.min(10)).min(LONGEST);
            let pause = pause_after(faults);
            assert!(
                pause <= whole && pause >= whole * 3 / 4,
                "{faults}: {pause:?}"
            );
        }
        assert!(pause_after(u32::MAX) <= LONGEST);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept() {
        let mut backoff = Backoff::default();
        assert_eq!(
            backoff.next(Some(Duration::from_secs(7))),
            Duration::from_secs(7)
        );
        assert_eq!(backoff.next(Some(Duration::ZERO)), SHORTEST);
        assert!(backoff.next(None) > SHORTEST);
        backoff.reset();
        assert!(backoff.next(None) <= SHORTEST);
    }
}
