//! Images: judged by their header, decoded, turned upright, and encoded anew from nothing but their pixels.
//!
//! Whatever else the file held is gone: EXIF with its GPS position and thumbnail, XMP, ICC profile, comments, further
//! frames of an animation, and bytes behind its end, such as an archive.

use super::taken_at::taken_at;
use crate::{
    error::AttachmentError,
    kind::Kind,
    limits::{MAX_DECODED_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_JPEG_SCANS},
};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
    metadata::Orientation,
};
use jiff::civil::DateTime;
use std::io::Cursor;

/// High enough that a stamp on a photographed paper stays legible.
const JPEG_QUALITY: u8 = 90;

/// The cleaned bytes of an image, and when it claims to have been taken.
pub(super) fn clean(bytes: &[u8], kind: Kind) -> Result<(Vec<u8>, Option<DateTime>), AttachmentError> {
    if kind == Kind::Jpeg && bytes.windows(2).filter(|marker| *marker == [0xff, 0xda]).count() > MAX_JPEG_SCANS {
        return Err(AttachmentError::Bomb { found: "a jpeg with too many scans" });
    }
    let (image, taken_at) = decode(bytes, kind)?;
    let encoded = encode(&image, kind).map_err(|_| AttachmentError::malformed("the image cannot be encoded anew"))?;
    Ok((encoded, taken_at))
}

fn decode(bytes: &[u8], kind: Kind) -> Result<(DynamicImage, Option<DateTime>), AttachmentError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_IMAGE_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(kind)?);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    check_header(u64::from(width) * u64::from(height), decoder.total_bytes())?;
    // Damaged metadata is no reason to refuse a picture: it is thrown away in any case.
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    let upright = Orientation::from_exif_chunk(&exif).unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    image.apply_orientation(upright);
    Ok((image, taken_at(&exif)))
}

/// INVARIANT: asked before anything is decoded.
fn check_header(pixels: u64, decoded_bytes: u64) -> Result<(), AttachmentError> {
    if pixels > MAX_IMAGE_PIXELS {
        return Err(AttachmentError::Bomb { found: "an image of too many pixels" });
    }
    if decoded_bytes > MAX_DECODED_IMAGE_BYTES {
        return Err(AttachmentError::Bomb { found: "an image that takes too much memory" });
    }
    Ok(())
}

fn encode(image: &DynamicImage, kind: Kind) -> ImageResult<Vec<u8>> {
    let mut encoded = Vec::new();
    match kind {
        Kind::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut encoded, JPEG_QUALITY))?,
        Kind::Webp => image.write_with_encoder(WebPEncoder::new_lossless(&mut encoded))?,
        _ => {
            let best = PngEncoder::new_with_quality(&mut encoded, CompressionType::Default, FilterType::Adaptive);
            image.write_with_encoder(best)?;
        }
    }
    Ok(encoded)
}

fn format(kind: Kind) -> Result<ImageFormat, AttachmentError> {
    match kind {
        Kind::Png => Ok(ImageFormat::Png),
        Kind::Jpeg => Ok(ImageFormat::Jpeg),
        Kind::Webp => Ok(ImageFormat::WebP),
        Kind::Pdf | Kind::Docx | Kind::Xlsx | Kind::Ofd => Err(AttachmentError::TypeUnknown),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn refused(error: ImageError) -> AttachmentError {
    match error {
        ImageError::Limits(_) => AttachmentError::Bomb { found: "an image that takes too much memory" },
        _ => AttachmentError::malformed("the image does not decode"),
    }
}

#[cfg(test)]
mod tests {
    use super::check_header;
    use crate::limits::{MAX_DECODED_IMAGE_BYTES, MAX_IMAGE_PIXELS};

    #[test]
    fn fifty_megapixels_in_256_mib_are_the_most() {
        assert!(check_header(MAX_IMAGE_PIXELS, MAX_DECODED_IMAGE_BYTES).is_ok());
        for (pixels, bytes) in [(MAX_IMAGE_PIXELS + 1, 1), (1, MAX_DECODED_IMAGE_BYTES + 1)] {
            assert_eq!(check_header(pixels, bytes).unwrap_err().code(), "attachment-bomb");
        }
    }
}
