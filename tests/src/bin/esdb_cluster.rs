//! What the nodes of a test believe to be a cluster: one log in a folder, behind the EventStoreDB face, for whoever is on this
//! machine. `esdb_cluster --listen ADDRESS --data FOLDER`; it prints where it listens and runs until it is killed.

use std::process::ExitCode;
use std::sync::Arc;

use siyi_esdb::guardian::{Open, Rights};
use siyi_esdb::serve::{Options, Ready};
use siyi_log::embedded::{self, EmbeddedStore};
use siyi_tests::crash::{Broken, Outcome};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match serve(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("esdb_cluster: {broken}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &[String]) -> Outcome<()> {
    let [_, address, _, folder] = arguments else {
        return Err(Broken::Wrong("esdb_cluster --listen ADDRESS --data FOLDER".into()));
    };
    let folder = std::path::Path::new(folder);
    let log = folder.join("log");
    let log = tokio::task::spawn_blocking(move || EmbeddedStore::open(log, embedded::Options::default())).await??;
    let rights = Rights { append_domain: true, ..Rights::CLIENT };
    let listener = TcpListener::bind(address).await?;
    let guardian = Arc::new(Open(rights));
    let face = Ready::open(listener, Options::default(), Arc::new(log), guardian, &folder.join("clients")).await?;
    println!("http://{}", face.address());
    Ok(face.run(std::future::pending()).await?)
}
