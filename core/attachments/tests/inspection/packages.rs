//! Packages: judged by their directory alone.

use crate::{
    declared,
    made::{Part, deflated, docx_parts, honest_pdf, ofd_parts, part, xlsx_parts, zip},
    verdict,
};
use siyi_attachments::{
    Kind, clean,
    limits::{MAX_PACKAGE_DECLARED_BYTES, MAX_PACKAGE_ENTRIES, MAX_PACKAGE_RATIO, PACKAGE_RATIO_FREE_BYTES},
};

fn docx_with(more: Part) -> Vec<u8> {
    zip(&[docx_parts(), vec![more]].concat())
}

#[test]
fn a_package_is_what_its_entries_say_in_any_order() {
    for (kind, parts) in [(Kind::Docx, docx_parts()), (Kind::Xlsx, xlsx_parts()), (Kind::Ofd, ofd_parts())] {
        let bytes = zip(&parts);
        let cleaned = clean(&bytes, Some(kind)).unwrap();
        assert_eq!((cleaned.kind(), cleaned.bytes()), (kind, &bytes[..]));
        let turned: Vec<Part> = parts.into_iter().rev().collect();
        assert_eq!(declared(&zip(&turned), Some(kind)), "taken");
    }
    assert_eq!(declared(&zip(&xlsx_parts()), Some(Kind::Docx)), "attachment-type-mismatch");
    assert_eq!(verdict(&zip(&[part("readme.txt")])), "attachment-type-unknown");
    assert_eq!(verdict(&zip(&docx_parts()[..2])), "attachment-type-unknown");
    assert_eq!(verdict(&zip(&[docx_parts(), ofd_parts()].concat())), "attachment-polyglot");
}

#[test]
fn sizes_may_follow_the_packed_bytes() {
    let parts: Vec<Part> = docx_parts().into_iter().map(|part| Part { flags: 8, ..part }).collect();
    assert_eq!(verdict(&zip(&parts)), "taken");
}

#[test]
fn a_thousand_entries_are_the_most() {
    let many = |count: usize| {
        let more = (3..count).map(|number| part(&format!("word/{number}.xml")));
        zip(&docx_parts().into_iter().chain(more).collect::<Vec<_>>())
    };
    assert_eq!(verdict(&many(MAX_PACKAGE_ENTRIES)), "taken");
    assert_eq!(verdict(&many(MAX_PACKAGE_ENTRIES + 1)), "attachment-bomb");
}

#[test]
fn an_entry_may_declare_a_hundred_times_its_size() {
    let ratio = u32::try_from(MAX_PACKAGE_RATIO).unwrap();
    assert_eq!(verdict(&docx_with(deflated("word/a.xml", 1_000, 1_000 * ratio))), "taken");
    assert_eq!(verdict(&docx_with(deflated("word/a.xml", 1_000, 1_000 * ratio + 1))), "attachment-bomb");
    // A small one may be emptier than that, as long as the whole is not.
    let free = u32::try_from(PACKAGE_RATIO_FREE_BYTES).unwrap();
    let ballast = deflated("word/b.xml", 10_000, 10_000);
    let with_ballast = |small: Part| zip(&[docx_parts(), vec![ballast.clone(), small]].concat());
    assert_eq!(verdict(&with_ballast(deflated("word/a.xml", 10, free))), "taken");
    assert_eq!(verdict(&with_ballast(deflated("word/a.xml", 10, free + 1))), "attachment-bomb");
    // The three parts of a docx here hold 18 bytes and are not deflated.
    let small = |declared: u32| docx_with(deflated("word/a.xml", 100, declared));
    assert_eq!(verdict(&small(118 * ratio - 18)), "taken");
    assert_eq!(verdict(&small(118 * ratio - 17)), "attachment-bomb");
}

#[test]
fn the_whole_of_many_small_entries_may_declare_a_hundred_times_its_size() {
    let each = |declared: u32| (0..500).map(move |number| deflated(&format!("word/{number}.xml"), 10, declared));
    let whole = |declared: u32| zip(&docx_parts().into_iter().chain(each(declared)).collect::<Vec<_>>());
    assert_eq!(verdict(&whole(1_003)), "taken");
    assert_eq!(verdict(&whole(1_004)), "attachment-bomb");
}

