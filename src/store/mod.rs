//! What must survive a power cut: one `SQLite` file, and every change to it in a transaction.
//!
//! A store is opened whole or refused with a reason and left as it was. Only one process has it at a time,
//! for two that deliver the same outbox would say everything twice.

#![expect(clippy::disallowed_methods, reason = "a shell: the store is a file")]

mod checkpoint;
mod error;
#[cfg(test)]
pub(crate) mod fuse;
mod migrations;
mod places;
mod records;

pub use error::{Fault, StoreError};
pub use migrations::{APPLICATION_ID, MIGRATIONS};
pub use records::{DeadLetter, JournalEntry, Loaded, Outgoing, Public, Records, Waiting};

use checkpoint::Checkpointer;
use places::Places;
use records::Care;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{File, OpenOptions, Permissions, TryLockError, set_permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for a lock that somebody else holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Up to this size a file is checked whole when it is opened: it takes some 10 ms.
const CHECKED_BYTES_MAX: u64 = 8 << 20;

/// Pages kept in memory: enough for the inner pages of a store with a million conversations.
const CACHE_KIBIBYTES: i64 = 6 << 10;

/// How a store is opened that will be written.
const WRITING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The open store.
pub struct Store {
    /// It ends before the connection, which so is the last, and takes what is left in the write-ahead log with it.
    checkpointer: Option<Checkpointer>,
    connection: Connection,
    places: Places,
    path: PathBuf,
    /// Held, and with it the claim to the file, until the connection is closed.
    _claim: Option<File>,
}

impl Store {
    /// Opens the store in this file, or begins one if there is no such file, readable by its owner only.
    ///
    /// # Errors
    ///
    /// A store that cannot be used is refused as it is: nothing of it is changed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let claim = claim(path)?;
        inspect(path)?;
        examine(path)?;
        // Only now is it known to be ours: another program's file is left as it is.
        keep_to_owner(path);
        let connection = connect(path, WRITING).map_err(|fault| fault.at(path))?;
        let mut store = Self {
            checkpointer: None,
            connection,
            places: Places::new(),
            path: path.to_owned(),
            _claim: Some(claim),
        };
        store.set_up().map_err(|fault| fault.at(path))?;
        let checkpointer = Checkpointer::begin(path, &mut store.connection);
        store.checkpointer = Some(checkpointer.map_err(|fault| fault.at(path))?);
        Ok(store)
    }

    /// Looks into the store in this file without changing it, also while the bot is using it.
    ///
    /// # Errors
    ///
    /// If there is no such store, or it cannot be read.
    pub fn look<T>(
        path: &Path,
        mut work: impl FnMut(&Records<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        match path.metadata() {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => {
                let path = path.to_owned();
                return Err(StoreError::NotAFile { path });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let path = path.to_owned();
                return Err(StoreError::Missing { path });
            }
            Err(error) => return Err(failed(path, &error)),
        }
        inspect(path)?;
        let at = |fault: Fault| fault.at(path);
        // Where there is no write-ahead log, nobody is using the store, and opening it otherwise would leave one behind.
        let connection = if has_log(path) {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            connect(path, flags)
        } else {
            connect_immutable(path)
        };
        let mut connection = connection.map_err(at)?;
        let identity = Identity::of(&connection).map_err(at)?;
        identity.judge(path)?;
        if identity.is_new() {
            return Self::in_memory()?.transaction(work);
        }
        check_whole(path, &connection)?;
        // One snapshot, whatever is written meanwhile.
        let tx = connection.transaction().map_err(|error| at(error.into()))?;
        work(&Records::new(&tx, &Places::none(), Care::Savepoints)).map_err(at)
    }

    /// A store that lives as long as the process.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let connection =
            Connection::open_in_memory().map_err(|error| Fault::from(error).at(&path))?;
        let mut store = Self {
            checkpointer: None,
            connection,
            places: Places::new(),
            path,
            _claim: None,
        };
        store.set_up().map_err(|error| error.at(&store.path))?;
        Ok(store)
    }

    /// Does this work in one transaction: all of it is kept, or nothing. It may be begun twice: where a part of it fails, the
    /// first attempt is taken back whole.
    ///
    /// # Errors
    ///
    /// Where the work fails, or keeping it does.
    pub fn transaction<T>(
        &mut self,
        mut work: impl FnMut(&Records<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut attempt = |care| {
            let tx = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&Records::new(&tx, &self.places, care))?;
            tx.commit()?;
            Ok::<_, Fault>(result)
        };
        let done = match attempt(Care::None) {
            Err(fault) if fault.begins_anew() => attempt(Care::Savepoints),
            done => done,
        };
        done.map_err(|fault| fault.at(&self.path))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn set_up(&mut self) -> Result<(), Fault> {
        self.connection.set_prepared_statement_cache_capacity(64);
        // Otherwise each new value of a limit has its statement planned anew.
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // A new store gets its schema before its write-ahead log, so that the file itself says from the start
        // whose it is and of which version.
        migrations::migrate(&mut self.connection, MIGRATIONS)?;
        self.connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        self.connection
            .pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
        // What is taken back within a transaction never touches a file of its own.
        self.connection
            .pragma_update(None, "temp_store", "MEMORY")?;
        self.connection
            .pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
        // What a process that was killed has left in the log goes into the file.
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// Takes everybody else's rights to a file that holds what is nobody else's, and says so. Where they cannot be taken, that is
/// said, and for its owner to mend: a bot that does not start helps nobody.
pub fn keep_to_owner(path: &Path) {
    const OTHERS: u32 = 0o077;
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    for path in ["", "-wal", "-shm"].map(beside) {
        let Ok(metadata) = path.metadata() else {
            continue;
        };
        let mode = metadata.permissions().mode();
        if !metadata.is_file() || mode & OTHERS == 0 {
            continue;
        }
        let file = path.display();
        match set_permissions(&path, Permissions::from_mode(mode & !OTHERS)) {
            Ok(()) => tracing::warn!(%file, "others could use this file: now its owner alone can"),
            Err(error) => {
                tracing::warn!(%file, %error, "others can use this file: take their rights to it");
            }
        }
    }
}

/// Finds or creates the file, and claims it for this process.
fn claim(path: &Path) -> Result<File, StoreError> {
    let file = match path.metadata() {
        Ok(metadata) if !metadata.is_file() => {
            return Err(StoreError::NotAFile {
                path: path.to_owned(),
            });
        }
        // Said of the file, it is meant, even where the superuser could write it all the same.
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(StoreError::ReadOnly {
                path: path.to_owned(),
            });
        }
        Ok(_) => File::open(path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if path
                .parent()
                .is_some_and(|parent| !parent.as_os_str().is_empty() && !parent.is_dir())
            {
                return Err(StoreError::DirectoryMissing {
                    path: path.to_owned(),
                });
            }
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
        }
        Err(error) => Err(error),
    };
    let file = file.map_err(|error| failed(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(failed(path, &error)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are the system's")]
fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path }
        }
        ErrorKind::StorageFull => StoreError::Full { path },
        _ => StoreError::Failed {
            path,
            detail: error.to_string(),
        },
    }
}

/// A first look that leaves no trace.
fn inspect(path: &Path) -> Result<(), StoreError> {
    let identity = connect_immutable(path).and_then(|connection| Identity::of(&connection));
    match identity.map_err(|fault| fault.at(path)) {
        Ok(identity) => identity.judge(path),
        // Without its write-ahead log, a file that a killed process left behind can look damaged.
        Err(corrupt @ StoreError::Corrupt { .. }) if !has_log(path) => Err(corrupt),
        Err(_) => Ok(()),
    }
}

/// A second look, which sees what a process that was killed has left in the write-ahead log as well.
fn examine(path: &Path) -> Result<(), StoreError> {
    let at = |fault: Fault| fault.at(path);
    let connection = connect(path, WRITING).map_err(at)?;
    Identity::of(&connection).map_err(at)?.judge(path)?;
    if connection.is_readonly("main").unwrap_or(true) {
        return Err(StoreError::ReadOnly {
            path: path.to_owned(),
        });
    }
    check_whole(path, &connection)
}

/// Refuses a damaged store, unless it is too large to be looked through.
fn check_whole(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    if path.metadata().map_err(|error| failed(path, &error))?.len() > CHECKED_BYTES_MAX {
        return Ok(());
    }
    let verdict: Result<String, _> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let verdict = verdict.map_err(|error| Fault::from(error).at(path))?;
    if verdict == "ok" {
        return Ok(());
    }
    let detail = verdict.lines().last().unwrap_or_default().to_owned();
    Err(StoreError::Corrupt {
        path: path.to_owned(),
        detail,
    })
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Leaves no trace: no lock, no write-ahead log, nothing rolled back.
fn connect_immutable(path: &Path) -> Result<Connection, Fault> {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            _ => uri.extend(format!("%{byte:02x}").chars()),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(uri, flags)?)
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

/// Whose database it is.
struct Identity {
    application_id: i32,
    version: i64,
    tables: i64,
}

impl Identity {
    fn of(connection: &Connection) -> Result<Self, Fault> {
        Ok(Self {
            application_id: connection
                .pragma_query_value(None, "application_id", |row| row.get(0))?,
            version: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
            tables: connection
                .query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?,
        })
    }

    /// Nothing has been written yet.
    fn is_new(&self) -> bool {
        self.application_id == 0 && self.version == 0 && self.tables == 0
    }

    fn judge(&self, path: &Path) -> Result<(), StoreError> {
        let path = path.to_owned();
        match usize::try_from(self.version) {
            _ if self.is_new() => Ok(()),
            Ok(version) if self.application_id == APPLICATION_ID => {
                let version_known = MIGRATIONS.len();
                if version <= version_known {
                    return Ok(());
                }
                Err(StoreError::Newer {
                    path,
                    version,
                    version_known,
                })
            }
            Ok(_) | Err(_) => Err(StoreError::Foreign {
                path,
                application_id: self.application_id,
            }),
        }
    }
}
