//! Why there is no key.

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No master key was given.
    #[error(
        "there is no master key: name its file with --master-key, or give the systemd credential `siyi-master-key`"
    )]
    MasterMissing,
    /// Others may read the master key's file.
    #[error("the master key's file may be read by others: its mode is {mode:o}, it must be 600 or 400")]
    MasterExposed {
        /// The mode found.
        mode: u32,
    },
    /// The file holds no key.
    #[error("the master key's file holds no 64 hexadecimal digits")]
    MasterMalformed,
    /// The keys were made under another master key.
    #[error("the keys of this folder were made under another master key")]
    MasterWrong,
    /// A key file is there already and is not written over.
    #[error("there is a file at `{0}` already")]
    MasterExists(String),
    /// A slot does not read.
    #[error("the file of keys is damaged: {detail}")]
    Corrupt {
        /// What was found, and where.
        detail: String,
    },
    /// The disk or the operating system said no.
    #[error("the keys are unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
}

impl KeyError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MasterMissing => "master-key-missing",
            Self::MasterExposed { .. } => "master-key-exposed",
            Self::MasterMalformed => "master-key-malformed",
            Self::MasterWrong => "master-key-wrong",
            Self::MasterExists(_) => "master-key-exists",
            Self::Corrupt { .. } => "store-corrupt",
            Self::Unavailable { .. } => "store-unavailable",
        }
    }

    pub(super) fn lost() -> Self {
        Self::Corrupt { detail: "a key that was just made is gone".to_owned() }
    }
}

impl From<std::io::Error> for KeyError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }
}
