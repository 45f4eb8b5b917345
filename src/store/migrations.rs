//! The schema, as the steps that lead to it.
//!
//! Steps are only ever appended: a store of any earlier version becomes a present one by the steps it has
//! not seen, and `user_version` counts those it has. Times are Unix times in milliseconds. Nothing is
//! nullable: what may be absent has a table of its own or an empty text.

use super::error::Fault;
use rusqlite::{Connection, TransactionBehavior};

/// Marks an `SQLite` file as one of ours: "miba".
pub const APPLICATION_ID: i32 = 0x6d69_6261;

/// The steps, oldest first.
pub const MIGRATIONS: &[&str] = &[
    "CREATE TABLE session (
key TEXT PRIMARY KEY NOT NULL, -- who: channel and chat
state TEXT NOT NULL, -- the session as JSON
updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE seen (
source TEXT NOT NULL,
update_id INTEGER NOT NULL,
at INTEGER NOT NULL,
PRIMARY KEY (source, update_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at);

CREATE TABLE journal (
id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
session TEXT NOT NULL,
at INTEGER NOT NULL,
turn INTEGER NOT NULL,
did TEXT NOT NULL, -- what the user did, with everything private covered
shows TEXT NOT NULL, -- ids of the pack items shown, as JSON
outcome TEXT NOT NULL -- empty where the turn ended nothing
) STRICT;
CREATE INDEX journal_session ON journal (session);

CREATE TABLE dead_letter (
id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
source TEXT NOT NULL,
update_id INTEGER NOT NULL, -- 0 where the channel numbers nothing
at INTEGER NOT NULL,
kind TEXT NOT NULL,
error TEXT NOT NULL -- where it failed: never what the user wrote
) STRICT;",
    "CREATE TABLE outbox (
id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
session TEXT NOT NULL,
body TEXT NOT NULL, -- what to send, as JSON
created_at INTEGER NOT NULL,
attempts INTEGER DEFAULT 0 NOT NULL -- that failed so far
) STRICT;
CREATE INDEX outbox_session ON outbox (session, id);

CREATE TABLE parked (
id INTEGER PRIMARY KEY NOT NULL, -- as it was in the outbox
session TEXT NOT NULL,
body TEXT NOT NULL,
created_at INTEGER NOT NULL,
attempts INTEGER NOT NULL,
parked_at INTEGER NOT NULL,
reason TEXT NOT NULL -- why it will never arrive
) STRICT;
CREATE INDEX parked_session ON parked (session);

CREATE TABLE card (
session TEXT PRIMARY KEY NOT NULL,
message_id INTEGER NOT NULL -- the message whose buttons are live
) STRICT;",
    "ALTER TABLE dead_letter ADD COLUMN received TEXT DEFAULT '' NOT NULL; -- the update, its words covered",
    "ALTER TABLE session ADD COLUMN card INTEGER DEFAULT 0 NOT NULL; -- the message whose buttons are live, 0 for none
UPDATE session SET card = card.message_id FROM card WHERE card.session = session.key;
DROP TABLE card;",
    // An index over all conversations would have a page of its own read and written for nearly every turn.
    "ALTER TABLE journal ADD COLUMN previous INTEGER DEFAULT 0 NOT NULL; -- the entry before it of the same session, 0 for none
ALTER TABLE session ADD COLUMN journal INTEGER DEFAULT 0 NOT NULL; -- its last entry, 0 for none
UPDATE journal SET previous = COALESCE((SELECT MAX(earlier.id) FROM journal AS earlier
WHERE earlier.session = journal.session AND earlier.id < journal.id), 0);
UPDATE session SET journal = COALESCE((SELECT MAX(id) FROM journal WHERE journal.session = session.key), 0);
DROP INDEX journal_session;",
];

/// Takes the steps that this store has not seen, all or none.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), Fault> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seen: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, migration) in (1..).zip(migrations).filter(|(version, _)| *version > seen) {
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.commit()?;
    Ok(())
}
