//! Compiles the wire format, with a compiler in Rust, so that nobody has to install `protoc`; and tells the tests where
//! the suite of the official client lies.

use serde_json::Value;
use std::{env, error::Error, fs, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    let files = ["streams", "persistent", "gossip", "features", "v2", "v2_errors", "rpc"];
    let files = files.map(|name| format!("{name}.proto"));
    let descriptors = protox::compile(files, ["proto"])?;
    let mut names = tonic_prost_build::Config::new();
    // The details of an error carry the name of their type.
    names.enable_type_names().type_name_domain(["."], "type.googleapis.com");
    // The clients are for the tests, which also send what no official client would.
    tonic_prost_build::configure()
        .build_transport(false)
        .bytes(".event_store.client")
        .bytes(".kurrentdb")
        .extern_path(".event_store.client.RecordedEvent", "crate::face::RecordedEvent")
        .codec_path("crate::face::InFrames")
        .compile_fds_with_config(descriptors, names)?;
    let suite = official_suite()?.join("tests");
    let module = |file: &str, name: &str| {
        // A path as a literal of Rust.
        format!("#[path = {:?}]\npub mod {name};\n", suite.join(file).display().to_string())
    };
    let modules =
        [("common.rs", "common"), ("api/streams.rs", "streams"), ("api/persistent_subscriptions.rs", "persistent")];
    let modules: String = modules.iter().map(|(file, name)| module(file, name)).collect();
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("official.rs"), modules)?;
    Ok(())
}

/// Where cargo keeps the sources of the official client, which hold its tests.
fn official_suite() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var("CARGO")?;
    let metadata = Command::new(cargo).args(["metadata", "--offline", "--format-version", "1"]).output()?;
    let text = |package: &Value, key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let packages = metadata.get("packages").and_then(Value::as_array).ok_or("cargo names no packages")?;
    let client = packages
        .iter()
        .find(|package| text(package, "name").as_deref() == Some("kurrentdb"))
        .ok_or("kurrentdb is no dependency")?;
    let manifest = text(client, "manifest_path").ok_or("kurrentdb has no manifest")?;
    Ok(PathBuf::from(manifest).parent().ok_or("the manifest has no folder")?.to_path_buf())
}
