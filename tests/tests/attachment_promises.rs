//! Every promise of attachments, of their files and of their index, wherever these lie: in a folder of the node; in an object store,
//! which is a mounted folder or S3, with the index in PostgreSQL.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use siyi_api::attachments::AttachmentKeys;
use siyi_attachments::{Blobs, DataKeys, FolderBlobs, FolderIndex, Index, MemoryKeys, Note, ObjectBlobs, Place, Store};
use siyi_log::clock::WallClock;
use siyi_log::keys::{FileMasterKey, MasterKey};
use siyi_postgres::{Shared, UsedFor};
use siyi_tests::postgres::Postgres;
use siyi_tests::promises::attachments::Nodes;
use siyi_tests::s3::S3;
use siyi_tests::test_each;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use uuid::Uuid;

const INDEX: Uuid = Uuid::from_u128(77);

async fn blobs_in_a_folder() -> (Arc<dyn Blobs>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(FolderBlobs::open(folder.path()).unwrap()), folder)
}

async fn blobs_in_a_mounted_folder() -> (Arc<dyn Blobs>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(&format!("file://{}", folder.path().display()), []).unwrap();
    (Arc::new(ObjectBlobs::open(&place, INDEX, false).await.unwrap()), folder)
}

fn bucket() -> Place {
    let server = S3::of_this_program();
    Place::new(&format!("s3://{}/village", server.bucket()), server.settings()).unwrap()
}

async fn blobs_in_s3() -> (Arc<dyn Blobs>, ()) {
    (Arc::new(ObjectBlobs::open(&bucket(), INDEX, false).await.unwrap()), ())
}

async fn index_in_a_folder() -> (Arc<dyn Index>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(FolderIndex::open(folder.path(), false).unwrap()), folder)
}

async fn two_clients() -> (Shared, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let master: Arc<dyn MasterKey> = Arc::new(FileMasterKey::create_file(folder.path().join("master.key")).unwrap());
    let address = Postgres::of_this_program().database();
    let client = || Shared::open(&address, Arc::clone(&master), Arc::new(WallClock), UsedFor::Real);
    (client().await.unwrap(), client().await.unwrap())
}

async fn index_in_postgres() -> (Arc<dyn Index>, (Shared, Shared)) {
    let clients = two_clients().await;
    (Arc::new(clients.0.attachments()), clients)
}

async fn attachments_in_a_folder() -> (Nodes, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let keys: Arc<dyn DataKeys> = Arc::new(MemoryKeys::new().unwrap());
    let store = Arc::new(Store::open(folder.path(), Arc::clone(&keys)).unwrap());
    let blobs = Arc::new(FolderBlobs::open(&folder.path().join("files")).unwrap());
    (Nodes { here: Arc::clone(&store), there: store, blobs, keys }, folder)
}

async fn attachments_in_s3_and_postgres() -> (Nodes, (Shared, Shared)) {
    let (place, clients) = (bucket(), two_clients().await);
    let blobs = ObjectBlobs::open(&place, clients.0.key_store(), false).await.unwrap();
    let node = async |client: &Shared| {
        let keys: Arc<dyn DataKeys> = Arc::new(AttachmentKeys::new(Arc::new(client.keys())));
        let (index, blobs, of_store) = (client.attachments(), blobs.clone(), Arc::clone(&keys));
        let store = spawn_blocking(move || Store::over(index, blobs, of_store)).await.unwrap().unwrap();
        (Arc::new(store), keys)
    };
    let ((here, keys), (there, _)) = (node(&clients.0).await, node(&clients.1).await);
    (Nodes { here, there, blobs: Arc::new(blobs), keys }, clients)
}

mod files_in_a_folder {
    use super::{blobs_in_a_folder as subject, test_each};
    siyi_tests::each_blobs_promise!(test_each);
}

mod files_in_a_mounted_folder {
    use super::{blobs_in_a_mounted_folder as subject, test_each};
    siyi_tests::each_blobs_promise!(test_each);
}

mod files_in_s3 {
    use super::{blobs_in_s3 as subject, test_each};
    siyi_tests::each_blobs_promise!(test_each);
}

mod index_in_the_folder {
    use super::{index_in_a_folder as subject, test_each};
    siyi_tests::each_index_promise!(test_each);
}

mod index_in_the_database {
    use super::{index_in_postgres as subject, test_each};
    siyi_tests::each_index_promise!(test_each);
}

mod of_one_node {
    use super::{attachments_in_a_folder as subject, test_each};
    siyi_tests::each_attachments_promise!(test_each);
}

mod of_two_nodes {
    use super::{attachments_in_s3_and_postgres as subject, test_each};
    siyi_tests::each_attachments_promise!(test_each);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_left_unfinished_is_given_up_after_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let master = Arc::new(FileMasterKey::create_file(folder.path().join("master.key")).unwrap());
    let (postgres, village) = (Postgres::of_this_program(), "419901101201".parse().unwrap());
    let address = postgres.database();
    let shared = Shared::open(&address, master, Arc::new(WallClock), UsedFor::Real).await.unwrap();
    let note = Note { owner: Uuid::from_u128(1), village, stored_bytes: 100 };
    let age = move |file: u128, minutes: u32| {
        let statement = format!(
            "update siyi.attachment_notes set noted_at = now() - interval '{minutes} minutes' where file = '{}'",
            Uuid::from_u128(file)
        );
        assert_eq!(postgres.ask(&address, &statement), "");
    };
    spawn_blocking(move || {
        let index = shared.attachments();
        for (file, minutes) in [(1, 59), (2, 61)] {
            index.reserve(Uuid::from_u128(file), &note, 1 << 40).unwrap();
            age(file, minutes);
        }
        index.give_up_abandoned().unwrap();
        assert_eq!(index.owed(None).unwrap(), [Uuid::from_u128(2)]);
    })
    .await
    .unwrap();
}
