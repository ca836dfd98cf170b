//! What lies on the disk, and what a changed bit does to it.

use super::{LI, WANG, another_master, files, holds, make, open, place, vault, wrapped};
use siyi_log::keys::{Keys, Purpose};
use siyi_log::vault::{RandomSalts, Salts, Sealed, Vault, seal};
use std::{fs, sync::Arc};
use uuid::Uuid;

const PLANTED: &str = "柳沟村的柳如是住在三巷七号zq81";

fn sealed(person: Uuid, field: &str) -> Sealed {
    seal(RandomSalts.salt().unwrap(), person, field, PLANTED).unwrap()
}

#[tokio::test]
async fn the_planted_text_is_in_no_file_before_and_after_it_is_forgotten() {
    let (folder, master) = place();
    let keys = Arc::new(open(&folder, &master).unwrap());
    let rows = ["name", "address", "opinion", "payee"].map(|field| sealed(WANG, field));
    let utf16 = |bytes: fn(u16) -> [u8; 2]| PLANTED.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let mut spellings = vec![PLANTED.as_bytes().to_vec(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];
    // As a plain vault would hold it.
    spellings.extend(rows.iter().map(|row| row.disclosure.text().as_bytes()[..40].to_vec()));
    let search = |when: &str| {
        for spelling in &spellings {
            assert!(!holds(folder.path(), spelling), "it is there {when}");
        }
    };
    let vault_now = vault(&folder, &keys);
    vault_now.put(rows.iter().map(|row| row.disclosure.clone()).collect()).await.unwrap();
    search("after it was put");
    vault_now.close().await;
    search("after the vault was closed");
    let vault_now = vault(&folder, &keys);
    assert_eq!(vault_now.open(&rows[0].digest).await.unwrap().unwrap().value, PLANTED);
    assert_eq!(vault_now.forget(WANG).await.unwrap(), 4);
    search("after it was forgotten");
    vault_now.close().await;
    search("at the end");
}

#[tokio::test]
async fn the_wrapped_keys_of_a_forgotten_person_are_in_no_file() {
    let (folder, master) = place();
    let keys = Arc::new(open(&folder, &master).unwrap());
    let vault = vault(&folder, &keys);
    let (name, phone, other) = (sealed(WANG, "name"), sealed(WANG, "phone"), sealed(LI, "name"));
    vault.put([&name, &phone, &other].map(|row| row.disclosure.clone()).into()).await.unwrap();
    let theirs = wrapped(&folder, WANG);
    assert_eq!(theirs.len(), 2);
    vault.forget(WANG).await.unwrap();
    for key in theirs {
        assert!(!holds(&folder.path().join("keys"), key.as_bytes()));
        assert!(!holds(&folder.path().join("keys"), &key.as_bytes()[..24]));
    }
    assert!(keys.of_subject(WANG).is_empty());
    assert_eq!(vault.open(&name.digest).await.unwrap(), None);
    assert_eq!(vault.open(&other.digest).await.unwrap().unwrap().subject, LI);
    // A copy of the vault's folder from before says nothing either: its rows are under keys that are gone.
    assert_eq!(keys.find(WANG, Purpose::Roll).unwrap().map(|key| key.id()), None);
}

#[tokio::test]
async fn a_copy_of_the_vault_from_before_opens_nothing_of_who_was_forgotten_since() {
    let (folder, master) = place();
    let keys = Arc::new(open(&folder, &master).unwrap());
    let (name, other) = (sealed(WANG, "name"), sealed(LI, "name"));
    let live = vault(&folder, &keys);
    live.put(vec![name.disclosure.clone(), other.disclosure.clone()]).await.unwrap();
    live.close().await;
    let copy = folder.path().join("copy");
    copy_folder(&folder.path().join("vault"), &copy);
    let live = vault(&folder, &keys);
    live.forget(WANG).await.unwrap();
    live.put(vec![sealed(WANG, "name").disclosure]).await.unwrap();
    let copy = siyi_log::vault::EmbeddedVault::open(copy, Arc::clone(&keys)).unwrap();
    assert_eq!(copy.open(&name.digest).await.unwrap(), None);
    assert_eq!(copy.open(&other.digest).await.unwrap().unwrap().value, PLANTED);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

#[test]
fn a_changed_byte_of_a_key_file_is_noticed() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    make(&keys, WANG);
    keys.export_backup(folder.path().join("backup")).unwrap();
    drop(keys);
    let watched: Vec<_> = files(&folder.path().join("keys"))
        .into_iter()
        .filter(|file| !file.ends_with("siyi-keys.json") && !file.ends_with("siyi-keys.lock"))
        .collect();
    assert_eq!(watched.len(), 3, "{watched:?}");
    for file in watched {
        let whole = fs::read(&file).unwrap();
        // Every opening syncs, so a third of them.
        for at in (0..whole.len()).step_by(3) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&file, changed).unwrap();
            assert_eq!(open(&folder, &master).unwrap_err().code(), "key-store-corrupt", "{} at {at}", file.display());
        }
        for broken in [&whole[..whole.len() / 2], &whole[..whole.len() - 1], b"", &vec![0; whole.len()]] {
            fs::write(&file, broken).unwrap();
            assert_eq!(open(&folder, &master).unwrap_err().code(), "key-store-corrupt");
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(open(&folder, &master).unwrap_err().code(), "key-store-corrupt");
        fs::write(&file, whole).unwrap();
        assert_eq!(open(&folder, &master).unwrap().of_subject(WANG).len(), 2);
    }
}

