//! An object store that does not serve, goes away, or is not the right one: each ends in its documented error, nothing acknowledged is
//! lost and nothing is handed out or called erased by half.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use siyi_attachments::{Blobs, DataKeys, FolderIndex, MemoryKeys, ObjectBlobs, ObjectsError, Place, Store};
use siyi_tests::promises::attachments::{document, upload};
use siyi_tests::s3::S3;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use uuid::Uuid;

const INDEX: Uuid = Uuid::from_u128(77);
const WANG: Uuid = Uuid::from_u128(1);

fn place(server: &S3, bucket: &str) -> Place {
    Place::new(&format!("s3://{bucket}/village"), server.settings()).unwrap()
}

async fn refusal(place: &Place, must_exist: bool) -> &'static str {
    ObjectBlobs::open(place, INDEX, must_exist).await.unwrap_err().code()
}

/// Attachments over a bucket, with their index in a folder.
struct Kept {
    server: S3,
    bucket: String,
    folder: TempDir,
    keys: Arc<dyn DataKeys>,
    blobs: Arc<dyn Blobs>,
    store: Arc<Store>,
}

impl Kept {
    async fn new() -> Self {
        let server = S3::start();
        let bucket = server.bucket();
        let (folder, keys) = (tempfile::tempdir().unwrap(), Arc::new(MemoryKeys::new().unwrap()) as Arc<dyn DataKeys>);
        let (blobs, store) = open(&server, &bucket, &folder, &keys).await;
        Self { server, bucket, folder, keys, blobs, store }
    }

    /// The same, opened again as after a crash.
    async fn again(self) -> Self {
        let Self { server, bucket, folder, keys, store, .. } = self;
        drop(store);
        let (blobs, store) = open(&server, &bucket, &folder, &keys).await;
        Self { server, bucket, folder, keys, blobs, store }
    }

    /// Runs what blocks where it may.
    async fn on_a_thread<T: Send + 'static>(&self, run: impl FnOnce(&Store, &dyn Blobs) -> T + Send + 'static) -> T {
        let (store, blobs) = (Arc::clone(&self.store), Arc::clone(&self.blobs));
        spawn_blocking(move || run(&store, &*blobs)).await.unwrap()
    }
}

