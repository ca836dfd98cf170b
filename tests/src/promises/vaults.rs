//! What a vault promises.

use super::together;
use siyi_log::vault::{MAX_ROWS, Opened, RandomSalts, Salts, Sealed, Vault, seal};
use std::sync::Arc;
use uuid::Uuid;

type Subject = Arc<dyn Vault>;

const WANG: Uuid = Uuid::from_u128(1);
const LI: Uuid = Uuid::from_u128(2);

fn sealed(person: Uuid, field: &str, value: &str) -> Sealed {
    seal(RandomSalts.salt().unwrap(), person, field, value).unwrap()
}

async fn put(vault: &Subject, sealed: &[Sealed]) {
    vault.put(sealed.iter().map(|sealed| sealed.disclosure.clone()).collect()).await.unwrap();
}

fn opened(sealed: &Sealed, field: &str, value: &str) -> Opened {
    let (subject, text) = (sealed.disclosure.subject(), sealed.disclosure.text().to_owned());
    Opened { digest: sealed.digest.clone(), subject, field: field.into(), value: value.into(), text }
}

pub async fn what_is_put_opens(vault: Subject) {
    let name = sealed(WANG, "name", "王小民");
    put(&vault, std::slice::from_ref(&name)).await;
    assert_eq!(vault.open(&name.digest).await.unwrap(), Some(opened(&name, "name", "王小民")));
}

pub async fn an_unknown_digest_opens_nothing(vault: Subject) {
    assert_eq!(vault.open(&sealed(WANG, "name", "王小民").digest).await.unwrap(), None);
}

pub async fn what_is_no_digest_opens_nothing(vault: Subject) {
    for text in ["", "x", "é", &"A".repeat(44)] {
        assert_eq!(vault.open(text).await.unwrap(), None, "`{text}`");
    }
}

pub async fn several_digests_open_in_their_order(vault: Subject) {
    let (name, phone) = (sealed(WANG, "name", "王小民"), sealed(LI, "phone", "13900000000"));
    put(&vault, &[name.clone(), phone.clone()]).await;
    let unknown = sealed(LI, "name", "李").digest;
    let digests = [phone.digest.clone(), unknown, name.digest.clone(), phone.digest.clone()];
    let phone = Some(opened(&phone, "phone", "13900000000"));
    let expected = [phone.clone(), None, Some(opened(&name, "name", "王小民")), phone];
    assert_eq!(vault.open_many(&digests).await.unwrap(), expected);
}

pub async fn equal_names_lie_apart(vault: Subject) {
    let (one, other) = (sealed(WANG, "name", "王伟"), sealed(LI, "name", "王伟"));
    assert_ne!(one.digest, other.digest);
    put(&vault, &[one.clone(), other.clone()]).await;
    assert_eq!(vault.open(&one.digest).await.unwrap().unwrap().subject, WANG);
    assert_eq!(vault.open(&other.digest).await.unwrap().unwrap().subject, LI);
}

pub async fn putting_again_changes_nothing(vault: Subject) {
    let name = sealed(WANG, "name", "王小民");
    put(&vault, &[name.clone(), name.clone()]).await;
    put(&vault, std::slice::from_ref(&name)).await;
    assert_eq!(vault.of_subject(WANG).await.unwrap(), [opened(&name, "name", "王小民")]);
}

pub async fn a_disclosure_does_not_change_its_person(vault: Subject) {
    let salt = RandomSalts.salt().unwrap();
    let of = |person| seal(salt, person, "name", "王小民").unwrap();
    put(&vault, &[of(WANG)]).await;
    let error = vault.put(vec![of(LI).disclosure]).await.unwrap_err();
    assert_eq!(error.code(), "vault-digest-taken");
    assert_eq!(vault.open(&of(LI).digest).await.unwrap().unwrap().subject, WANG);
}

