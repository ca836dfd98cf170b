//! Why an attachment is not taken or not handed out.

use crate::kind::Kind;

/// Why an attachment is not taken or not handed out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// The file, as it arrived or once cleaned, is larger than [`crate::limits::MAX_FILE_BYTES`].
    #[error("the file has {bytes} bytes, at most {limit} are allowed")]
    TooLarge {
        /// How many.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The bytes, or the declared type, are none of those that are taken.
    #[error("the file is none of pdf, png, jpeg, webp, docx, xlsx and ofd")]
    TypeUnknown,
    /// The declared type is not what the bytes are.
    #[error("the file was declared as {declared} and is {found}")]
    TypeMismatch {
        /// What the sender said.
        declared: Kind,
        /// What it is.
        found: Kind,
    },
    /// The file is one more thing than it says.
    #[error("the file is two things at once: {found}")]
    Polyglot {
        /// What was found.
        found: &'static str,
    },
    /// Unpacked, the file would be far larger than a document of a village is.
    #[error("the file unpacks to too much: {found}")]
    Bomb {
        /// What was found.
        found: &'static str,
    },
    /// The file does something, brings something along, or hides something from inspection.
    #[error("the file holds active or hidden content: {found}")]
    ActiveContent {
        /// What was found.
        found: &'static str,
    },
    /// The village's quota is used up, or the act has more than [`crate::limits::MAX_FILES_PER_ACT`] files.
    #[error("{asked} {unit} are asked for, {left} are left")]
    Quota {
        /// How much the upload needs.
        asked: u64,
        /// How much there is.
        left: u64,
        /// Of what: `bytes` or `files`.
        unit: &'static str,
    },
    /// The file is not built as its type demands.
    #[error("the file cannot be read: {found}")]
    Malformed {
        /// What was found.
        found: &'static str,
    },
    /// What lies in the store is not what was stored, or the key is another one; stop and look.
    #[error("the stored attachment is damaged: {found}")]
    Corrupt {
        /// What was found.
        found: &'static str,
    },
    /// There is no such attachment (any more), or the text is no digest.
    #[error("there is no such attachment")]
    Unknown,
    /// The store or the keys do not answer; what was to be written may or may not be there.
    #[error("the attachments are unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
}

impl AttachmentError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "attachment-too-large",
            Self::TypeUnknown => "attachment-type-unknown",
            Self::TypeMismatch { .. } => "attachment-type-mismatch",
            Self::Polyglot { .. } => "attachment-polyglot",
            Self::Bomb { .. } => "attachment-bomb",
            Self::ActiveContent { .. } => "attachment-active-content",
            Self::Quota { .. } => "attachment-quota",
            Self::Malformed { .. } => "attachment-malformed",
            Self::Corrupt { .. } => "attachment-corrupt",
            Self::Unknown => "attachment-unknown",
            Self::Unavailable { .. } => "store-unavailable",
        }
    }

    /// What does not answer, in words for the operator.
    #[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
    #[must_use]
    pub fn unavailable(reason: impl ToString) -> Self {
        Self::Unavailable { reason: reason.to_string() }
    }

    /// An upload that took so long that others gave it up, or whose owner was erased meanwhile.
    #[must_use]
    pub fn given_up() -> Self {
        Self::unavailable("the file was given up while it was being written")
    }

    pub(crate) const fn malformed(found: &'static str) -> Self {
        Self::Malformed { found }
    }

    pub(crate) const fn corrupt(found: &'static str) -> Self {
        Self::Corrupt { found }
    }
}

impl From<std::io::Error> for AttachmentError {
    fn from(error: std::io::Error) -> Self {
        // Without the path: it says where on this machine the files lie.
        Self::unavailable(error.kind())
    }
}

impl From<fjall::Error> for AttachmentError {
    fn from(error: fjall::Error) -> Self {
        match error {
            fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => error.into(),
            fjall::Error::Locked => Self::unavailable("another process has them open"),
            fjall::Error::Poisoned => Self::unavailable("a write has failed; open them again"),
            _ => Self::corrupt("the index cannot be read"),
        }
    }
}
