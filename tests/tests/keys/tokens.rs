//! A master key on a PKCS#11 token: Debian's softhsm2, which `scripts/setup tests` installs.

use super::{WANG, make};
use siyi_log::keys::{FileMasterKey, Keys, MasterKey, Pkcs11MasterKey, Purpose, Token};
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

const MODULES: [&str; 2] = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"];
pub const PIN: &str = "271828";

/// softhsm2 reads its settings from the environment, which a test cannot change for itself: the same test once more, as
/// a process of its own.
pub fn in_process_of_its_own(test: &str, run: impl FnOnce(&Path)) {
    if env::var_os("SIYI_SKIP_PKCS11").is_some_and(|skip| skip == "1") {
        return;
    }
    if let Some(folder) = env::var_os("SIYI_PKCS11_FOLDER") {
        return run(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let (settings, tokens) = (folder.path().join("softhsm2.conf"), folder.path().join("tokens"));
    fs::create_dir(&tokens).unwrap();
    fs::write(&settings, format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display())).unwrap();
    let initialised = Command::new("softhsm2-util")
        .env("SOFTHSM2_CONF", &settings)
        .args(["--init-token", "--free", "--label", "siyi", "--so-pin", "314159", "--pin", PIN])
        .output()
        .expect("softhsm2 is missing: run `scripts/setup tests`, or set SIYI_SKIP_PKCS11=1");
    assert!(initialised.status.success(), "{initialised:?}");
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env("SIYI_PKCS11_FOLDER", folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

pub fn pin_file(folder: &Path, pin: &str, mode: u32) -> PathBuf {
    let which = if pin == PIN { "right" } else { "wrong" };
    let path = folder.join(format!("pin-{which}-{mode:o}"));
    fs::write(&path, format!("{pin}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

pub fn token(folder: &Path, key: &str) -> Token {
    let module = MODULES.iter().map(PathBuf::from).find(|module| module.exists()).expect("softhsm2 has no module");
    Token { module, token: "siyi".into(), key: key.into(), pin_file: pin_file(folder, PIN, 0o600) }
}

#[test]
fn keys_wrapped_by_a_token_open_with_it_again_and_with_no_other_key_of_it() {
    in_process_of_its_own("tokens::keys_wrapped_by_a_token_open_with_it_again_and_with_no_other_key_of_it", |folder| {
        let first = Pkcs11MasterKey::create(token(folder, "first")).unwrap();
        let keys = Keys::open(folder.join("keys"), Arc::new(first)).unwrap();
        make(&keys, WANG);
        let sealed = keys.find(WANG, Purpose::Roll).unwrap().unwrap().seal(b"", b"text").unwrap();
        drop(keys);
        let again = Arc::new(Pkcs11MasterKey::open(token(folder, "first")).unwrap());
        let keys = Keys::open(folder.join("keys"), again).unwrap();
        assert_eq!(*keys.find(WANG, Purpose::Roll).unwrap().unwrap().open(b"", &sealed).unwrap(), b"text");
        drop(keys);
        let second = Arc::new(Pkcs11MasterKey::create(token(folder, "second")).unwrap());
        assert_eq!(Keys::open(folder.join("keys"), second).unwrap_err().code(), "master-key-wrong");
    });
}

#[test]
fn a_token_refuses_a_changed_key_and_another_context() {
    in_process_of_its_own("tokens::a_token_refuses_a_changed_key_and_another_context", |folder| {
        let master = Pkcs11MasterKey::create(token(folder, "first")).unwrap();
        let file = FileMasterKey::create_file(folder.join("file.key")).unwrap();
        // Any key will do for one to be wrapped.
        let key = file.unwrap(b"", &file.wrap(b"", &siyi_log::keys::KeyBytes::default()).unwrap()).unwrap();
        let wrapped = master.wrap(b"context", &key).unwrap();
        master.unwrap(b"context", &wrapped).unwrap();
        assert_eq!(master.unwrap(b"other", &wrapped).unwrap_err().code(), "master-key-wrong");
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert_eq!(master.unwrap(b"context", &changed).unwrap_err().code(), "master-key-wrong", "at {at}");
        }
        assert_eq!(master.unwrap(b"context", &wrapped[..5]).unwrap_err().code(), "master-key-wrong");
        // After so many refusals the session still serves.
        master.unwrap(b"context", &wrapped).unwrap();
    });
}

#[test]
fn a_master_key_moves_from_a_file_to_a_token_and_on_to_another_key_of_it() {
    in_process_of_its_own("tokens::a_master_key_moves_from_a_file_to_a_token_and_on_to_another_key_of_it", |folder| {
        let file = Arc::new(FileMasterKey::create_file(folder.join("file.key")).unwrap());
        let keys = Keys::open(folder.join("keys"), file).unwrap();
        make(&keys, WANG);
        let sealed = keys.find(WANG, Purpose::Roll).unwrap().unwrap().seal(b"", b"text").unwrap();
        for label in ["first", "second"] {
            let master = Arc::new(Pkcs11MasterKey::create(token(folder, label)).unwrap());
            assert_eq!(keys.rotate(master).unwrap(), 2);
        }
        drop(keys);
        let second = Arc::new(Pkcs11MasterKey::open(token(folder, "second")).unwrap());
        let keys = Keys::open(folder.join("keys"), second).unwrap();
        assert_eq!(*keys.find(WANG, Purpose::Roll).unwrap().unwrap().open(b"", &sealed).unwrap(), b"text");
    });
}

#[test]
fn what_is_missing_or_exposed_is_told_so() {
    in_process_of_its_own("tokens::what_is_missing_or_exposed_is_told_so", |folder| {
        let good = token(folder, "first");
        let code = |token: Token| Pkcs11MasterKey::open(token).unwrap_err().code();
        assert_eq!(code(good.clone()), "master-key-missing");
        Pkcs11MasterKey::create(good.clone()).unwrap();
        assert_eq!(Pkcs11MasterKey::create(good.clone()).unwrap_err().code(), "master-key-exists");
        assert_eq!(code(Token { module: folder.join("none.so"), ..good.clone() }), "master-key-missing");
        assert_eq!(code(Token { token: "other".into(), ..good.clone() }), "master-key-missing");
        assert_eq!(code(Token { pin_file: folder.join("none"), ..good.clone() }), "master-key-missing");
        assert_eq!(code(Token { pin_file: pin_file(folder, PIN, 0o644), ..good.clone() }), "master-key-exposed");
        Pkcs11MasterKey::open(good).unwrap();
    });
}

#[test]
fn a_wrong_pin_opens_nothing() {
    in_process_of_its_own("tokens::a_wrong_pin_opens_nothing", |folder| {
        let wrong = Token { pin_file: pin_file(folder, "111111", 0o600), ..token(folder, "first") };
        assert_eq!(Pkcs11MasterKey::open(wrong).unwrap_err().code(), "master-key-unavailable");
    });
}
