//! PDFs: nothing active, nothing hidden, nothing that bursts.

use crate::{
    made::{ascii85, catalog, docx_parts, honest_pdf, pdf, stream, zip, zlib, zlib_at},
    verdict,
};
use flate2::Compression;
use siyi_attachments::{
    clean,
    limits::{MAX_PDF_INFLATED_BYTES, MAX_PDF_OBJECTS, MAX_PDF_RATIO, PDF_END_BYTES, PDF_RATIO_FREE_BYTES},
};

const FREE: usize = 16 << 20;

fn deflated(data: &[u8]) -> Vec<u8> {
    stream("/Filter /FlateDecode", data)
}

#[test]
fn an_honest_pdf_is_taken_as_it_is() {
    let bytes = honest_pdf();
    assert_eq!(clean(&bytes, None).unwrap().bytes(), bytes);
}

#[test]
fn a_pdf_that_acts_is_refused_however_it_is_spelled() {
    let actions = [
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "/OpenAction 9 0 R",
        "/OpenAction\n\n<< >>",
        "/A<</S/Launch/F(cmd.exe)>>",
        "/Names << /EmbeddedFiles 7 0 R >>",
        "/EF << /F 7 0 R >> /Type /EmbeddedFile",
        "/J#61vaScript 1 0 R",
        "/#4a#61#76#61#53#63#72#69#70#74 1 0 R",
        "/#4cau#6E#63#68 1 0 R",
        "/JS 7 0 R",
        "/#4aS 7 0 R",
        "/AcroForm << /XFA 7 0 R >>",
        "/S/GoToE",
        "/S/SubmitForm",
        "/S/Rendition",
    ];
    for action in actions {
        assert_eq!(verdict(&pdf(&[catalog(action)])), "attachment-active-content", "{action}");
        let hidden = stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &zlib(&catalog(action)));
        assert_eq!(verdict(&pdf(&[catalog(""), hidden])), "attachment-active-content", "hidden: {action}");
    }
    for harmless in ["/OpenAction [3 0 R /Fit]", "/JavaScripts 1", "/Launching 1", "/EncryptMetadata true", "/S /GoTo"]
    {
        assert_eq!(verdict(&pdf(&[catalog(harmless)])), "taken", "{harmless}");
    }
}

#[test]
fn an_action_is_found_in_comments_strings_and_data_where_a_table_could_point() {
    let action = "9 0 obj << /S /JavaScript >> endobj";
    for object in [
        format!("% {action}").into_bytes(),
        format!("( {action}").into_bytes(),
        stream("/Length 9", action.as_bytes()),
        deflated(&zlib(action.as_bytes())),
        format!("(stream \n{action} endstream)").into_bytes(),
    ] {
        assert_eq!(verdict(&pdf(&[catalog(""), object])), "attachment-active-content");
    }
}

#[test]
fn an_action_is_found_across_the_windows_of_inflation() {
    for before in (65_500..65_560).step_by(7) {
        let plain = [&vec![b'a'; before][..], b"/JavaScript ", &vec![b'b'; 70_000]].concat();
        assert_eq!(verdict(&pdf(&[deflated(&zlib(&plain))])), "attachment-active-content", "{before}");
    }
    let last = [&vec![b'a'; 200_000][..], b"/JavaScript"].concat();
    assert_eq!(verdict(&pdf(&[deflated(&zlib(&last))])), "attachment-active-content");
}

#[test]
fn what_cannot_be_looked_into_is_refused() {
    let trailer = b"<< /Encrypt 5 0 R >>".to_vec();
    assert_eq!(verdict(&pdf(&[catalog(""), trailer])), "attachment-active-content");
    for filters in [
        "/ObjStm /Filter /ASCIIHexDecode",
        "/First 4 /Filter [/FlateDecode /ASCII85Decode]",
        "/ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
    ] {
        let object = stream(&format!("/N 1 {filters}"), &zlib(b"1 0 << >>"));
        assert_eq!(verdict(&pdf(&[object])), "attachment-active-content", "{filters}");
    }
    for filters in ["/Filter 7 0 R", "/Filter [/ASCIIHexDecode /FlateDecode]", "/FlateDecode"] {
        let object = stream(filters, &zlib(b"text"));
        assert_eq!(verdict(&pdf(&[object])), "attachment-malformed", "{filters}");
    }
    for filters in ["/Filter /LZWDecode", "/Filter [/FlateDecode /FlateDecode]", "/Filter [/Fl /LZ#57]"] {
        assert_eq!(verdict(&pdf(&[stream(filters, &zlib(b"text"))])), "attachment-bomb", "{filters}");
    }
}

#[test]
fn what_is_deflated_and_then_armoured_is_looked_through() {
    let armoured = |plain: &[u8]| pdf(&[stream("/Filter [ /ASCII85Decode /FlateDecode ]", &ascii85(&zlib(plain)))]);
    assert_eq!(verdict(&armoured(b"BT (text) Tj ET")), "taken");
    assert_eq!(verdict(&armoured(b"<< /S /Launch >>")), "attachment-active-content");
    assert_eq!(verdict(&armoured(&vec![0; FREE + 1])), "attachment-bomb");
    let hidden = stream("/N 1 /First 4 /Filter [/A85 /FlateDecode]", &ascii85(&zlib(b"1 0 << >>")));
    assert_eq!(verdict(&pdf(&[hidden])), "attachment-active-content");
    assert_eq!(verdict(&pdf(&[stream("/Filter [/A85 /Fl]", b"vvvvv~>")])), "attachment-malformed");
}

