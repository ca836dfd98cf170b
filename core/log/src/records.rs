//! 随人保存的材料: what lies with a person outside the vault, and would go with the person's data.

use async_trait::async_trait;
use siyi_domain::ids::PersonId;
use siyi_domain::retention::RecordKept;

/// It cannot be told what lies with a person, so nothing of theirs may be erased now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the records of a person cannot be told: {reason}")]
pub struct RecordsUnavailable {
    /// What the store said.
    pub reason: String,
}

/// Who knows which records lie with a person.
#[async_trait]
pub trait PersonalRecords: Send + Sync + 'static {
    /// The records that an erasure of this person would take along; those of which no schedule knows the class are left out.
    ///
    /// # Errors
    /// [`RecordsUnavailable`].
    async fn of_person(&self, person: PersonId) -> Result<Vec<RecordKept>, RecordsUnavailable>;
}
