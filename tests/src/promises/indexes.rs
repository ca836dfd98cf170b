//! What a keeper of the index of attachments promises.

use super::{on_threads, together_on_threads};
use siyi_attachments::{FileName, Index, Note, Of, Row, RowKey, row_key};
use siyi_domain::ids::JurisdictionCode;
use std::sync::Arc;
use uuid::Uuid;

type Subject = Arc<dyn Index>;

const WANG: Uuid = Uuid::from_u128(1);
const LI: Uuid = Uuid::from_u128(2);
/// A quota that nothing here reaches.
const PLENTY: u64 = 1 << 40;

fn village() -> JurisdictionCode {
    "419901101201".parse().unwrap()
}

fn file(number: u128) -> FileName {
    Uuid::from_u128(number)
}

fn note(owner: Uuid, stored_bytes: u64) -> Note {
    Note { owner, village: village(), stored_bytes }
}

fn at(number: u8, owner: Uuid) -> RowKey {
    row_key(&[number; 32], owner)
}

fn row(number: u128) -> Row {
    Row { file: file(number), village: village(), stored_bytes: 100, sealed: vec![0, 1, 255] }
}

/// Keeps a file of 100 bytes, as an upload does.
fn kept(index: &Subject, at: &RowKey, owner: Uuid, number: u128) -> Row {
    index.reserve(file(number), &note(owner, 100), PLENTY).unwrap();
    assert!(index.put(at, &row(number)).unwrap());
    row(number)
}

pub async fn a_row_that_was_put_is_there(index: Subject) {
    on_threads(move || {
        assert_eq!(index.row(&at(1, WANG)).unwrap(), None);
        let kept = kept(&index, &at(1, WANG), WANG, 1);
        assert_eq!(index.row(&at(1, WANG)).unwrap(), Some(kept));
        assert_eq!((index.row(&at(1, LI)).unwrap(), index.row(&at(2, WANG)).unwrap()), (None, None));
        assert_eq!(index.owed(None).unwrap(), Vec::<FileName>::new());
    })
    .await;
}

pub async fn a_file_that_is_not_noted_gets_no_row(index: Subject) {
    on_threads(move || {
        assert_eq!(index.put(&at(1, WANG), &row(1)).unwrap_err().code(), "store-unavailable");
        index.reserve(file(2), &note(WANG, 100), PLENTY).unwrap();
        assert!(index.give_up(file(2)).unwrap());
        assert_eq!(index.put(&at(1, WANG), &row(2)).unwrap_err().code(), "store-unavailable");
        assert_eq!((index.row(&at(1, WANG)).unwrap(), index.owed(None).unwrap()), (None, vec![file(2)]));
    })
    .await;
}

pub async fn the_first_row_stays(index: Subject) {
    on_threads(move || {
        let first = kept(&index, &at(1, WANG), WANG, 1);
        index.reserve(file(2), &note(WANG, 100), PLENTY).unwrap();
        assert!(!index.put(&at(1, WANG), &row(2)).unwrap());
        assert_eq!(index.row(&at(1, WANG)).unwrap(), Some(first));
        // The second file is still noted, and can be given up.
        assert!(index.give_up(file(2)).unwrap());
    })
    .await;
}

pub async fn exactly_one_of_many_rivals_puts_its_row(index: Subject) {
    let rivals = Arc::clone(&index);
    let won = together_on_threads(16, move |number| {
        rivals.reserve(file(u128::from(number) + 1), &note(WANG, 100), PLENTY).unwrap();
        rivals.put(&at(1, WANG), &row(u128::from(number) + 1)).unwrap()
    })
    .await;
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    let winner = won.iter().position(|won| *won).unwrap() as u128 + 1;
    on_threads(move || assert_eq!(index.row(&at(1, WANG)).unwrap(), Some(row(winner)))).await;
}

pub async fn a_quota_holds_to_the_byte_and_counts_all_that_lies_there(index: Subject) {
    on_threads(move || {
        kept(&index, &at(1, WANG), WANG, 1);
        index.reserve(file(2), &note(LI, 50), 150).unwrap();
        let full = index.reserve(file(3), &note(WANG, 1), 150).unwrap_err();
        assert_eq!(full.code(), "attachment-quota");
        assert!(full.to_string().contains("1 bytes are asked for, 0 are left"), "{full}");
        assert!(index.take(&at(1, WANG), file(1)).unwrap());
        // Taken away and not wiped: it is still there.
        assert_eq!(index.reserve(file(3), &note(WANG, 1), 150).unwrap_err().code(), "attachment-quota");
        assert_eq!(index.used_bytes(&village()).unwrap(), 150);
        index.settle(file(1)).unwrap();
        assert_eq!(index.used_bytes(&village()).unwrap(), 50);
        index.reserve(file(3), &note(WANG, 100), 150).unwrap();
        let elsewhere = Note { village: "419901101202".parse().unwrap(), ..note(WANG, 150) };
        index.reserve(file(4), &elsewhere, 150).unwrap();
    })
    .await;
}

pub async fn exactly_one_of_many_rivals_gets_the_last_of_a_quota(index: Subject) {
    let got = together_on_threads(16, move |number| {
        index.reserve(file(u128::from(number) + 1), &note(WANG, 100), 199).is_ok()
    })
    .await;
    assert_eq!(got.iter().filter(|got| **got).count(), 1);
}

