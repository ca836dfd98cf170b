//! Pictures: cleaned to their pixels, within their limits.

use crate::{
    declared,
    made::{CANARY, Part, docx_parts, exif, holds, holds_text, jpeg, picture, png, png_header, webp, zip},
    verdict,
};
use image::GenericImageView;
use siyi_attachments::{Kind, clean, limits::MAX_FILE_BYTES, limits::MAX_JPEG_SCANS};

fn with_metadata(orientation: u16) -> [(Kind, Vec<u8>); 3] {
    let (exif, picture) = (exif(orientation), picture(64, 32));
    [
        (Kind::Jpeg, jpeg(&picture, Some(&exif))),
        (Kind::Png, png(&picture, Some(&exif))),
        (Kind::Webp, webp(&picture, Some(&exif))),
    ]
}

#[test]
fn positions_comments_and_profiles_are_gone_and_the_date_is_a_claim() {
    for (kind, bytes) in with_metadata(1) {
        assert!(holds_text(&bytes, CANARY));
        let cleaned = clean(&bytes, Some(kind)).unwrap();
        assert_eq!(cleaned.kind(), kind);
        assert_eq!(cleaned.taken_at_claimed().unwrap().to_string(), "2026-05-01T08:30:00", "{kind}");
        assert!(!holds_text(cleaned.bytes(), CANARY), "{kind}");
        for trace in [&b"Exif"[..], b"eXIf", b"EXIF", b"tEXt", b"xmpmeta", b"ICC", b"2026:05:01"] {
            assert!(!holds(cleaned.bytes(), trace), "{kind}: {trace:?}");
        }
    }
}

#[test]
fn a_picture_is_turned_upright_before_it_forgets_how_it_was_held() {
    for (kind, bytes) in with_metadata(6) {
        let cleaned = clean(&bytes, None).unwrap();
        let image = image::load_from_memory(cleaned.bytes()).unwrap();
        assert_eq!(image.dimensions(), (32, 64), "{kind}");
        // A quarter turn to the right brings what was above to the right.
        assert!(image.get_pixel(28, 32)[0] > 200 && image.get_pixel(4, 32)[0] < 50, "{kind}");
    }
}

#[test]
fn what_stands_behind_a_picture_is_gone() {
    let archive = zip(&[Part { packed: CANARY.into(), declared: 25, ..docx_parts().remove(0) }]);
    for (kind, bytes) in with_metadata(1) {
        let cleaned = clean(&[bytes, archive.clone()].concat(), Some(kind)).unwrap();
        assert!(!holds(cleaned.bytes(), b"PK\x03\x04") && !holds_text(cleaned.bytes(), CANARY), "{kind}");
    }
}

#[test]
fn cleaning_twice_keeps_a_png_as_it_is() {
    let once = clean(&png(&picture(20, 20), Some(&exif(1))), None).unwrap();
    let twice = clean(once.bytes(), None).unwrap();
    assert_eq!(once.digest(), twice.digest());
}

#[test]
fn fifty_megapixels_are_taken_and_a_row_more_is_not() {
    let bytes = png(&image::DynamicImage::new_luma8(10_000, 5_000), None);
    assert_eq!(verdict(&bytes), "taken");
    assert_eq!(verdict(&png(&image::DynamicImage::new_luma8(10_000, 5_001), None)), "attachment-bomb");
}

#[test]
fn a_picture_that_only_claims_to_be_huge_is_refused_by_its_header() {
    assert_eq!(verdict(&png_header(65_535, 65_535, 8, 2)), "attachment-bomb");
    assert_eq!(verdict(&png_header(u32::MAX >> 1, u32::MAX >> 1, 16, 6)), "attachment-bomb");
    // 36 megapixels, and 8 bytes each.
    assert_eq!(verdict(&png_header(6_000, 6_000, 16, 6)), "attachment-bomb");
    // 33 megapixels fit into 256 MiB; there is only nothing behind the header.
    assert_eq!(verdict(&png_header(5_792, 5_792, 16, 6)), "attachment-malformed");
}

#[test]
fn a_jpeg_of_a_hundred_and_one_scans_is_refused() {
    let bytes = jpeg(&picture(8, 8), None);
    let scans = |count: usize| [&bytes[..], &[0xff, 0xda].repeat(count - 1)].concat();
    assert_eq!(verdict(&scans(MAX_JPEG_SCANS)), "taken");
    assert_eq!(verdict(&scans(MAX_JPEG_SCANS + 1)), "attachment-bomb");
}

#[test]
fn twenty_mebibytes_are_taken_and_a_byte_more_is_not() {
    let picture = jpeg(&picture(8, 8), None);
    let padded = |length: usize| [&picture[..], &vec![0; length - picture.len()]].concat();
    assert_eq!(verdict(&padded(MAX_FILE_BYTES)), "taken");
    assert_eq!(verdict(&padded(MAX_FILE_BYTES + 1)), "attachment-too-large");
}

#[test]
fn a_picture_that_is_larger_once_cleaned_is_too_large() {
    // Noise of low quality, which is encoded anew with a higher one.
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(3_600, 3_600, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, blue, green, red] = state.to_le_bytes();
        image::Rgb([red, green, blue])
    });
    let mut small = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut small, 50);
    image::DynamicImage::from(noise).write_with_encoder(encoder).unwrap();
    assert!(small.len() < MAX_FILE_BYTES);
    assert_eq!(verdict(&small), "attachment-too-large");
}

#[test]
fn half_a_picture_is_malformed() {
    for (kind, bytes) in with_metadata(1) {
        assert_ne!(verdict(&bytes[..40.min(bytes.len())]), "taken", "{kind}");
    }
    let bytes = png(&picture(64, 64), None);
    assert_eq!(verdict(&bytes[..bytes.len() / 2]), "attachment-malformed");
}

#[test]
fn a_declared_type_must_be_what_the_bytes_are() {
    let bytes = png(&picture(4, 4), None);
    assert_eq!(declared(&bytes, Some(Kind::Png)), "taken");
    assert_eq!(declared(&bytes, Some(Kind::Jpeg)), "attachment-type-mismatch");
    assert_eq!(declared(&bytes, Some(Kind::Pdf)), "attachment-type-mismatch");
    assert_eq!(Kind::from_media_type("Image/PNG; charset=x").unwrap(), Kind::Png);
    for text in ["image/svg+xml", "text/html", "", "image/png,text/html", "application/zip"] {
        assert_eq!(Kind::from_media_type(text).unwrap_err().code(), "attachment-type-unknown");
    }
}

#[test]
fn what_is_not_on_the_list_is_refused() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    for bytes in
        [&b""[..], b"\0", gif, b"<svg/>", b"<!doctype html>", b"BM123456", b"MZ\x90\0", b"\x7fELF", b"II*\0\x08\0\0\0"]
    {
        assert_eq!(verdict(bytes), "attachment-type-unknown");
    }
}
