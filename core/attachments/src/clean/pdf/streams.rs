//! The streams of a PDF: found by their keyword, judged by their dictionary, inflated and looked through.

use super::{
    armour::ascii85,
    dictionary::{Described, Road},
    names::{forbidden, is_white},
    refuse,
};
use crate::{
    error::AttachmentError,
    limits::{MAX_PDF_INFLATED_BYTES, MAX_PDF_OBJECTS, MAX_PDF_RATIO, PDF_RATIO_FREE_BYTES},
};
use flate2::{Decompress, FlushDecompress, Status};

const WINDOW_BYTES: usize = 64 << 10;
/// What is looked at again together with the next window; no name with what follows it is longer.
const OVERLAP_BYTES: usize = 256;

/// Counts objects, inflates every stream, and looks through what lies between the streams.
pub(super) fn check(bytes: &[u8]) -> Result<(), AttachmentError> {
    let objects = objects(bytes);
    let ends: Vec<usize> = positions(bytes, b"endstream").collect();
    let mut budget = Budget { inflated: 0, to_read: bytes.len() as u64, objects: 0 };
    budget.count(objects.len())?;
    let (mut between, mut keywords) = (0, 0);
    for at in positions(bytes, b"stream").filter(|at| is_keyword(bytes, *at)) {
        // Whatever looks like the beginning of a stream is taken for one, also within another one.
        keywords += 1;
        if keywords > MAX_PDF_OBJECTS {
            return Err(TOO_MANY);
        }
        let end = ends.get(ends.partition_point(|end| *end < at)).copied();
        let object = objects.partition_point(|object| *object < at).checked_sub(1).and_then(|last| objects.get(last));
        let (Some(end), Some(object)) = (end, object) else {
            return Err(AttachmentError::malformed("a stream without its object or its end"));
        };
        let dictionary = bytes.get(*object..at).unwrap_or_default();
        if dictionary.len() > MAX_DICTIONARY_BYTES {
            return Err(AttachmentError::malformed("a stream whose dictionary is too long"));
        }
        let data = bytes.get(at + b"stream".len()..end).unwrap_or_default();
        budget.stream(dictionary, data)?;
        refuse(forbidden(bytes.get(between..at).unwrap_or_default(), usize::MAX, true))?;
        between = end.max(between);
    }
    refuse(forbidden(bytes.get(between..).unwrap_or_default(), usize::MAX, true))
}

/// The longest dictionary of a stream; without a limit, a short file could have all of itself read very often.
const MAX_DICTIONARY_BYTES: usize = 32 << 10;

const TOO_MANY: AttachmentError = AttachmentError::Bomb { found: "a pdf of too many objects" };

/// What was counted so far.
struct Budget {
    inflated: u64,
    /// Deflated bytes that may still be read: streams lie side by side, so together they are no longer than the file.
    to_read: u64,
    objects: usize,
}

impl Budget {
    fn count(&mut self, objects: usize) -> Result<(), AttachmentError> {
        self.objects = self.objects.saturating_add(objects);
        if self.objects > MAX_PDF_OBJECTS { Err(TOO_MANY) } else { Ok(()) }
    }

    fn stream(&mut self, dictionary: &[u8], data: &[u8]) -> Result<(), AttachmentError> {
        let described = Described::of(dictionary)?;
        if described.holds_objects {
            self.count(described.objects)?;
        }
        match described.road {
            Road::Plain => Ok(()),
            Road::Deflated => self.inflate(data, described.holds_objects),
            Road::DeflatedInAscii85 => {
                self.read(data.len() as u64)?;
                let (decoded, left) = (ascii85(data).ok_or(BROKEN)?, self.to_read);
                // What comes out of the armour was paid for with it.
                self.to_read = decoded.len() as u64;
                self.inflate(&decoded, described.holds_objects)?;
                self.to_read = left;
                Ok(())
            }
        }
    }

    fn read(&mut self, bytes: u64) -> Result<(), AttachmentError> {
        self.to_read = self.to_read.checked_sub(bytes).ok_or(AttachmentError::malformed("streams that overlap"))?;
        Ok(())
    }

    fn inflate(&mut self, data: &[u8], holds_objects: bool) -> Result<(), AttachmentError> {
        let blank = data.iter().take_while(|byte| is_white(**byte)).count();
        let data = data.get(blank..).unwrap_or_default();
        // The checksum behind the data is not judged: readers do not, and some writers get it wrong.
        let mut rest = zlib_body(data)?;
        let (mut inflater, mut window, mut kept) = (Decompress::new(false), vec![0; WINDOW_BYTES], 0);
        loop {
            let (read, written) = (inflater.total_in(), inflater.total_out());
            let room = window.get_mut(kept..).unwrap_or_default();
            let status = inflater.decompress(rest, room, FlushDecompress::None).map_err(|_| BROKEN)?;
            let (read, written) = (inflater.total_in() - read, inflater.total_out() - written);
            self.inflated = self.inflated.saturating_add(written);
            self.judge(inflater.total_out(), data.len())?;
            self.read(read)?;
            rest = usize::try_from(read).ok().and_then(|read| rest.get(read..)).unwrap_or_default();
            let filled = kept + usize::try_from(written).unwrap_or_default();
            let ended = status == Status::StreamEnd;
            if !ended && read == 0 && written == 0 {
                return Err(BROKEN);
            }
            let until = if ended { filled } else { filled.saturating_sub(OVERLAP_BYTES) };
            refuse(forbidden(window.get(..filled).unwrap_or_default(), until, holds_objects))?;
            if ended {
                return Ok(());
            }
            window.copy_within(until..filled, 0);
            kept = filled - until;
        }
    }

    fn judge(&self, inflated: u64, deflated: usize) -> Result<(), AttachmentError> {
        let over_ratio = inflated > PDF_RATIO_FREE_BYTES && inflated > (deflated as u64).saturating_mul(MAX_PDF_RATIO);
        if over_ratio || self.inflated > MAX_PDF_INFLATED_BYTES {
            return Err(AttachmentError::Bomb { found: "a stream of a pdf that inflates to too much" });
        }
        Ok(())
    }
}

const BROKEN: AttachmentError = AttachmentError::malformed("a stream of a pdf that does not inflate");

/// The deflated data behind a zlib header (RFC 1950) without a preset dictionary.
fn zlib_body(data: &[u8]) -> Result<&[u8], AttachmentError> {
    match data {
        [method, flags, body @ ..]
            if method & 0x0f == 8 && flags & 0x20 == 0 && u16::from_be_bytes([*method, *flags]) % 31 == 0 =>
        {
            Ok(body)
        }
        _ => Err(BROKEN),
    }
}

/// Where `obj` stands behind a number.
fn objects(bytes: &[u8]) -> Vec<usize> {
    let numbered = |at: &usize| {
        let before = bytes.get(..*at).unwrap_or_default();
        let white = before.iter().rev().take_while(|byte| is_white(**byte)).count();
        let digit = before.len().checked_sub(white + 1).and_then(|at| before.get(at));
        white > 0 && digit.is_some_and(u8::is_ascii_digit)
    };
    positions(bytes, b"obj").filter(numbered).collect()
}

/// Whether `stream` at this place begins one.
fn is_keyword(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(3).and_then(|from| bytes.get(from..at));
    before != Some(b"end") && bytes.get(at + 6).is_some_and(|byte| is_white(*byte))
}

fn positions<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(needle.len()).enumerate().filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}
