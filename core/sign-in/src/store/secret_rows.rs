//! The port behind the store: an ordered map of bytes that is changed by one caller after the other.
//!
//! What every adapter promises stands as small named tests in `tests/src/promises/secrets.rs`.

use crate::error::SignInError;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// What looks at rows.
pub type Looking<'a> = &'a mut dyn FnMut(&dyn Look) -> Result<(), SignInError>;

/// What judges rows, and answers with what is to be written.
pub type Judging<'a> = &'a mut dyn FnMut(&dyn Look) -> Result<Vec<Write>, SignInError>;

/// A look at the rows.
pub trait Look {
    /// The value of a key.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`], [`SignInError::Corrupt`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SignInError>;

    /// The rows whose keys begin with `prefix`, ordered by key.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`], [`SignInError::Corrupt`].
    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, SignInError> {
        self.first(prefix, usize::MAX)
    }

    /// The first of these, at most so many.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`], [`SignInError::Corrupt`].
    fn first(&self, prefix: &[u8], most: usize) -> Result<Vec<Pair>, SignInError>;
}

/// A row that is to be there, or not to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// The key has this value.
    Put(Vec<u8>, Vec<u8>),
    /// The key is gone; where it is not there, nothing happens.
    Remove(Vec<u8>),
}

/// What a change survives once it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// A loss of power.
    Power,
    /// The end of the process.
    Process,
}

/// Where the rows lie. Calls block.
pub trait SecretRows: Send + Sync + 'static {
    /// Looks at the rows, as they are now.
    ///
    /// # Errors
    /// What `look` answers; [`SignInError::Unavailable`], [`SignInError::Corrupt`].
    fn read(&self, look: Looking<'_>) -> Result<(), SignInError>;

    /// Judges the rows and writes what comes of it, all or nothing. Nobody else, in this process or another one, changes
    /// anything in between. `judge` is called once at most.
    ///
    /// # Errors
    /// What `judge` answers, and then nothing was changed; [`SignInError::Unavailable`]: it may have been changed or not.
    fn change(&self, lasting: Lasting, judge: Judging<'_>) -> Result<(), SignInError>;

    /// Leaves nothing of what was removed in the files. Nobody else gets an answer meanwhile.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    fn forget_removed(&self) -> Result<(), SignInError>;

    /// Lets go of the files. Later calls are answered Unavailable.
    fn close(&self);
}
