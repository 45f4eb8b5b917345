//! Stores of every earlier version are taken over with all they hold; what is no store of ours is left alone.

mod places;

use chrono::DateTime;
use mibao::dialogue::{Placement, Reply, Session};
use mibao::store::{APPLICATION_ID, JournalEntry, MIGRATIONS, Outgoing, Store, StoreError};
use rusqlite::Connection;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What each version's step brought room for, filled with something to lose.
const CONTENTS: &[&str] = &[
    "INSERT INTO session (key, state, updated_at) VALUES ('telegram:1', '{}', 1000);
INSERT INTO seen (source, update_id, at) VALUES ('telegram', 7, 1000);
INSERT INTO journal (session, at, turn, did, shows, outcome)
VALUES ('telegram:1', 1000, 1, 'text', '[\"topic:about\"]', '');
INSERT INTO dead_letter (source, update_id, at, kind, error)
VALUES ('telegram', 6, 1000, 'panic at text', 'src/x.rs:1:1');",
    "INSERT INTO outbox (session, body, created_at) VALUES ('telegram:1', '{}', 1000);
INSERT INTO parked (id, session, body, created_at, attempts, parked_at, reason)
VALUES (1000, 'telegram:1', '{}', 1000, 3, 2000, 'blocked');
INSERT INTO card (session, message_id) VALUES ('telegram:1', 5);",
    "INSERT INTO dead_letter (source, update_id, at, kind, error, received)
VALUES ('telegram', 5, 1000, 'panic at text', 'src/x.rs:1:1', '{\"update_id\":5}');",
    "INSERT INTO session (key, state, updated_at, card) VALUES ('telegram:2', '{}', 1000, 9);",
    "INSERT INTO journal (session, at, turn, did, shows, outcome, previous)
VALUES ('telegram:2', 1000, 1, 'text', '[]', '', 0);
UPDATE session SET journal = 2 WHERE key = 'telegram:2';",
];

struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
        }
    }

    fn store(&self) -> PathBuf {
        self.directory.path().join("store.db")
    }

    /// A store of this version, with contents of every version up to it.
    fn with_version(version: usize) -> Self {
        let place = Self::new();
        let connection = Connection::open(place.store()).unwrap();
        connection
            .pragma_update(None, "application_id", APPLICATION_ID)
            .unwrap();
        for (migration, content) in MIGRATIONS.iter().zip(CONTENTS).take(version) {
            connection.execute_batch(migration).unwrap();
            connection.execute_batch(content).unwrap();
        }
        set_version(&connection, version);
        connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
            .unwrap();
        place
    }

    /// It cannot be opened, for this reason, and is left as it is.
    #[track_caller]
    fn check_refused(&self, message: &str) {
        let before = self.contents();
        let mode = || {
            self.store()
                .metadata()
                .map(|file| file.permissions().mode())
                .ok()
        };
        let mode_before = mode();
        let Err(error) = Store::open(&self.store()) else {
            panic!("the store was opened")
        };
        let text = error
            .to_string()
            .replace(&self.directory.path().display().to_string(), "DIR");
        assert_eq!(text, message);
        assert_eq!(self.contents(), before, "the refused store was changed");
        assert_eq!(
            mode(),
            mode_before,
            "the refused store's rights were changed"
        );
    }

    fn contents(&self) -> Option<Vec<u8>> {
        fs::read(self.store()).ok()
    }
}

fn set_version(connection: &Connection, version: usize) {
    let version = i64::try_from(version).unwrap();
    connection
        .pragma_update(None, "user_version", version)
        .unwrap();
}

fn version(path: &Path) -> usize {
    let connection = Connection::open(path).unwrap();
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    usize::try_from(version).unwrap()
}

/// Every row of every table, as text.
fn rows(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let mut all = connection
            .prepare(&format!("SELECT * FROM {table}"))
            .unwrap();
        let columns = all.column_count();
        let mut found = all.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<_> = (0..columns)
                .map(|column| format!("{:?}", row.get_ref_unwrap(column)))
                .collect();
            rows.push(format!("{table} {}", values.join(" ")));
        }
    }
    rows
}

#[test]
fn every_migration_has_contents_to_be_tried_on() {
    assert_eq!(CONTENTS.len(), MIGRATIONS.len());
}