pub async fn a_refused_put_puts_nothing(vault: Subject) {
    let salt = RandomSalts.salt().unwrap();
    put(&vault, &[seal(salt, WANG, "name", "王小民").unwrap()]).await;
    let new = sealed(LI, "phone", "1");
    let rows = vec![new.disclosure.clone(), seal(salt, LI, "name", "王小民").unwrap().disclosure];
    vault.put(rows).await.unwrap_err();
    assert_eq!(vault.open(&new.digest).await.unwrap(), None);
    assert!(vault.of_subject(LI).await.unwrap().is_empty());
}

pub async fn all_rows_of_a_person_are_found(vault: Subject) {
    let (name, phone) = (sealed(WANG, "name", "王小民"), sealed(WANG, "phone", "1"));
    put(&vault, &[name.clone(), sealed(LI, "name", "李"), phone.clone()]).await;
    let mut expected = [opened(&name, "name", "王小民"), opened(&phone, "phone", "1")];
    expected.sort_by(|one, other| one.digest.cmp(&other.digest));
    assert_eq!(vault.of_subject(WANG).await.unwrap(), expected);
}

pub async fn forgetting_takes_all_rows_of_a_person(vault: Subject) {
    let (name, phone, other) = (sealed(WANG, "name", "王"), sealed(WANG, "phone", "1"), sealed(LI, "name", "李"));
    put(&vault, &[name.clone(), phone.clone(), other.clone()]).await;
    assert_eq!(vault.forget(WANG).await.unwrap(), 2);
    for digest in [name.digest, phone.digest] {
        assert_eq!(vault.open(&digest).await.unwrap(), None);
    }
    assert!(vault.of_subject(WANG).await.unwrap().is_empty());
    assert_eq!(vault.forget(WANG).await.unwrap(), 0);
    assert_eq!(vault.open(&other.digest).await.unwrap(), Some(opened(&other, "name", "李")));
}

pub async fn forgetting_a_stranger_takes_nothing(vault: Subject) {
    put(&vault, &[sealed(WANG, "name", "王小民")]).await;
    assert_eq!(vault.forget(LI).await.unwrap(), 0);
    assert_eq!(vault.of_subject(WANG).await.unwrap().len(), 1);
}

pub async fn what_was_forgotten_can_be_put_again(vault: Subject) {
    let name = sealed(WANG, "name", "王小民");
    put(&vault, std::slice::from_ref(&name)).await;
    vault.forget(WANG).await.unwrap();
    put(&vault, std::slice::from_ref(&name)).await;
    assert_eq!(vault.open(&name.digest).await.unwrap(), Some(opened(&name, "name", "王小民")));
}

pub async fn a_call_takes_1024_rows_and_no_more(vault: Subject) {
    let rows: Vec<_> = (0..=MAX_ROWS).map(|row| sealed(WANG, "name", &row.to_string())).collect();
    let all = rows.iter().map(|row| row.disclosure.clone()).collect();
    assert_eq!(vault.put(all).await.unwrap_err().code(), "vault-call-too-large");
    assert!(vault.of_subject(WANG).await.unwrap().is_empty());
    let rows = rows.get(1..).unwrap();
    put(&vault, rows).await;
    assert_eq!(vault.of_subject(WANG).await.unwrap().len(), MAX_ROWS);
    let mut digests: Vec<_> = rows.iter().map(|row| row.digest.clone()).collect();
    assert!(vault.open_many(&digests).await.unwrap().iter().all(Option::is_some));
    digests.push(String::new());
    assert_eq!(vault.open_many(&digests).await.unwrap_err().code(), "vault-call-too-large");
}

pub async fn many_put_at_once(vault: Subject) {
    let all: Vec<_> = (0..64).map(|row| sealed(WANG, "name", &row.to_string())).collect();
    let putting = all.iter().map(|sealed| {
        let (vault, row) = (Arc::clone(&vault), sealed.disclosure.clone());
        async move { vault.put(vec![row]).await }
    });
    assert!(together(putting.collect::<Vec<_>>()).await.iter().all(Result::is_ok));
    let digests: Vec<_> = all.into_iter().map(|sealed| sealed.digest).collect();
    assert!(vault.open_many(&digests).await.unwrap().iter().all(Option::is_some));
}
