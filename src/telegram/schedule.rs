//! Which chat is spoken to next. Pure: time is passed in.
//!
//! Only names of chats are held here. Their messages stay in the store, so a long outbox costs no memory,
//! and one chat that has to wait holds up no other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// The chats that have messages waiting.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Where each is.
    states: BTreeMap<String, State>,
    /// Those that are ready, in order.
    ready: VecDeque<String>,
    /// Those on hold, by when that ends.
    held: BTreeSet<(Instant, String)>,
}

/// Where a chat is:
///
/// - `Ready` — `next` → `Busy`
/// - `Busy` — `add` → `BusyAgain`; `done` → gone; `hold` → `Held`
/// - `BusyAgain` — `done` → `Ready`; `hold` → `Held`
/// - `Held` — its time comes → `Ready`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Busy,
    /// Something new came while it was busy.
    BusyAgain,
    Held,
}

impl Schedule {
    /// There is something for this chat.
    pub(super) fn add(&mut self, session: String) {
        match self.states.get(&session) {
            None => self.set_ready(session),
            Some(State::Busy) => {
                self.states.insert(session, State::BusyAgain);
            }
            Some(State::Ready | State::BusyAgain | State::Held) => {}
        }
    }

    /// The chat whose turn it is.
    pub(super) fn next(&mut self, now: Instant) -> Option<String> {
        while self.held.first().is_some_and(|(until, _)| *until <= now) {
            if let Some((_, session)) = self.held.pop_first() {
                self.set_ready(session);
            }
        }
        let session = self.ready.pop_front()?;
        self.states.insert(session.clone(), State::Busy);
        Some(session)
    }

    /// All that was found for this chat is delivered.
    pub(super) fn done(&mut self, session: String) {
        if self.states.remove(&session) == Some(State::BusyAgain) {
            self.set_ready(session);
        }
    }

    /// This chat has to wait.
    pub(super) fn hold(&mut self, session: String, now: Instant, pause: Duration) {
        self.states.insert(session.clone(), State::Held);
        self.held.insert((now + pause, session));
    }

    /// When the next hold ends.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        self.held.first().map(|(until, _)| *until)
    }

    /// Nothing is known to wait for this chat.
    pub(super) fn is_idle(&self, session: &str) -> bool {
        !self.states.contains_key(session)
    }

    /// So many chats have something waiting.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    fn set_ready(&mut self, session: String) {
        self.states.insert(session.clone(), State::Ready);
        self.ready.push_back(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn chats_take_turns() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        for session in ["a", "b", "a"] {
            schedule.add(session.to_owned());
        }
        assert_eq!(schedule.next(now).as_deref(), Some("a"));
        assert_eq!(schedule.next(now).as_deref(), Some("b"));
        assert_eq!(schedule.next(now), None);
    }

    #[test]
    fn what_comes_meanwhile_is_not_forgotten_nor_done_side_by_side() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        schedule.add("a".to_owned());
        assert_eq!(schedule.next(now).as_deref(), Some("a"));
        schedule.add("a".to_owned());
        assert_eq!(schedule.next(now), None);
        schedule.done("a".to_owned());
        assert_eq!(schedule.next(now).as_deref(), Some("a"));
        schedule.done("a".to_owned());
        assert_eq!(schedule.next(now), None);
        assert!(schedule.states.is_empty());
    }

    #[test]
    fn a_hold_holds_one_chat() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        for session in ["a", "b"] {
            schedule.add(session.to_owned());
        }
        assert_eq!(schedule.next(now).as_deref(), Some("a"));
        schedule.hold("a".to_owned(), now, Duration::from_secs(7));
        schedule.add("a".to_owned());
        assert_eq!(schedule.wakes_at(), Some(at(now, 7)));
        assert_eq!(schedule.next(at(now, 6)).as_deref(), Some("b"));
        assert_eq!(schedule.next(at(now, 6)), None);
        assert_eq!(schedule.next(at(now, 7)).as_deref(), Some("a"));
        assert_eq!(schedule.wakes_at(), None);
    }
}