#[test]
fn every_earlier_version_is_taken_over_with_all_it_holds() {
    for earlier in 1..=MIGRATIONS.len() {
        let place = Place::with_version(earlier);
        let mut before = rows(&place.store());
        assert!(before.len() >= earlier);
        let cards = before.iter().filter(|row| row.starts_with("card ")).count();
        // A card has a place in its session now.
        before.retain(|row| !row.starts_with("card "));
        drop(Store::open(&place.store()).unwrap());
        assert_eq!(version(&place.store()), MIGRATIONS.len());
        // What later steps added to a row stands behind what was there.
        for (row, before) in rows(&place.store()).iter().zip(&before) {
            assert!(row.starts_with(before), "version {earlier}: {row}");
        }
        assert_eq!(
            rows(&place.store()).len(),
            before.len(),
            "version {earlier}"
        );
        let card: i64 = Connection::open(place.store())
            .unwrap()
            .query_row(
                "SELECT card FROM session WHERE key = 'telegram:1'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(card != 0, cards > 0 || earlier > 3);
    }
}

/// Whose turns are in the journal.
fn journal(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut sessions = connection
        .prepare("SELECT session FROM journal ORDER BY id")
        .unwrap();
    let sessions = sessions.query_map([], |row| row.get(0)).unwrap();
    sessions.collect::<Result<_, _>>().unwrap()
}

/// What is noted of a turn of somebody.
fn entry(session: &str, seconds: i64) -> JournalEntry<'_> {
    JournalEntry {
        session,
        at: DateTime::from_timestamp(seconds, 0).unwrap(),
        did: "text",
        shows: &[],
        outcome: "",
    }
}

/// One more turn of somebody.
fn keep_turn(store: &mut Store, session: &str, seconds: i64) {
    let kept = store
        .transaction(|records| records.keep_turn(&Session::default(), &entry(session, seconds)));
    kept.unwrap();
}

#[test]
fn nothing_of_a_user_is_left_in_the_journal_of_any_version() {
    for earlier in 1..=MIGRATIONS.len() {
        let place = Place::with_version(earlier);
        if earlier < MIGRATIONS.len() {
            let connection = Connection::open(place.store()).unwrap();
            let turns = "INSERT INTO journal (session, at, turn, did, shows, outcome)
VALUES ('telegram:2', 1000, 1, 'text', '[]', ''), ('telegram:1', 1000, 2, 'text', '[]', '');";
            connection.execute_batch(turns).unwrap();
        }
        let mut store = Store::open(&place.store()).unwrap();
        keep_turn(&mut store, "telegram:1", 1000);
        assert!(journal(&place.store()).len() >= 3, "version {earlier}");
        store
            .transaction(|records| records.forget("telegram:1"))
            .unwrap();
        assert_eq!(journal(&place.store()), ["telegram:2"], "version {earlier}");
    }
}

#[test]
fn who_is_found_in_the_journal_is_found_in_all_of_it() {
    let place = Place::new();
    let mut store = Store::open(&place.store()).unwrap();
    // The clock was wrong for a while.
    for (session, seconds) in [("a", 1), ("b", 2), ("a", 2000), ("a", 3), ("b", 4)] {
        keep_turn(&mut store, session, seconds);
    }
    let before = DateTime::from_timestamp(1000, 0).unwrap();
    store
        .transaction(|records| records.purge_log(before, 1))
        .unwrap();
    assert_eq!(journal(&place.store()), ["b", "a", "a", "b"]);
    store
        .transaction(|records| records.purge_log(before, 10))
        .unwrap();
    assert_eq!(journal(&place.store()), ["a", "a", "b"]);
    store.transaction(|records| records.forget("a")).unwrap();
    assert_eq!(journal(&place.store()), ["b"]);
    store
        .transaction(|records| records.purge_log(before, 10))
        .unwrap();
    assert!(journal(&place.store()).is_empty());
}