async fn open(server: &S3, bucket: &str, folder: &TempDir, keys: &Arc<dyn DataKeys>) -> (Arc<dyn Blobs>, Arc<Store>) {
    let blobs = ObjectBlobs::open(&place(server, bucket), INDEX, false).await.unwrap();
    let (path, keys, of_store) = (folder.path().to_path_buf(), Arc::clone(keys), blobs.clone());
    let store = spawn_blocking(move || Store::over(FolderIndex::open(&path, false)?, of_store, keys)).await.unwrap();
    (Arc::new(blobs), Arc::new(store.unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_not_the_right_one_is_refused_and_its_secret_not_told() {
    let server = S3::of_this_program();
    let bucket = server.bucket();
    for (name, value) in [("AWS_SECRET_ACCESS_KEY", "well-water"), ("AWS_ACCESS_KEY_ID", "AKIAWELLWATER0000000")] {
        let wrong = Place::new(&format!("s3://{bucket}"), server.settings_with(name, value)).unwrap();
        let error = ObjectBlobs::open(&wrong, INDEX, false).await.unwrap_err();
        assert_eq!(error.code(), "attachments-denied", "{error}");
        assert!(!format!("{error}{error:?}{wrong:?}").contains(value), "{error}");
    }
    assert_eq!(refusal(&place(server, "no-such-bucket"), false).await, "attachments-missing");
    assert_eq!(
        refusal(&place(server, &bucket), true).await,
        "attachments-missing",
        "its files were lost or are elsewhere"
    );
    let folder = tempfile::tempdir().unwrap().path().join("not-mounted");
    let unmounted = Place::new(&format!("file://{}", folder.display()), []).unwrap();
    assert_eq!(refusal(&unmounted, false).await, "attachments-missing");
    assert!(!folder.exists());

    ObjectBlobs::open(&place(server, &bucket), INDEX, false).await.unwrap();
    ObjectBlobs::open(&place(server, &bucket), INDEX, true).await.unwrap();
    let another = ObjectBlobs::open(&place(server, &bucket), Uuid::from_u128(78), false).await.unwrap_err();
    assert_eq!(another.code(), "attachments-of-another");
    let beside = Place::new(&format!("s3://{bucket}/another"), server.settings()).unwrap();
    ObjectBlobs::open(&beside, Uuid::from_u128(78), false).await.unwrap();

    server.say(&format!("versioned {bucket}"));
    assert_eq!(refusal(&place(server, &bucket), true).await, "attachments-versioned");
    let nobody = Place::new("s3://bucket", server.settings_with("AWS_ENDPOINT_URL", "http://127.0.0.1:9")).unwrap();
    let error = ObjectBlobs::open(&nobody, INDEX, false).await.unwrap_err();
    assert!(matches!(error, ObjectsError::Unavailable { .. }), "{error}");
    let secret = &server.settings()[3].1;
    assert!(!error.to_string().contains(secret.as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_breaks_off_keeps_nothing_and_is_tried_again_in_vain_no_longer_than_needed() {
    let kept = Kept::new().await;
    // Broken off in the middle, once: sent again, and kept.
    kept.server.say("refuse 1");
    kept.on_a_thread(|store, _| assert!(store.keep(&upload(WANG, &"a".repeat(100_000))).unwrap().is_new)).await;
    // Broken off each time.
    kept.server.say("refuse 4");
    kept.on_a_thread(|store, blobs| {
        let broken = upload(WANG, &"b".repeat(100_000));
        assert_eq!(store.keep(&broken).unwrap_err().code(), "store-unavailable");
        assert_eq!(store.open_one(WANG, &broken.cleaned.digest()).unwrap_err().code(), "attachment-unknown");
        assert_eq!((blobs.names().unwrap().len(), store.of_owner(WANG).unwrap().len()), (1, 1));
    })
    .await;
    // Gone: what could not be cleaned up either is wiped by whoever uploads next.
    kept.server.say("stop");
    kept.on_a_thread(|store, _| assert_eq!(store.keep(&upload(WANG, "c")).unwrap_err().code(), "store-unavailable"))
        .await;
    kept.server.say("start");
    kept.on_a_thread(|store, blobs| {
        let before = store.used_bytes(&upload(WANG, "c").village).unwrap();
        assert!(store.keep(&upload(WANG, "c")).unwrap().is_new);
        let files = blobs.names().unwrap();
        let stored: usize = files.iter().map(|file| blobs.read(*file).unwrap().unwrap().len()).sum();
        assert_eq!((files.len(), store.used_bytes(&upload(WANG, "c").village).unwrap()), (2, stored as u64));
        assert!(before > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_that_breaks_off_hands_out_nothing() {
    let kept = Kept::new().await;
    let text = "d".repeat(300_000);
    let digest = upload(WANG, &text).cleaned.digest();
    let again = text.clone();
    kept.on_a_thread(move |store, _| store.keep(&upload(WANG, &again)).unwrap()).await;
    kept.server.say("cut 1000");
    kept.on_a_thread(move |store, _| {
        assert_eq!(store.open_one(WANG, &digest).unwrap_err().code(), "store-unavailable");
    })
    .await;
    kept.server.say("cut none");
    kept.server.say("stop");
    kept.on_a_thread(move |store, _| {
        assert_eq!(store.open_one(WANG, &digest).unwrap_err().code(), "store-unavailable");
    })
    .await;
    kept.server.say("start");
    kept.on_a_thread(move |store, _| assert_eq!(*store.open_one(WANG, &digest).unwrap().bytes, document(&text))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_gone_is_no_missing_file() {
    let kept = Kept::new().await;
    let digest = kept.on_a_thread(|store, _| store.keep(&upload(WANG, "e")).unwrap().particulars.digest).await;
    kept.server.say(&format!("drop {}", kept.bucket));
    kept.on_a_thread(move |store, blobs| {
        assert_eq!(store.open_one(WANG, &digest).unwrap_err().code(), "store-unavailable");
        assert_eq!(blobs.wipe(Uuid::from_u128(5)).unwrap_err().code(), "store-unavailable");
        assert_eq!(store.erase(WANG).unwrap_err().code(), "store-unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_is_not_done_before_the_bytes_are_gone() {
    let kept = Kept::new().await;
    let digest = kept.on_a_thread(|store, _| store.keep(&upload(WANG, "f")).unwrap().particulars.digest).await;
    kept.server.say("stop");
    let unknown = move |store: &Store, _: &dyn Blobs| {
        assert_eq!(store.erase(WANG).unwrap_err().code(), "store-unavailable");
        assert_eq!(store.open_one(WANG, &digest).unwrap_err().code(), "attachment-unknown");
    };
    kept.on_a_thread(unknown).await;
    // The rows are gone, the files are not: the second attempt does not pass for done either.
    kept.on_a_thread(unknown).await;
    kept.server.say("start");
    kept.on_a_thread(|_, blobs| assert_eq!(blobs.names().unwrap().len(), 1)).await;
    kept.on_a_thread(|store, blobs| {
        store.erase(WANG).unwrap();
        assert_eq!(blobs.names().unwrap(), Vec::<Uuid>::new());
    })
    .await;

    kept.on_a_thread(|store, _| store.keep(&upload(WANG, "g")).unwrap()).await;
    kept.server.say("stop");
    kept.on_a_thread(|store, _| assert_eq!(store.erase(WANG).unwrap_err().code(), "store-unavailable")).await;
    kept.server.say("start");
    let kept = kept.again().await;
    kept.on_a_thread(|_, blobs| assert_eq!(blobs.names().unwrap(), Vec::<Uuid>::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_index_does_not_know_is_wiped_at_the_next_open_and_nothing_else() {
    let kept = Kept::new().await;
    let digest = kept.on_a_thread(|store, _| store.keep(&upload(WANG, "h")).unwrap().particulars.digest).await;
    kept.on_a_thread(|_, blobs| blobs.write(Uuid::from_u128(9 << 64), vec![1; 100]).unwrap()).await;
    let kept = kept.again().await;
    kept.on_a_thread(move |store, blobs| {
        assert_eq!(blobs.names().unwrap().len(), 1);
        assert!(store.open_one(WANG, &digest).is_ok());
    })
    .await;
    let raw = tempfile::tempdir().unwrap();
    kept.server.dump(&kept.bucket, raw.path());
    let names: Vec<String> =
        std::fs::read_dir(raw.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(
        (names.len(), names.iter().filter(|name| name.ends_with("siyi-attachments")).count()),
        (2, 1),
        "{names:?}"
    );
}
