//! Compiles the wire format, with a compiler in Rust, so that nobody has to install `protoc`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = ["streams", "persistent", "gossip", "features", "v2", "v2_errors", "rpc"];
    let files = files.map(|name| format!("{name}.proto"));
    let descriptors = protox::compile(files, ["proto"])?;
    // The clients are for the tests, which also send what no official client would.
    let mut names = tonic_prost_build::Config::new();
    // The details of an error carry the name of their type.
    names.enable_type_names().type_name_domain(["."], "type.googleapis.com");
    tonic_prost_build::configure()
        .build_transport(false)
        .bytes(".event_store.client")
        .bytes(".kurrentdb")
        .compile_fds_with_config(descriptors, names)?;
    Ok(())
}
