//! 全本日志: the whole log read beside a bundle, which proves what no bundle can: that no event of the matter was left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use siyi_log::envelope::Subject;
use siyi_tlog::{AuthenticTiles, Checkpoint, TILE_HASHES, TileSource, TlogError, TrustPolicy, tree_hash};

use crate::bundle::Parts;
use crate::finding::{Code, Finding, Place};
use crate::proof::{believe, logs_of, read_checkpoint};

/// A copy of a log: its tiles and entries, and the checkpoint beside them (C2SP tlog-tiles).
pub struct Copy<'a> {
    /// Where the files are.
    pub files: &'a dyn TileSource,
    /// The signed checkpoint of the copy.
    pub checkpoint: Vec<u8>,
}

/// Where a leaf stands by its own words; they are authenticated with the leaf.
#[derive(Deserialize)]
struct Standing<'a> {
    stream: &'a str,
    revision: u64,
    #[serde(rename = "type")]
    event_type: &'a str,
}

/// Reads every leaf of a copy and holds the matter's against the bundle.
///
/// The copy may be of another day than the bundle, and whichever tree is smaller must be the beginning of the other.
#[must_use]
pub fn check(copy: &Copy<'_>, parts: &Parts, policy: Option<&TrustPolicy>) -> Vec<Finding> {
    match read(copy, parts, policy) {
        Ok(findings) => findings,
        Err((code, error)) => vec![Finding::new(code, Place::file("--log"), "a log", error.to_string())],
    }
}

fn read(copy: &Copy<'_>, parts: &Parts, policy: Option<&TrustPolicy>) -> Result<Vec<Finding>, (Code, TlogError)> {
    let signed = read_checkpoint(&copy.checkpoint).map_err(|error| (Code::CheckpointMalformed, error))?;
    if let Some(policy) = policy
        && let Err(error) = believe(policy, &signed)
        && !matches!(error, TlogError::Quorum { .. })
    {
        let place = Place::file("--log");
        return Ok(vec![Finding::new(Code::LogSignatureInvalid, place, logs_of(policy), error.to_string())]);
    }
    let whole = signed.checkpoint();
    let damaged = |error| (Code::LogDamaged, error);
    let tree = AuthenticTiles::open(copy.files, whole.size, whole.root).map_err(damaged)?;
    if let Some(forked) = forked(parts, whole, &tree).map_err(damaged)? {
        return Ok(vec![forked]);
    }
    let Some(stream) = Subject::Consultation(parts.consultation).stream().ok() else { return Ok(Vec::new()) };
    let mut held: BTreeMap<u64, &[u8]> = BTreeMap::new();
    for body in &parts.events {
        if let Ok(Standing { stream: of, revision, .. }) = serde_json::from_slice(body)
            && of == stream.as_str()
        {
            held.insert(revision, body);
        }
    }
    for index in 0..whole.size.div_ceil(TILE_HASHES) {
        for (leaf, entry) in (index * TILE_HASHES..).zip(tree.entries(index).map_err(damaged)?) {
            let Ok(Standing { stream: of, revision, event_type }) = serde_json::from_slice(&entry) else { continue };
            if of == stream.as_str() && held.get(&revision) != Some(&entry.as_slice()) {
                let place = Place {
                    stream: Some(of.to_owned()),
                    revision: Some(revision),
                    event_type: Some(event_type.to_owned()),
                    ..Place::default()
                };
                return Ok(vec![Finding::new(Code::EventWithheld, place, format!("leaf {leaf}"), "-")]);
            }
        }
    }
    Ok(Vec::new())
}

/// Whether the bundle's tree and the copy's are of one history.
fn forked(
    parts: &Parts,
    whole: &Checkpoint,
    tree: &AuthenticTiles<&dyn TileSource>,
) -> Result<Option<Finding>, TlogError> {
    let Some(signed) = parts.checkpoint.as_ref().and_then(|bytes| read_checkpoint(bytes).ok()) else { return Ok(None) };
    let theirs = signed.checkpoint();
    // A bundle that is newer brings the proof itself, where it has one from this size.
    let same = if theirs.size <= whole.size {
        tree_hash(theirs.size, tree)? == theirs.root
    } else {
        let Some(proof) = parts.consistency.iter().find(|proof| proof.from == whole.size) else {
            let (place, found) = (Place::file("--log"), format!("{} < {}", whole.size, theirs.size));
            return Ok(Some(Finding::new(Code::ConsistencyMissing, place, "the log up to the bundle", found)));
        };
        crate::proof::check_consistency(whole, theirs, proof).is_ok()
    };
    let told = |head: &Checkpoint| format!("{} {} {}", head.origin, head.size, head.root);
    let differs = || Finding::new(Code::CheckpointForked, Place::file("--log"), told(whole), told(theirs));
    Ok((!same || theirs.origin != whole.origin).then(differs))
}
