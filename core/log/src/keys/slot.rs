//! One key as it lies on the disk.
//!
//! | bytes | of a slot |
//! | --- | --- |
//! | 1 | 1; zero where the key was destroyed |
//! | 1 | purpose |
//! | 16 | subject |
//! | 16 | id of the key |
//! | 72 | the key, closed with the master key over all before it |
//! | 8 | the first bytes of a SHA-256 over all before them |

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{DataKey, KEY_BYTES, KeyError, MasterKey, NONCE_BYTES, Purpose, close, open};
use crate::canonical::sha256;

const TAG_BYTES: usize = 16;
const CLOSED_BYTES: usize = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const BOUND_BYTES: usize = 34;
const SUM_BYTES: usize = 8;
/// Bytes of a slot.
pub(super) const SLOT_BYTES: usize = BOUND_BYTES + CLOSED_BYTES + SUM_BYTES;

const MAGIC: &[u8; 8] = b"siyikey1";
const CHECK: &[u8; KEY_BYTES] = b"siyi: the master key opens this.";
/// Bytes of the file's head.
pub(super) const HEADER_BYTES: usize = MAGIC.len() + CLOSED_BYTES;

/// The head of the file: a known text closed with the master key, so that a wrong one is noticed before anything is done.
pub(super) struct Header {
    check: Vec<u8>,
}

impl Header {
    pub(super) fn new(master: &MasterKey) -> Result<Self, KeyError> {
        Ok(Self { check: close(master.bytes(), MAGIC, CHECK)? })
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        let damaged = || KeyError::Corrupt { detail: "the file has no head of ours".to_owned() };
        let head = bytes.get(..HEADER_BYTES).ok_or_else(damaged)?;
        let (magic, check) = head.split_at_checked(MAGIC.len()).ok_or_else(damaged)?;
        if magic == MAGIC { Ok(Self { check: check.to_vec() }) } else { Err(damaged()) }
    }

    pub(super) fn check(&self, master: &MasterKey) -> Result<(), KeyError> {
        let opened = open(master.bytes(), MAGIC, &self.check).ok_or(KeyError::MasterWrong)?;
        if opened.as_slice() == CHECK { Ok(()) } else { Err(KeyError::MasterWrong) }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        [MAGIC.as_slice(), &self.check].concat()
    }
}

/// One wrapped key.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) subject: Uuid,
    pub(super) purpose: Purpose,
    pub(super) id: Uuid,
    closed: Vec<u8>,
}

impl Slot {
    pub(super) fn wrap(
        subject: Uuid,
        purpose: Purpose,
        id: Uuid,
        key: &DataKey,
        master: &MasterKey,
    ) -> Result<Self, KeyError> {
        let closed = close(master.bytes(), &bound(subject, purpose, id), key.as_slice())?;
        Ok(Self { subject, purpose, id, closed })
    }

    pub(super) fn unwrap_key(&self, master: &MasterKey) -> Result<DataKey, KeyError> {
        let opened = open(master.bytes(), &bound(self.subject, self.purpose, self.id), &self.closed);
        let key = opened.and_then(|key| <[u8; KEY_BYTES]>::try_from(key.as_slice()).ok());
        let damaged = || KeyError::Corrupt { detail: format!("the key `{}` does not open", self.id) };
        key.map(Zeroizing::new).ok_or_else(damaged)
    }

    pub(super) fn rewrapped(&self, old: &MasterKey, new: &MasterKey) -> Result<Self, KeyError> {
        Self::wrap(self.subject, self.purpose, self.id, &self.unwrap_key(old)?, new)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = [bound(self.subject, self.purpose, self.id).as_slice(), &self.closed].concat();
        let sum = sha256(&bytes);
        bytes.extend(sum.iter().take(SUM_BYTES));
        bytes
    }

    /// The slot at a place of the file; none where its key was destroyed.
    pub(super) fn read(bytes: &[u8], at: u64) -> Result<Option<Self>, KeyError> {
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let damaged = || KeyError::Corrupt { detail: format!("the slot at byte {at} does not read") };
        let (body, sum) = bytes.split_at_checked(BOUND_BYTES + CLOSED_BYTES).ok_or_else(damaged)?;
        if !sha256(body).starts_with(sum) {
            return Err(damaged());
        }
        let (head, closed) = body.split_at_checked(BOUND_BYTES).ok_or_else(damaged)?;
        let [_, purpose, ids @ ..] = head else { return Err(damaged()) };
        let (subject, id) = ids.split_first_chunk::<16>().ok_or_else(damaged)?;
        Ok(Some(Self {
            subject: Uuid::from_bytes(*subject),
            purpose: Purpose::from_byte(*purpose).ok_or_else(damaged)?,
            id: Uuid::from_slice(id).map_err(|_| damaged())?,
            closed: closed.to_vec(),
        }))
    }
}

fn bound(subject: Uuid, purpose: Purpose, id: Uuid) -> Vec<u8> {
    [&[1, purpose.byte()], subject.as_bytes().as_slice(), id.as_bytes()].concat()
}