#[test]
fn a_key_of_somebody_else_does_not_unwrap_as_mine() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    make(&keys, WANG);
    drop(keys);
    // Whoever can write may make a good hash; the key is bound to person, purpose and time all the same.
    let shard = files(&folder.path().join("keys")).into_iter().find(|file| file.ends_with("shard-01")).unwrap();
    let text = fs::read_to_string(&shard).unwrap();
    let lines: String = text.lines().filter(|line| line.contains("\"roll\"")).map(|line| format!("{line}\n")).collect();
    let lines = lines.replace("\"roll\"", "\"voice\"");
    let hash: String = siyi_log::canonical::sha256(lines.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(&shard, format!("{lines}sha256 {hash}\n")).unwrap();
    let keys = open(&folder, &master).unwrap();
    assert_eq!(keys.find(WANG, Purpose::Voice).unwrap_err().code(), "key-store-corrupt");
}

#[test]
fn a_wrong_master_key_opens_nothing_and_changes_nothing() {
    let (folder, master) = place();
    let other = another_master(&folder);
    let keys = open(&folder, &master).unwrap();
    make(&keys, WANG);
    drop(keys);
    let read = || files(folder.path()).iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = read();
    assert_eq!(open(&folder, &other).unwrap_err().code(), "master-key-wrong");
    assert_eq!(read(), before);
    assert_eq!(open(&folder, &master).unwrap().of_subject(WANG).len(), 2);
}

#[tokio::test]
async fn a_rotated_master_key_opens_what_was_put_before_and_the_old_one_opens_nothing() {
    let (folder, master) = place();
    let other = another_master(&folder);
    let keys = Arc::new(open(&folder, &master).unwrap());
    let live = vault(&folder, &keys);
    let (name, later) = (sealed(WANG, "name"), sealed(LI, "name"));
    live.put(vec![name.disclosure.clone()]).await.unwrap();
    let old = wrapped(&folder, WANG);
    assert_eq!(keys.rotate(Arc::clone(&other)).unwrap(), 1);
    assert!(!holds(&folder.path().join("keys"), old[0].as_bytes()));
    // Without opening anew, too.
    live.put(vec![later.disclosure.clone()]).await.unwrap();
    live.close().await;
    drop((live, keys));
    assert_eq!(open(&folder, &master).unwrap_err().code(), "master-key-wrong");
    let keys = Arc::new(open(&folder, &other).unwrap());
    let live = vault(&folder, &keys);
    assert_eq!(live.open(&name.digest).await.unwrap().unwrap().value, PLANTED);
    assert_eq!(live.open(&later.digest).await.unwrap().unwrap().value, PLANTED);
}

#[test]
fn two_do_not_open_the_same_keys() {
    let (folder, master) = place();
    let _first = open(&folder, &master).unwrap();
    assert_eq!(open(&folder, &master).unwrap_err().code(), "store-in-use");
}

#[test]
fn an_empty_key_store_does_not_pass_for_the_one_that_was_lost() {
    let (folder, master) = place();
    let keys = Arc::new(open(&folder, &master).unwrap());
    drop(vault(&folder, &keys));
    drop(keys);
    fs::remove_dir_all(folder.path().join("keys")).unwrap();
    let keys = Arc::new(open(&folder, &master).unwrap());
    let opened = siyi_log::vault::EmbeddedVault::open(folder.path().join("vault"), keys);
    assert_eq!(opened.unwrap_err().code(), "store-corrupt");
}

#[test]
fn more_keys_than_the_memory_holds_open_all_the_same() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    let many: Vec<_> =
        (0..siyi_log::keys::CACHED_KEYS as u128 * 2).map(|number| (Uuid::from_u128(number), Purpose::Voice)).collect();
    let made = keys.obtain(&many).unwrap();
    let sealed: Vec<_> = made.iter().map(|key| key.seal(b"", b"text").unwrap()).collect();
    for (of, sealed) in many.iter().zip(&sealed) {
        assert_eq!(*keys.find(of.0, of.1).unwrap().unwrap().open(b"", sealed).unwrap(), b"text");
    }
    drop(keys);
    let keys: Keys = open(&folder, &master).unwrap();
    assert_eq!(*keys.find(many[7].0, many[7].1).unwrap().unwrap().open(b"", &sealed[7]).unwrap(), b"text");
}
