//! Keeping and handing out.

use crate::{
    OTHER, OWNER, VILLAGE, document, everything, keep, keys,
    made::{CANARY, exif, holds, holds_text, jpeg, picture, png},
    store, stored, upload,
};
use siyi_attachments::{
    Attachments, Class, Digest, Kind, Serving, Upload, clean,
    limits::{CHUNK_BYTES, MAX_FILES_PER_ACT},
};
use siyi_domain::ids::{ConsultationId, PersonId};
use std::sync::Arc;

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let bytes = jpeg(&picture(300, 200), Some(&exif(1)));
    let told = Upload {
        class: Class::Photo,
        person: Some(PersonId(OTHER)),
        matter: Some(ConsultationId(OTHER)),
        ..upload(OWNER, &bytes)
    };
    let kept = store(folder.path(), &keys).keep(&told).unwrap();
    assert!(kept.is_new);
    let store = store(folder.path(), &keys);
    let opened = store.open_one(OWNER, &kept.particulars.digest).unwrap();
    assert_eq!(*opened.bytes, told.cleaned.bytes());
    assert_eq!(opened.particulars, kept.particulars);
    assert_eq!(opened.particulars.taken_at_claimed.unwrap().to_string(), "2026-05-01T08:30:00");
    assert_eq!((opened.particulars.kind, opened.particulars.class), (Kind::Jpeg, Class::Photo));
    assert_eq!((opened.particulars.person, opened.particulars.matter), (told.person, told.matter));
    assert_eq!(Digest::of(&opened.bytes), kept.particulars.digest);
}

#[test]
fn files_of_any_length_around_a_chunk_come_back() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let frame = document("").len();
    for length in [frame, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 1 << 20] {
        let bytes = document(&"x".repeat(length - frame));
        assert_eq!(bytes.len(), length);
        let digest = keep(&store, OWNER, &bytes);
        assert_eq!(*store.open_one(OWNER, &digest).unwrap().bytes, bytes);
    }
}

#[test]
fn the_folder_holds_neither_content_nor_metadata_in_clear() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digests = [
        keep(&store, OWNER, &jpeg(&picture(64, 32), Some(&exif(1)))),
        keep(&store, OWNER, &png(&picture(64, 32), Some(&exif(1)))),
        keep(&store, OWNER, &document(CANARY)),
    ];
    drop(store);
    let all = everything(folder.path());
    assert!(holds(&all, VILLAGE.as_bytes()), "the search looks where the rows are");
    assert!(!holds_text(&all, CANARY));
    for digest in digests {
        assert!(!holds_text(&all, &digest.to_string()) && !holds(&all, digest.as_bytes()));
    }
    for word in ["2026-05-01", "2026:05:01", "minutes", "JFIF", "%PDF", "IHDR"] {
        assert!(!holds_text(&all, word), "{word}");
    }
}

#[test]
fn equal_content_is_stored_once_for_an_owner_and_cannot_be_told_between_owners() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let bytes = document("the same");
    let first = store.keep(&upload(OWNER, &bytes)).unwrap();
    let again = store.keep(&Upload { class: Class::Plan, ..upload(OWNER, &bytes) }).unwrap();
    assert!(first.is_new && !again.is_new);
    assert_eq!(first.particulars, again.particulars);
    assert_eq!(stored(folder.path()).len(), 1);
    let digest = keep(&store, OTHER, &bytes);
    assert_eq!(digest, first.particulars.digest);
    let files = stored(folder.path()).into_iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    assert_eq!(files.len(), 2);
    assert!(files[0].iter().zip(&files[1]).filter(|(one, other)| one == other).count() < files[0].len() / 16);
    assert_eq!(store.owners(&digest).unwrap(), [OWNER, OTHER]);
    assert!(store.owners(&Digest::of(b"another")).unwrap().is_empty());
}

#[test]
fn a_village_stays_within_its_quota_to_the_byte() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let village = VILLAGE.parse().unwrap();
    let used = {
        let store = store(folder.path(), &keys);
        keep(&store, OWNER, &document("first"));
        store.used_bytes(&village).unwrap()
    };
    assert_eq!(used, stored(folder.path()).iter().map(|path| path.metadata().unwrap().len()).sum::<u64>());
    let tight = store(folder.path(), &keys).with_quota(2 * used - 1);
    let refused = tight.keep(&upload(OWNER, &document("other"))).unwrap_err();
    assert_eq!(refused.code(), "attachment-quota");
    assert_eq!((stored(folder.path()).len(), tight.used_bytes(&village).unwrap()), (1, used));
    let elsewhere = Upload { village: "419901101202".parse().unwrap(), ..upload(OWNER, &document("other")) };
    assert!(tight.keep(&elsewhere).is_ok());
    drop(tight);
    let enough = store(folder.path(), &keys).with_quota(2 * used);
    let digest = keep(&enough, OWNER, &document("third"));
    assert_eq!(enough.used_bytes(&village).unwrap(), 2 * used);
    assert!(enough.keep(&upload(OWNER, &document("forth"))).is_err());
    enough.remove(OWNER, &digest).unwrap();
    assert!(enough.keep(&upload(OWNER, &document("forth"))).is_ok());
}

