//! The end record of a zip archive, looked for where it must not be.

/// `PK\5\6`
const SIGNATURE: [u8; 4] = *b"PK\x05\x06";

/// The record, and the longest comment behind it: nobody looks further from the end.
const TAIL_BYTES: usize = 22 + 65_535;

/// Whether somebody who opens the bytes as a zip archive would find one.
///
/// Near the end the signature suffices. Before, where four bytes may be chance in compressed data, the record must be
/// one: a single disk, and a directory that lies before it.
pub(crate) fn holds_end_record(bytes: &[u8]) -> bool {
    let tail = bytes.len().saturating_sub(TAIL_BYTES);
    let signed = |(at, window): (usize, &[u8])| (window == SIGNATURE).then_some(at);
    bytes.windows(4).enumerate().filter_map(signed).any(|at| at >= tail || is_record(bytes, at))
}

fn is_record(bytes: &[u8], at: usize) -> bool {
    let Some(record) = bytes.get(at..).and_then(<[u8]>::first_chunk::<22>) else {
        return false;
    };
    let [_, _, _, _, 0, 0, 0, 0, a, b, c, d, s0, s1, s2, s3, o0, o1, o2, o3, ..] = *record else {
        return false;
    };
    let directory = u64::from(u32::from_le_bytes([s0, s1, s2, s3])) + u64::from(u32::from_le_bytes([o0, o1, o2, o3]));
    [a, b] == [c, d] && directory <= at as u64
}
