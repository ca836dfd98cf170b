//! What of a node lies elsewhere than in its data folder, and that nothing is looked for in the wrong place.
//!
//! A node whose names and keys lie in a shared database keeps a mark of it in its folder. Opened without that database, or with
//! another one, everybody would seem erased; so it is refused.

use std::io::Write;
use std::path::Path;

use clap::Args;
use secrecy::SecretString;
use uuid::Uuid;

/// What lies elsewhere than in the data folder.
#[derive(Debug, Clone, Default, Args)]
pub struct Elsewhere {
    /// Where the log lies: an EventStoreDB or KurrentDB (kurrentdb://…); the data folder if left out.
    #[arg(long, env = "SIYI_STORE", value_name = "URL", hide_env_values = true)]
    pub store: Option<String>,
    /// Where names, keys and the secrets of sign-in lie, for all nodes over one log: a PostgreSQL (postgres://…); the data folder if
    /// left out. Beyond this machine by TLS. Others on this machine see arguments: a password belongs into the environment.
    #[arg(long, env = "SIYI_SHARED", value_name = "URL", hide_env_values = true)]
    pub shared: Option<SecretString>,
    /// For how many days backups and archived write-ahead log of that PostgreSQL are kept: so long after an erasure somebody could
    /// bring the keys back, and the erasure says so. 0 where there are none.
    #[arg(long, env = "SIYI_SHARED_BACKUP_DAYS", value_name = "DAYS", default_value_t = 30)]
    pub shared_backup_days: u16,
}

/// The mark in a data folder: which key store its node uses.
const MARK: &str = "shared";

/// Why a data folder does not go with what lies elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum Misplaced {
    /// The folder has names and keys of its own.
    #[error(
        "the data folder holds names and keys of its own; a node over a shared database begins with an empty folder"
    )]
    OwnVault,
    /// The names and keys lie in a shared database, and none was named.
    #[error("this node's names and keys lie in a shared database (key store {0}); name it with --shared")]
    InDatabase(String),
    /// The database is another one.
    #[error("this node's names and keys lie in the key store {known}; the shared database holds {found}")]
    OtherDatabase {
        /// Which the node used before.
        known: String,
        /// Which was named.
        found: Uuid,
    },
    /// The folder does not answer.
    #[error("the data folder is unavailable: {0}")]
    Io(#[from] std::io::Error),
}

impl Misplaced {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OwnVault => "vault-in-folder",
            Self::InDatabase(_) => "vault-elsewhere",
            Self::OtherDatabase { .. } => "shared-other-database",
            Self::Io(_) => "store-unavailable",
        }
    }
}

/// Holds a folder whose node uses no shared database to that.
pub(crate) fn is_alone(data: &Path) -> Result<(), Misplaced> {
    match known(data)? {
        Some(known) => Err(Misplaced::InDatabase(known)),
        None => Ok(()),
    }
}

/// Holds a folder to the key store that its node used first.
pub(crate) fn goes_with(data: &Path, found: Uuid) -> Result<(), Misplaced> {
    match known(data)? {
        Some(known) if known == found.to_string() => Ok(()),
        Some(known) => Err(Misplaced::OtherDatabase { known, found }),
        None if data.join("vault").exists() || data.join("keys").exists() || data.join("sign-in").exists() => {
            Err(Misplaced::OwnVault)
        }
        None => Ok(write_durably(data, MARK, &found.to_string())?),
    }
}

fn known(data: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(data.join(MARK)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a small file whole or not at all.
pub(crate) fn write_durably(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    siyi_log::create_durably(folder)?;
    let (next, path) = (folder.join(format!("{name}.new")), folder.join(name));
    let mut file = std::fs::File::create(&next)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(next, path)?;
    std::fs::File::open(folder)?.sync_all()
}
