//! How much of its quota each village has used.

use crate::error::AttachmentError;
use siyi_domain::ids::JurisdictionCode;
use std::collections::HashMap;

/// Bytes on the disk by village.
#[derive(Debug, Default)]
pub(super) struct Usage(HashMap<JurisdictionCode, u64>);

impl Usage {
    pub(super) fn of(&self, village: &JurisdictionCode) -> u64 {
        self.0.get(village).copied().unwrap_or_default()
    }

    pub(super) fn check(&self, village: &JurisdictionCode, asked: u64, quota: u64) -> Result<(), AttachmentError> {
        let left = quota.saturating_sub(self.of(village));
        if asked > left { Err(AttachmentError::Quota { asked, left, unit: "bytes" }) } else { Ok(()) }
    }

    pub(super) fn add(&mut self, village: &JurisdictionCode, bytes: u64) {
        let used = self.0.entry(village.clone()).or_default();
        *used = used.saturating_add(bytes);
    }

    pub(super) fn subtract(&mut self, village: &JurisdictionCode, bytes: u64) {
        if let Some(used) = self.0.get_mut(village) {
            *used = used.saturating_sub(bytes);
        }
    }
}
