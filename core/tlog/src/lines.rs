//! Reading texts line by line, each with its newline, and numbers in one spelling.

use super::{Hash, MAX_PROOF_HASHES, TlogError};

/// The rest of a text.
pub(super) struct Lines<'a> {
    what: &'static str,
    rest: &'a str,
}

impl<'a> Lines<'a> {
    pub(super) const fn of(what: &'static str, text: &'a str) -> Self {
        Self { what, rest: text }
    }

    /// The next line without its newline, which it must have.
    pub(super) fn next(&mut self) -> Result<&'a str, TlogError> {
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| TlogError::malformed(self.what, "a line is missing or is cut off"))?;
        self.rest = rest;
        Ok(line)
    }

    /// The next line if it begins so, without its beginning.
    pub(super) fn next_if(&mut self, prefix: &str) -> Result<Option<&'a str>, TlogError> {
        if self.rest.starts_with(prefix) { Ok(self.next()?.strip_prefix(prefix)) } else { Ok(None) }
    }

    /// The hashes of a proof, one a line, up to the empty line that ends them.
    pub(super) fn proof(&mut self) -> Result<Vec<Hash>, TlogError> {
        let mut hashes = Vec::new();
        loop {
            match self.next()? {
                "" => return Ok(hashes),
                _ if hashes.len() == MAX_PROOF_HASHES => {
                    return Err(TlogError::TooLarge { what: "a proof", limit: MAX_PROOF_HASHES as u64 });
                }
                line => hashes.push(Hash::from_base64(line)?),
            }
        }
    }

    pub(super) const fn rest(self) -> &'a str {
        self.rest
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// A decimal number as ASCII digits without leading zeros or sign.
pub(super) fn decimal(what: &'static str, text: &str) -> Result<u64, TlogError> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    if !canonical || text.is_empty() || text.len() > 20 {
        return Err(TlogError::malformed(what, "a decimal number without leading zeros is needed"));
    }
    text.parse().map_err(|_| TlogError::malformed(what, "the number is too large"))
}
