//! How a command is recognised when it comes again.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid, Variant, Version};

use super::{HandleError, Request, command};
use crate::canonical::canonical_bytes;

/// The id of the `index`-th event of a command: the same whenever the command is sent. It keeps the command id's time if that
/// is a UUID v7, so that event ids sort by time; otherwise it is a UUID v8.
#[must_use]
pub fn event_id(command_id: Uuid, index: u32) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"siyi event id");
    hash.update(command_id.as_bytes());
    hash.update(index.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0u8; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, random)| *byte = random);
    let version = if command_id.get_version_num() == 7 {
        bytes.iter_mut().zip(command_id.as_bytes()).take(6).for_each(|(byte, time)| *byte = *time);
        Version::SortRand
    } else {
        Version::Custom
    };
    Builder::from_bytes(bytes).with_variant(Variant::RFC4122).with_version(version).into_uuid()
}

/// SHA-256 over the command as it was sent, personal texts left out: a hash of a guessable name would give it away.
pub(super) fn command_hash(request: &Request) -> Result<String, HandleError> {
    let mut input = request.input.clone();
    command::for_each_personal(&request.name, &mut input, &mut |_, _, text| {
        *text = Value::Null;
        Ok(())
    })?;
    let whole = json!({
        "name": request.name,
        "target": request.target.to_string(),
        "actor": request.actor,
        "occurred_at": request.occurred_at,
        "input": input,
    });
    let bytes = canonical_bytes(&whole).map_err(crate::port::EventRefused::from)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes)))
}
