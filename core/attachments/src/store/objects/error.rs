//! Why an object store does not serve, and what breaks while it does.

use crate::error::AttachmentError;

/// The most that is told of what broke, in characters.
const MAX_REASON: usize = 300;

/// Why a place does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// The address, or one of the `AWS_` settings, does not read.
    #[error("where attachments lie does not read: {what}")]
    AddressMalformed {
        /// What is expected.
        what: String,
    },
    /// The endpoint is another machine, in clear.
    #[error("`{host}` is another machine, and AWS_ENDPOINT_URL asks for a connection in clear: use https")]
    NotProtected {
        /// Which machine.
        host: String,
    },
    /// Credentials are wrong or missing, or do not permit what is needed.
    #[error(
        "`{place}` does not let this program in: look at the credentials, the clock, and whether they may list, read, write and delete"
    )]
    Denied {
        /// Where.
        place: String,
    },
    /// There is no such bucket or folder, or it is empty where files were put before.
    #[error("`{place}` is not there, or is not the place where the attachments were put before")]
    Missing {
        /// Where.
        place: String,
    },
    /// The files there belong to another database.
    #[error("the attachments in `{place}` belong to the database `{found}`; give each its own prefix")]
    OtherIndex {
        /// Where.
        place: String,
        /// Whose they are.
        found: String,
    },
    /// What is removed there stays there.
    #[error("`{place}` keeps versions, so that nothing can be erased from it: turn versioning off for this bucket")]
    Versioned {
        /// Where.
        place: String,
    },
    /// The object store does not answer (503).
    #[error("the object store is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
}

impl ObjectsError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AddressMalformed { .. } => "attachments-address-malformed",
            Self::NotProtected { .. } => "attachments-not-protected",
            Self::Denied { .. } => "attachments-denied",
            Self::Missing { .. } => "attachments-missing",
            Self::OtherIndex { .. } => "attachments-of-another",
            Self::Versioned { .. } => "attachments-versioned",
            Self::Unavailable { .. } => "store-unavailable",
        }
    }
}

/// What breaks in a call.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The object, or all that it lies in.
    NotThere,
    Denied,
    Unavailable(String),
    /// A file that is longer than any that was written.
    TooLong,
}

impl From<object_store::Error> for Trouble {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        match error {
            E::NotFound { .. } => Self::NotThere,
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => Self::Denied,
            // What the store itself says, which is the end of a long text, may be as long as it likes.
            other => Self::Unavailable(other.to_string().chars().take(MAX_REASON).collect()),
        }
    }
}

impl From<Trouble> for AttachmentError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotThere => Self::unavailable("the object store does not have what is looked for"),
            Trouble::Denied => Self::unavailable("the object store does not let this program in"),
            Trouble::Unavailable(reason) => Self::unavailable(format!("the object store: {reason}")),
            Trouble::TooLong => Self::corrupt("the file is longer than any that was written"),
        }
    }
}
