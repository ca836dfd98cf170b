//! What clients may do to the streams of the domain, and who comes in.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::default_trait_access,
    clippy::items_after_statements,
    clippy::unnecessary_wraps,
    reason = "test code; it makes its own ids"
)]

mod support;

use kurrentdb::{
    AppendToStreamOptions, Client, ClientSettings, DeleteStreamOptions, Error, EventData, ReadAllOptions,
    ReadStreamOptions, StreamMetadataBuilder, StreamPosition, SubscribeToStreamOptions, TombstoneStreamOptions,
};
use serde_json::json;
use siyi_esdb::{
    guardian::{self, Rights, Users},
    names,
    serve::{Options, Ready, ServeError, Tls},
};
use siyi_log::{
    memory::MemoryStore,
    port::{EventStore, Expected, NewEvent, StreamName},
};
use std::sync::Arc;
use support::{Running, within};
use uuid::Uuid;

const MATTER: &str = "consultation-0198c5a0-0000-7000-8000-000000000001";

fn new_event(number: u128) -> NewEvent {
    let body = json!({"n": number.to_string(), "recorded_at": "2026-03-05T09:30:00.000+08:00"});
    NewEvent::new(Uuid::from_u128(number), "numbered.v1", &body).unwrap()
}

async fn matter(log: &dyn EventStore, number: u128) {
    log.append(&StreamName::new(MATTER).unwrap(), Expected::Any, vec![new_event(number)]).await.unwrap();
}

fn any() -> EventData {
    EventData::json("any", &json!({})).unwrap()
}

