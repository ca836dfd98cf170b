//! The clients of others against the face: two for Python, two for Node, `esdbcat`, and the conformance tests of the
//! Python library `eventsourcing`. A client that is missing is a failure; `interop/setup.sh` installs them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::default_trait_access,
    clippy::items_after_statements,
    clippy::unnecessary_wraps,
    reason = "test code; it makes its own ids"
)]

mod support;

use std::process::Command;
use support::Running;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_others_find_what_they_expect() {
    let face = Running::begin().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/run.sh");
    let address = face.address.to_string();
    let run = tokio::task::spawn_blocking(move || Command::new(script).arg(address).output().unwrap());
    let output = run.await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{out}{err}");
    assert!(output.status.success(), "{out}{err}");
    face.idle().await;
    face.end().await;
}
