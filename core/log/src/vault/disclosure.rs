//! SD-JWT disclosures (RFC 9901 sections 4.2.1 and 4.2.3).

use super::VaultError;
use crate::canonical::sha256;
use crate::keys::Purpose;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// The longest value in bytes of UTF-8.
pub const MAX_VALUE_BYTES: usize = 4096;

/// The longest field name in bytes.
pub const MAX_FIELD_BYTES: usize = 100;

/// Where the 256 random bits come from, from which the salts of a command derive ([`super::Seed`]): the operating system, or a list
/// in a test.
pub trait Salts: Send + Sync + 'static {
    /// 32 bytes that nobody can guess, never the same twice.
    ///
    /// # Errors
    /// [`NoSalt`] where the operating system has no randomness.
    fn salt(&self) -> Result<[u8; 32], NoSalt>;
}

/// There is no randomness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system has no randomness: {reason}")]
pub struct NoSalt {
    /// What the operating system said.
    pub reason: String,
}

impl NoSalt {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "no-randomness"
    }
}

/// Salts from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomSalts;

impl Salts for RandomSalts {
    fn salt(&self) -> Result<[u8; 32], NoSalt> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|error| NoSalt { reason: error.to_string() })?;
        Ok(salt)
    }
}

/// A disclosure, the person it speaks of, and what it is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    pub(super) subject: Uuid,
    pub(super) purpose: Purpose,
    pub(super) text: String,
}

/// Personal data does not go into logs by way of a debug print.
impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Disclosure");
        debug.field("subject", &self.subject).field("digest", &self.digest()).finish_non_exhaustive()
    }
}

/// A sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// What the event holds: base64url without padding of SHA-256 over the disclosure's text, 43 characters.
    pub digest: String,
    /// What the vault holds.
    pub disclosure: Disclosure,
}

/// An opened disclosure.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The digest, as the event holds it.
    pub digest: String,
    /// The person.
    pub subject: Uuid,
    /// The name of the field.
    pub field: String,
    /// The personal value.
    pub value: String,
    /// The disclosure's text: whom it is handed to can check it against the digest in the event.
    pub text: String,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Opened");
        debug.field("digest", &self.digest).field("subject", &self.subject).field("field", &self.field);
        debug.finish_non_exhaustive()
    }
}

/// Why a value cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealRefused {
    /// The value is longer than [`MAX_VALUE_BYTES`].
    #[error("the value has {size} bytes, at most {limit} are allowed")]
    ValueTooLong {
        /// Its length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The field name is empty, longer than [`MAX_FIELD_BYTES`], or one that RFC 9901 keeps for itself.
    #[error("`{field}` is no field name: 1 to {limit} bytes, and neither `_sd` nor `...`")]
    FieldName {
        /// The name, at most its first 100 characters.
        field: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// Nobody has said what the field is for ([`Purpose::of_field`]), so there is no key for it.
    #[error("`{field}` is no field of personal data that this program knows")]
    UnknownField {
        /// The name.
        field: String,
    },
}

impl SealRefused {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ValueTooLong { .. } => "personal-value-too-long",
            Self::FieldName { .. } => "invalid-personal-field",
            Self::UnknownField { .. } => "unknown-personal-field",
        }
    }
}

/// Seals a personal value under a salt (see [`super::Seed`]) that is used for nothing else.
///
/// The disclosure's text is base64url without padding of the JSON array `[salt, field, value]`, the salt itself in
/// base64url without padding.
///
/// # Errors
/// [`SealRefused`] where the value or the field name is too long, or the field is unknown.
pub fn seal(salt: [u8; 32], subject: Uuid, field: &str, value: &str) -> Result<Sealed, SealRefused> {
    if value.len() > MAX_VALUE_BYTES {
        return Err(SealRefused::ValueTooLong { size: value.len(), limit: MAX_VALUE_BYTES });
    }
    if !(1..=MAX_FIELD_BYTES).contains(&field.len()) || matches!(field, "_sd" | "...") {
        let field = field.chars().take(MAX_FIELD_BYTES).collect();
        return Err(SealRefused::FieldName { field, limit: MAX_FIELD_BYTES });
    }
    let purpose = Purpose::of_field(field).ok_or_else(|| SealRefused::UnknownField { field: field.into() })?;
    let array = serde_json::json!([URL_SAFE_NO_PAD.encode(salt), field, value]).to_string();
    let disclosure = Disclosure { subject, purpose, text: URL_SAFE_NO_PAD.encode(array) };
    Ok(Sealed { digest: disclosure.digest(), disclosure })
}

impl Disclosure {
    /// A disclosure from its text, as it stands in a presentation or in another vault.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`] where the text is no disclosure, or one of a field that this program does not know.
    pub fn from_text(subject: Uuid, text: impl Into<String>) -> Result<Self, VaultError> {
        let text = text.into();
        let digest = digest_text(&sha256(text.as_bytes()));
        let (field, _) = contents(&text, &digest)?;
        let purpose = Purpose::of_field(&field).ok_or_else(|| damaged(&digest, "is of an unknown field"))?;
        Ok(Self { subject, purpose, text })
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The person.
    #[must_use]
    pub const fn subject(&self) -> Uuid {
        self.subject
    }

    /// The text that is presented to a verifier.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The digest of the text.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_text(&self.digest_bytes())
    }

