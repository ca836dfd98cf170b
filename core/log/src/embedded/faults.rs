//! Letting a commit fail on purpose, both ways in which a write can fail.

use std::{fmt::Debug, io};

/// Called around each group commit. Production leaves it away; tests use it to stop the world at the two moments that
/// matter.
pub trait CommitFaults: Debug + Send + Sync {
    /// Before the commit: an error here means that nothing is stored.
    ///
    /// # Errors
    /// The failure to play.
    fn before_commit(&self) -> io::Result<()> {
        Ok(())
    }

    /// Behind the commit: an error here means that all is stored, but the answer is lost.
    ///
    /// # Errors
    /// The failure to play.
    fn after_commit(&self) -> io::Result<()> {
        Ok(())
    }
}
