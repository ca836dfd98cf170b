//! 电子邮箱: something, @, and a domain with a dot in it.

use std::ops::Range;

use super::MAX_MAIL_CHARS;

/// Most characters before the @ (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// Mail addresses.
pub(super) fn find(text: &[char]) -> Vec<Range<usize>> {
    let signs = text.iter().enumerate().filter(|(_, c)| matches!(c, '@' | '＠')).map(|(place, _)| place);
    signs.filter_map(|sign| around(text, sign)).collect()
}

fn around(text: &[char], sign: usize) -> Option<Range<usize>> {
    let local = text.get(..sign)?.iter().rev().take(MAX_LOCAL).take_while(|c| is_local(**c)).count();
    let after = text.get(sign + 1..)?;
    let domain: Vec<char> =
        after.iter().copied().take(MAX_MAIL_CHARS - MAX_LOCAL - 1).take_while(|c| is_domain(*c)).collect();
    // A full stop may end the sentence.
    let length = domain.iter().rposition(|c| !is_dot(*c) && *c != '-').map_or(0, |last| last + 1);
    let domain = domain.get(..length)?;
    let mut labels = domain.rsplit(|c| is_dot(*c));
    let last = labels.next()?;
    let named = last.len() >= 2 && last.iter().all(char::is_ascii_alphabetic);
    let dotted = labels.next().is_some_and(|label| !label.is_empty());
    (local > 0 && named && dotted).then_some(sign - local..sign + 1 + length)
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || is_dot(c)
}

fn is_dot(c: char) -> bool {
    matches!(c, '.' | '．')
}
