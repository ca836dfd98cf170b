//! A face over an empty log in memory, on a port of its own choice, for trying clients: prints the address, serves until
//! its standard input ends. `face [FOLDER]` keeps the streams of clients in a folder instead of a temporary one.
#![expect(clippy::expect_used, reason = "a program for trying clients stops where something is wrong")]

use siyi_esdb::{
    guardian::{Open, Rights},
    serve::{Options, Ready},
};
use siyi_log::memory::MemoryStore;
use std::{io::Read, path::PathBuf, sync::Arc};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let kept = tempfile::tempdir().expect("there is a folder for what is temporary");
    let folder = std::env::args_os().nth(1).map_or_else(|| kept.path().to_path_buf(), PathBuf::from);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let (log, guardian) = (Arc::new(MemoryStore::new()), Arc::new(Open(Rights::CLIENT)));
    let face = Ready::open(listener, Options::default(), log, guardian, &folder).await.expect("the face opens");
    println!("{}", face.address());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    face.run(async { drop(end.await) }).await.expect("the face serves");
}
