//! What can go wrong with the store, in words for the operator.

use rusqlite::ErrorCode;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the store cannot be used. Each says what to do next.
#[derive(Debug)]
pub enum StoreError {
    /// The directory that the file would be in is not there.
    DirectoryMissing { path: PathBuf },
    /// There is no such file to look into.
    Missing { path: PathBuf },
    /// There is something else of this name.
    NotAFile { path: PathBuf },
    /// Another program wrote this database.
    Foreign { path: PathBuf, application_id: i32 },
    /// A later release wrote this store.
    Newer {
        path: PathBuf,
        version: usize,
        version_known: usize,
    },
    /// The file is no database, or a damaged one.
    Corrupt { path: PathBuf, detail: String },
    /// Somebody else is using it.
    Locked { path: PathBuf },
    /// It may not be written.
    ReadOnly { path: PathBuf },
    /// There is no room left for it.
    Full { path: PathBuf },
    /// Whatever else the system or `SQLite` reports.
    Failed { path: PathBuf, detail: String },
}

impl StoreError {
    /// The file that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::DirectoryMissing { path }
            | Self::Missing { path }
            | Self::NotAFile { path }
            | Self::Foreign { path, .. }
            | Self::Newer { path, .. }
            | Self::Corrupt { path, .. }
            | Self::Locked { path }
            | Self::ReadOnly { path }
            | Self::Full { path }
            | Self::Failed { path, .. } => path,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.path().display();
        match self {
            Self::DirectoryMissing { .. } => write!(
                f,
                "the directory of the store `{file}` does not exist: create it, or name another file"
            ),
            Self::Missing { .. } => write!(
                f,
                "there is no store `{file}`: name the file that the bot keeps its conversations in, with `--db FILE`"
            ),
            Self::NotAFile { .. } => {
                write!(f, "the store `{file}` is not a file: name another one")
            }
            Self::Foreign { application_id, .. } => {
                write!(f, "`{file}` is a database of another program")?;
                if *application_id != 0 {
                    write!(f, " (application id {application_id:#x})")?;
                }
                write!(f, ": name another file")
            }
            Self::Newer {
                version,
                version_known,
                ..
            } => write!(
                f,
                "the store `{file}` has version {version}, and this release knows {version_known} at most: \
                 run the release that wrote it, or a later one"
            ),
            Self::Corrupt { detail, .. } => write!(
                f,
                "the store `{file}` is damaged ({detail}): restore a backup, or move it away to begin anew"
            ),
            Self::Locked { .. } => {
                write!(
                    f,
                    "the store `{file}` is in use by another process: stop that one first"
                )
            }
            Self::ReadOnly { .. } => {
                write!(
                    f,
                    "the store `{file}` may not be written: change its permissions"
                )
            }
            Self::Full { .. } => {
                write!(
                    f,
                    "no room is left for the store `{file}`: free some of the disk"
                )
            }
            Self::Failed { detail, .. } => write!(
                f,
                "the store `{file}` cannot be used ({detail}): see to the disk, then start again"
            ),
        }
    }
}

impl std::error::Error for StoreError {}

/// What `SQLite` reports, before it is known of which file and to whom.
#[derive(Debug)]
pub struct Fault(rusqlite::Error);

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self(error)
    }
}

impl Fault {
    /// A part of the transaction failed, and cannot be taken back alone.
    pub(super) fn begin_anew() -> Self {
        let aborted = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT);
        Self(rusqlite::Error::SqliteFailure(aborted, None))
    }

    pub(super) fn begins_anew(&self) -> bool {
        self.0.sqlite_error_code() == Some(ErrorCode::OperationAborted)
    }

    /// Whether the store itself failed, so that whatever comes next fails too; otherwise what was asked of it
    /// was wrong, and the next request can do better.
    pub fn is_of_store(&self) -> bool {
        self.0.sqlite_error_code().is_some_and(|code| {
            !matches!(
                code,
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
            )
        })
    }

    /// Says it to the operator.
    pub fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self.0.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::Locked { path }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt {
                path,
                detail: self.to_string(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly { path }
            }
            Some(ErrorCode::DiskFull) => StoreError::Full { path },
            _ => StoreError::Failed {
                path,
                detail: self.to_string(),
            },
        }
    }
}

impl fmt::Display for Fault {
    /// The message of `SQLite` alone: the values it was about are the users'.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the errors are `rusqlite`'s"
    )]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            rusqlite::Error::SqliteFailure(failure, Some(message)) => {
                write!(f, "{message}, code {}", failure.extended_code)
            }
            rusqlite::Error::SqliteFailure(failure, None) => write!(f, "{failure}"),
            rusqlite::Error::FromSqlConversionFailure(column, kind, _) => {
                write!(f, "column {column} holds an unreadable {kind}")
            }
            other => write!(f, "{other}"),
        }
    }
}
