//! What a keeper of sealed files promises.

use super::{on_threads, together_on_threads};
use siyi_attachments::{Blobs, FileName};
use std::sync::Arc;
use uuid::Uuid;

type Subject = Arc<dyn Blobs>;

const ONE: FileName = Uuid::from_u128(0x1111_0000_0000_0000_0000_0000_0000_0001);
const OTHER: FileName = Uuid::from_u128(0x2222_0000_0000_0000_0000_0000_0000_0002);

/// Bytes of this length in which no two stretches are alike.
fn bytes(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

pub async fn what_is_written_is_read_whole(blobs: Subject) {
    on_threads(move || {
        for (number, length) in [1, 19, 65_571, 1 << 20, 23 << 20].into_iter().enumerate() {
            let (name, written) = (Uuid::from_u128(number as u128 + 1), bytes(length, 7));
            blobs.write(name, written.clone()).unwrap();
            assert!(blobs.read(name).unwrap().unwrap() == written, "{length} bytes");
        }
    })
    .await;
}

pub async fn what_is_not_there_is_none(blobs: Subject) {
    on_threads(move || {
        assert_eq!(blobs.read(ONE).unwrap(), None);
        assert_eq!(blobs.names().unwrap(), Vec::<FileName>::new());
    })
    .await;
}

pub async fn a_file_that_was_wiped_is_gone(blobs: Subject) {
    on_threads(move || {
        blobs.write(ONE, bytes(100, 1)).unwrap();
        blobs.write(OTHER, bytes(100, 2)).unwrap();
        blobs.wipe(ONE).unwrap();
        assert_eq!(blobs.read(ONE).unwrap(), None);
        assert_eq!((blobs.names().unwrap(), blobs.read(OTHER).unwrap()), (vec![OTHER], Some(bytes(100, 2))));
    })
    .await;
}

pub async fn wiping_what_is_not_there_changes_nothing(blobs: Subject) {
    on_threads(move || {
        blobs.write(OTHER, bytes(100, 2)).unwrap();
        blobs.wipe(ONE).unwrap();
        blobs.wipe(ONE).unwrap();
        assert_eq!(blobs.names().unwrap(), [OTHER]);
    })
    .await;
}

pub async fn every_file_is_named(blobs: Subject) {
    on_threads(move || {
        let written: Vec<FileName> = (1..=40).map(|number| Uuid::from_u128(number << 90)).collect();
        for name in &written {
            blobs.write(*name, bytes(10, 3)).unwrap();
        }
        let mut names = blobs.names().unwrap();
        names.sort();
        assert_eq!(names, written);
    })
    .await;
}

pub async fn a_file_longer_than_any_that_was_written_is_damage(blobs: Subject) {
    on_threads(move || {
        blobs.write(ONE, vec![7; (25 << 20) + 1]).unwrap();
        assert_eq!(blobs.read(ONE).unwrap_err().code(), "attachment-corrupt");
    })
    .await;
}

pub async fn many_write_read_and_wipe_at_once(blobs: Subject) {
    together_on_threads(16, move |number| {
        let (name, written) = (Uuid::from_u128(u128::from(number) + 1), bytes(100_000, number));
        blobs.write(name, written.clone()).unwrap();
        assert!(blobs.read(name).unwrap().unwrap() == written);
        blobs.wipe(name).unwrap();
        assert_eq!(blobs.read(name).unwrap(), None);
    })
    .await;
}
