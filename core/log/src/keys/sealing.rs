//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce of 192 bits, and the key of a person and purpose.

use super::{KeyBytes, Purpose};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use sha2::Sha256;
use std::{fmt, sync::Arc};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The bytes that sealing adds: nonce and tag.
pub const SEAL_BYTES: usize = NONCE_BYTES + 16;

const NONCE_BYTES: usize = 24;

/// The key of one person and purpose, as long as it is not destroyed.
#[derive(Clone)]
pub struct DataKey {
    pub(super) id: Uuid,
    pub(super) subject: Uuid,
    pub(super) purpose: Purpose,
    pub(super) secret: Arc<KeyBytes>,
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("DataKey");
        debug.field("id", &self.id).field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl DataKey {
    /// Which key this is; a key that was destroyed never comes back under its id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Encrypts `plain`, so that it opens with this key and the same context only (the digest of a disclosure, the
    /// address of an attachment). The answer is the nonce and what was encrypted, [`SEAL_BYTES`] longer than `plain`.
    ///
    /// # Errors
    /// What the operating system said, where it has no randomness.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
        encrypt(&self.secret, &self.bound(context), plain)
    }

    /// Decrypts what [`Self::seal`] made; none where it was changed, or made with another key or context.
    #[must_use]
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        decrypt(&self.secret, &self.bound(context), sealed)
    }

    /// A key for something that seals by itself, made from this one by HMAC-SHA-256 over a label: who has it does not have this
    /// one, and both are gone when this one is destroyed.
    #[must_use]
    pub fn derived(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        // HMAC fills a key up with noughts to a block of SHA-256, so this is the key itself.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.secret.expose_secret()).for_each(|(byte, key)| *byte = *key);
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&(*block).into());
        mac.update(&self.bound(label));
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// The additional data: everything before the context has a fixed length, so no two cases read alike.
    fn bound(&self, context: &[u8]) -> Vec<u8> {
        let purpose = [self.purpose.number()];
        let parts: [&[u8]; 5] = [b"siyi-sealed-v1", self.id.as_bytes(), self.subject.as_bytes(), &purpose, context];
        parts.concat()
    }
}

/// A new key from the operating system's randomness.
pub(super) fn random_key() -> Result<KeyBytes, String> {
    let mut key: KeyBytes = SecretBox::default();
    random(key.expose_secret_mut())?;
    Ok(key)
}

/// A new identifier.
pub(super) fn random_id() -> Result<Uuid, String> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub(super) fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("the operating system has no randomness: {error}"))
}

pub(super) fn encrypt(key: &KeyBytes, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
    let payload = Payload { msg: plain, aad: bound };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| "the text is too long to be encrypted")?;
    Ok([nonce.as_slice(), &sealed].concat())
}

pub(super) fn decrypt(key: &KeyBytes, bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
    let payload = Payload { msg: sealed, aad: bound };
    cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
}
