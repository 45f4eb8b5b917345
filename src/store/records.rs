//! What can be read and written within a transaction.

#![expect(clippy::missing_errors_doc, reason = "all fail alike, as `Fault` says")]

use super::error::Fault;
#[cfg(test)]
use super::fuse;
use super::places::Places;
use crate::dialogue::{Reply, Session};
use chrono::{DateTime, Utc};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

/// The records, as one transaction sees them.
pub struct Records<'c> {
    connection: &'c Connection,
    places: &'c Places,
    care: Care,
}

/// What is done so that a part of a transaction can be taken back alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Nothing: where a part fails, the whole is begun anew with care. Savepoints take a third of the time, and hardly ever is
    /// anything taken back to one.
    None,
    /// A savepoint before each part.
    Savepoints,
}

/// What is kept of a conversation.
#[derive(Debug, PartialEq)]
pub enum Loaded {
    /// Nothing yet.
    New,
    Session(Box<Session>),
    /// Something that this release cannot read.
    Unreadable,
}

impl Loaded {
    fn of(state: &str) -> Self {
        match serde_json::from_str(state) {
            Ok(session) => Self::Session(Box::new(session)),
            Err(_) => Self::Unreadable,
        }
    }
}

/// What happened in a turn, with nothing in it that the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry<'a> {
    pub session: &'a str,
    pub at: DateTime<Utc>,
    pub did: &'a str,
    pub shows: &'a [String],
    /// Empty where the turn ended nothing.
    pub outcome: &'a str,
}

/// An update that could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter<'a> {
    pub source: &'a str,
    pub update_id: Option<i64>,
    pub at: DateTime<Utc>,
    pub kind: &'a str,
    pub error: &'a str,
    /// The update as it was received, with every word of its user left out or covered.
    pub received: &'a str,
}

/// A message on its way to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub reply: Reply,
    /// The message that this one takes the place of.
    pub replaces: Option<i64>,
    /// Whether it is the first of its turn: earlier cards have had their time.
    pub opens_turn: bool,
    /// Messages of the user that are to be taken away before this one is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removes: Vec<i64>,
    /// Where in a chat that others read it belongs. Its buttons lead into the private chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Public>,
}

/// A place in a chat that others read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    /// The message that is answered.
    pub answers: i64,
    /// The topic of the chat.
    pub thread: Option<i64>,
}

/// A message that is still to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: i64,
    pub session: String,
    /// None where this release cannot read it.
    pub outgoing: Option<Outgoing>,
    pub created_at: DateTime<Utc>,
    /// How often sending it has failed.
    pub attempts: u32,
}

/// In place of the number of a card.
const NO_CARD: i64 = 0;
/// In place of the number of an entry in the journal.
const NO_ENTRY: i64 = 0;

impl<'c> Records<'c> {
    pub(super) fn new(connection: &'c Connection, places: &'c Places, care: Care) -> Self {
        Self {
            connection,
            places,
            care,
        }
    }

    /// Does this work so that it can fail alone: if it does, what it wrote is taken back, and the rest of the
    /// transaction stands.
    ///
    /// The outer error is the store's, the inner one the work's own.
    pub fn savepoint<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<Result<T, E>, Fault> {
        if self.care == Care::None {
            return work().map(Ok).map_err(|_| Fault::begin_anew());
        }
        self.prepare("SAVEPOINT work")?.execute([])?;
        let result = work();
        if result.is_err() {
            self.prepare("ROLLBACK TO work")?.execute([])?;
        }
        self.prepare("RELEASE work")?.execute([])?;
        Ok(result)
    }

    /// Notes that an update was met, and says whether it is the first time.
    pub fn see(&self, source: &str, update_id: i64, at: DateTime<Utc>) -> Result<bool, Fault> {
        let rows = self.execute(
            "INSERT OR IGNORE INTO seen (source, update_id, at) VALUES (:source, :update_id, :at)",
            named_params! { ":source": source, ":update_id": update_id, ":at": at.timestamp_millis() },
        )?;
        Ok(rows > 0)
    }