#[test]
fn a_stream_that_does_not_inflate_is_malformed() {
    let whole = zlib(&[7; 5_000]);
    for data in [&whole[..whole.len() - 6], b"", b"plain text", &[0x78, 0x9c, 0xff, 0xff, 0xff]] {
        assert_eq!(verdict(&pdf(&[deflated(data)])), "attachment-malformed");
    }
    // Its checksum is not judged.
    assert_eq!(verdict(&pdf(&[deflated(&whole[..whole.len() - 4])])), "taken");
    assert_eq!(verdict(&pdf(&[b"<< >> stream\nabc".to_vec()])), "attachment-malformed");
}

#[test]
fn a_stream_may_inflate_two_hundred_times_and_not_a_byte_more() {
    let ratio = usize::try_from(MAX_PDF_RATIO).unwrap();
    let inflated = (FREE / ratio + 1) * ratio;
    let mut data = zlib(&vec![0; inflated]);
    data.resize(inflated / ratio, b'\n');
    assert_eq!(verdict(&pdf(&[deflated(&data)])), "taken");
    data.pop();
    assert_eq!(verdict(&pdf(&[deflated(&data)])), "attachment-bomb");
}

#[test]
fn an_empty_page_may_shrink_a_thousand_times() {
    assert_eq!(FREE as u64, PDF_RATIO_FREE_BYTES);
    assert_eq!(verdict(&pdf(&[deflated(&zlib(&vec![0; FREE]))])), "taken");
    assert_eq!(verdict(&pdf(&[deflated(&zlib(&vec![0; FREE + 1]))])), "attachment-bomb");
}

#[test]
fn all_streams_together_may_inflate_to_256_mebibytes() {
    let full = deflated(&zlib(&vec![0; FREE]));
    let mut objects = vec![full; usize::try_from(MAX_PDF_INFLATED_BYTES).unwrap() / FREE];
    assert_eq!(verdict(&pdf(&objects)), "taken");
    objects.push(deflated(&zlib(&[0])));
    assert_eq!(verdict(&pdf(&objects)), "attachment-bomb");
}

#[test]
fn fifty_thousand_objects_are_the_most_those_in_streams_included() {
    let mut objects = vec![b"<< >>".to_vec(); MAX_PDF_OBJECTS];
    assert_eq!(verdict(&pdf(&objects)), "taken");
    objects.push(b"<< >>".to_vec());
    assert_eq!(verdict(&pdf(&objects)), "attachment-bomb");
    let packed =
        |count: usize| stream(&format!("/ObjStm /N {count} /First 4 /Filter /FlateDecode"), &zlib(b"1 0 << >>"));
    assert_eq!(verdict(&pdf(&[packed(MAX_PDF_OBJECTS - 1)])), "taken");
    assert_eq!(verdict(&pdf(&[packed(MAX_PDF_OBJECTS)])), "attachment-bomb");
    let untold = stream("/ObjStm /N (many) /First 4 /Filter /FlateDecode", &zlib(b"1 0 << >>"));
    assert_eq!(verdict(&pdf(&[untold])), "attachment-malformed");
}

#[test]
fn streams_within_streams_are_not_read_twice() {
    let inner = zlib_at(&vec![b'x'; 60_000], Compression::none());
    let outer = [b"zz stream\n", &inner[..]].concat();
    assert_eq!(verdict(&pdf(&[deflated(&zlib_at(&outer, Compression::none()))])), "attachment-malformed");
}

#[test]
fn a_dictionary_without_an_end_is_malformed() {
    let long = |blank: usize| stream(&" ".repeat(blank), b"data");
    assert_eq!(verdict(&pdf(&[long(32_000)])), "taken");
    assert_eq!(verdict(&pdf(&[long(33_000)])), "attachment-malformed");
}

#[test]
fn a_pdf_begins_at_its_first_byte_and_ends_near_its_last() {
    let bytes = honest_pdf();
    assert_eq!(verdict(&[b" ", &bytes[..]].concat()), "attachment-type-unknown");
    assert_eq!(verdict(&[b"GIF89a", &bytes[..]].concat()), "attachment-type-unknown");
    assert_eq!(verdict(b"%PDF-1.7\n"), "attachment-malformed");
    assert_eq!(verdict(b"%PDF-9.x %%EOF"), "attachment-malformed");
    // `%%EOF` and a line feed are the last six bytes.
    let padded = |blank: usize| [&bytes[..], &vec![b' '; blank]].concat();
    assert_eq!(verdict(&padded(PDF_END_BYTES - 6)), "taken");
    assert_eq!(verdict(&padded(PDF_END_BYTES - 5)), "attachment-polyglot");
}

#[test]
fn a_pdf_that_is_also_an_archive_is_a_polyglot() {
    let (document, archive) = (honest_pdf(), zip(&docx_parts()));
    assert_eq!(verdict(&[&document[..], &archive].concat()), "attachment-polyglot");
    let inside = pdf(&[catalog(""), stream("/Length 9", &archive)]);
    assert_eq!(verdict(&inside), "attachment-polyglot");
    // Far from the end as well.
    assert_eq!(verdict(&pdf(&[stream("/Length 9", &archive), vec![b' '; 100_000]])), "attachment-polyglot");
    // And behind the archive's own end, where lenient readers look for a record with any numbers of disks.
    assert_eq!(verdict(&pdf(&[b"(PK\x05\x06\x09\x09\x09\x09)".to_vec()])), "attachment-polyglot");
}
