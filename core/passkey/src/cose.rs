//! A public key as `COSE_Key`, in the one canonical spelling (CTAP 2.2, section 8): what is not spelled so is not read.
//!
//! ES256 on P-256, ES384 on P-384, and RS256 with a modulus of 2048 to 4096 bits, which Windows still makes.

use webauthn_rs::prelude::{COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, COSERSAKey, ECDSACurve};

/// `{1: 2, 3: -7, -1: 1, -2: bytes(32), …`
const ES256: &[u8] = &[0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
/// `{1: 2, 3: -35, -1: 2, -2: bytes(48), …`
const ES384: &[u8] = &[0xA5, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02, 0x21, 0x58, 0x30];
/// `… -3: bytes(32)`, `… -3: bytes(48)`
const Y_OF_32: &[u8] = &[0x22, 0x58, 0x20];
const Y_OF_48: &[u8] = &[0x22, 0x58, 0x30];
/// `{1: 3, 3: -257, -1: bytes(…`
const RS256: &[u8] = &[0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
/// `… -2: bytes(3)`
const EXPONENT: &[u8] = &[0x21, 0x43];
/// Bytes of a modulus.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// The bytes of an account's key as `COSE_Key`; none for a key of another kind.
#[must_use]
pub fn write(key: &COSEKey) -> Option<Vec<u8>> {
    Some(match (&key.type_, &key.key) {
        (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(key)) if key.x.len() == 32 && key.y.len() == 32 => {
            [ES256, &key.x, Y_OF_32, &key.y].concat()
        }
        (COSEAlgorithm::ES384, COSEKeyType::EC_EC2(key)) if key.x.len() == 48 && key.y.len() == 48 => {
            [ES384, &key.x, Y_OF_48, &key.y].concat()
        }
        (COSEAlgorithm::RS256, COSEKeyType::RSA(key)) if MODULUS.contains(&key.n.len()) => {
            let length = u16::try_from(key.n.len()).ok()?.to_be_bytes();
            [RS256, &length, &key.n, EXPONENT, &key.e].concat()
        }
        _ => return None,
    })
}

/// The key that bytes spell; none where they spell none in the canonical way.
pub(super) fn read(bytes: &[u8]) -> Option<COSEKey> {
    if let Some(rest) = bytes.strip_prefix(ES256) {
        return curve(rest, 32, Y_OF_32, ECDSACurve::SECP256R1, COSEAlgorithm::ES256);
    }
    if let Some(rest) = bytes.strip_prefix(ES384) {
        return curve(rest, 48, Y_OF_48, ECDSACurve::SECP384R1, COSEAlgorithm::ES384);
    }
    let (length, rest) = bytes.strip_prefix(RS256)?.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (n, rest) = rest.split_at_checked(length).filter(|_| MODULUS.contains(&length))?;
    let e = <[u8; 3]>::try_from(rest.strip_prefix(EXPONENT)?).ok()?;
    let key = COSEKeyType::RSA(COSERSAKey { n: n.to_vec(), e });
    Some(COSEKey { type_: COSEAlgorithm::RS256, key })
}

fn curve(rest: &[u8], length: usize, between: &[u8], curve: ECDSACurve, type_: COSEAlgorithm) -> Option<COSEKey> {
    let (x, rest) = rest.split_at_checked(length)?;
    let y = rest.strip_prefix(between).filter(|y| y.len() == length)?;
    Some(COSEKey { type_, key: COSEKeyType::EC_EC2(COSEEC2Key { curve, x: x.to_vec(), y: y.to_vec() }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let ec = [ES256, &[7; 32], Y_OF_32, &[9; 32]].concat();
        let wide = [ES384, &[7; 48], Y_OF_48, &[9; 48]].concat();
        let rsa = [RS256, &[1, 0], &[0x80; 256], EXPONENT, &[1, 0, 1]].concat();
        for bytes in [ec, wide, rsa] {
            assert_eq!(write(&read(&bytes).unwrap()), Some(bytes.clone()));
            assert_eq!(read(&bytes[..bytes.len() - 1]), None);
            assert_eq!(read(&[bytes.as_slice(), &[0]].concat()), None);
        }
    }
}
