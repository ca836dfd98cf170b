//! 保存的材料: what lies outside the vault and goes when a person's data goes, or when its period of retention is over.

use async_trait::async_trait;
use siyi_domain::ids::{JurisdictionCode, PaperHash, PersonId};
use siyi_domain::retention::RecordKept;

/// It cannot be told which records there are, so nothing may be destroyed now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the records cannot be told: {reason}")]
pub struct RecordsUnavailable {
    /// What the store said.
    pub reason: String,
}

/// Who knows which records lie here.
#[async_trait]
pub trait RecordsHeld: Send + Sync + 'static {
    /// The records that an erasure of this person would take along; those of which no schedule knows the class are left out.
    ///
    /// # Errors
    /// [`RecordsUnavailable`].
    async fn of_person(&self, person: PersonId) -> Result<Vec<RecordKept>, RecordsUnavailable>;

    /// What a file is to a place, for each copy that is kept; none where no file of this digest is kept, or no schedule knows
    /// its class.
    ///
    /// # Errors
    /// [`RecordsUnavailable`].
    async fn of_file(&self, place: &JurisdictionCode, file: &PaperHash) -> Result<Vec<RecordKept>, RecordsUnavailable>;
}
