//! Files that tests build: pictures with metadata, PDFs, packages.

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage, codecs};
use std::io::Write;

/// Planted into metadata; must be found nowhere afterwards.
pub const CANARY: &str = "CANARY-31.2304N-121.4737E";
pub const TAKEN: &str = "2026:05:01 08:30:00";

pub fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Whether the text is there, in UTF-8 or UTF-16 of either order.
pub fn holds_text(bytes: &[u8], text: &str) -> bool {
    let wide: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    [text.as_bytes(), &little, &big].into_iter().any(|needle| holds(bytes, needle))
}

/// Red above, blue below.
pub fn picture(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
    DynamicImage::from(RgbImage::from_fn(width, height, colour))
}

/// A TIFF block: orientation, description, a comment in UTF-16, date, and a GPS directory.
pub fn exif(orientation: u16) -> Vec<u8> {
    let comment: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (main_at, exif_at, gps_at, texts_at) = (8_u32, 8 + 2 + 5 * 12 + 4, 92_u32, 122_u32);
    assert_eq!(exif_at + 18, gps_at);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    let taken = format!("{TAKEN}\0");
    let comment_at = texts_at + length(CANARY.as_bytes());
    let taken_at = comment_at + length(&comment);
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let directory = |entries: &[Vec<u8>]| {
        [&u16::try_from(entries.len()).unwrap().to_le_bytes()[..], &entries.concat(), &[0; 4]].concat()
    };
    let main = directory(&[
        entry(0x010e, 2, length(CANARY.as_bytes()), texts_at),
        entry(0x0112, 3, 1, u32::from(orientation)),
        entry(0x8769, 4, 1, exif_at),
        entry(0x8825, 4, 1, gps_at),
        entry(0x9c9c, 1, length(&comment), comment_at),
    ]);
    let exif = directory(&[entry(0x9003, 2, 20, taken_at)]);
    let gps = directory(&[entry(0x0001, 2, 2, 0x4e), entry(0x0012, 2, length(CANARY.as_bytes()), texts_at)]);
    let head = [b"II*\0", &main_at.to_le_bytes()[..]].concat();
    [head, main, exif, gps, CANARY.as_bytes().to_vec(), comment, taken.into_bytes()].concat()
}

pub fn jpeg(picture: &DynamicImage, exif: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)).unwrap();
    let segment = |marker: u8, data: &[u8]| {
        [&[0xff, marker][..], &u16::try_from(data.len() + 2).unwrap().to_be_bytes(), data].concat()
    };
    let Some(exif) = exif else { return bytes };
    let segments = [
        segment(0xe1, &[b"Exif\0\0", exif].concat()),
        segment(0xe1, format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>{CANARY}</x:xmpmeta>").as_bytes()),
        segment(0xe2, format!("ICC_PROFILE\0\u{1}\u{1}{CANARY}").as_bytes()),
        segment(0xfe, CANARY.as_bytes()),
    ];
    [&bytes[..2], &segments.concat(), &bytes[2..]].concat()
}

pub fn png(picture: &DynamicImage, exif: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(codecs::png::PngEncoder::new(&mut bytes)).unwrap();
    let Some(exif) = exif else { return bytes };
    let text = png_chunk(*b"tEXt", format!("Comment\0{CANARY}").as_bytes());
    // Behind the header, which is 8 + 25 bytes.
    [&bytes[..33], &png_chunk(*b"eXIf", exif), &text, &bytes[33..]].concat()
}

pub fn png_chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&name);
    sum.update(data);
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &name, data, &sum.sum().to_be_bytes()].concat()
}

/// A PNG that declares this size and holds nothing of it.
pub fn png_header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(*b"IHDR", &header),
        png_chunk(*b"IDAT", &zlib(&[0; 64])),
        png_chunk(*b"IEND", &[]),
    ]
    .concat()
}

pub fn webp(picture: &DynamicImage, exif: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = codecs::webp::WebPEncoder::new_lossless(&mut bytes);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
    }
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

pub fn zlib(plain: &[u8]) -> Vec<u8> {
    zlib_at(plain, Compression::best())
}

