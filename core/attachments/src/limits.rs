//! Every limit, in one place.

/// The largest file, as it arrives and once cleaned (20 MiB).
pub const MAX_FILE_BYTES: usize = 20 << 20;

/// Longer than the longest sealed file (25 MiB): padding is 12 % at most, tags are less than 0.1 %.
pub(crate) const MAX_STORED_BYTES: u64 = (MAX_FILE_BYTES + MAX_FILE_BYTES / 4) as u64;

/// The most files of one act.
pub const MAX_FILES_PER_ACT: usize = 10;

/// What the files of one village may take on the disk, where nothing else is configured (2 GiB).
pub const DEFAULT_VILLAGE_QUOTA_BYTES: u64 = 2 << 30;

/// The most pixels of an image (50 megapixels), judged by its header before anything is decoded.
pub const MAX_IMAGE_PIXELS: u64 = 50_000_000;

/// The most memory of a decoded image (256 MiB), judged by its header before anything is decoded.
pub const MAX_DECODED_IMAGE_BYTES: u64 = 256 << 20;

/// The most scans of a progressive JPEG; each costs as much time as a whole picture. Cameras write about ten.
pub const MAX_JPEG_SCANS: usize = 100;

/// The most objects of a PDF, those in object streams included.
pub const MAX_PDF_OBJECTS: usize = 50_000;

/// The most that all streams of a PDF may inflate to, together (256 MiB).
pub const MAX_PDF_INFLATED_BYTES: u64 = 256 << 20;

/// How many times its size a stream of a PDF may inflate to.
pub const MAX_PDF_RATIO: u64 = 200;

/// Up to here the ratio of a stream is not judged (16 MiB): an empty scanned page shrinks a thousand times, honestly.
pub const PDF_RATIO_FREE_BYTES: u64 = 16 << 20;

/// `%%EOF` stands in the last so many bytes of a PDF.
pub const PDF_END_BYTES: usize = 1024;

/// The most entries of a package (DOCX, XLSX, OFD).
pub const MAX_PACKAGE_ENTRIES: usize = 1_000;

/// The most that the entries of a package may declare to hold, together (200 MB).
pub const MAX_PACKAGE_DECLARED_BYTES: u64 = 200_000_000;

/// How many times its packed size an entry of a package, or the whole of it, may declare to hold.
pub const MAX_PACKAGE_RATIO: u64 = 100;

/// Up to here the ratio of a single entry is not judged (64 KiB): an empty style sheet shrinks well. The ratio of the
/// whole is judged always.
pub const PACKAGE_RATIO_FREE_BYTES: u64 = 64 << 10;

/// Plain bytes of one encrypted chunk (64 KiB).
pub const CHUNK_BYTES: usize = 64 << 10;

/// The most images that are decoded at the same time; each may take twice [`MAX_DECODED_IMAGE_BYTES`] while it is
/// turned upright.
pub const MAX_CLEANED_AT_ONCE: usize = 2;
