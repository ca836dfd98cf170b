//! The vault in memory, for tests and demonstrations.

use super::{Disclosure, Opened, Vault, VaultError, check_rows};
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// A [`Vault`] in memory.
#[derive(Debug, Default)]
pub struct MemoryVault {
    rows: Mutex<BTreeMap<String, Disclosure>>,
}

impl MemoryVault {
    /// An empty vault.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Disclosure>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn put(&self, new: Vec<Disclosure>) -> Result<(), VaultError> {
        check_rows(new.len())?;
        let mut rows = self.rows();
        for row in &new {
            let digest = row.digest();
            if rows.get(&digest).is_some_and(|known| known.subject != row.subject) {
                return Err(VaultError::DigestTaken { digest });
            }
        }
        rows.extend(new.into_iter().map(|row| (row.digest(), row)));
        Ok(())
    }

    async fn open_many(&self, digests: &[String]) -> Result<Vec<Option<Opened>>, VaultError> {
        check_rows(digests.len())?;
        let rows = self.rows();
        digests.iter().map(|digest| rows.get(digest).map(|row| row.opened(digest)).transpose()).collect()
    }

    async fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, VaultError> {
        let rows = self.rows();
        let theirs = rows.iter().filter(|(_, row)| row.subject == subject);
        theirs.map(|(digest, row)| row.opened(digest)).collect()
    }

    async fn forget(&self, subject: Uuid) -> Result<usize, VaultError> {
        let mut rows = self.rows();
        let before = rows.len();
        rows.retain(|_, row| row.subject != subject);
        Ok(before - rows.len())
    }
}