    /// Forgets the updates met before this time.
    pub fn purge_seen(&self, before: DateTime<Utc>) -> Result<usize, Fault> {
        self.execute(
            "DELETE FROM seen WHERE at < :before",
            named_params! { ":before": before.timestamp_millis() },
        )
    }

    /// Deletes what was noted before this time, the oldest rows first and so many at most: journal, dead letters, and what was
    /// put aside. Rows are in the order of time, so no more than these are looked at. Of the journal nothing is deleted behind
    /// what stays, so that who is found in it is found in all of it.
    pub fn purge_log(&self, before: DateTime<Utc>, rows_max: u32) -> Result<(), Fault> {
        for sql in [
            "DELETE FROM journal WHERE id IN (SELECT id FROM journal ORDER BY id LIMIT :max) AND NOT EXISTS
(SELECT 1 FROM (SELECT id, at FROM journal ORDER BY id LIMIT :max) AS other WHERE other.id <= journal.id AND other.at >= :before)",
            "DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter ORDER BY id LIMIT :max) AND at < :before",
            "DELETE FROM parked WHERE id IN (SELECT id FROM parked ORDER BY id LIMIT :max) AND parked_at < :before",
        ] {
            self.execute(
                sql,
                named_params! { ":before": before.timestamp_millis(), ":max": rows_max },
            )?;
        }
        Ok(())
    }

    /// Deletes conversations that rest since before this time, with all that belongs to them. Looks at so many from the cursor
    /// on, and gives the next cursor; it begins anew behind the last.
    pub fn purge_sessions(
        &self,
        before: DateTime<Utc>,
        cursor: i64,
        rows_max: u32,
    ) -> Result<i64, Fault> {
        let mut statement = self.prepare(
            "SELECT rowid, key, updated_at FROM session WHERE rowid > :cursor ORDER BY rowid LIMIT :max",
        )?;
        let mut rows = statement.query(named_params! { ":cursor": cursor, ":max": rows_max })?;
        let (mut last, mut count, mut due) = (0, 0, Vec::new());
        while let Some(row) = rows.next()? {
            last = row.get("rowid")?;
            count += 1;
            let updated_at: i64 = row.get("updated_at")?;
            if updated_at < before.timestamp_millis() {
                due.push(row.get::<_, String>("key")?);
            }
        }
        for session in due {
            self.forget(&session)?;
        }
        Ok(if count < rows_max { 0 } else { last })
    }

    /// Reads what is kept of a conversation.
    pub fn session(&self, key: &str) -> Result<Loaded, Fault> {
        let loaded = self.find(key, |row| {
            let state = row.get_ref("state")?.as_str()?;
            Ok(Loaded::of(state))
        })?;
        Ok(loaded.unwrap_or(Loaded::New))
    }

