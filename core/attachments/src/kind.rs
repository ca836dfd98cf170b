//! The types of files that are taken, told by their bytes.

use crate::error::AttachmentError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A type of file that is taken. Everything else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// PDF
    Pdf,
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// WebP
    Webp,
    /// Word, Office Open XML
    Docx,
    /// Excel, Office Open XML
    Xlsx,
    /// 版式文档, GB/T 33190
    Ofd,
}

/// Type, ending, media types: the first is the one that is served, the others are what browsers say as well.
const KINDS: [(Kind, &str, &[&str]); 7] = [
    (Kind::Pdf, "pdf", &["application/pdf"]),
    (Kind::Png, "png", &["image/png"]),
    (Kind::Jpeg, "jpg", &["image/jpeg"]),
    (Kind::Webp, "webp", &["image/webp"]),
    (Kind::Docx, "docx", &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"]),
    (Kind::Xlsx, "xlsx", &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    (Kind::Ofd, "ofd", &["application/ofd", "application/x-ofd", "application/vnd.ofd"]),
];

impl Kind {
    /// The type that a media type means; parameters are left aside.
    ///
    /// # Errors
    /// `attachment-type-unknown`.
    pub fn from_media_type(text: &str) -> Result<Self, AttachmentError> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let known = KINDS.iter().find(|(_, _, media)| media.contains(&essence.as_str()));
        known.map(|(kind, ..)| *kind).ok_or(AttachmentError::TypeUnknown)
    }

    /// The media type that is sent.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.row().and_then(|(_, _, media)| media.first().copied()).unwrap_or("application/octet-stream")
    }

    /// The ending of a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.row().map_or("bin", |(_, ending, _)| *ending)
    }

    /// Whether it is decoded and encoded anew.
    #[must_use]
    pub const fn is_image(self) -> bool {
        match self {
            Self::Png | Self::Jpeg | Self::Webp => true,
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Ofd => false,
        }
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static [&'static str])> {
        KINDS.iter().find(|(kind, ..)| *kind == self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

/// What the first bytes say. A package says only later which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Magic {
    /// An image of this type.
    Image(Kind),
    /// `%PDF-` at the first byte.
    Pdf,
    /// The header of a zip entry at the first byte.
    Package,
}

/// What the first bytes say.
///
/// # Errors
/// `attachment-type-unknown`.
pub(crate) fn magic(bytes: &[u8]) -> Result<Magic, AttachmentError> {
    // The table of the crate is wider than ours and looks for some types behind the first byte; both must agree.
    let agreed = |mime: &str| infer::get(bytes).is_some_and(|found| found.mime_type() == mime);
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] if agreed("image/png") => Ok(Magic::Image(Kind::Png)),
        [0xff, 0xd8, 0xff, ..] if agreed("image/jpeg") => Ok(Magic::Image(Kind::Jpeg)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] if agreed("image/webp") => {
            Ok(Magic::Image(Kind::Webp))
        }
        [b'%', b'P', b'D', b'F', b'-', ..] if agreed("application/pdf") => Ok(Magic::Pdf),
        // Of packages the crate guesses by the first entries, which may come in any order: see `clean/package.rs`.
        [b'P', b'K', 3, 4, ..] => Ok(Magic::Package),
        _ => Err(AttachmentError::TypeUnknown),
    }
}
