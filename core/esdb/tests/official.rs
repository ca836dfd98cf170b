//! The suite of the official Rust client, as it lies in the sources of that crate, against the face.
#![allow(
    warnings,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::disallowed_methods,
    reason = "most of it is the source of others"
)]

include!(concat!(env!("OUT_DIR"), "/official.rs"));

mod support;

use support::Running;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_of_streams_passes() {
    let face = Running::begin().await;
    streams::tests(face.client()).await.unwrap();
    // The client never ends a batch append by itself, so it is looked at behind the end.
    let watch = face.watch.clone();
    face.end().await;
    assert_eq!(watch.open(), siyi_esdb::Open::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_of_persistent_subscriptions_passes() {
    let face = Running::begin().await;
    persistent::tests(face.client()).await.unwrap();
    let watch = face.watch.clone();
    face.end().await;
    assert_eq!(watch.open(), siyi_esdb::Open::default());
}
