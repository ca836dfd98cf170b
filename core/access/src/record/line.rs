//! One line: its fields, and how it is bound to the line before it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::office::Office;
use uuid::Uuid;

use super::Entry;

/// Most bytes of a line with its line feed. What an entry holds is bounded, so no line comes near it.
pub const MAX_LINE_BYTES: usize = 4096;
/// Most policy ids written into a line; of more the first are kept.
pub const MAX_POLICIES_IN_LINE: usize = 16;

/// `,"hash":"` before the digest and `"}` behind it.
const BEFORE_HASH: &str = ",\"hash\":\"";
const BEHIND_HASH: &str = "\"}";
const HEX_DIGITS: usize = 64;

/// The end of a chain: its last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// Number of the last line, from 1; 0 before the first.
    pub seq: u64,
    /// Its SHA-256, hexadecimal; zeros before the first.
    pub hash: String,
}

impl Tip {
    /// Where every chain begins.
    #[must_use]
    pub fn beginning() -> Self {
        Self { seq: 0, hash: "0".repeat(HEX_DIGITS) }
    }
}

/// What an entry says.
#[derive(Debug, Serialize)]
pub(super) struct Said<'a> {
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<Office>,
    door: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a JurisdictionCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<ConsultationId>,
    allowed: bool,
    policies: &'a [String],
    #[serde(skip_serializing_if = "is_zero")]
    errors: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> Said<'a> {
    pub(super) fn of(entry: &Entry<'a>) -> Self {
        let policies = &entry.decision.policies;
        Self {
            at: entry.at,
            account: entry.visitor.account(),
            office: entry.acting.map(|actor| actor.office),
            door: entry.door.name(),
            place: entry.about.place.as_ref(),
            matter: entry.about.matter,
            allowed: entry.decision.allowed,
            policies: policies.get(..MAX_POLICIES_IN_LINE).unwrap_or(policies),
            errors: entry.decision.errors.len(),
        }
    }
}

#[derive(Serialize)]
struct Bound<'a> {
    seq: u64,
    prev: &'a str,
    #[serde(flatten)]
    said: &'a Said<'a>,
}

/// The line that follows `tip`, with its line feed, and the tip that it makes.
pub(super) fn bind(said: &Said<'_>, tip: &Tip) -> Result<(String, Tip), serde_json::Error> {
    let seq = tip.seq + 1;
    let mut line = serde_json::to_string(&Bound { seq, prev: &tip.hash, said })?;
    // The hash is of everything before its own field; the line stays one JSON object.
    line.pop();
    let hash = digest(&line);
    line.push_str(BEFORE_HASH);
    line.push_str(&hash);
    line.push_str(BEHIND_HASH);
    line.push('\n');
    Ok((line, Tip { seq, hash }))
}

/// What a line says of the chain, if its hash is that of its text.
pub(super) struct Read {
    pub(super) prev: Tip,
    pub(super) tip: Tip,
}

#[derive(Deserialize)]
struct Links {
    seq: u64,
    prev: String,
    hash: String,
}

/// Reads a line without its line feed; `None` where it is not ours or was changed.
pub(super) fn read(line: &str) -> Option<Read> {
    let links: Links = serde_json::from_str(line).ok()?;
    let hashed = line.strip_suffix(BEHIND_HASH)?.strip_suffix(links.hash.as_str())?.strip_suffix(BEFORE_HASH)?;
    let seq = links.seq.checked_sub(1)?;
    if digest(hashed) != links.hash {
        return None;
    }
    Some(Read { prev: Tip { seq, hash: links.prev }, tip: Tip { seq: links.seq, hash: links.hash } })
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