    /// The digest of the text, in bytes.
    #[must_use]
    pub fn digest_bytes(&self) -> [u8; 32] {
        sha256(self.text.as_bytes())
    }

    /// Opens the disclosure, which must have this digest.
    pub(super) fn opened(&self, digest: &str) -> Result<Opened, VaultError> {
        if self.digest() != digest {
            return Err(damaged(digest, "has another digest"));
        }
        let (field, value) = contents(&self.text, digest)?;
        Ok(Opened { digest: digest.into(), subject: self.subject, field, value, text: self.text.clone() })
    }
}

/// The field and the value in a disclosure's text.
fn contents(text: &str, digest: &str) -> Result<(String, String), VaultError> {
    let array = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged(digest, "is no base64url"))?;
    let (_, field, value): (String, String, String) =
        serde_json::from_slice(&array).map_err(|_| damaged(digest, "is no disclosure"))?;
    Ok((field, value))
}

fn damaged(digest: &str, what: &str) -> VaultError {
    VaultError::Corrupt { detail: format!("the row of the digest `{digest}` {what}") }
}

/// A digest as events hold it: base64url without padding, 43 characters.
#[must_use]
pub fn digest_text(digest: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(digest)
}

/// The bytes of a digest; none where the text is no digest.
#[must_use]
pub fn digest_from_text(digest: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Disclosure, MAX_VALUE_BYTES, Purpose, RandomSalts, Salts, seal};
    use uuid::Uuid;

    #[test]
    fn the_digest_is_that_of_the_rfc() {
        // RFC 9901 section 4.2.3: the disclosure with the blanks of its JSON, as the RFC prints it.
        let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        let disclosure = Disclosure { subject: Uuid::nil(), purpose: Purpose::Roll, text: text.into() };
        assert_eq!(disclosure.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        let opened = disclosure.opened(&disclosure.digest()).unwrap();
        assert_eq!((opened.field.as_str(), opened.value.as_str()), ("family_name", "Möbius"));
    }

    #[test]
    fn what_is_sealed_opens() {
        let sealed = seal([7; 32], Uuid::from_u128(1), "name", "王小民 \"x\"").unwrap();
        let opened = sealed.disclosure.opened(&sealed.digest).unwrap();
        assert_eq!((opened.field.as_str(), opened.value.as_str()), ("name", "王小民 \"x\""));
        assert_eq!(sealed.digest.len(), 43);
    }

    #[test]
    fn a_disclosure_does_not_open_under_another_digest() {
        let sealed = |value| seal([7; 32], Uuid::nil(), "name", value).unwrap();
        let error = sealed("王小民").disclosure.opened(&sealed("李").digest).unwrap_err();
        assert_eq!(error.code(), "store-corrupt");
    }

    #[test]
    fn equal_names_never_share_a_digest() {
        let digest = || seal(RandomSalts.salt().unwrap(), Uuid::nil(), "name", "王伟").unwrap().digest;
        assert_ne!(digest(), digest());
    }

    #[test]
    fn the_limits_hold_at_the_border() {
        let seal = |field: &str, size| seal([0; 32], Uuid::nil(), field, &"x".repeat(size));
        assert!(seal("name", MAX_VALUE_BYTES).is_ok());
        assert_eq!(seal("name", MAX_VALUE_BYTES + 1).unwrap_err().code(), "personal-value-too-long");
        assert_eq!(seal("", 1).unwrap_err().code(), "invalid-personal-field");
        assert_eq!(seal("_sd", 1).unwrap_err().code(), "invalid-personal-field");
        assert_eq!(seal(&"f".repeat(101), 1).unwrap_err().code(), "invalid-personal-field");
    }

    #[test]
    fn a_field_that_nobody_gave_a_purpose_is_refused() {
        assert_eq!(seal([0; 32], Uuid::nil(), "shoe_size", "43").unwrap_err().code(), "unknown-personal-field");
        // RFC 9901 section 4.2.3: a whole disclosure, but of a field that has no purpose here.
        let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(Disclosure::from_text(Uuid::nil(), text).unwrap_err().code(), "store-corrupt");
    }

    #[test]
    fn a_text_gives_back_the_purpose() {
        let sealed = seal([7; 32], Uuid::nil(), "phone", "1").unwrap().disclosure;
        let again = Disclosure::from_text(Uuid::nil(), sealed.text()).unwrap();
        assert_eq!((&again, again.purpose()), (&sealed, Purpose::Contact));
    }

    #[test]
    fn a_debug_print_shows_no_personal_data() {
        let sealed = seal([7; 32], Uuid::nil(), "name", "secret").unwrap();
        let opened = sealed.disclosure.opened(&sealed.digest).unwrap();
        let printed = format!("{sealed:?} {opened:?}");
        assert!(!printed.contains("secret") && !printed.contains(sealed.disclosure.text()));
    }
}
