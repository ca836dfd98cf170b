//! What the dictionary of a stream says about its data.

use super::names::{Name, names};
use crate::error::AttachmentError;

/// How the data of a stream is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// As it stands, or by a filter that makes pixels.
    Plain,
    /// `FlateDecode`, perhaps followed by a filter that makes pixels.
    Deflated,
    /// `ASCII85Decode`, then `FlateDecode`.
    DeflatedInAscii85,
}

/// What a stream's dictionary says, with everything else that stands since the beginning of the object.
pub(super) struct Described {
    pub(super) road: Road,
    /// Whether objects may lie in it.
    pub(super) holds_objects: bool,
    /// How many.
    pub(super) objects: usize,
}

impl Described {
    /// Reads a dictionary.
    ///
    /// # Errors
    /// `attachment-bomb`, `-malformed`, `-active-content` where it leads to data that cannot be looked through.
    pub(super) fn of(dictionary: &[u8]) -> Result<Self, AttachmentError> {
        let names: Vec<Name> = names(dictionary).collect();
        let count = |texts: &[&[u8]]| names.iter().filter(|name| texts.contains(&name.text())).count();
        if count(&[b"LZWDecode", b"LZW"]) > 0 || count(FLATE) > 1 {
            return Err(AttachmentError::Bomb { found: "a stream of a pdf whose size cannot be told" });
        }
        let road = road(&names, dictionary)?;
        // Readers do not look at the type of an object stream, but they need to know where its first object is.
        let holds_objects = count(&[b"First", b"ObjStm"]) > 0;
        let disguised = names.iter().filter(|name| is_other_filter(name.text())).count() > 0
            || count(&[b"Filter"]) > 1
            || count(&[b"DecodeParms", b"DP", b"Crypt"]) > 0;
        if holds_objects && disguised {
            return Err(AttachmentError::ActiveContent { found: "objects that cannot be looked into" });
        }
        let told = names.iter().find(|name| name.text() == b"N").and_then(|name| name.number(dictionary));
        if holds_objects && told.is_none() {
            return Err(AttachmentError::malformed("an object stream that does not say how many it holds"));
        }
        Ok(Self { road, holds_objects, objects: told.unwrap_or_default() })
    }
}

const FLATE: &[&[u8]] = &[b"FlateDecode", b"Fl"];
const ASCII85: &[&[u8]] = &[b"ASCII85Decode", b"A85"];

fn road(names: &[Name], dictionary: &[u8]) -> Result<Road, AttachmentError> {
    let is = |at: usize, texts: &[&[u8]]| names.get(at).is_some_and(|name| texts.contains(&name.text()));
    let mut road = None;
    for (at, name) in names.iter().enumerate().filter(|(_, name)| name.text() == b"Filter") {
        if !name.is_followed_by(dictionary, b"/[") {
            return Err(UNFOLLOWED);
        }
        if is(at + 1, FLATE) {
            road = road.or(Some(Road::Deflated));
        } else if is(at + 1, ASCII85) && is(at + 2, FLATE) {
            road = road.or(Some(Road::DeflatedInAscii85));
        }
    }
    let deflated = names.iter().any(|name| FLATE.contains(&name.text()));
    match road {
        None if deflated => Err(UNFOLLOWED),
        road => Ok(road.unwrap_or(Road::Plain)),
    }
}

const UNFOLLOWED: AttachmentError = AttachmentError::malformed("a chain of filters that cannot be followed");

/// Every filter but the one that is followed into object streams.
fn is_other_filter(text: &[u8]) -> bool {
    matches!(text, b"AHx" | b"A85" | b"RL" | b"CCF" | b"DCT") || text.ends_with(b"Decode") && text != b"FlateDecode"
}
