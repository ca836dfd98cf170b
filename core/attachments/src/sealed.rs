//! Encryption at rest: XChaCha20-Poly1305 in chunks, after the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár,
//! 2015).
//!
//! A file is 19 random bytes, then chunks of [`CHUNK_BYTES`] with a tag of 16 bytes each; the last may be shorter. The
//! nonce of a chunk is those 19 bytes, its number in 4 bytes, and 1 where it is the last, 0 elsewhere. So a chunk cannot
//! be moved, left out or put at the end. What is authenticated beside it: what the file is, its digest, the number.

use crate::{digest::Digest, error::AttachmentError, keys::DataKey, limits::CHUNK_BYTES};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

const TAG_BYTES: usize = 16;
const FILE: &[u8] = b"siyi attachment file 1";
const PARTICULARS: &[u8] = b"siyi attachment particulars 1";

/// Encrypts the (padded) bytes of an attachment.
pub(crate) fn seal(key: &DataKey, digest: &Digest, plain: &[u8]) -> Result<Vec<u8>, AttachmentError> {
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    let stem: [u8; 19] = random()?;
    let count = plain.len().div_ceil(CHUNK_BYTES).max(1);
    let mut sealed = Vec::with_capacity(stem.len() + plain.len() + count * TAG_BYTES);
    sealed.extend_from_slice(&stem);
    for number in 0..count {
        let from = number * CHUNK_BYTES;
        let msg = plain.get(from..plain.len().min(from + CHUNK_BYTES)).unwrap_or_default();
        let aad = file_aad(digest, number)?;
        let nonce = nonce(&stem, number, number + 1 == count)?;
        let chunk = cipher.encrypt(&nonce, Payload { msg, aad: &aad });
        sealed.extend_from_slice(&chunk.map_err(|_| AttachmentError::unavailable("encryption failed"))?);
    }
    Ok(sealed)
}

/// Decrypts what [`seal`] made; nothing comes out unless every chunk is in its place.
pub(crate) fn open(key: &DataKey, digest: &Digest, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, AttachmentError> {
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    let (stem, body) = sealed.split_first_chunk::<19>().ok_or(AttachmentError::corrupt("the file is cut short"))?;
    let count = body.len().div_ceil(CHUNK_BYTES + TAG_BYTES);
    let mut plain = Zeroizing::new(Vec::with_capacity(body.len()));
    for (number, msg) in body.chunks(CHUNK_BYTES + TAG_BYTES).enumerate() {
        let aad = file_aad(digest, number)?;
        let nonce = nonce(stem, number, number + 1 == count)?;
        let chunk = cipher.decrypt(&nonce, Payload { msg, aad: &aad });
        plain.extend_from_slice(&Zeroizing::new(
            chunk.map_err(|_| AttachmentError::corrupt("a chunk does not open under its key"))?,
        ));
    }
    if count == 0 { Err(AttachmentError::corrupt("the file has no chunk")) } else { Ok(plain) }
}

/// Encrypts what the index tells about an attachment; `row` is where it stands.
pub(crate) fn seal_particulars(key: &DataKey, row: &[u8], text: &[u8]) -> Result<Vec<u8>, AttachmentError> {
    let nonce: [u8; 24] = random()?;
    let aad = [PARTICULARS, row].concat();
    let sealed = XChaCha20Poly1305::new(key.as_bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: &aad })
        .map_err(|_| AttachmentError::unavailable("encryption failed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Decrypts what [`seal_particulars`] made.
pub(crate) fn open_particulars(
    key: &DataKey,
    row: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, AttachmentError> {
    let aad = [PARTICULARS, row].concat();
    let (nonce, msg) = sealed.split_first_chunk::<24>().ok_or(AttachmentError::corrupt("a row is cut short"))?;
    XChaCha20Poly1305::new(key.as_bytes().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| AttachmentError::corrupt("a row does not open under its key"))
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], AttachmentError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(AttachmentError::unavailable)?;
    Ok(bytes)
}

/// How long a file of this length is once padded (Padmé, Nikitin and others, 2019): at most 12 % longer, and so many
/// files share a length that it does not tell which of two known documents this is.
pub(crate) fn padded_len(len: usize) -> usize {
    let Some(exponent) = len.checked_ilog2().filter(|exponent| *exponent >= 2) else {
        return len;
    };
    let kept = exponent.ilog2() + 1;
    let mask = (1_usize << exponent.saturating_sub(kept)) - 1;
    len.saturating_add(mask) & !mask
}

fn nonce(stem: &[u8; 19], number: usize, last: bool) -> Result<XNonce, AttachmentError> {
    let mut nonce = [0; 24];
    let counted = number_bytes(number)?;
    for (to, from) in nonce.iter_mut().zip(stem.iter().chain(&counted).chain(&[u8::from(last)])) {
        *to = *from;
    }
    Ok(XNonce::from(nonce))
}

fn file_aad(digest: &Digest, number: usize) -> Result<Vec<u8>, AttachmentError> {
    Ok([FILE, digest.as_bytes(), &number_bytes(number)?].concat())
}

fn number_bytes(number: usize) -> Result<[u8; 4], AttachmentError> {
    // Files have at most 20 MiB; a larger one on the disk is not ours.
    u32::try_from(number).map(u32::to_be_bytes).map_err(|_| AttachmentError::corrupt("the file has too many chunks"))
}