#[test]
fn two_hundred_megabytes_are_the_most_that_may_be_declared() {
    let rest = u32::try_from(MAX_PACKAGE_DECLARED_BYTES).unwrap() - 18;
    assert_eq!(verdict(&docx_with(deflated("word/a.xml", 2_000_000, rest))), "taken");
    assert_eq!(verdict(&docx_with(deflated("word/a.xml", 2_000_000, rest + 1))), "attachment-bomb");
}

#[test]
fn a_name_does_not_lead_out_of_its_package() {
    for name in ["../x", "word/../../x", "/etc/passwd", "word\\x", "C:x", "a\0b", "", "./x", ".."] {
        assert_eq!(verdict(&docx_with(part(name))), "attachment-malformed", "{name:?}");
    }
    assert_eq!(verdict(&docx_with(part("word/document.xml"))), "attachment-malformed");
    assert_eq!(verdict(&docx_with(part("Word/Document.XML"))), "attachment-malformed");
    assert_eq!(verdict(&docx_with(part("word/..x.xml"))), "taken");
}

#[test]
fn macros_programs_and_encryption_are_refused() {
    for name in [
        "word/vbaProject.bin",
        "xl/VBAPROJECT.BIN",
        "word/vbaData.xml",
        "word/activeX/activeX1.xml",
        "word/embeddings/oleObject1.bin",
        "xl/macrosheets/sheet1.xml",
        "word/a.exe",
        "word/a.JS",
    ] {
        assert_eq!(verdict(&docx_with(part(name))), "attachment-active-content", "{name}");
    }
    for flags in [1, 1 << 6, 1 << 13] {
        assert_eq!(verdict(&docx_with(Part { flags, ..part("word/a.xml") })), "attachment-active-content");
    }
}

#[test]
fn every_byte_of_a_package_belongs_to_it() {
    let bytes = zip(&docx_parts());
    assert_eq!(verdict(&[b"MZ", &bytes[..]].concat()), "attachment-type-unknown");
    assert_eq!(verdict(&[&bytes[..], b"x"].concat()), "attachment-polyglot");
    assert_eq!(verdict(&[&bytes[..], &honest_pdf()].concat()), "attachment-polyglot");
    assert_eq!(verdict(&[&bytes[..], &bytes].concat()), "attachment-polyglot");
    // A comment behind the end record.
    let commented = [&bytes[..bytes.len() - 2], b"\x03\0abc"].concat();
    assert_eq!(verdict(&commented), "attachment-polyglot");
    assert_eq!(verdict(&bytes[..bytes.len() - 1]), "attachment-malformed");
    assert_eq!(verdict(b"PK\x03\x04"), "attachment-malformed");
}

#[test]
fn bytes_between_the_entries_are_refused() {
    let bytes = zip(&docx_parts());
    let directory_at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let hidden = b"hidden";
    let mut gap = [&bytes[..directory_at], hidden, &bytes[directory_at..]].concat();
    assert_eq!(verdict(&gap), "attachment-polyglot");
    // The end record tells the truth about the place; then the bytes lie before the directory.
    let at = gap.len() - 6;
    gap[at..at + 4].copy_from_slice(&u32::try_from(directory_at + hidden.len()).unwrap().to_le_bytes());
    assert_eq!(verdict(&gap), "attachment-polyglot");
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    // The second row of the directory points at the first entry.
    let mut bytes = zip(&docx_parts());
    let rows: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    bytes[rows[1] + 42..rows[1] + 46].fill(0);
    assert_eq!(verdict(&bytes), "attachment-polyglot");
}

#[test]
fn an_entry_whose_own_header_says_something_else_is_malformed() {
    let mut bytes = zip(&docx_parts());
    // The name in the first entry's own header.
    bytes[30] = b'X';
    assert_eq!(verdict(&bytes), "attachment-malformed");
    let mut method = zip(&docx_parts());
    method[8] = 8;
    assert_eq!(verdict(&method), "attachment-malformed");
    assert_eq!(verdict(&docx_with(Part { method: 12, ..part("word/a.xml") })), "attachment-malformed");
    assert_eq!(verdict(&docx_with(Part { declared: 7, ..part("word/a.xml") })), "attachment-malformed");
}
