//! How a disclosure lies on the disk.
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | subject |
//! | 1 | number of the purpose |
//! | 16 | key id |
//! | 24 | nonce |
//! | rest | the disclosure's text, padded and encrypted, and the tag |

use super::{Disclosure, Opened, VaultError, disclosure::digest_text};
use crate::keys::{DataKey, Purpose};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A text is padded to a multiple of so many bytes, so that its length does not tell a yes from a no.
pub(super) const PAD_BYTES: usize = 64;

/// What begins the padding (ISO/IEC 7816-4); it is in no text, which is base64url.
const PAD: u8 = 0x80;

/// A disclosure, encrypted.
#[derive(Debug)]
pub struct SealedRow {
    pub(super) subject: Uuid,
    pub(super) purpose: Purpose,
    pub(super) key: Uuid,
    sealed: Vec<u8>,
}

impl SealedRow {
    /// Encrypts a disclosure under the key of its person and purpose.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] where there is no randomness.
    pub fn seal(disclosure: &Disclosure, key: &DataKey) -> Result<Self, VaultError> {
        let size = (disclosure.text.len() / PAD_BYTES + 1) * PAD_BYTES;
        // Room from the start: a buffer that grows leaves a copy behind.
        let mut padded = Zeroizing::new(Vec::with_capacity(size));
        padded.extend_from_slice(disclosure.text.as_bytes());
        padded.push(PAD);
        padded.resize(size, 0);
        let sealed = key.seal(&disclosure.digest_bytes(), &padded);
        let sealed = sealed.map_err(|reason| VaultError::Unavailable { reason })?;
        Ok(Self { subject: disclosure.subject, purpose: disclosure.purpose, key: key.id(), sealed })
    }

    /// Decrypts it with its key and checks it against the digest under which it lies.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`] where it is not as it was written, lies under another digest, or is of another purpose.
    pub fn opened(&self, digest: &[u8; 32], key: &DataKey) -> Result<Opened, VaultError> {
        let opened = self.open(digest, key)?.opened(&digest_text(digest))?;
        if Purpose::of_field(&opened.field) != Some(self.purpose) {
            let detail = format!("the row `{}` is of another purpose", opened.digest);
            return Err(VaultError::Corrupt { detail });
        }
        Ok(opened)
    }

    /// Decrypts it with its key, bound to the digest under which it lies.
    pub(super) fn open(&self, digest: &[u8; 32], key: &DataKey) -> Result<Disclosure, VaultError> {
        let damaged = |what: &str| VaultError::Corrupt { detail: format!("the row `{}` {what}", digest_text(digest)) };
        let padded = key.open(digest, &self.sealed).ok_or_else(|| damaged("is not as it was written"))?;
        let end = padded.iter().rposition(|byte| *byte == PAD).ok_or_else(|| damaged("has no end"))?;
        let text =
            padded.get(..end).and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(|| damaged("is no text"))?;
        Ok(Disclosure { subject: self.subject, purpose: self.purpose, text: text.to_owned() })
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let purpose = [self.purpose.number()];
        [self.subject.as_bytes().as_slice(), &purpose, self.key.as_bytes(), &self.sealed].concat()
    }

    /// A row from its bytes; none where they do not read.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (subject, rest) = bytes.split_first_chunk::<16>()?;
        let (purpose, rest) = rest.split_first()?;
        let (key, sealed) = rest.split_first_chunk::<16>()?;
        let (subject, key) = (Uuid::from_bytes(*subject), Uuid::from_bytes(*key));
        Some(Self { subject, purpose: Purpose::from_number(*purpose)?, key, sealed: sealed.to_vec() })
    }
}
