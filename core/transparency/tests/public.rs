//! What anybody can fetch, take away and check.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header::CACHE_CONTROL, header::CONTENT_TYPE},
};
use common::{append, files, leaves, log_key, no_witness, open, sealed, store_of};
use siyi_tlog::{InclusionProof, SignedCheckpoint, TlogError};
use siyi_transparency::{SealError, export, fsck, fsck_files, routes};
use std::fs;
use tempfile::tempdir;
use tower::ServiceExt;

async fn get(log: &siyi_transparency::TransparencyLog, path: &str) -> (StatusCode, String, String, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = routes(log.clone()).oneshot(request).await.unwrap();
    let header = |name| response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().into());
    let (status, content, cache) = (response.status(), header(CONTENT_TYPE), header(CACHE_CONTROL));
    (status, content, cache, to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec())
}

#[tokio::test]
async fn every_public_file_is_served_as_it_stands() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    let sealer = sealed(&store, folder.path()).await;
    let mut served = 0;
    for (name, bytes) in files(folder.path()) {
        let (status, content, cache, body) = get(&sealer.log(), &format!("/log/{name}")).await;
        if ["head", "positions", "lock"].contains(&name.as_str()) {
            assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
            continue;
        }
        assert_eq!((status, body), (StatusCode::OK, bytes), "{name}");
        let is_tile = name.starts_with("tile/");
        assert_eq!(content, if is_tile { "application/octet-stream" } else { "text/plain; charset=utf-8" });
        match name.as_str() {
            "checkpoint" => assert_eq!(cache, "public, max-age=2"),
            "policy" | "keys" => assert_eq!(cache, "public, max-age=300"),
            _ if name.contains(".p/") => assert_eq!(cache, "public, max-age=86400, immutable"),
            _ => assert_eq!(cache, "public, max-age=31536000, immutable"),
        }
        served += 1;
    }
    // 3 texts, 3 tiles of leaves, 1 above, 3 bundles.
    assert_eq!(served, 10);
}

#[tokio::test]
async fn no_path_leads_out_of_the_log() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    let sealer = sealed(&store, folder.path()).await;
    fs::write(folder.path().join("tile/secret"), "x").unwrap();
    for path in [
        "/log/tile/../head",
        "/log/tile/..%2fhead",
        "/log/tile/0/../../head",
        "/log/tile/0/%2e%2e/%2e%2e/head",
        "/log/tile/secret",
        "/log/tile//etc/passwd",
        "/log/tile/%2fetc%2fpasswd",
        "/log/tile/0/000%00",
        "/log/tile/0/000/",
        "/log/tile/0/0",
        "/log/tile/00/000",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/0/002.p/048",
        "/log/tile/0/x000/000",
        "/log/tile/7/000",
        "/log/tile/-1/000",
        "/log/tile/+0/000",
        "/log/tile/entries/000.p/",
        "/log/tile/entries/",
        "/log/tile/",
        "/log/",
        "/log/head",
        "/log/positions",
        "/log/keys/../head",
        "/log/tile/0/x18/446",
        "/log/tile/0/x018/x446/x744/x073/x709/x551/x615",
        "/log/proof/x",
        "/log/proof/560",
        "/log/proof/-1",
    ] {
        assert_ne!(get(&sealer.log(), path).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(get(&sealer.log(), "/log/tile/0/002.p/48").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_is_served_from_tiles_alone() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    let log = sealed(&store, folder.path()).await.log();
    let events = leaves(&*store).await;
    drop(store);
    let (status, .., body) = get(&log, "/log/proof/444").await;
    assert_eq!(status, StatusCode::OK);
    let proof = InclusionProof::parse(&String::from_utf8(body).unwrap()).unwrap();
    proof.verify(&no_witness(log_key(7).verifier()), &events[444].body).unwrap();
}

#[tokio::test]
async fn an_export_is_the_served_log() {
    let (folder, target, store) = (tempdir().unwrap(), tempdir().unwrap(), store_of(0..700).await);
    let mut sealer = sealed(&store, folder.path()).await;
    assert_eq!(export(folder.path(), target.path()).unwrap().size, 560);
    let private = ["head", "positions", "lock"];
    let public =
        || files(folder.path()).into_iter().filter(|(name, _)| !private.contains(&name.as_str())).collect::<Vec<_>>();
    assert_eq!(files(target.path()), public());
    assert_eq!(fsck_files(target.path()).unwrap().size, 560);
    // Brought up to date, and only forwards.
    append(&*store, 700..1500).await;
    sealer.seal_all().await.unwrap();
    let old = tempdir().unwrap();
    common::copy(target.path(), old.path());
    export(folder.path(), target.path()).unwrap();
    let exported = files(target.path());
    assert!(public().iter().all(|file| exported.contains(file)));
    assert_eq!(fsck_files(target.path()).unwrap().size, 1200);
    assert_eq!(export(old.path(), target.path()).unwrap_err().code(), "log-unreadable");
}

#[tokio::test]
async fn a_damaged_log_is_not_exported() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    drop(sealed(&store, folder.path()).await);
    let path = folder.path().join("tile/entries/001");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, bytes).unwrap();
    let target = tempdir().unwrap();
    assert_eq!(export(folder.path(), target.path()).unwrap_err().code(), "log-files-damaged");
    assert!(!target.path().join("checkpoint").exists());
}

