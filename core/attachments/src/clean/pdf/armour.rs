//! ASCII base-85 (ISO 32000-2, 7.4.3), in which some writers wrap what they have deflated.

use super::names::is_white;

/// Decodes up to the end mark `~>`; none where the text does not read.
pub(super) fn ascii85(text: &[u8]) -> Option<Vec<u8>> {
    let (mut decoded, mut group, mut length) = (Vec::with_capacity(text.len()), 0_u64, 0_usize);
    for byte in text.iter().copied().filter(|byte| !is_white(*byte)) {
        match byte {
            b'~' => break,
            b'z' if length == 0 => decoded.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group = group * 85 + u64::from(byte - b'!');
                length += 1;
                if length == 5 {
                    decoded.extend_from_slice(&u32::try_from(group).ok()?.to_be_bytes());
                    (group, length) = (0, 0);
                }
            }
            _ => return None,
        }
    }
    if length == 1 {
        return None;
    }
    if length > 1 {
        // A short group stands for one that was filled up with the highest digit.
        let filled = (length..5).fold(group, |group, _| group * 85 + 84);
        decoded.extend_from_slice(u32::try_from(filled).ok()?.to_be_bytes().get(..length - 1)?);
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::ascii85;

    #[test]
    fn groups_whole_short_and_empty_are_read() {
        assert_eq!(ascii85(b"87cUR\nD]i,\"Ebo80~>").unwrap(), b"Hello World!");
        assert_eq!(ascii85(b"87cURDZ~>").unwrap(), b"Hello");
        assert_eq!(ascii85(b"z!!~>rest").unwrap(), [0; 5]);
        assert_eq!(ascii85(b"").unwrap(), b"");
        for text in [&b"!~>"[..], b"uuuuu", b"!z!!!", b"vvvvv", b"\xff"] {
            assert_eq!(ascii85(text), None);
        }
    }
}
