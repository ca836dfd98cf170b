//! Reading the central directory of a zip archive (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.9, 4.3.12, 4.3.16), strictly.

use crate::{error::AttachmentError, limits::MAX_PACKAGE_ENTRIES};

const END_BYTES: usize = 22;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Encrypted; strongly encrypted; directory encrypted.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Sizes and checksum follow the packed bytes.
const SIZES_FOLLOW: u16 = 1 << 3;

/// What the directory says about an entry.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its packed size.
    pub(super) packed: u64,
    /// What it says it unpacks to.
    pub(super) declared: u64,
    begins_at: usize,
    flags: u16,
    method: u16,
}

/// The entries, in the order of the directory.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, AttachmentError> {
    let (count, directory_at, end_at) = end_record(bytes)?;
    let mut fields = Fields { bytes, at: directory_at };
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(central_header(&mut fields).ok_or(MALFORMED)??);
    }
    if fields.at != end_at {
        return Err(AttachmentError::Polyglot { found: "bytes behind the directory of a package" });
    }
    check_places(bytes, &entries, directory_at)?;
    Ok(entries)
}

const MALFORMED: AttachmentError = AttachmentError::malformed("a package whose directory does not read");

/// Number of entries, where the directory begins, where it ends. The record must be the very end, without a comment.
fn end_record(bytes: &[u8]) -> Result<(usize, usize, usize), AttachmentError> {
    let end_at = bytes.len().checked_sub(END_BYTES).ok_or(MALFORMED)?;
    let mut fields = Fields { bytes, at: end_at };
    if fields.take(4) != Some(b"PK\x05\x06") {
        // Before the place where the record belongs; a record that was cut short stands behind it.
        let found = super::holds_end_record(bytes.get(..end_at + 3).unwrap_or_default());
        return Err(if found { AttachmentError::Polyglot { found: "bytes behind a package" } } else { MALFORMED });
    }
    let mut short = || fields.u16().ok_or(MALFORMED);
    let (disk, directory_disk, here, count) = (short()?, short()?, short()?, short()?);
    let (size, directory_at) = (fields.u32().ok_or(MALFORMED)?, fields.u32().ok_or(MALFORMED)?);
    // A file of 20 MiB has no need of zip64, which would say all this in a second place.
    if disk != 0 || directory_disk != 0 || here != count || fields.u16() != Some(0) || count == u16::MAX {
        return Err(MALFORMED);
    }
    if usize::from(count) > MAX_PACKAGE_ENTRIES {
        return Err(AttachmentError::Bomb { found: "a package of too many entries" });
    }
    let directory_at = usize::try_from(directory_at).map_err(|_| MALFORMED)?;
    let ends_at = usize::try_from(size).ok().and_then(|size| directory_at.checked_add(size)).ok_or(MALFORMED)?;
    if ends_at == end_at {
        Ok((usize::from(count), directory_at, end_at))
    } else {
        Err(AttachmentError::Polyglot { found: "bytes between the parts of a package" })
    }
}

fn central_header<'a>(fields: &mut Fields<'a>) -> Option<Result<Entry<'a>, AttachmentError>> {
    if fields.take(4)? != b"PK\x01\x02" {
        return None;
    }
    fields.take(4)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.take(8)?;
    let (packed, declared) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
    let (name_bytes, extra_bytes, comment_bytes) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.take(8)?;
    let begins_at = usize::try_from(fields.u32()?).ok()?;
    let name = std::str::from_utf8(fields.take(usize::from(name_bytes))?).ok()?;
    fields.take(usize::from(extra_bytes) + usize::from(comment_bytes))?;
    if flags & ENCRYPTED != 0 {
        return Some(Err(AttachmentError::ActiveContent { found: "an encrypted entry" }));
    }
    if method == STORED && packed != declared || method != STORED && method != DEFLATED {
        return None;
    }
    Some(Ok(Entry { name, packed, declared, begins_at, flags, method }))
}

/// Entries begin at the first byte and touch one another up to the directory, and their own headers agree.
fn check_places(bytes: &[u8], entries: &[Entry<'_>], directory_at: usize) -> Result<(), AttachmentError> {
    let mut in_place: Vec<&Entry<'_>> = entries.iter().collect();
    in_place.sort_by_key(|entry| entry.begins_at);
    let mut at = 0;
    for entry in in_place {
        if entry.begins_at != at {
            let found = "entries of a package that overlap, or bytes between them";
            return Err(AttachmentError::Polyglot { found });
        }
        let mut fields = Fields { bytes: bytes.get(..directory_at).unwrap_or_default(), at };
        local_header(&mut fields, entry).ok_or(MALFORMED)?;
        at = fields.at;
    }
    if at == directory_at {
        Ok(())
    } else {
        Err(AttachmentError::Polyglot { found: "bytes before the directory of a package" })
    }
}

/// Moves behind the entry: header, packed bytes, and the sizes that may follow them.
fn local_header(fields: &mut Fields<'_>, entry: &Entry<'_>) -> Option<()> {
    if fields.take(4)? != b"PK\x03\x04" {
        return None;
    }
    fields.take(2)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.take(16)?;
    let (name_bytes, extra_bytes) = (fields.u16()?, fields.u16()?);
    let name = fields.take(usize::from(name_bytes))?;
    let agreed = ENCRYPTED | SIZES_FOLLOW;
    if name != entry.name.as_bytes() || method != entry.method || flags & agreed != entry.flags & agreed {
        return None;
    }
    fields.take(usize::from(extra_bytes))?;
    fields.take(usize::try_from(entry.packed).ok()?)?;
    if entry.flags & SIZES_FOLLOW != 0 {
        // With or without signature; zip64 writers spell the two sizes with 8 bytes each.
        let signed = fields.bytes.get(fields.at..)?.starts_with(b"PK\x07\x08");
        fields.take(if signed { 4 } else { 0 })?;
        let sizes =
            |width: usize| [entry.packed, entry.declared].map(|size| size.to_le_bytes().into_iter().take(width));
        let rest = fields.bytes.get(fields.at + 4..)?;
        let width = [8, 4]
            .into_iter()
            .find(|width| rest.iter().copied().take(width * 2).eq(sizes(*width).into_iter().flatten()));
        fields.take(4 + width? * 2)?;
    }
    Some(())
}

struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }
}
