//! What the rows behind the sign-in promise.

use siyi_sign_in::{Lasting, Pair, SecretRows, SignInError, Write};
use std::sync::Arc;

type Subject = Arc<dyn SecretRows>;

/// The calls block, so each promise is looked at on a thread that may.
async fn blocking(promise: impl FnOnce() + Send + 'static) {
    tokio::task::spawn_blocking(promise).await.unwrap();
}

fn get(rows: &Subject, key: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    rows.read(&mut |look| {
        found = look.get(key)?;
        Ok(())
    })
    .unwrap();
    found
}

fn scan(rows: &Subject, prefix: &[u8]) -> Vec<Pair> {
    let mut found = Vec::new();
    rows.read(&mut |look| {
        found = look.scan(prefix)?;
        Ok(())
    })
    .unwrap();
    found
}

fn write(rows: &Subject, writes: &[Write]) {
    rows.change(Lasting::Power, &mut |_| Ok(writes.to_vec())).unwrap();
}

fn put(key: &[u8], value: &[u8]) -> Write {
    Write::Put(key.to_vec(), value.to_vec())
}

fn remove(key: &[u8]) -> Write {
    Write::Remove(key.to_vec())
}

pub async fn what_is_written_is_read(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"a", b"1"), put(&[0, 255], &[255, 0]), put(b"nothing", b"")]);
        assert_eq!(get(&rows, b"a"), Some(b"1".to_vec()));
        assert_eq!(get(&rows, &[0, 255]), Some(vec![255, 0]));
        assert_eq!(get(&rows, b"nothing"), Some(Vec::new()));
        write(&rows, &[put(b"a", b"2")]);
        assert_eq!(get(&rows, b"a"), Some(b"2".to_vec()));
    })
    .await;
}

pub async fn an_unknown_key_is_nothing(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"key", b"1")]);
        assert_eq!((get(&rows, b"ke"), get(&rows, b"keyy"), get(&rows, b"")), (None, None, None));
        write(&rows, &[remove(b"ke")]);
        assert_eq!(get(&rows, b"key"), Some(b"1".to_vec()));
    })
    .await;
}

pub async fn a_scan_answers_a_prefix_in_order(rows: Subject) {
    blocking(move || {
        let keys: [&[u8]; 7] = [b"b\xff\xff", b"a", b"b", b"b\x00", b"c", b"b\xff", b"b\x7f"];
        write(&rows, &keys.iter().map(|key| put(key, key)).collect::<Vec<_>>());
        let found = |prefix: &[u8]| scan(&rows, prefix).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(found(b"b"), [&b"b"[..], b"b\x00", b"b\x7f", b"b\xff", b"b\xff\xff"]);
        assert_eq!(found(b"b\xff"), [&b"b\xff"[..], b"b\xff\xff"]);
        assert!(found(b"d").is_empty());
        assert!(scan(&rows, b"b").iter().all(|(key, value)| key == value));
    })
    .await;
}

pub async fn the_first_of_a_prefix_are_answered(rows: Subject) {
    blocking(move || {
        let keys: [&[u8]; 5] = [b"b2", b"a", b"b3", b"b1", b"c"];
        write(&rows, &keys.iter().map(|key| put(key, key)).collect::<Vec<_>>());
        let first = |most: usize| {
            let mut found = Vec::new();
            let look = rows.read(&mut |look| {
                found = look.first(b"b", most)?;
                Ok(())
            });
            look.unwrap();
            found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(first(2), [b"b1", b"b2"]);
        assert_eq!(first(9), [b"b1", b"b2", b"b3"]);
        assert!(first(0).is_empty());
    })
    .await;
}

pub async fn a_change_is_whole(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"a", b"1"), put(b"b", b"1")]);
        write(&rows, &[remove(b"a"), put(b"c", b"2"), put(b"b", b"2")]);
        let all = [(b"b".to_vec(), b"2".to_vec()), (b"c".to_vec(), b"2".to_vec())];
        assert_eq!([scan(&rows, b"a"), scan(&rows, b"b"), scan(&rows, b"c")].concat(), all);
    })
    .await;
}

pub async fn the_last_write_of_a_key_counts(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"a", b"1"), remove(b"a"), put(b"b", b"1"), put(b"b", b"2"), remove(b"c"), put(b"c", b"3")]);
        assert_eq!((get(&rows, b"a"), get(&rows, b"b")), (None, Some(b"2".to_vec())));
        assert_eq!(get(&rows, b"c"), Some(b"3".to_vec()));
    })
    .await;
}