    /// Shows every conversation that is kept, in the order of their keys.
    pub fn visit_sessions(&self, mut visit: impl FnMut(Loaded)) -> Result<(), Fault> {
        let mut statement = self.prepare("SELECT state FROM session ORDER BY key")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let state: String = row.get(0)?;
            visit(Loaded::of(&state));
        }
        Ok(())
    }

    /// Keeps a conversation as it is after a turn, and adds the turn to the journal.
    ///
    /// Who has not been there for long is moved to the end, among the others who are there now: so a turn does not have a page of
    /// its own read, written and moved, however many conversations rest.
    pub fn keep_turn(&self, session: &Session, entry: &JournalEntry<'_>) -> Result<(), Fault> {
        let key = entry.session;
        let at = entry.at.timestamp_millis();
        let row: Option<(i64, i64)> =
            self.find(key, |row| Ok((row.get("rowid")?, row.get("journal")?)))?;
        self.execute(
            "INSERT INTO journal (session, at, turn, did, shows, outcome, previous)
VALUES (:session, :at, :turn, :did, :shows, :outcome, :previous)",
            named_params! {
                ":session": key,
                ":at": at,
                ":turn": i64::try_from(session.turn).unwrap_or(i64::MAX),
                ":did": entry.did,
                ":shows": json(entry.shows)?,
                ":outcome": entry.outcome,
                ":previous": row.map_or(NO_ENTRY, |(_, last)| last),
            },
        )?;
        let (state, journal) = (json(session)?, self.connection.last_insert_rowid());
        let Some((rowid, _)) = row else {
            self.execute(
                "INSERT INTO session (key, state, updated_at, journal) VALUES (:key, :state, :at, :journal)",
                named_params! { ":key": key, ":state": state, ":at": at, ":journal": journal },
            )?;
            self.places.note(key, self.connection.last_insert_rowid());
            return Ok(());
        };
        let sql = if self.places.is_near(rowid) {
            "UPDATE session SET state = :state, updated_at = :at, journal = :journal WHERE rowid = :rowid RETURNING rowid"
        } else {
            "UPDATE session SET state = :state, updated_at = :at, journal = :journal,
rowid = (SELECT MAX(rowid) FROM session) + 1 WHERE rowid = :rowid RETURNING rowid"
        };
        let rowid = self.prepare(sql)?.query_row(
            named_params! { ":rowid": rowid, ":state": state, ":at": at, ":journal": journal },
            |row| row.get(0),
        )?;
        self.places.note(key, rowid);
        Ok(())
    }

    /// Reads of the row of a conversation, if there is one.
    fn find<T>(
        &self,
        key: &str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Fault> {
        if let Some(rowid) = self.places.guess(key) {
            let found = self
                .prepare("SELECT rowid, state, journal, card FROM session WHERE rowid = :rowid AND key = :key")?
                .query_row(named_params! { ":rowid": rowid, ":key": key }, &read)
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let found = self
            .prepare("SELECT rowid, state, journal, card FROM session WHERE key = :key")?
            .query_row(named_params! { ":key": key }, |row| {
                Ok((row.get("rowid")?, read(row)?))
            })
            .optional()?;
        Ok(found.map(|(rowid, found)| {
            self.places.note(key, rowid);
            found
        }))
    }

    /// Keeps the trace of an update that could not be handled.
    pub fn bury(&self, letter: &DeadLetter<'_>) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO dead_letter (source, update_id, at, kind, error, received)
VALUES (:source, :update_id, :at, :kind, :error, :received)",
            named_params! {
                ":source": letter.source,
                ":update_id": letter.update_id.unwrap_or(0),
                ":at": letter.at.timestamp_millis(),
                ":kind": letter.kind,
                ":error": letter.error,
                ":received": letter.received,
            },
        )?;
        Ok(())
    }

    /// The updates that could not be handled, as they were received, oldest first.
    pub fn dead_letters(&self) -> Result<Vec<String>, Fault> {
        let mut statement = self.prepare("SELECT received FROM dead_letter ORDER BY id")?;
        let letters = statement.query_map([], |row| row.get(0))?;
        Ok(letters.collect::<Result<_, _>>()?)
    }

    /// Deletes all that is kept of a user.
    pub fn forget(&self, session: &str) -> Result<(), Fault> {
        for sql in [
            "WITH RECURSIVE said (id) AS (
SELECT journal FROM session WHERE key = :session
UNION ALL SELECT previous FROM said JOIN journal USING (id)
) DELETE FROM journal WHERE id IN said",
            "DELETE FROM session WHERE key = :session",
            "DELETE FROM outbox WHERE session = :session",
            "DELETE FROM parked WHERE session = :session",
        ] {
            self.execute(sql, named_params! { ":session": session })?;
        }
        Ok(())
    }

    /// Puts a message into the outbox.
    /// Gives its number there.
    pub fn post(
        &self,
        session: &str,
        outgoing: &Outgoing,
        at: DateTime<Utc>,
    ) -> Result<i64, Fault> {
        self.execute(
            "INSERT INTO outbox (session, body, created_at) VALUES (:session, :body, :at)",
            named_params! { ":session": session, ":body": json(outgoing)?, ":at": at.timestamp_millis() },
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Who has messages waiting, longest wait first.
    pub fn sessions_waiting(&self) -> Result<Vec<String>, Fault> {
        let mut statement =
            self.prepare("SELECT session FROM outbox GROUP BY session ORDER BY MIN(id)")?;
        let sessions = statement.query_map([], |row| row.get(0))?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// The oldest message that waits for this user.
    pub fn next_waiting(&self, session: &str) -> Result<Option<Waiting>, Fault> {
        let waiting = self
            .prepare(
                "SELECT id, body, created_at, attempts FROM outbox WHERE session = :session
ORDER BY id LIMIT 1",
            )?
            .query_row(named_params! { ":session": session }, |row| {
                let body: String = row.get("body")?;
                Ok(Waiting {
                    id: row.get("id")?,
                    session: session.to_owned(),
                    outgoing: serde_json::from_str(&body).ok(),
                    created_at: DateTime::from_timestamp_millis(row.get("created_at")?)
                        .unwrap_or_default(),
                    attempts: row.get("attempts")?,
                })
            })
            .optional()?;
        Ok(waiting)
    }

    /// How many entries the journal has.
    #[cfg(test)]
    pub(crate) fn journal_len(&self) -> Result<i64, Fault> {
        let sql = "SELECT COUNT(*) FROM journal";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// The texts that wait for anybody, oldest first.
    #[cfg(test)]
    pub(crate) fn waiting_texts(&self) -> Result<Vec<String>, Fault> {
        let sql = "SELECT json_extract(body, '$.reply.text') FROM outbox ORDER BY id";
        let mut statement = self.connection.prepare(sql)?;
        let texts = statement.query_map([], |row| row.get(0))?;
        Ok(texts.collect::<Result<_, _>>()?)
    }

    /// Takes a message that has arrived out of the outbox.
    pub fn take_out(&self, id: i64) -> Result<(), Fault> {
        self.execute(
            "DELETE FROM outbox WHERE id = :id",
            named_params! { ":id": id },
        )?;
        Ok(())
    }

    /// Notes that sending a message has failed and will be tried again.
    pub fn count_attempt(&self, id: i64) -> Result<(), Fault> {
        self.execute(
            "UPDATE outbox SET attempts = attempts + 1 WHERE id = :id",
            named_params! { ":id": id },
        )?;
        Ok(())
    }

    /// Puts a message that will never arrive aside.
    pub fn park(&self, id: i64, reason: &str, at: DateTime<Utc>) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO parked (id, session, body, created_at, attempts, parked_at, reason)
SELECT id, session, body, created_at, attempts, :at, :reason FROM outbox WHERE id = :id",
            named_params! { ":id": id, ":reason": reason, ":at": at.timestamp_millis() },
        )?;
        self.take_out(id)
    }

    /// Puts all messages to a user who cannot be reached aside.
    pub fn park_all(&self, session: &str, reason: &str, at: DateTime<Utc>) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO parked (id, session, body, created_at, attempts, parked_at, reason)
SELECT id, session, body, created_at, attempts, :at, :reason FROM outbox WHERE session = :session",
            named_params! { ":session": session, ":reason": reason, ":at": at.timestamp_millis() },
        )?;
        self.execute(
            "DELETE FROM outbox WHERE session = :session",
            named_params! { ":session": session },
        )?;
        Ok(())
    }

    /// Notes which message has the live buttons now, if any, and gives the one that had them. Nothing is noted of whom nothing is
    /// kept.
    pub fn set_card(&self, session: &str, message_id: Option<i64>) -> Result<Option<i64>, Fault> {
        let row: Option<(i64, i64)> =
            self.find(session, |row| Ok((row.get("rowid")?, row.get("card")?)))?;
        let Some((rowid, earlier)) = row else {
            return Ok(None);
        };
        let card = message_id.unwrap_or(NO_CARD);
        if card != earlier {
            self.execute(
                "UPDATE session SET card = :card WHERE rowid = :rowid",
                named_params! { ":rowid": rowid, ":card": card },
            )?;
        }
        Ok((earlier != NO_CARD).then_some(earlier))
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, Fault> {
        #[cfg(test)]
        fuse::burn()?;
        Ok(self.connection.prepare_cached(sql)?)
    }

    fn execute(&self, sql: &str, values: &[(&str, &dyn rusqlite::ToSql)]) -> Result<usize, Fault> {
        Ok(self.prepare(sql)?.execute(values)?)
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value)
        .map_err(|error| Fault::from(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}