async fn read(client: &Client, stream: &str) -> kurrentdb::Result<Vec<Uuid>> {
    let mut events = client.read_stream(stream, &ReadStreamOptions::default()).await?;
    let mut ids = Vec::new();
    while let Some(event) = events.next().await? {
        ids.push(event.get_original_event().id);
    }
    Ok(ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_the_domain_are_read_and_followed() {
    let face = Running::begin().await;
    matter(&*face.log, 1).await;
    let client = face.client();
    assert_eq!(read(&client, MATTER).await.unwrap(), [Uuid::from_u128(1)]);
    let mut following = {
        let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
        client.subscribe_to_stream(MATTER, &options).await
    };
    let first = within("the old event", following.next()).await.unwrap();
    assert_eq!(first.get_original_event().revision, 0);
    assert_eq!(first.get_original_event().created.to_rfc3339(), "2026-03-05T01:30:00+00:00");
    matter(&*face.log, 2).await;
    let second = within("the new event", following.next()).await.unwrap();
    assert_eq!(second.get_original_event().id, Uuid::from_u128(2));
    drop(following);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_the_domain_and_of_clients_stand_in_one_order() {
    let face = Running::begin().await;
    let client = face.client();
    let mut wanted = Vec::new();
    for number in 1..=20 {
        if number % 3 == 0 {
            let id = Uuid::from_u128(number);
            client.append_to_stream("orders", &AppendToStreamOptions::default(), any().id(id)).await.unwrap();
        } else {
            matter(&*face.log, number).await;
        }
        wanted.push(Uuid::from_u128(number));
    }
    within("all are shown", async {
        loop {
            let options = ReadAllOptions::default().max_count(100);
            let mut events = client.read_all(&options).await.unwrap();
            let (mut ids, mut positions) = (Vec::new(), Vec::new());
            while let Some(event) = events.next().await.unwrap() {
                let event = event.get_original_event();
                positions.push(event.position.commit);
                if event.stream_id() != names::USERS {
                    ids.push(event.id);
                }
            }
            assert!(positions.is_sorted_by(|one, other| one < other), "{positions:?}");
            assert!(wanted.starts_with(&ids), "{ids:?}");
            if ids == wanted {
                break;
            }
        }
    })
    .await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_deletes_or_describes_a_stream_of_the_domain() {
    let rights = Rights { append_domain: true, ..Rights::CLIENT };
    let face = Running::guarded(Arc::new(guardian::Open(rights))).await;
    matter(&*face.log, 1).await;
    let client = face.client();
    let deleted = client.delete_stream(MATTER, &DeleteStreamOptions::default()).await.unwrap_err();
    assert!(matches!(deleted, Error::AccessDenied), "{deleted:?}");
    let deleted = client.tombstone_stream(MATTER, &TombstoneStreamOptions::default()).await.unwrap_err();
    assert!(matches!(deleted, Error::AccessDenied), "{deleted:?}");
    let metadata = StreamMetadataBuilder::new().truncate_before(1).build();
    let described = client.set_stream_metadata(MATTER, &AppendToStreamOptions::default(), &metadata).await.unwrap_err();
    assert!(matches!(described, Error::AccessDenied), "{described:?}");
    assert_eq!(read(&client, MATTER).await.unwrap().len(), 1);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_the_domain_takes_events_only_from_who_may() {
    let face = Running::begin().await;
    let client = face.client();
    for prefix in names::DOMAIN {
        for stream in [format!("{prefix}1"), format!("{prefix}ÄRGER"), format!("$${prefix}1")] {
            let error = client.append_to_stream(stream.as_str(), &AppendToStreamOptions::default(), any()).await;
            assert!(matches!(error, Err(Error::AccessDenied)), "{stream}: {error:?}");
        }
    }
    assert_eq!(face.log.head().await.unwrap(), None);
    face.end().await;
    let rights = Rights { append_domain: true, ..Rights::CLIENT };
    let face = Running::guarded(Arc::new(guardian::Open(rights))).await;
    let client = face.client();
    client.append_to_stream(MATTER, &AppendToStreamOptions::default(), any()).await.unwrap();
    assert_eq!(face.log.head().await.unwrap().unwrap().0, 0);
    // Not canonical: it would not be the same bytes everywhere.
    let spaced = EventData::binary("any", r#"{ "a": 1 }"#.into());
    let refused = client.append_to_stream(MATTER, &AppendToStreamOptions::default(), spaced).await;
    assert!(matches!(refused, Err(Error::Grpc { .. })), "{refused:?}");
    let nowhere = client.append_to_stream("consultation-ÄRGER", &AppendToStreamOptions::default(), any()).await;
    assert!(matches!(nowhere, Err(Error::AccessDenied)), "{nowhere:?}");
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_read_the_domain_sees_none_of_it() {
    let rights = Rights { read_domain: false, ..Rights::CLIENT };
    let face = Running::guarded(Arc::new(guardian::Open(rights))).await;
    matter(&*face.log, 1).await;
    let client = face.client();
    assert!(matches!(read(&client, MATTER).await, Err(Error::AccessDenied)));
    client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await.unwrap();
    let mut events = client.read_all(&ReadAllOptions::default().max_count(100)).await.unwrap();
    while let Some(event) = events.next().await.unwrap() {
        assert_ne!(event.get_original_event().stream_id(), MATTER);
    }
    face.end().await;
}

/// A certificate for `localhost` and 127.0.0.1, and a folder with it for clients to trust.
fn certificate() -> (Tls, tempfile::TempDir) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), made.cert.pem()).unwrap();
    (Tls { certificate: made.cert.pem().into(), key: made.signing_key.serialize_pem().into() }, folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_credential_is_asked_for() {
    let users = Users::new().with_password("clerk", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", Rights::CLIENT).with_password(
        "reader",
        "00112233445566778899aabbccddeeff",
        Rights::READER,
    );
    let (tls, trust) = certificate();
    let folder = tempfile::tempdir().unwrap();
    let options = Options { tls: Some(tls), ..Options::default() };
    let face = Running::in_folder(folder.path(), Arc::new(MemoryStore::new()), Arc::new(users), options).await;
    let client = |user: &str| {
        let (port, trust) = (face.address.port(), trust.path().join("ca.pem"));
        let url = format!("kurrentdb://{user}localhost:{port}?tls=true&tlsCAFile={}", trust.display());
        Client::new(url.parse::<ClientSettings>().unwrap()).unwrap()
    };
    let append = |client: Client| async move {
        client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await
    };
    append(client("clerk:0f1e2d3c4b5a69788796a5b4c3d2e1f0@")).await.unwrap();
    let reader = client("reader:00112233445566778899aabbccddeeff@");
    assert_eq!(read(&reader, "orders").await.unwrap().len(), 1);
    for who in ["reader:00112233445566778899aabbccddeeff@", "clerk:wrong@", "nobody:at-all@", ""] {
        let refused = append(client(who)).await;
        assert!(matches!(refused, Err(Error::AccessDenied)), "{who}: {refused:?}");
    }
    assert_eq!(read(&reader, "orders").await.unwrap().len(), 1);
    face.end().await;
}

#[tokio::test]
async fn without_tls_only_a_loopback_address_is_served() {
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let guardian = Arc::new(guardian::Open(Rights::READER));
    let opened = Ready::open(listener, Options::default(), Arc::new(MemoryStore::new()), guardian, folder.path()).await;
    assert!(matches!(opened, Err(ServeError::NotLoopback(_))));
}
