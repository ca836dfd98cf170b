//! QR codes for paper.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The address as a QR code: an SVG image without styles, black on white. None where the address is too long for one.
#[must_use]
pub fn svg(address: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let image = code.render::<svg::Color<'_>>().min_dimensions(140, 140).build();
    // The declaration has no place inside HTML.
    Some(image.split_once("?>").map_or(image.as_str(), |(_, image)| image).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_an_image_without_style_and_script() {
        let image = svg("https://siyi.example/c/12/verify?event=ab").unwrap();
        assert!(image.starts_with("<svg") && image.trim_end().ends_with("</svg>"), "{image}");
        assert!(!image.contains("style") && !image.contains("<script"));
        assert_ne!(Some(image), svg("https://siyi.example/c/12/verify?event=ac"));
        assert_eq!(svg(&"x".repeat(5_000)), None);
    }
}