pub fn zlib_at(plain: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Wrapped in base-85, as some writers do.
pub fn ascii85(plain: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for group in plain.chunks(4) {
        let number =
            (0..4).fold(0, |number: u32, at| number << 8 | u32::from(group.get(at).copied().unwrap_or_default()));
        let digits = [85_u32.pow(4), 85_u32.pow(3), 85_u32.pow(2), 85, 1]
            .map(|place| b'!' + u8::try_from(number / place % 85).unwrap());
        text.extend_from_slice(&digits[..=group.len()]);
    }
    [&text[..], b"~>"].concat()
}

/// A PDF of these objects, each without its number.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (number, object) in objects.iter().enumerate() {
        bytes.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        bytes.extend_from_slice(object);
        bytes.extend_from_slice(b"\nendobj\n");
    }
    bytes.extend_from_slice(b"trailer\n<< /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF\n");
    bytes
}

pub fn catalog(more: &str) -> Vec<u8> {
    format!("<< /Type /Catalog /Pages 2 0 R {more} >>").into_bytes()
}

/// A stream with this dictionary, the data ending right before `endstream`.
pub fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [format!("<< {dictionary} >>\nstream\n").as_bytes(), data, b"endstream"].concat()
}

/// A PDF like those that offices write: a page, its deflated content, an object stream, an image.
pub fn honest_pdf() -> Vec<u8> {
    pdf(&[
        catalog("/OpenAction [3 0 R /XYZ null null 0]"),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
        stream("/Filter /FlateDecode /Length 99", &zlib("BT (会议记录) Tj ET ".repeat(50).as_bytes())),
        stream("/Type /ObjStm /N 2 /First 10 /Filter/FlateDecode", &zlib(b"11 0 12 5 << >> << /A [1] >>")),
        stream("/Subtype /Image /Filter [/DCTDecode]", &jpeg(&picture(8, 8), None)),
    ])
}

/// An entry of a package.
#[derive(Clone)]
pub struct Part {
    pub name: String,
    pub packed: Vec<u8>,
    /// What it says it unpacks to; the packed bytes are never looked at.
    pub declared: u32,
    pub flags: u16,
    pub method: u16,
}

pub fn part(name: &str) -> Part {
    let packed = b"<xml/>".to_vec();
    Part { name: name.into(), declared: 6, packed, flags: 0, method: 0 }
}

/// An entry that says it is deflated, from so many bytes to so many.
pub fn deflated(name: &str, packed: usize, declared: u32) -> Part {
    Part { packed: vec![7; packed], declared, method: 8, ..part(name) }
}

pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let at = u32::try_from(bytes.len()).unwrap();
        let packed = u32::try_from(part.packed.len()).unwrap();
        let follows = part.flags & 8 != 0;
        let sizes = [packed.to_le_bytes(), part.declared.to_le_bytes()].concat();
        let name_bytes = u16::try_from(part.name.len()).unwrap().to_le_bytes();
        let common = [&part.flags.to_le_bytes()[..], &part.method.to_le_bytes(), &[0; 8]].concat();
        bytes.extend_from_slice(&[&b"PK\x03\x04\x14\0"[..], &common].concat());
        bytes.extend_from_slice(if follows { &[0; 8] } else { &sizes });
        bytes.extend_from_slice(&[&name_bytes[..], &[0, 0], part.name.as_bytes(), &part.packed].concat());
        if follows {
            bytes.extend_from_slice(&[&b"PK\x07\x08\0\0\0\0"[..], &sizes].concat());
        }
        directory.extend_from_slice(&[&b"PK\x01\x02\x14\0\x14\0"[..], &common, &sizes, &name_bytes].concat());
        directory.extend_from_slice(&[&[0; 12][..], &at.to_le_bytes(), part.name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &at, &[0, 0]].concat();
    [bytes, directory, end].concat()
}

pub fn docx_parts() -> Vec<Part> {
    ["[Content_Types].xml", "_rels/.rels", "word/document.xml"].map(part).to_vec()
}

pub fn xlsx_parts() -> Vec<Part> {
    ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"].map(part).to_vec()
}

pub fn ofd_parts() -> Vec<Part> {
    ["OFD.xml", "Doc_0/Document.xml"].map(part).to_vec()
}
