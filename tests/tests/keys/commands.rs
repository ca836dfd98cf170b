//! `siyi key` and what opens a data folder, as the program is called at the console.

use super::tokens::{PIN, in_process_of_its_own, pin_file, token};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

const PASSWORD: &str = "well water under the tree";

/// The program over a data folder of `folder`, with these variables.
fn program(folder: &Path, environment: &[(&str, &Path)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_siyi-as-shipped"));
    command.args(arguments).env("SIYI_DATA", folder.join("data")).envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What it says, and whether it went well.
fn run(folder: &Path, environment: &[(&str, &Path)], arguments: &[&str]) -> (bool, String) {
    let mut child = program(folder, environment, arguments).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(!said.contains(PIN) && !said.contains(PASSWORD), "a secret is printed: {said}");
    (status.success(), said)
}

const CREATE_ADMIN: [&str; 12] = [
    "account",
    "create-admin",
    "--place",
    "419901101000",
    "--place-name",
    "云岭镇",
    "--sex",
    "f",
    "--person",
    "某甲",
    "--sign-in-name",
    "officer",
];

fn token_options(folder: &Path, pin_file: &Path) -> Vec<String> {
    let place = token(folder, "siyi");
    let module = place.module.to_str().unwrap().to_owned();
    let pin = pin_file.to_str().unwrap().to_owned();
    ["--pkcs11-module", &module, "--pkcs11-token", "siyi", "--pkcs11-pin-file", &pin].map(str::to_owned).to_vec()
}

fn with<'a>(command: &[&'a str], options: &'a [String]) -> Vec<&'a str> {
    command.iter().copied().chain(options.iter().map(String::as_str)).collect()
}

#[test]
fn the_program_takes_its_master_key_from_a_token_and_moves_it() {
    in_process_of_its_own("commands::the_program_takes_its_master_key_from_a_token_and_moves_it", |folder| {
        let options = token_options(folder, &pin_file(folder, PIN, 0o600));
        let told = |environment: &[(&str, &Path)], arguments: &[&str]| run(folder, environment, arguments);
        let (missing, why) = told(&[], &with(&CREATE_ADMIN, &options));
        assert!(!missing && why.contains("master-key-missing"), "{why}");
        assert!(told(&[], &with(&["key", "create-on-token"], &options)).0);
        let (again, why) = told(&[], &with(&["key", "create-on-token"], &options));
        assert!(!again && why.contains("master-key-exists"), "{why}");
        let (made, why) = told(&[], &with(&CREATE_ADMIN, &options));
        assert!(made, "{why}");
        let (none, why) = told(&[], &["export"]);
        assert!(!none && why.contains("master-key-missing"), "{why}");
        let exposed = token_options(folder, &pin_file(folder, PIN, 0o644));
        let (shown, why) = told(&[], &with(&["export"], &exposed));
        assert!(!shown && why.contains("master-key-exposed"), "{why}");
        let (typed, why) = told(&[], &with(&["export", "--pkcs11-pin", "1234"], &options));
        assert!(!typed && why.contains("unexpected argument"), "{why}");

        // To a file and back.
        let file = folder.join("file.key");
        assert!(told(&[], &["key", "create", file.to_str().unwrap()]).0);
        let (moved, why) = told(&[], &with(&["key", "rotate", "--to", file.to_str().unwrap()], &options));
        assert!(moved, "{why}");
        let by_file: [(&str, &Path); 1] = [("SIYI_MASTER_KEY_FILE", &file)];
        assert!(told(&by_file, &["export"]).0);
        let (stale, why) = told(&[], &with(&["export"], &options));
        assert!(!stale && why.contains("master-key-wrong"), "{why}");
        let back = ["key", "rotate", "--from", file.to_str().unwrap(), "--to-token-key", "siyi"];
        let (moved, why) = told(&[], &with(&back, &options));
        assert!(moved, "{why}");
        assert!(told(&[], &with(&["export"], &options)).0);
    });
}

#[test]
fn a_server_starts_with_a_token_whose_pin_systemd_hands_over() {
    in_process_of_its_own("commands::a_server_starts_with_a_token_whose_pin_systemd_hands_over", |folder| {
        let mut options = token_options(folder, &pin_file(folder, PIN, 0o600));
        assert!(run(folder, &[], &with(&["key", "create-on-token"], &options)).0);
        options.truncate(4);
        let credentials = folder.join("credentials");
        fs::create_dir(&credentials).unwrap();
        let handed: [(&str, &Path); 1] = [("CREDENTIALS_DIRECTORY", &credentials)];
        let serve = with(&["serve", "--listen", "127.0.0.1:0"], &options);
        let (none, why) = run(folder, &handed, &serve);
        assert!(!none && why.contains("master-key-missing"), "{why}");
        let pin = credentials.join("siyi-pkcs11-pin");
        fs::write(&pin, PIN).unwrap();
        fs::set_permissions(&pin, fs::Permissions::from_mode(0o444)).unwrap();
        let (open, why) = run(folder, &handed, &serve);
        assert!(!open && why.contains("master-key-exposed"), "{why}");
        fs::set_permissions(&pin, fs::Permissions::from_mode(0o440)).unwrap();
        let mut server = program(folder, &handed, &serve).spawn().unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let served = lines.map_while(Result::ok).any(|line| line.contains("GraphQL"));
        server.kill().unwrap();
        server.wait().unwrap();
        assert!(served, "it did not serve");
    });
}

#[test]
fn the_keys_come_back_from_a_backup_and_from_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (key, backup) = (folder.join("master.key"), folder.join("keys.backup"));
    let by_file: [(&str, &Path); 1] = [("SIYI_MASTER_KEY_FILE", &key)];
    let told = |arguments: &[&str]| run(folder, &by_file, arguments);
    assert!(run(folder, &[], &["key", "create", key.to_str().unwrap()]).0);
    let (early, why) = told(&["key", "backup", backup.to_str().unwrap()]);
    assert!(!early && why.contains("keys-missing") && !backup.exists(), "{why}");
    assert!(told(&CREATE_ADMIN).0);
    let (made, why) = told(&["key", "backup", backup.to_str().unwrap()]);
    assert!(made && why.contains("good until"), "{why}");
    let (twice, why) = told(&["key", "backup", backup.to_str().unwrap()]);
    assert!(!twice && why.contains("key-backup-exists"), "{why}");
    let (filled, why) = told(&["key", "restore", backup.to_str().unwrap()]);
    assert!(!filled && why.contains("key-store-not-empty"), "{why}");
    // The keys are lost.
    fs::remove_dir_all(folder.join("data/keys")).unwrap();
    let bent = folder.join("bent.backup");
    fs::write(&bent, fs::read_to_string(&backup).unwrap().replacen("expires\":\"20", "expires\":\"21", 1)).unwrap();
    let (forged, why) = told(&["key", "restore", bent.to_str().unwrap()]);
    assert!(!forged && why.contains("key-backup-malformed"), "{why}");
    let (back, why) = told(&["key", "restore", backup.to_str().unwrap()]);
    assert!(back, "{why}");
    let (again, why) = told(&CREATE_ADMIN);
    assert!(!again && why.contains("office-filled"), "the folder does not open as it was: {why}");
}
