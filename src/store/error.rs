//! What can go wrong with the store, in words for the operator.

use rusqlite::ErrorCode;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the store cannot be used. Each says what to do next.
#[derive(Debug)]
pub enum StoreError {
    /// The directory that the file would be in is not there.
    DirectoryMissing { path: PathBuf },
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
    /// Whatever else the system or SQLite reports.
    Failed { path: PathBuf, detail: String },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DirectoryMissing { path } => write!(
                f,
                "the directory of the store `{}` does not exist: create it, or name another file",
                path.display()
            ),
            Self::NotAFile { path } => {
                write!(
                    f,
                    "the store `{}` is not a file: name another one",
                    path.display()
                )
            }
            Self::Foreign {
                path,
                application_id: 0,
            } => {
                write!(
                    f,
                    "`{}` is a database of another program: name another file",
                    path.display()
                )
            }
            Self::Foreign {
                path,
                application_id,
            } => write!(
                f,
                "`{}` is a database of another program (application id {application_id:#x}): name another file",
                path.display()
            ),
            Self::Newer {
                path,
                version,
                version_known,
            } => write!(
                f,
                "the store `{}` has version {version}, and this release knows {version_known} at most: \
                 run the release that wrote it, or a later one",
                path.display()
            ),
            Self::Corrupt { path, detail } => write!(
                f,
                "the store `{}` is damaged ({detail}): restore a backup, or move it away to begin anew",
                path.display()
            ),
            Self::Locked { path } => write!(
                f,
                "the store `{}` is in use by another process: stop that one first",
                path.display()
            ),
            Self::ReadOnly { path } => {
                write!(
                    f,
                    "the store `{}` may not be written: change its permissions",
                    path.display()
                )
            }
            Self::Full { path } => {
                write!(
                    f,
                    "no room is left for the store `{}`: free some of the disk",
                    path.display()
                )
            }
            Self::Failed { path, detail } => write!(
                f,
                "the store `{}` cannot be used ({detail}): see to the disk, then start again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {}

/// What SQLite reports, before it is known of which file and to whom.
#[derive(Debug)]
pub struct Fault(rusqlite::Error);

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self(error)
    }
}

impl Fault {
    /// Whether the store itself failed, so that whatever comes next fails too; otherwise what was asked of it
    /// was wrong, and the next request can do better.
    pub fn is_of_store(&self) -> bool {
        match &self.0 {
            rusqlite::Error::SqliteFailure(failure, _) => !matches!(
                failure.code,
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
            ),
            _ => false,
        }
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
    /// The message of SQLite alone: the values it was about are the users'.
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
