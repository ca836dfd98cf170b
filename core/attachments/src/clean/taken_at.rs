//! When a picture claims to have been taken: `DateTimeOriginal` of EXIF 2.3, and nothing else of it.

use jiff::civil::{Date, DateTime, Time};

/// The entry of the first directory that says where the EXIF directory lies.
const EXIF_DIRECTORY: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
/// `YYYY:MM:DD HH:MM:SS` and a zero.
const DATE_TIME_BYTES: u32 = 20;

/// Reads the claim in a TIFF block. Whatever does not read is no claim.
pub(super) fn taken_at(block: &[u8]) -> Option<DateTime> {
    let tiff = Tiff::of(block)?;
    let first = tiff.u32(4)?;
    let exif = tiff.entry(first, EXIF_DIRECTORY)?;
    let claim = tiff.entry(tiff.u32(exif + 8)?, DATE_TIME_ORIGINAL)?;
    if tiff.u16(claim + 2)? != 2 || tiff.u32(claim + 4)? != DATE_TIME_BYTES {
        return None;
    }
    let at = usize::try_from(tiff.u32(claim + 8)?).ok()?;
    date_time(block.get(at..at.checked_add(19)?)?)
}

fn date_time(text: &[u8]) -> Option<DateTime> {
    let [y0, y1, y2, y3, b':', mo0, mo1, b':', d0, d1, b' ', h0, h1, b':', mi0, mi1, b':', s0, s1] = text else {
        return None;
    };
    let year = i16::from(two(*y0, *y1)?) * 100 + i16::from(two(*y2, *y3)?);
    let date = Date::new(year, two(*mo0, *mo1)?, two(*d0, *d1)?).ok()?;
    let time = Time::new(two(*h0, *h1)?, two(*mi0, *mi1)?, two(*s0, *s1)?, 0).ok()?;
    Some(DateTime::from_parts(date, time))
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| char::from(byte).to_digit(10);
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

struct Tiff<'a> {
    block: &'a [u8],
    little: bool,
}

impl<'a> Tiff<'a> {
    fn of(block: &'a [u8]) -> Option<Self> {
        match block {
            [b'I', b'I', 42, 0, ..] => Some(Self { block, little: true }),
            [b'M', b'M', 0, 42, ..] => Some(Self { block, little: false }),
            _ => None,
        }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.block.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.block.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// Where the entry with this tag stands in the directory at `directory`. A directory has at most 65,535 entries, and
    /// none refers to a further directory here, so this ends.
    fn entry(&self, directory: u32, tag: u16) -> Option<usize> {
        let directory = usize::try_from(directory).ok()?;
        let entries = usize::from(self.u16(directory)?);
        (0..entries).map(|number| directory + 2 + number * 12).find(|at| self.u16(*at) == Some(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::{date_time, taken_at};

    #[test]
    fn a_date_that_cannot_be_is_no_claim() {
        assert_eq!(date_time(b"2026:05:01 08:30:00").unwrap().to_string(), "2026-05-01T08:30:00");
        for text in
            [&b"2026:02:30 08:30:00"[..], b"0000:00:00 00:00:00", b"2026-05-01 08:30:00", b"    :  :     :  :  "]
        {
            assert_eq!(date_time(text), None);
        }
    }

    #[test]
    fn a_directory_that_points_outside_is_no_claim() {
        assert_eq!(taken_at(b"II*\0\xff\xff\xff\xff"), None);
        assert_eq!(taken_at(b"MM\0*\0\0\0\x08\xff\xff"), None);
        assert_eq!(taken_at(b""), None);
    }
}
