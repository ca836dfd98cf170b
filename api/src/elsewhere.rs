//! What of a node lies elsewhere than in its data folder, and that nothing is looked for in the wrong place.
//!
//! A node whose names and keys lie in a shared database keeps a mark of it in its folder. Opened without that database, or with
//! another one, everybody would seem erased; so it is refused.

use std::io::Write;
use std::path::Path;

use clap::Args;
use secrecy::SecretString;
use siyi_attachments::Place;
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
    /// Where files that are handed in lie, for all nodes over that PostgreSQL: s3://bucket/prefix, with endpoint, region and credentials
    /// in the environment (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, …); file:///folder, which all nodes
    /// mount; or `folder`, each node's own data folder, where only the node that took a file finds it.
    #[arg(long, env = "SIYI_ATTACHMENTS", value_name = "URL", hide_env_values = true)]
    pub attachments: Option<String>,
}

/// The word for each node's own data folder.
const OWN_FOLDER: &str = "folder";

impl Elsewhere {
    /// Where files lie, where it is not this node's own folder.
    #[must_use]
    pub fn attachments_place(&self) -> Option<&str> {
        self.attachments.as_deref().filter(|place| *place != OWN_FOLDER)
    }

    /// Holds that somebody decided where the files of several nodes lie.
    ///
    /// # Errors
    /// [`Misplaced::AttachmentsUnnamed`].
    pub const fn is_decided(&self) -> Result<(), Misplaced> {
        if self.shared.is_some() && self.attachments.is_none() { Err(Misplaced::AttachmentsUnnamed) } else { Ok(()) }
    }
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
    /// There may be several nodes, and nobody said where their files lie.
    #[error(
        "nodes over a shared database may be several, and each would keep its files to itself: name an object store with \
         --attachments s3://bucket/prefix, or say --attachments folder"
    )]
    AttachmentsUnnamed,
    /// An object store was named, and no database that could hold its index.
    #[error("attachments in `{0}` need their index in a shared database; name it with --shared")]
    AttachmentsAlone(String),
    /// The folder has files of its own.
    #[error("the data folder holds attachments of its own, which would not be found in `{0}`")]
    OwnAttachments(String),
    /// The files lie in an object store, and another or none was named.
    #[error("the attachments of this database lie in `{0}`; name it with --attachments")]
    AttachmentsElsewhere(String),
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
            Self::AttachmentsUnnamed => "attachments-unnamed",
            Self::AttachmentsAlone(_) => "attachments-need-shared",
            Self::OwnAttachments(_) => "attachments-in-folder",
            Self::AttachmentsElsewhere(_) => "attachments-elsewhere",
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

/// Holds the folder of attachments to have none, where they lie in this place.
pub(crate) fn holds_no_attachments(folder: &Path, place: &Place) -> Result<(), Misplaced> {
    let files = folder.join("files");
    if files.exists() && std::fs::read_dir(files)?.next().is_some() {
        return Err(Misplaced::OwnAttachments(place.to_string()));
    }
    Ok(())
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