pub async fn a_refused_judgement_changes_nothing(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"a", b"1")]);
        let refused = rows.change(Lasting::Power, &mut |look| {
            assert_eq!(look.get(b"a")?, Some(b"1".to_vec()));
            Err(SignInError::NameTaken)
        });
        assert!(matches!(refused, Err(SignInError::NameTaken)));
        assert_eq!(get(&rows, b"a"), Some(b"1".to_vec()));
        // And nobody waits for it.
        write(&rows, &[put(b"a", b"2")]);
        assert!(matches!(rows.read(&mut |_| Err(SignInError::Unknown)), Err(SignInError::Unknown)));
        assert_eq!(get(&rows, b"a"), Some(b"2".to_vec()));
    })
    .await;
}

pub async fn a_judgement_sees_the_change_before_it(rows: Subject) {
    let raises = (0..32).map(|_| {
        let rows = Arc::clone(&rows);
        tokio::task::spawn_blocking(move || {
            rows.change(Lasting::Power, &mut |look| {
                let before = look.get(b"count")?.map_or(0, |value| value[0]);
                Ok(vec![put(b"count", &[before + 1])])
            })
        })
    });
    for raised in raises.collect::<Vec<_>>() {
        raised.await.unwrap().unwrap();
    }
    blocking(move || assert_eq!(get(&rows, b"count"), Some(vec![32]))).await;
}

pub async fn exactly_one_of_many_rivals_wins(rows: Subject) {
    let rivals = (0..16_u8).map(|rival| {
        let rows = Arc::clone(&rows);
        tokio::task::spawn_blocking(move || {
            rows.change(Lasting::Power, &mut |look| match look.get(b"name")? {
                Some(_) => Err(SignInError::NameTaken),
                None => Ok(vec![put(b"name", &[rival])]),
            })
        })
    });
    let mut won = Vec::new();
    for (rival, answer) in (0..16_u8).zip(rivals.collect::<Vec<_>>()) {
        match answer.await.unwrap() {
            Ok(()) => won.push(rival),
            Err(error) => assert!(matches!(error, SignInError::NameTaken), "{error}"),
        }
    }
    assert_eq!(won.len(), 1);
    blocking(move || assert_eq!(get(&rows, b"name"), Some(won))).await;
}

pub async fn a_look_sees_whole_changes_only(rows: Subject) {
    let writing = Arc::clone(&rows);
    let writer = tokio::task::spawn_blocking(move || {
        for round in 0..50_u8 {
            write(&writing, &[put(b"x1", &[round]), put(b"x2", &[round])]);
        }
    });
    blocking(move || {
        for _ in 0..100 {
            let values: Vec<_> = scan(&rows, b"x").into_iter().map(|(_, value)| value).collect();
            assert!(values.is_empty() || (values.len() == 2 && values[0] == values[1]), "{values:?}");
        }
    })
    .await;
    writer.await.unwrap();
}

pub async fn a_note_is_read_at_once(rows: Subject) {
    blocking(move || {
        rows.change(Lasting::Process, &mut |_| Ok(vec![put(b"seen", b"now")])).unwrap();
        assert_eq!(get(&rows, b"seen"), Some(b"now".to_vec()));
    })
    .await;
}

pub async fn to_forget_what_was_removed_leaves_the_rest(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"kept", b"1"), put(b"gone", b"2")]);
        write(&rows, &[remove(b"gone")]);
        rows.forget_removed().unwrap();
        assert_eq!((get(&rows, b"gone"), get(&rows, b"kept")), (None, Some(b"1".to_vec())));
        write(&rows, &[put(b"next", b"3")]);
        assert_eq!(get(&rows, b"next"), Some(b"3".to_vec()));
    })
    .await;
}

pub async fn who_has_closed_the_rows_gets_no_answer(rows: Subject) {
    blocking(move || {
        write(&rows, &[put(b"a", b"1")]);
        rows.close();
        let unavailable = |answer: Result<(), SignInError>| matches!(answer, Err(SignInError::Unavailable { .. }));
        assert!(unavailable(rows.read(&mut |_| Ok(()))));
        assert!(unavailable(rows.change(Lasting::Power, &mut |_| Ok(vec![]))));
    })
    .await;
}
