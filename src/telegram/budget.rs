//! How much may be said and when. Pure: time is passed in.
//!
//! The generic cell rate algorithm (ITU-T I.371, 1996), which needs one instant for each account: the time at which
//! it will have recovered all it has spent.

use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// How many chats' accounts are kept before those that have recovered are cleared away.
const ACCOUNTS_MAX: usize = 4096;

/// So many messages at once, and one more each time this has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    /// Nothing at all is without limit.
    pub every: Duration,
}

impl Rate {
    /// No more than `count` in any stretch of this time, of which so many at once.
    #[must_use]
    pub fn within(count: u32, time: Duration, burst: u32) -> Self {
        let burst = burst.clamp(1, count.max(1));
        let rest = (count.saturating_sub(burst)).max(1);
        Self {
            burst,
            every: time / rest,
        }
    }

    /// No limit.
    pub const UNLIMITED: Self = Self {
        burst: 1,
        every: Duration::ZERO,
    };

    /// When one more may leave, if the account recovers at this time.
    fn opens_at(self, recovers_at: Instant) -> Option<Instant> {
        recovers_at.checked_sub(self.every * (self.burst.max(1) - 1))
    }
}

/// What all chats together may spend.
#[derive(Debug)]
pub(super) struct Budget {
    rate: Rate,
    recovers_at: Instant,
}

impl Budget {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            recovers_at: now,
        }
    }

    /// Takes so many places in the queue, and says when the time of the last comes.
    pub(super) fn reserve_all(&mut self, count: usize, now: Instant) -> Instant {
        let places = (0..count).map(|_| self.reserve(now));
        places.last().unwrap_or(now)
    }

    /// Takes the next place in the queue, and says when its time comes.
    pub(super) fn reserve(&mut self, now: Instant) -> Instant {
        let recovers_at = self.recovers_at.max(now);
        let opens_at = self.rate.opens_at(recovers_at).unwrap_or(now);
        self.recovers_at = recovers_at + self.rate.every;
        opens_at.max(now)
    }
}

/// What each chat may spend.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    recover_at: HashMap<i64, Instant>,
}

impl Accounts {
    /// Spends one message of this chat, or says how long it has to wait for one.
    pub(super) fn spend(&mut self, chat: i64, rate: Rate, now: Instant) -> Result<(), Duration> {
        if rate.every.is_zero() {
            return Ok(());
        }
        if self.recover_at.len() >= ACCOUNTS_MAX {
            self.recover_at.retain(|_, recovers_at| *recovers_at > now);
        }
        let recovers_at = self.recover_at.get(&chat).copied().unwrap_or(now).max(now);
        if let Some(opens_at) = rate.opens_at(recovers_at)
            && opens_at > now
        {
            return Err(opens_at - now);
        }
        self.recover_at.insert(chat, recovers_at + rate.every);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_and_then_one_each_time() {
        let (mut accounts, now) = (Accounts::default(), Instant::now());
        let rate = Rate {
            burst: 3,
            every: SECOND,
        };
        for _ in 0..3 {
            assert_eq!(accounts.spend(1, rate, now), Ok(()));
        }
        assert_eq!(accounts.spend(1, rate, now), Err(SECOND));
        assert_eq!(
            accounts.spend(2, rate, now),
            Ok(()),
            "another chat has an account of its own"
        );
        assert_eq!(accounts.spend(1, rate, now + SECOND), Ok(()));
        assert_eq!(accounts.spend(1, rate, now + SECOND), Err(SECOND));
        for _ in 0..3 {
            assert_eq!(accounts.spend(1, rate, now + 60 * SECOND), Ok(()));
        }
    }

    #[test]
    fn places_are_given_in_order() {
        let now = Instant::now();
        let mut budget = Budget::new(
            Rate {
                burst: 2,
                every: SECOND / 2,
            },
            now,
        );
        let places: Vec<Duration> = (0..4).map(|_| budget.reserve(now) - now).collect();
        assert_eq!(places, [Duration::ZERO, Duration::ZERO, SECOND / 2, SECOND]);
        let mut unlimited = Budget::new(Rate::UNLIMITED, now);
        assert!((0..1000).all(|_| unlimited.reserve(now) == now));
    }

    #[test]
    fn accounts_that_have_recovered_are_cleared_away() {
        let (mut accounts, now) = (Accounts::default(), Instant::now());
        let rate = Rate {
            burst: 1,
            every: SECOND,
        };
        for chat in 0..10_000 {
            let now = now + SECOND * u32::try_from(chat).unwrap();
            assert_eq!(accounts.spend(chat, rate, now), Ok(()));
        }
        assert!(accounts.recover_at.len() <= ACCOUNTS_MAX);
    }

    #[test]
    fn a_flood_of_all_is_drawn_out() {
        let now = Instant::now();
        let rate = Rate {
            burst: 3,
            every: SECOND,
        };
        let mut budget = Budget::new(rate, now);
        assert_eq!(budget.reserve_all(3, now), now);
        assert_eq!(budget.reserve_all(100, now), now + SECOND * 100);
        assert_eq!(budget.reserve_all(0, now), now);
        let mut budget = Budget::new(Rate::UNLIMITED, now);
        assert_eq!(budget.reserve_all(100, now), now);
    }
}
