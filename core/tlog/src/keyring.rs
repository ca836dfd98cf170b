//! The list of a log's keys: the one that signs now, and those that did, each up to the tree at which it was retired.
//!
//! The list is itself a signed note, so that who holds an old key finds the new one: at a rotation the outgoing key
//! signs beside the new one. Its text is
//!
//! ```text
//! siyi-log-keys v1
//! current <vkey>
//! retired <size> <vkey>
//! ```

use super::{
    KeyKind, Note, Signer, TlogError, VerifierKey,
    lines::{Lines, decimal},
};

const HEADER: &str = "siyi-log-keys v1";

/// The most keys in a list.
const MAX_KEYS: usize = 64;

/// A key that a log no longer signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: VerifierKey,
    /// The size in leaves of the largest tree that it may have signed.
    pub up_to: u64,
}

/// The keys of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyList {
    current: VerifierKey,
    /// The newest first.
    retired: Vec<ListedKey>,
    note: Note,
}

impl KeyList {
    /// The list of a log that has only this key.
    ///
    /// # Errors
    /// [`TlogError::Malformed`] where this is no log's key.
    pub fn first(signer: &Signer) -> Result<Self, TlogError> {
        Self::signed(signer.verifier().clone(), Vec::new(), &[signer])
    }

    /// The list after `next` has taken the place of `outgoing`, which signed trees of at most `size` leaves.
    ///
    /// # Errors
    /// [`TlogError::Origin`] where the new key has another name, [`TlogError::Malformed`] where `outgoing` is not the
    /// current key, `next` was in the list already, or the list is full.
    pub fn rotated(&self, outgoing: &Signer, next: &Signer, size: u64) -> Result<Self, TlogError> {
        let malformed = |why: &str| TlogError::malformed("a list of keys", why);
        if outgoing.verifier() != &self.current {
            return Err(malformed("the outgoing key is not the current one"));
        }
        if next.verifier().name() != self.current.name() {
            let (expected, found) = (self.current.name().into(), next.verifier().name().into());
            return Err(TlogError::Origin { expected, found });
        }
        if self.keys().any(|key| key.bytes() == next.verifier().bytes()) {
            return Err(malformed("the new key was in the list before"));
        }
        let retired = ListedKey { key: self.current.clone(), up_to: size };
        let retired = std::iter::once(retired).chain(self.retired.iter().cloned()).collect();
        Self::signed(next.verifier().clone(), retired, &[next, outgoing])
    }

    fn signed(current: VerifierKey, retired: Vec<ListedKey>, signers: &[&Signer]) -> Result<Self, TlogError> {
        if retired.len() >= MAX_KEYS {
            return Err(TlogError::TooLarge { what: "a list of keys", limit: MAX_KEYS as u64 });
        }
        let retired_lines: String = retired.iter().map(|old| format!("retired {} {}\n", old.up_to, old.key)).collect();
        let text = format!("{HEADER}\ncurrent {current}\n{retired_lines}");
        let signatures = signers.iter().map(|signer| signer.sign(&text)).collect::<Result<_, _>>()?;
        Ok(Self { current, retired, note: Note { text, signatures } })
    }

    /// Reads a list, which its current key must have signed.
    ///
    /// That says only that the list is whole. To believe it, the reader must know one of the keys that signed it: see
    /// [`Self::is_vouched_by`].
    ///
    /// # Errors
    /// [`TlogError`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        const WHAT: &str = "a list of keys";
        let note = Note::parse(text)?;
        let mut lines = Lines::of(WHAT, &note.text);
        if lines.next()? != HEADER {
            return Err(TlogError::malformed(WHAT, "the first line names no version that is known"));
        }
        let current = lines.next_if("current ")?.ok_or_else(|| TlogError::malformed(WHAT, "no current key"))?;
        let current = VerifierKey::parse(current)?;
        let mut retired: Vec<ListedKey> = Vec::new();
        while let Some(line) = lines.next_if("retired ")? {
            let (size, key) = line.split_once(' ').ok_or_else(|| TlogError::malformed(WHAT, "size and key needed"))?;
            let old = ListedKey { key: VerifierKey::parse(key)?, up_to: decimal(WHAT, size)? };
            let in_order = retired.last().is_none_or(|newer| newer.up_to >= old.up_to);
            let same_log = old.key.name() == current.name() && old.key.kind() == KeyKind::Log;
            if retired.len() + 1 >= MAX_KEYS || !in_order || !same_log {
                return Err(TlogError::malformed(WHAT, "too many keys, out of order, or of another log"));
            }
            retired.push(old);
        }
        if !lines.is_empty() {
            return Err(TlogError::malformed(WHAT, "a line is neither a current nor a retired key"));
        }
        let list = Self { current, retired, note };
        if list.is_vouched_by(&list.current) {
            Ok(list)
        } else {
            Err(TlogError::Signature { name: list.current.name().into() })
        }
    }

    /// Whether `key`, which the reader trusts from elsewhere, signed this list.
    #[must_use]
    pub fn is_vouched_by(&self, key: &VerifierKey) -> bool {
        self.note.signatures.iter().any(|signature| signature.is_of_log(key, &self.note.text))
    }

    /// The key that signs now.
    #[must_use]
    pub const fn current(&self) -> &VerifierKey {
        &self.current
    }

    /// The keys that signed before, the newest first.
    #[must_use]
    pub fn retired(&self) -> &[ListedKey] {
        &self.retired
    }

    /// All keys, the current one first.
    pub fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        std::iter::once(&self.current).chain(self.retired.iter().map(|old| &old.key))
    }

    /// Whether a key of the list may sign a tree of `size` leaves.
    ///
    /// # Errors
    /// [`TlogError::Retired`] where it was retired before, [`TlogError::Unsigned`] where it is not in the list.
    pub fn check_size(&self, key: &VerifierKey, size: u64) -> Result<(), TlogError> {
        if key == &self.current {
            return Ok(());
        }
        let old = self.retired.iter().find(|old| &old.key == key);
        let old = old.ok_or_else(|| TlogError::Unsigned { origin: self.current.name().into() })?;
        if size <= old.up_to {
            return Ok(());
        }
        Err(TlogError::Retired { name: key.name().into(), id: key.id_hex(), retired: old.up_to, size })
    }

    /// The list as it is published.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }
}
