//! Text with its SHA-256 (FIPS 180-4) at the end, so that a changed bit is noticed.

use crate::canonical::sha256;

const LABEL: &str = "sha256 ";

/// The lines, and one more with their hash.
pub(super) fn checked(lines: &str) -> String {
    format!("{lines}{LABEL}{}\n", hash(lines))
}

/// The lines; none where they are not those that were written.
pub(super) fn lines(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let start = text.rfind('\n').map_or(0, |end| end + 1);
    let (lines, last) = text.split_at_checked(start)?;
    (last.strip_prefix(LABEL)? == hash(lines)).then_some(lines)
}

fn hash(lines: &str) -> String {
    sha256(lines.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
