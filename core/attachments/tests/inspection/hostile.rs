//! Whatever the bytes are, the answer is a verdict.

use crate::made::{docx_parts, exif, honest_pdf, jpeg, picture, png, webp, zip};
use proptest::{collection::vec, prelude::*, sample::select};
use siyi_attachments::{Digest, clean};

fn begins() -> Vec<&'static [u8]> {
    vec![
        b"",
        b"%PDF-1.7 1 0 obj << /Filter /FlateDecode >> stream\n\x78\x9c",
        b"PK\x03\x04",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe1",
        b"RIFF\x20\0\0\0WEBPVP8X",
    ]
}

fn ends() -> Vec<&'static [u8]> {
    vec![b"", b"endstream endobj\n%%EOF\n", b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\0\0"]
}

fn honest() -> Vec<Vec<u8>> {
    let (exif, picture) = (exif(6), picture(6, 4));
    vec![
        honest_pdf(),
        zip(&docx_parts()),
        jpeg(&picture, Some(&exif)),
        png(&picture, Some(&exif)),
        webp(&picture, Some(&exif)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_get_a_verdict(begin in select(begins()), middle in vec(any::<u8>(), 0..400), end in select(ends())) {
        let _ = clean(&[begin, &middle, end].concat(), None);
    }

    #[test]
    fn honest_files_with_wrong_bytes_get_a_verdict(
        mut bytes in select(honest()),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        let _ = clean(&bytes, None);
    }

    #[test]
    fn only_64_lower_case_digits_are_a_digest(text in "[0-9a-fA-F./%]{60,68}") {
        let is_one = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        prop_assert_eq!(text.parse::<Digest>().is_ok(), is_one);
    }
}