pub async fn a_row_that_was_taken_is_gone_and_its_file_owed(index: Subject) {
    on_threads(move || {
        kept(&index, &at(1, WANG), WANG, 1);
        let other = kept(&index, &at(1, LI), LI, 2);
        assert!(!index.take(&at(1, WANG), file(2)).unwrap(), "the row of another file stays");
        assert!(index.take(&at(1, WANG), file(1)).unwrap());
        assert!(!index.take(&at(1, WANG), file(1)).unwrap());
        assert_eq!((index.row(&at(1, WANG)).unwrap(), index.row(&at(1, LI)).unwrap()), (None, Some(other)));
        assert_eq!((index.owed(None).unwrap(), index.owed(Some(LI)).unwrap()), (vec![file(1)], Vec::new()));
        assert_eq!(index.owed(Some(WANG)).unwrap(), [file(1)]);
        index.settle(file(1)).unwrap();
        index.settle(file(1)).unwrap();
        assert_eq!(index.owed(None).unwrap(), Vec::<FileName>::new());
    })
    .await;
}

pub async fn an_owner_is_taken_with_what_is_being_written(index: Subject) {
    on_threads(move || {
        kept(&index, &at(1, WANG), WANG, 1);
        kept(&index, &at(2, WANG), WANG, 2);
        let other = kept(&index, &at(1, LI), LI, 3);
        index.reserve(file(4), &note(WANG, 100), PLENTY).unwrap();
        index.reserve(file(5), &note(LI, 100), PLENTY).unwrap();
        assert_eq!(index.take_owner(WANG).unwrap(), 2);
        let mut owed = index.owed(Some(WANG)).unwrap();
        owed.sort();
        assert_eq!(owed, [file(1), file(2), file(4)]);
        assert_eq!(index.put(&at(3, WANG), &row(4)).unwrap_err().code(), "store-unavailable");
        assert_eq!(index.take_owner(WANG).unwrap(), 0);
        assert_eq!(index.row(&at(1, LI)).unwrap(), Some(other));
        assert!(index.put(&at(3, LI), &row(5)).unwrap());
    })
    .await;
}

pub async fn only_a_file_that_is_being_written_is_given_up(index: Subject) {
    on_threads(move || {
        kept(&index, &at(1, WANG), WANG, 1);
        index.reserve(file(2), &note(WANG, 100), PLENTY).unwrap();
        let given_up = [1, 2, 2, 3].map(|number| index.give_up(file(number)).unwrap());
        assert_eq!(given_up, [false, true, false, false]);
        // A note that is not owed is not settled either.
        index.reserve(file(4), &note(WANG, 100), PLENTY).unwrap();
        index.settle(file(4)).unwrap();
        assert!(index.put(&at(4, WANG), &row(4)).unwrap());
    })
    .await;
}

pub async fn rows_are_found_by_owner_by_village_and_by_digest(index: Subject) {
    on_threads(move || {
        let one = kept(&index, &at(1, WANG), WANG, 1);
        let two = kept(&index, &at(1, LI), LI, 2);
        let elsewhere = Row { village: "419901101202".parse().unwrap(), ..row(3) };
        index.reserve(file(3), &Note { village: elsewhere.village.clone(), ..note(WANG, 100) }, PLENTY).unwrap();
        assert!(index.put(&at(2, WANG), &elsewhere).unwrap());
        let sorted = |of| {
            let mut rows = index.rows(of).unwrap();
            rows.sort_by_key(|(at, _)| *at);
            rows
        };
        assert_eq!(sorted(Of::Owner(WANG)), [(at(1, WANG), one.clone()), (at(2, WANG), elsewhere)]);
        assert_eq!(sorted(Of::Village(&village())), [(at(1, WANG), one), (at(1, LI), two)]);
        assert_eq!(index.owners(&[1; 32]).unwrap(), [WANG, LI]);
        assert_eq!((index.owners(&[2; 32]).unwrap(), index.owners(&[3; 32]).unwrap()), (vec![WANG], Vec::new()));
    })
    .await;
}

pub async fn every_file_is_known_from_its_note_to_its_end(index: Subject) {
    on_threads(move || {
        let knows = |number| index.files().unwrap().contains(&file(number));
        assert!(!knows(1));
        index.reserve(file(1), &note(WANG, 100), PLENTY).unwrap();
        assert!(knows(1));
        index.put(&at(1, WANG), &row(1)).unwrap();
        assert!(knows(1));
        index.take(&at(1, WANG), file(1)).unwrap();
        assert!(knows(1));
        index.settle(file(1)).unwrap();
        assert!(!knows(1));
    })
    .await;
}

pub async fn an_erasure_is_noted_until_it_has_ended(index: Subject) {
    on_threads(move || {
        index.begin_erasing(WANG).unwrap();
        index.begin_erasing(WANG).unwrap();
        assert_eq!(index.erasing().unwrap(), [WANG]);
        index.end_erasing(LI).unwrap();
        index.end_erasing(WANG).unwrap();
        assert_eq!(index.erasing().unwrap(), Vec::<Uuid>::new());
    })
    .await;
}
