//! x
use std::path::Path;
use siyi_tests::scenario::{Runner, read_folder};
#[test]
fn all() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenarios = match read_folder(&folder) { Ok(s) => s, Err(f) => { for x in f { println!("{x}"); } panic!() } };
    let mut runner = Runner::new(&folder).unwrap();
    let mut bad = 0;
    for s in &scenarios { if let Err(f) = runner.run(s) { println!("{f}"); bad += 1; } }
    println!("{} scenarios, {bad} bad", scenarios.len());
    assert_eq!(bad, 0);
}
