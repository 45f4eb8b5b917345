//! Moves what is in the write-ahead log into the file, beside the writer.
//!
//! Left to itself, `SQLite` does so at the end of a commit, and everybody waits: with a million conversations, a thousand pages
//! lie all over the file, and a fifth of the writer's time went by. A second connection moves them meanwhile ("passive": it
//! holds up nobody). Since the writer goes on, it never comes to the very end of the log, which alone would let the log begin
//! anew; so from time to time the writer takes the last step itself, right behind the other, when little is left.

use super::error::Fault;
use super::{WRITING, connect};
use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, MAIN_DB};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// After so many pages more in the log, some are moved.
const PAGES: u32 = 1000;
/// From so many on, the writer takes the last step as soon as the other has done what it could.
const PAGES_ENOUGH: u32 = 4 * PAGES;
/// With so many, the writer waits until the other is done: 32 MiB, and the log grows no further.
const PAGES_MAX: u32 = 2 * PAGES_ENOUGH;

/// The thread that moves pages, until this is dropped.
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the two have to do with each other.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// There is something to move, or it is being moved.
    is_busy: bool,
    /// Nothing will be moved any more.
    is_over: bool,
}

impl Checkpointer {
    /// Begins to watch what this connection writes into this file.
    pub fn begin(path: &Path, writer: &mut Connection) -> Result<Self, Fault> {
        let shared = Arc::new(Shared::default());
        let (asked, path) = (Arc::clone(&shared), path.to_owned());
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || asked.work(&path));
        let Ok(thread) = thread else {
            // Then `SQLite` is left to itself.
            return Ok(Self {
                shared,
                thread: None,
            });
        };
        let mut progress = Progress::default();
        let seen = Arc::clone(&shared);
        writer.wal_hook(Some(move |log: &mut Wal, pages| {
            if progress.is_to_finish(u32::try_from(pages).unwrap_or_default(), &seen) {
                // What cannot be moved now is as safe in the log, and moved another time.
                let _ = log.checkpoint_v2(CheckpointMode::PASSIVE);
            }
            Ok(())
        }))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

/// How far the log has been moved, as the writer sees it.
#[derive(Default)]
struct Progress {
    /// The length of the log when it was last asked to be moved, in pages.
    asked_at: u32,
    /// The log is long enough to begin anew, once the other has done what it could.
    is_ending: bool,
}

impl Progress {
    /// After a commit that made the log so long: has the other begin where there is enough to do, and says whether the writer
    /// is to take the last step.
    fn is_to_finish(&mut self, pages: u32, shared: &Shared) -> bool {
        if pages < self.asked_at {
            // The log has begun anew.
            *self = Self::default();
        }
        if pages >= self.asked_at + PAGES && shared.ask() {
            self.asked_at = pages;
            self.is_ending = pages >= PAGES_ENOUGH;
            return false;
        }
        let is_to_finish = (self.is_ending || pages >= PAGES_MAX) && shared.is_done(pages);
        self.is_ending &= !is_to_finish;
        is_to_finish
    }
}

impl Shared {
    /// Has pages moved, if none are being moved.
    fn ask(&self) -> bool {
        let mut state = self.lock();
        let can_begin = !state.is_busy && !state.is_over;
        state.is_busy |= can_begin;
        if can_begin {
            self.changed.notify_all();
        }
        can_begin
    }

    /// Whether nothing is being moved now. With a log of so many pages that it must not grow, waits until it is so.
    fn is_done(&self, pages: u32) -> bool {
        let mut state = self.lock();
        while state.is_busy && pages >= PAGES_MAX {
            state = self.wait(state);
        }
        !state.is_busy
    }

    /// The other's work. However it ends, nobody waits for it any longer: then the writer does all there is to do.
    fn work(&self, path: &Path) {
        let _over = Over(self);
        let mut connection = None;
        loop {
            let mut state = self.lock();
            while !state.is_busy && !state.is_over {
                state = self.wait(state);
            }
            if state.is_over {
                return;
            }
            drop(state);
            if connection.is_none() {
                connection = mover(path).ok();
            }
            if let Some(connection) = &connection {
                // See above: what cannot be moved is moved another time.
                let _ = connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE);
            }
            self.lock().is_busy = false;
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let woken = self.changed.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that the other's work is over, also where it ends in a panic.
struct Over<'s>(&'s Shared);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_busy = false;
        state.is_over = true;
        self.0.changed.notify_all();
    }
}