#[tokio::test]
async fn fsck_names_the_file_that_is_wrong() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    drop(sealed(&store, folder.path()).await);
    let sound = fsck(folder.path(), &*store).await.unwrap();
    assert_eq!((sound.size, sound.files, sound.quorum_met), (560, 7, true));
    for (name, bytes) in files(folder.path()) {
        if name == "head" || name == "lock" {
            continue;
        }
        let path = folder.path().join(&name);
        for at in [0, bytes.len() / 3, bytes.len() - 2] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            match fsck(folder.path(), &*store).await.unwrap_err() {
                SealError::Served(TlogError::Forged { path }) => assert_eq!(path, name),
                // The tiles at the edge are one: any of them may be the wrong one.
                SealError::Served(TlogError::Root { .. }) => assert!(name.contains(".p/"), "{name}"),
                SealError::Unreadable { file, .. } => assert_eq!(file, name),
                SealError::Key(error) => assert!(name == "keys", "{error}"),
                other => panic!("{name}: {other}"),
            }
        }
        fs::remove_file(&path).unwrap();
        assert!(fsck(folder.path(), &*store).await.is_err(), "{name}");
        fs::write(&path, &bytes).unwrap();
    }
    fsck(folder.path(), &*store).await.unwrap();
}

#[tokio::test]
async fn fsck_names_the_event_that_is_wrong() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    drop(sealed(&store, folder.path()).await);
    let other = store_of((0..500).chain([501, 500]).chain(502..700)).await;
    match fsck(folder.path(), &*other).await.unwrap_err() {
        SealError::Rewritten { first: Some(first), .. } => {
            assert_eq!((first.leaf, first.position.unwrap().0), (400, 500));
        }
        other => panic!("{other}"),
    }
    let short = store_of(0..690).await;
    assert_eq!(fsck(folder.path(), &*short).await.unwrap_err().code(), "log-shortened");
}

/// A reader with an older checkpoint finds the partial tile gone and takes the full one.
#[tokio::test]
async fn an_older_checkpoint_is_still_read_once_its_partial_tiles_are_gone() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..100).await);
    drop(sealed(&store, folder.path()).await);
    let old = SignedCheckpoint::parse(&fs::read_to_string(folder.path().join("checkpoint")).unwrap()).unwrap();
    assert!(folder.path().join("tile/0/000.p/80").exists());
    append(&*store, 100..1200).await;
    let mut sealer = open(&store, folder.path()).await.unwrap();
    sealer.seal_all().await.unwrap();
    assert!(!folder.path().join("tile/0/000.p").exists());
    assert!(!folder.path().join("tile/entries/000.p").exists());
    let log = sealer.log();
    let tree = log.folder().tree(80, old.checkpoint().root).unwrap();
    assert_eq!(tree.entry(79).unwrap(), *leaves(&*store).await[79].body);
}
