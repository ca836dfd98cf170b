//! Why the shared database is not used, and what breaks while it is.

use siyi_attachments::AttachmentError;
use siyi_log::keys::{KeysError, MasterKeyError};
use siyi_log::vault::VaultError;
use siyi_sign_in::SignInError;
use std::time::Duration;

/// Why a database does not serve.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The address does not read.
    #[error("the address of the shared database does not read: {what}")]
    AddressMalformed {
        /// What is expected.
        what: String,
    },
    /// The address asks for a connection in clear to another machine.
    #[error(
        "`{host}` is another machine, and its address asks for a connection in clear: leave sslmode out, or use require"
    )]
    NotProtected {
        /// Which machine.
        host: String,
    },
    /// User or password are wrong, or the user may not do what is needed.
    #[error("the shared database does not let this program in: {reason}")]
    Denied {
        /// What the database said.
        reason: String,
    },
    /// The database does not answer (503).
    #[error("the shared database is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// The tables were made by a newer program; nothing was changed.
    #[error("the tables of the shared database have version {found}, this program reads {supported} and older")]
    TooNew {
        /// Their version.
        found: i32,
        /// The newest version that this program reads.
        supported: i32,
    },
    /// The database does not sync what it acknowledges.
    #[error("the shared database runs with fsync off, so a power loss would take what was acknowledged")]
    NotDurable,
    /// A trial and real use never share anything.
    #[error("the shared database is used for {found}")]
    UsedOtherwise {
        /// For what.
        found: &'static str,
    },
    /// The keys do not open, by this master key or at all.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl SharedError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AddressMalformed { .. } => "shared-address-malformed",
            Self::NotProtected { .. } => "shared-not-protected",
            Self::Denied { .. } => "shared-denied",
            Self::Unavailable { .. } => "store-unavailable",
            Self::TooNew { .. } => "store-too-new",
            Self::NotDurable => "shared-not-durable",
            Self::UsedOtherwise { .. } => "shared-used-otherwise",
            Self::Keys(error) => error.code(),
        }
    }
}

impl From<MasterKeyError> for SharedError {
    fn from(error: MasterKeyError) -> Self {
        Self::Keys(error.into())
    }
}

impl From<Trouble> for SharedError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Sql(sqlx::Error::Database(error)) if is_denied(error.code().as_deref()) => {
                Self::Denied { reason: error.message().to_owned() }
            }
            Trouble::Keys(error) => Self::Keys(error),
            Trouble::Damaged(detail) => Self::Keys(KeysError::Corrupt { detail }),
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}

/// Wrong user or password, or not permitted (PostgreSQL, appendix A, classes 28 and 42501).
fn is_denied(sqlstate: Option<&str>) -> bool {
    sqlstate.is_some_and(|code| code.starts_with("28") || code == "42501")
}

/// What breaks in a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("{0}")]
    Sql(sqlx::Error),
    #[error("no answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("{0}")]
    Damaged(String),
    #[error("the call was broken off: {0}")]
    Broken(String),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        let damaged = match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => true,
            // PostgreSQL, appendix A: data_corrupted, index_corrupted.
            sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("XX001" | "XX002")),
            _ => false,
        };
        if damaged { Self::Damaged(error.to_string()) } else { Self::Sql(error) }
    }
}

impl From<tokio::task::JoinError> for Trouble {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Trouble {
    fn reason(&self) -> String {
        format!("the shared database: {self}")
    }
}

impl From<Trouble> for VaultError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Vault(error) => error,
            Trouble::Keys(error) => error.into(),
            Trouble::Damaged(detail) => Self::Corrupt { detail },
            other => Self::Unavailable { reason: other.reason() },
        }
    }
}

impl From<Trouble> for KeysError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Keys(error) => error,
            Trouble::Damaged(detail) => Self::Corrupt { detail },
            other => Self::Unavailable { reason: other.reason() },
        }
    }
}

impl From<Trouble> for SignInError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Damaged(detail) => Self::Corrupt { detail },
            other => Self::Unavailable { reason: other.reason() },
        }
    }
}

impl From<Trouble> for AttachmentError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Damaged(_) => Self::Corrupt { found: "a row of the shared index does not read" },
            other => Self::unavailable(other.reason()),
        }
    }
}