/// A connection that moves pages. It must have read something, or it does not know that there is a log.
fn mover(path: &Path) -> Result<Connection, Fault> {
    let connection = connect(path, WRITING)?;
    connection.pragma_query_value(None, "user_version", |_| Ok(()))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Session;
    use crate::store::Store;
    use crate::store::records::JournalEntry;

    #[test]
    fn the_log_begins_anew_again_and_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mibao.db");
        let mut store = Store::open(&path).unwrap();
        let did = "x".repeat(30_000);
        // Eight pages each, so that all of it is five times what the log may grow to.
        for _ in 0..5 * PAGES_MAX / 8 {
            let entry = JournalEntry {
                session: "somebody",
                at: chrono::DateTime::UNIX_EPOCH,
                did: &did,
                shows: &[],
                outcome: "",
            };
            store
                .transaction(|records| records.keep_turn(&Session::default(), &entry))
                .unwrap();
        }
        let bytes = |end: &str| {
            let file = directory.path().join(format!("mibao.db{end}"));
            file.metadata().map_or(0, |metadata| metadata.len())
        };
        let page = 4096;
        assert!(
            bytes("-wal") <= u64::from(PAGES_MAX + 100) * (page + 24),
            "{} bytes in the log",
            bytes("-wal")
        );
        assert!(bytes("") >= u64::from(3 * PAGES_MAX) * page, "little moved");
        drop(store);
        assert_eq!(bytes("-wal"), 0, "something is left in the log");
        let look = Store::look(&path, |records| {
            assert_eq!(records.journal_len()?, i64::from(5 * PAGES_MAX / 8));
            Ok(())
        });
        look.unwrap();
    }

    #[test]
    fn the_other_moves_what_the_writer_wrote() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mibao.db");
        let store = Store::open(&path).unwrap();
        let sql = "CREATE TABLE filling AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 500)
SELECT zeroblob(10000) FROM n";
        store.connection.execute_batch(sql).unwrap();
        let shared = &store.checkpointer.as_ref().unwrap().shared;
        let mut state = shared.lock();
        while state.is_busy {
            state = shared.wait(state);
        }
        drop(state);
        assert!(
            path.metadata().unwrap().len() > 500 * 10_000,
            "nothing was moved"
        );
    }

    #[test]
    fn the_writer_takes_the_last_step_when_little_is_left() {
        let (shared, mut progress) = (Shared::default(), Progress::default());
        assert!(!progress.is_to_finish(PAGES - 1, &shared));
        assert!(!shared.lock().is_busy, "for so little nobody is asked");
        assert!(!progress.is_to_finish(PAGES, &shared));
        assert!(shared.lock().is_busy);
        // The other is slow.
        assert!(!progress.is_to_finish(PAGES_ENOUGH, &shared));
        shared.lock().is_busy = false;
        assert!(
            !progress.is_to_finish(PAGES_ENOUGH + 10, &shared),
            "asked first"
        );
        assert!(
            !progress.is_to_finish(PAGES_ENOUGH + 20, &shared),
            "not done"
        );
        shared.lock().is_busy = false;
        assert!(progress.is_to_finish(PAGES_ENOUGH + 30, &shared));
        assert!(
            !progress.is_to_finish(PAGES_ENOUGH + 40, &shared),
            "once is enough"
        );
        assert!(
            !progress.is_to_finish(10, &shared),
            "the log has begun anew"
        );
        assert!(!progress.is_to_finish(PAGES, &shared));
        assert!(shared.lock().is_busy);
    }

    #[test]
    fn without_the_other_the_writer_does_it_all() {
        let (shared, mut progress) = (Shared::default(), Progress::default());
        assert!(shared.ask());
        drop(Over(&shared));
        assert!(!progress.is_to_finish(PAGES_ENOUGH, &shared));
        assert!(progress.is_to_finish(PAGES_MAX, &shared));
    }
}