#[test]
fn a_new_store_is_its_owners_alone() {
    let place = Place::new();
    drop(Store::open(&place.store()).unwrap());
    assert_eq!(
        place.store().metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(version(&place.store()), MIGRATIONS.len());
    // So is one that others could read, as a copy or a careless command may have left it.
    fs::set_permissions(place.store(), Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&place.store()).unwrap());
    assert_eq!(
        place.store().metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    // An empty file is a store not yet begun.
    let place = Place::new();
    fs::write(place.store(), "").unwrap();
    drop(Store::open(&place.store()).unwrap());
    assert_eq!(version(&place.store()), MIGRATIONS.len());
}

#[test]
fn columns_are_strict_and_never_null() {
    let place = Place::new();
    drop(Store::open(&place.store()).unwrap());
    let connection = Connection::open(place.store()).unwrap();
    let lax: Vec<String> = connection
        .prepare(
            "SELECT t.name || '.' || c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND (NOT t.strict OR NOT c.\"notnull\")",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(lax, Vec::<String>::new());
}

#[test]
fn a_later_version_is_refused() {
    let place = Place::with_version(MIGRATIONS.len());
    let later = MIGRATIONS.len() + 1;
    set_version(&Connection::open(place.store()).unwrap(), later);
    place.check_refused(&format!(
        "the store `DIR/store.db` has version {later}, and this release knows {} at most: run the release that \
         wrote it, or a later one",
        MIGRATIONS.len()
    ));
}

#[test]
fn a_later_version_is_refused_even_if_only_the_log_tells() {
    let place = Place::with_version(MIGRATIONS.len());
    let writer = Connection::open(place.store()).unwrap();
    set_version(&writer, MIGRATIONS.len() + 1);
    assert!(matches!(
        Store::open(&place.store()),
        Err(StoreError::Newer { .. })
    ));
}

#[test]
fn another_programs_database_is_refused() {
    let place = Place::new();
    let connection = Connection::open(place.store()).unwrap();
    connection
        .execute_batch("CREATE TABLE recipe (name TEXT)")
        .unwrap();
    place.check_refused("`DIR/store.db` is a database of another program: name another file");
    connection
        .pragma_update(None, "application_id", 0xabcd)
        .unwrap();
    place.check_refused(
        "`DIR/store.db` is a database of another program (application id 0xabcd): name another file",
    );
}

#[test]
fn a_damaged_file_is_refused() {
    let place = Place::new();
    fs::write(place.store(), "密保".repeat(2000)).unwrap();
    place.check_refused(
        "the store `DIR/store.db` is damaged (file is not a database, code 26): restore a backup, or move it \
         away to begin anew",
    );
    let whole = Place::with_version(MIGRATIONS.len()).contents().unwrap();
    let refused = |damaged: &[u8]| {
        let place = Place::new();
        fs::write(place.store(), damaged).unwrap();
        assert!(matches!(
            Store::open(&place.store()),
            Err(StoreError::Corrupt { .. })
        ));
        assert_eq!(
            place.contents().unwrap(),
            damaged,
            "the refused store was changed"
        );
    };
    refused(&whole[..whole.len() / 2]);
    let mut scribbled = whole.clone();
    scribbled[5000..9000].fill(0xff);
    refused(&scribbled);
}

#[test]
fn a_store_in_use_is_refused() {
    let place = Place::with_version(MIGRATIONS.len());
    let first = Store::open(&place.store()).unwrap();
    let message = "the store `DIR/store.db` is in use by another process: stop that one first";
    place.check_refused(message);
    drop(first);
    drop(Store::open(&place.store()).unwrap());

    let other = Connection::open(place.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    place.check_refused(message);
}

#[test]
fn places_that_cannot_hold_a_store_are_refused() {
    let place = Place::new();
    fs::create_dir(place.store()).unwrap();
    place.check_refused("the store `DIR/store.db` is not a file: name another one");
    let inside = Place {
        directory: TempDir::new().unwrap(),
    };
    let Err(error) = Store::open(&inside.directory.path().join("no/store.db")) else {
        panic!()
    };
    assert!(
        error
            .to_string()
            .ends_with("does not exist: create it, or name another file"),
        "{error}"
    );

    let place = Place::with_version(MIGRATIONS.len());
    fs::set_permissions(place.store(), Permissions::from_mode(0o400)).unwrap();
    place.check_refused("the store `DIR/store.db` may not be written: change its permissions");
}

#[test]
fn a_transaction_is_kept_whole_or_not_at_all() {
    let mut store = Store::in_memory().unwrap();
    let reply = Reply {
        text: "x".to_owned(),
        buttons: Vec::new(),
        placement: Placement::Below,
        copy: None,
    };
    let outgoing = Outgoing {
        reply,
        replaces: None,
        opens_turn: true,
        removes: Vec::new(),
        public: None,
    };
    let at = chrono::DateTime::UNIX_EPOCH;
    let failed = store.transaction(|records| {
        records.post("a", &outgoing, at)?;
        records.park(1, "first", at)?;
        records.post("b", &outgoing, at)?;
        // The same message cannot be parked twice: a mistake, which takes all of it back.
        records.savepoint(|| records.see("test", 1, at))??;
        Err::<(), _>(rusqlite::Error::InvalidQuery.into())
    });
    assert!(failed.is_err());
    assert_eq!(
        store
            .transaction(|records| records.sessions_waiting())
            .unwrap(),
        Vec::<String>::new()
    );

    store
        .transaction(|records| {
            let undone = records.savepoint(|| {
                records.post("a", &outgoing, at)?;
                Err::<(), _>(mibao::store::Fault::from(rusqlite::Error::InvalidQuery))
            })?;
            assert!(undone.is_err());
            records.post("b", &outgoing, at)
        })
        .unwrap();
    assert_eq!(
        store
            .transaction(|records| records.sessions_waiting())
            .unwrap(),
        ["b"]
    );
}