#[test]
fn an_act_has_ten_files_and_keeps_all_or_none() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let act = |count: usize| (0..count).map(|number| upload(OWNER, &document(&number.to_string()))).collect::<Vec<_>>();
    assert_eq!(store.keep_all(&act(MAX_FILES_PER_ACT + 1)).unwrap_err().code(), "attachment-quota");
    assert_eq!(stored(folder.path()).len(), 0);
    assert_eq!(store.keep_all(&act(MAX_FILES_PER_ACT)).unwrap().len(), 10);
    let used = store.used_bytes(&VILLAGE.parse().unwrap()).unwrap();
    let tight = store.with_quota(used + used / 10);
    // One that is there, one that fits, one that does not.
    let mixed = ["0", "x", "y"].map(|text| upload(OWNER, &document(text)));
    assert_eq!(tight.keep_all(&mixed).unwrap_err().code(), "attachment-quota");
    assert_eq!(stored(folder.path()).len(), 10);
    assert!(tight.open_one(OWNER, &mixed[0].cleaned.digest()).is_ok());
    assert_eq!(tight.open_one(OWNER, &mixed[1].cleaned.digest()).unwrap_err().code(), "attachment-unknown");
}

#[test]
fn what_is_no_digest_is_unknown() {
    let digest = Digest::of(b"abc").to_string();
    assert_eq!(digest.parse::<Digest>().unwrap().to_string(), digest);
    let upper = digest.to_uppercase();
    let nul = format!("{}\0", &digest[..63]);
    let wide = "ａ".repeat(64);
    for text in ["", "../../x", "%2e%2e", "..%2f..%2fetc", "/etc/passwd", "\0", &digest[1..], &upper, &nul, &wide] {
        assert_eq!(text.parse::<Digest>().unwrap_err().code(), "attachment-unknown", "{text:?}");
    }
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    assert_eq!(store.open_one(OWNER, &digest.parse().unwrap()).unwrap_err().code(), "attachment-unknown");
    let kept = keep(&store, OWNER, &document("x"));
    assert_eq!(store.open_one(OTHER, &kept).unwrap_err().code(), "attachment-unknown");
    assert_eq!(store.particulars(OTHER, &kept).unwrap_err().code(), "attachment-unknown");
}

#[test]
fn a_second_process_does_not_open_the_store() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let _first = store(folder.path(), &keys);
    assert_eq!(siyi_attachments::Store::open(folder.path(), keys).unwrap_err().code(), "store-unavailable");
}

#[test]
fn an_attachment_is_sent_as_a_download_in_a_sandbox() {
    let digest = Digest::of(b"abc");
    let headers = Serving::of(&digest, Kind::Docx).headers;
    let value = |name: &str| headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    assert_eq!(value("content-disposition"), "attachment; filename=\"ba7816bf8f01.docx\"");
    assert_eq!(value("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(value("x-content-type-options"), "nosniff");
    assert_eq!(value("cache-control"), "no-store");
    assert_eq!(value("cross-origin-resource-policy"), "same-origin");
    assert!(value("content-type").starts_with("application/vnd.openxmlformats"));
    assert_eq!(Serving::of(&digest, Kind::Jpeg).headers[0].1, "image/jpeg");
}

#[test]
fn sheets_ballots_and_contracts_are_never_public_and_photos_only_as_pictures() {
    for (class, of_pdf, of_jpeg) in [
        (Class::Minutes, true, true),
        (Class::SignInSheet, false, false),
        (Class::Ballot, false, false),
        (Class::Photo, false, true),
        (Class::Contract, false, false),
        (Class::Plan, true, true),
        (Class::Receipt, false, false),
        (Class::Other, false, false),
    ] {
        assert_eq!((class.is_ever_public(Kind::Pdf), class.is_ever_public(Kind::Jpeg)), (of_pdf, of_jpeg), "{class:?}");
    }
}

#[tokio::test]
async fn asynchronous_callers_get_the_same_answers() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let attachments = Attachments::new(store(folder.path(), &keys));
    let bytes = jpeg(&picture(32, 32), Some(&exif(1)));
    let (one, other) =
        tokio::join!(attachments.clean(bytes.clone(), Some(Kind::Jpeg)), attachments.clean(bytes, Some(Kind::Png)));
    assert_eq!(other.unwrap_err().code(), "attachment-type-mismatch");
    let upload = Upload { cleaned: one.unwrap(), ..upload(OWNER, &document("")) };
    let digest = upload.cleaned.digest();
    assert!(attachments.keep_all(vec![upload]).await.unwrap()[0].is_new);
    assert_eq!(attachments.owners(digest).await.unwrap(), [OWNER]);
    let opened = attachments.open_one(OWNER, digest).await.unwrap();
    assert_eq!(clean(&opened.bytes, None).unwrap().kind(), attachments.particulars(OWNER, digest).await.unwrap().kind);
    attachments.remove(OWNER, digest).await.unwrap();
    assert_eq!(attachments.remove(OWNER, digest).await.unwrap_err().code(), "attachment-unknown");
    assert_eq!(attachments.erase(OWNER).await.unwrap(), 0);
    assert_eq!(Arc::strong_count(&keys), 2);
}
