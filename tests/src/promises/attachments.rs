//! What the attachments of one node, or of two that share them, promise. Here and there may be the same.

use super::{on_threads, together_on_threads};
use siyi_attachments::{Blobs, Class, DataKeys, Digest, Store, Upload, clean};
use std::sync::Arc;
use uuid::Uuid;

/// Two nodes, and the files that they share.
#[derive(Clone)]
pub struct Nodes {
    /// One.
    pub here: Arc<Store>,
    /// The other.
    pub there: Arc<Store>,
    /// Their files, behind their backs.
    pub blobs: Arc<dyn Blobs>,
    /// Their keys.
    pub keys: Arc<dyn DataKeys>,
}

const WANG: Uuid = Uuid::from_u128(1);
const LI: Uuid = Uuid::from_u128(2);

/// A PDF with this text in the clear.
#[must_use]
pub fn document(text: &str) -> Vec<u8> {
    let body = format!("1 0 obj\n<< /Length {} >>\nstream\n{text}\nendstream\nendobj\n", text.len());
    format!("%PDF-1.7\n{body}trailer\n<< /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF\n").into_bytes()
}

/// It, brought by a village.
#[must_use]
pub fn upload(owner: Uuid, text: &str) -> Upload {
    Upload {
        cleaned: clean(&document(text), None).unwrap(),
        owner,
        class: Class::Minutes,
        village: "419901101201".parse().unwrap(),
        person: None,
        matter: None,
        uploaded_at: "2026-05-02T01:00:00Z".parse().unwrap(),
    }
}

fn keep(store: &Store, owner: Uuid, text: &str) -> Digest {
    store.keep(&upload(owner, text)).unwrap().particulars.digest
}

fn code(store: &Store, owner: Uuid, digest: &Digest) -> &'static str {
    store.open_one(owner, digest).map_or_else(|error| error.code(), |_| "open")
}

pub async fn what_is_kept_here_opens_there(nodes: Nodes) {
    on_threads(move || {
        let digest = keep(&nodes.here, WANG, "议事记录");
        let opened = nodes.there.open_one(WANG, &digest).unwrap();
        assert_eq!(*opened.bytes, document("议事记录"));
        assert_eq!(nodes.there.owners(&digest).unwrap(), [WANG]);
        assert_eq!(nodes.there.of_owner(WANG).unwrap(), [opened.particulars]);
    })
    .await;
}

pub async fn the_same_bytes_are_one_file_whoever_brings_them(nodes: Nodes) {
    let bringing = nodes.clone();
    let kept = together_on_threads(16, move |number| {
        let store = if number % 2 == 0 { &bringing.here } else { &bringing.there };
        store.keep(&upload(WANG, "the same")).unwrap()
    })
    .await;
    assert_eq!(kept.iter().filter(|kept| kept.is_new).count(), 1);
    assert!(kept.iter().all(|one| one.particulars == kept[0].particulars));
    on_threads(move || {
        assert_eq!(nodes.blobs.names().unwrap().len(), 1);
        let again = nodes.there.keep(&Upload { class: Class::Plan, ..upload(WANG, "the same") }).unwrap();
        assert_eq!((again.is_new, again.particulars.class), (false, Class::Minutes));
    })
    .await;
}

pub async fn wrong_bytes_are_never_handed_out(nodes: Nodes) {
    on_threads(move || {
        let digest = keep(&nodes.here, WANG, "to be changed");
        let file = nodes.blobs.names().unwrap()[0];
        let whole = nodes.blobs.read(file).unwrap().unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for wrong in [flipped, whole[..whole.len() - 1].to_vec(), vec![0; whole.len()], Vec::new()] {
            nodes.blobs.write(file, wrong).unwrap();
            assert_eq!(code(&nodes.here, WANG, &digest), "attachment-corrupt");
            assert_eq!(code(&nodes.there, WANG, &digest), "attachment-corrupt");
            // Nor is anybody told that it is kept.
            assert_eq!(nodes.there.keep(&upload(WANG, "to be changed")).unwrap_err().code(), "attachment-corrupt");
        }
        nodes.blobs.write(file, whole).unwrap();
        assert_eq!(code(&nodes.there, WANG, &digest), "open");
    })
    .await;
}

pub async fn a_file_that_is_gone_is_damage_and_what_never_was_is_unknown(nodes: Nodes) {
    on_threads(move || {
        let digest = keep(&nodes.here, WANG, "to be lost");
        nodes.blobs.wipe(nodes.blobs.names().unwrap()[0]).unwrap();
        assert_eq!(code(&nodes.here, WANG, &digest), "attachment-corrupt");
        assert_eq!(code(&nodes.there, LI, &digest), "attachment-unknown");
        assert_eq!(code(&nodes.there, WANG, &Digest::of(b"never")), "attachment-unknown");
    })
    .await;
}

pub async fn what_is_removed_here_is_unknown_there(nodes: Nodes) {
    on_threads(move || {
        let (gone, stays) = (keep(&nodes.here, WANG, "gone"), keep(&nodes.here, WANG, "stays"));
        nodes.here.remove(WANG, &gone).unwrap();
        assert_eq!(code(&nodes.there, WANG, &gone), "attachment-unknown");
        assert_eq!(nodes.there.remove(WANG, &gone).unwrap_err().code(), "attachment-unknown");
        assert_eq!((code(&nodes.there, WANG, &stays), nodes.blobs.names().unwrap().len()), ("open", 1));
    })
    .await;
}

pub async fn who_is_erased_here_is_nowhere(nodes: Nodes) {
    on_threads(move || {
        let digests = ["one", "two"].map(|text| keep(&nodes.here, WANG, text));
        let other = keep(&nodes.there, LI, "one");
        assert_eq!(code(&nodes.there, WANG, &digests[0]), "open");
        assert_eq!(nodes.here.erase(WANG).unwrap(), 2);
        for digest in &digests {
            assert_eq!(code(&nodes.there, WANG, digest), "attachment-unknown");
        }
        assert!(nodes.keys.key(WANG).unwrap().is_none());
        assert_eq!((nodes.there.erase(WANG).unwrap(), nodes.here.erase(WANG).unwrap()), (0, 0));
        assert_eq!((nodes.blobs.names().unwrap().len(), code(&nodes.here, LI, &other)), (1, "open"));
        assert_eq!(nodes.here.owners(&digests[0]).unwrap(), [LI]);
    })
    .await;
}

pub async fn whoever_brings_and_whoever_erases_at_once_leave_nothing_that_opens_halfway(nodes: Nodes) {
    let racing = nodes.clone();
    together_on_threads(12, move |number| {
        if number % 4 == 3 {
            racing.there.erase(WANG).unwrap();
            return;
        }
        let upload = upload(WANG, &format!("file {number}"));
        let kept = racing.here.keep(&upload);
        assert!(kept.is_ok() || kept.as_ref().unwrap_err().code() == "store-unavailable", "{kept:?}");
    })
    .await;
    on_threads(move || {
        // What is listed opens, and every file has its row.
        let listed = nodes.there.of_owner(WANG).unwrap();
        for particulars in &listed {
            assert_eq!(code(&nodes.here, WANG, &particulars.digest), "open");
        }
        nodes.here.erase(WANG).unwrap();
        assert_eq!(nodes.blobs.names().unwrap(), Vec::<Uuid>::new());
    })
    .await;
}
