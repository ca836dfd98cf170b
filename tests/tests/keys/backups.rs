//! Backups of the keys, which do not last.

use super::{LI, WANG, another_master, holds, make, open, place, wrapped};
use siyi_domain::moment::Moment;
use siyi_log::clock::{Clock, SetClock, WallClock};
use siyi_log::keys::{KEY_BACKUP_DAYS, Keys, Purpose};
use std::{fs, sync::Arc, time::Duration};

fn days_from(moment: Moment, days: i64) -> Moment {
    Moment::china(moment.timestamp() + Duration::from_secs(86_400 * u64::try_from(days).unwrap()))
}

#[test]
fn a_backup_gives_back_the_keys_until_it_expires() {
    let (folder, master) = place();
    let clock = Arc::new(SetClock::starting_at(WallClock.now()));
    let keys = Keys::open_at(folder.path().join("keys"), Arc::clone(&master), clock.clone()).unwrap();
    make(&keys, WANG);
    assert_eq!(keys.last_backup_expires(), None);
    let sealed = keys.find(WANG, Purpose::Roll).unwrap().unwrap().seal(b"", b"text").unwrap();
    let made = clock.now();
    let expires = keys.export_backup(folder.path().join("backup")).unwrap();
    assert!(expires >= days_from(made, KEY_BACKUP_DAYS) && expires < days_from(made, KEY_BACKUP_DAYS + 1));
    assert_eq!(keys.last_backup_expires(), Some(expires));
    // The key is destroyed; until the backup expires somebody may bring it back, and the key store says until when.
    keys.destroy(WANG).unwrap();
    let store = keys.store();
    drop(keys);
    let restore = |to: &str| {
        Keys::restore_backup(folder.path().join("backup"), folder.path().join(to), Arc::clone(&master), clock.clone())
    };
    let restored = restore("restored").unwrap();
    assert_eq!(*restored.find(WANG, Purpose::Roll).unwrap().unwrap().open(b"", &sealed).unwrap(), b"text");
    assert_eq!((restored.store(), restored.last_backup_expires()), (store, Some(expires)));
    drop(restored);
    assert_eq!(restore("restored").unwrap_err().code(), "key-store-not-empty");
    clock.advance_to(expires);
    assert_eq!(restore("later").unwrap_err().code(), "key-backup-expired");
    assert!(!folder.path().join("later").exists());
    let keys = Keys::open_at(folder.path().join("keys"), Arc::clone(&master), clock).unwrap();
    assert_eq!(keys.last_backup_expires(), None);
}

#[test]
fn the_last_of_several_backups_counts_also_after_a_restart() {
    let (folder, master) = place();
    let clock = Arc::new(SetClock::starting_at(WallClock.now()));
    let open = || Keys::open_at(folder.path().join("keys"), Arc::clone(&master), clock.clone()).unwrap();
    let keys = open();
    keys.export_backup(folder.path().join("first")).unwrap();
    clock.advance_to(days_from(clock.now(), 3));
    let second = keys.export_backup(folder.path().join("second")).unwrap();
    drop(keys);
    assert_eq!(open().last_backup_expires(), Some(second));
}

#[test]
fn a_backup_shows_neither_persons_nor_wrapped_keys() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    make(&keys, WANG);
    fs::create_dir(folder.path().join("out")).unwrap();
    keys.export_backup(folder.path().join("out/backup")).unwrap();
    let theirs = wrapped(&folder, WANG);
    assert_eq!(theirs.len(), 2);
    for text in theirs.iter().chain([&WANG.to_string()]) {
        assert!(!holds(&folder.path().join("out"), text.as_bytes()));
    }
}

#[test]
fn a_changed_backup_is_refused_even_with_a_good_hash() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    make(&keys, WANG);
    let (path, to) = (folder.path().join("backup"), folder.path().join("restored"));
    let expires = keys.export_backup(&path).unwrap();
    let restore = || Keys::restore_backup(&path, &to, Arc::clone(&master), Arc::new(WallClock)).unwrap_err().code();
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        assert_eq!(restore(), "key-backup-malformed", "at {at}");
    }
    // Somebody who wants it to last longer.
    let later = days_from(expires, 365).to_string();
    let text = String::from_utf8(whole).unwrap().replace(&expires.to_string(), &later);
    let lines: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
    assert!(lines.contains(&later));
    let hash: String = siyi_log::canonical::sha256(lines.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(&path, format!("{lines}sha256 {hash}\n")).unwrap();
    assert_eq!(restore(), "key-backup-malformed");
    assert!(!to.exists());
}

#[test]
fn a_backup_needs_its_master_key_and_a_new_name() {
    let (folder, master) = place();
    let other = another_master(&folder);
    let keys = open(&folder, &master).unwrap();
    make(&keys, LI);
    let (path, to) = (folder.path().join("backup"), folder.path().join("restored"));
    keys.export_backup(&path).unwrap();
    assert_eq!(keys.export_backup(&path).unwrap_err().code(), "key-backup-exists");
    let error = Keys::restore_backup(&path, &to, other, Arc::new(WallClock)).unwrap_err();
    assert_eq!(error.code(), "master-key-wrong");
    assert!(!to.exists());
}
