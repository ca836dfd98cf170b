//! The engine, directly and through the wire, held against the reference model by sequences of calls at random.
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

use proptest::prelude::*;
use siyi_esdb::{
    engine::{Bound, Engine, StreamPage},
    model::{Metadata, Model, No, Stands},
    outside::{Limits, Write},
    record::{Expected, Proposed},
    refusal::Refusal,
    wire::{
        shared,
        streams::{self, streams_client::StreamsClient},
    },
};
use siyi_log::{clock::WallClock, memory::MemoryStore};
use std::sync::Arc;
use support::{Running, Seen};
use tonic::{Code, Status, transport::Channel};
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Call {
    Append(usize, Expected, Vec<u128>),
    Describe(usize, Metadata),
    Delete(usize, Expected),
    Tombstone(usize, Expected),
}

const STREAMS: [&str; 3] = ["orders", "orders-1", "客户"];

fn expected() -> impl Strategy<Value = Expected> {
    prop_oneof![
        3 => Just(Expected::Any),
        2 => Just(Expected::NoStream),
        1 => Just(Expected::StreamExists),
        4 => (0_u64..5).prop_map(Expected::Exact),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    let stream = 0..STREAMS.len();
    let number = || proptest::option::of(1_u64..6);
    let metadata =
        (number(), number()).prop_map(|(max_count, truncate_before)| Metadata { max_count, truncate_before });
    prop_oneof![
        12 => (stream.clone(), expected(), prop::collection::vec(1_u128..8, 0..4)).prop_map(|(s, e, i)| Call::Append(s, e, i)),
        2 => (stream.clone(), metadata).prop_map(|(s, m)| Call::Describe(s, m)),
        3 => (stream.clone(), expected()).prop_map(|(s, e)| Call::Delete(s, e)),
        1 => (stream, expected()).prop_map(|(s, e)| Call::Tombstone(s, e)),
    ]
}

fn event(id: u128) -> Proposed {
    Proposed {
        id: Uuid::from_u128(id),
        event_type: "numbered".into(),
        json: true,
        data: format!("{{\"id\":{id}}}").into(),
        metadata: bytes::Bytes::new(),
    }
}

fn json(metadata: Metadata) -> String {
    let mut keys = serde_json::Map::new();
    keys.extend(metadata.max_count.map(|count| ("$maxCount".into(), count.into())));
    keys.extend(metadata.truncate_before.map(|at| ("$tb".into(), at.into())));
    serde_json::Value::Object(keys).to_string()
}

/// An event as both sides tell it: id, stream, revision, position.
type Told = (Uuid, String, u64, u64);

/// The result of an append: last revision and position.
type Appended = Result<(Option<u64>, Option<u64>), No>;

/// A store under test.
trait Subject {
    async fn append(&mut self, stream: &str, expected: Expected, events: Vec<Proposed>) -> Appended;
    async fn delete(&mut self, stream: &str, expected: Expected) -> Result<(), No>;
    async fn tombstone(&mut self, stream: &str, expected: Expected) -> Result<(), No>;
    async fn read(&mut self, stream: &str, backwards: bool) -> Result<Vec<Told>, No>;
    async fn all(&mut self, backwards: bool) -> Vec<Told>;
}

fn no(refusal: Refusal) -> No {
    match refusal {
        Refusal::WrongVersion { actual, .. } => No::WrongVersion(actual),
        Refusal::Deleted { .. } => No::Deleted,
        other => panic!("{other}"),
    }
}

impl Subject for Engine {
    async fn append(&mut self, stream: &str, expected: Expected, events: Vec<Proposed>) -> Appended {
        let write = Write { stream: stream.into(), expected, events };
        Engine::append(self, write).await.map(|written| (written.last_revision, written.position)).map_err(no)
    }

    async fn delete(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        Engine::delete(self, stream.into(), expected).await.map(drop).map_err(no)
    }

    async fn tombstone(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        Engine::tombstone(self, stream.into(), expected).await.map(drop).map_err(no)
    }

    async fn read(&mut self, stream: &str, backwards: bool) -> Result<Vec<Told>, No> {
        let mut told = Vec::new();
        let mut from = if backwards { Bound::End } else { Bound::Start };
        loop {
            // Small pages, so that going on from page to page is tested too.
            let StreamPage::Found(page) = self.read_stream(stream, from, backwards, 2).await.map_err(no)? else {
                return Err(No::NotFound);
            };
            told.extend(page.events.into_iter().map(|e| (e.id, e.stream.to_string(), e.revision, e.position)));
            let Some(next) = page.next else { return Ok(told) };
            from = Bound::At(next);
        }
    }

    async fn all(&mut self, backwards: bool) -> Vec<Told> {
        let mut told = Vec::new();
        let mut at = if backwards { u64::MAX } else { 0 };
        loop {
            let page = if backwards {
                self.read_all_backwards(at, 3).await.unwrap()
            } else {
                self.read_all_forwards(at, 3).await.unwrap()
            };
            let Some(last) = page.last() else { return told };
            at = if backwards { last.position } else { last.position + 1 };
            told.extend(page.into_iter().map(|e| (e.id, e.stream.to_string(), e.revision, e.position)));
        }
    }
}

struct Wire(StreamsClient<Channel>);

fn target(stream: &str, expected: Expected) -> streams::Target {
    use streams::target::Expected as Wire;
    streams::Target {
        stream_identifier: Some(shared::StreamIdentifier { stream_name: stream.to_owned().into() }),
        expected: Some(match expected {
            Expected::Any => Wire::Any(()),
            Expected::NoStream => Wire::NoStream(()),
            Expected::StreamExists => Wire::StreamExists(()),
            Expected::Exact(revision) => Wire::Revision(revision),
        }),
    }
}

/// What the trailers say, which is what clients go by.
fn no_of(status: &Status) -> No {
    let trailer = |key: &str| status.metadata().get(key).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    match trailer("exception").as_deref() {
        Some("wrong-expected-version") => {
            let actual: i64 = trailer("actual-version").unwrap().parse().unwrap();
            assert!(status.message().ends_with(&format!("Actual version: {actual}")), "{status:?}");
            No::WrongVersion(u64::try_from(actual).ok())
        }
        Some("stream-deleted") => No::Deleted,
        _ => panic!("{status:?}"),
    }
}

impl Wire {
    async fn collect(&mut self, options: streams::read_req::Options) -> Result<Vec<Told>, No> {
        use streams::read_resp::Content;
        let request = streams::ReadReq { options: Some(options) };
        let mut answers = self.0.read(request).await.map_err(|status| no_of(&status))?.into_inner();
        let mut told = Vec::new();
        while let Some(answer) = answers.message().await.map_err(|status| no_of(&status))? {
            match answer.content.unwrap() {
                Content::Event(event) => {
                    let event = Seen::of(&event.event.unwrap());
                    assert_eq!(event.commit_position, event.prepare_position);
                    let Some(shared::uuid::Value::String(id)) = event.id.unwrap().value else { panic!("no text") };
                    let stream = String::from_utf8(event.stream.unwrap().stream_name.to_vec()).unwrap();
                    told.push((id.parse().unwrap(), stream, event.revision, event.commit_position));
                }
                Content::StreamNotFound(_) => return Err(No::NotFound),
                Content::FirstStreamPosition(_) | Content::LastStreamPosition(_) => {}
                other => panic!("{other:?}"),
            }
        }
        Ok(told)
    }
}

fn options(of: streams::read_req::options::Of, backwards: bool) -> streams::read_req::Options {
    use streams::read_req::options::{Amount, FilterOption};
    streams::read_req::Options {
        of: Some(of),
        read_direction: i32::from(backwards),
        amount: Some(Amount::Count(u64::MAX)),
        filter_option: Some(FilterOption::NoFilter(())),
        uuid_option: Some(shared::UuidStyle { content: Some(shared::uuid_style::Content::String(())) }),
        control_option: Some(streams::read_req::Control { compatibility: 1 }),
        ..streams::read_req::Options::default()
    }
}

impl Subject for Wire {
    async fn append(&mut self, stream: &str, expected: Expected, events: Vec<Proposed>) -> Appended {
        use streams::{
            append_req::Content,
            append_resp::{
                Result,
                success::{CurrentRevisionOption, PositionOption},
            },
        };
        let message = |content| streams::AppendReq { content: Some(content) };
        let mut messages = vec![message(Content::Options(target(stream, expected)))];
        messages.extend(events.into_iter().map(|event| {
            let event_type = event.event_type.into_bytes();
            let content_type = bytes::Bytes::from_static(b"application/json");
            message(Content::ProposedMessage(shared::ProposedMessage {
                id: Some(shared::Uuid { value: Some(shared::uuid::Value::String(event.id.to_string())) }),
                metadata: [("type", event_type), ("content-type", content_type)].map(Into::into).into(),
                custom_metadata: event.metadata,
                data: event.data,
            }))
        }));
        let answer = self.0.append(futures::stream::iter(messages)).await.map_err(|status| no_of(&status))?;
        match answer.into_inner().result.unwrap() {
            Result::Success(success) => Ok((
                match success.current_revision_option.unwrap() {
                    CurrentRevisionOption::CurrentRevision(revision) => Some(revision),
                    CurrentRevisionOption::NoStream(()) => None,
                },
                match success.position_option.unwrap() {
                    PositionOption::Position(position) => Some(position.commit_position),
                    PositionOption::NoPosition(()) => None,
                },
            )),
            Result::WrongExpectedVersion(wrong) => {
                assert_eq!(wrong.current_revision, wrong.old_current_revision);
                assert_eq!(wrong.current_revision.is_none(), wrong.current_no_stream.is_some());
                Err(No::WrongVersion(wrong.current_revision))
            }
        }
    }

    async fn delete(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        let request = streams::DeleteReq { options: Some(target(stream, expected)) };
        self.0.delete(request).await.map(drop).map_err(|status| no_of(&status))
    }

    async fn tombstone(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        let request = streams::DeleteReq { options: Some(target(stream, expected)) };
        self.0.tombstone(request).await.map(drop).map_err(|status| no_of(&status))
    }

    async fn read(&mut self, stream: &str, backwards: bool) -> Result<Vec<Told>, No> {
        use shared::stream_start::At;
        let stream_identifier = Some(shared::StreamIdentifier { stream_name: stream.to_owned().into() });
        let at = Some(if backwards { At::End(()) } else { At::Start(()) });
        let of = streams::read_req::options::Of::Stream(shared::StreamStart { stream_identifier, at });
        self.collect(options(of, backwards)).await
    }

    async fn all(&mut self, backwards: bool) -> Vec<Told> {
        use streams::read_req::all_start::At;
        let at = Some(if backwards { At::End(()) } else { At::Start(()) });
        let of = streams::read_req::options::Of::All(streams::read_req::AllStart { at });
        self.collect(options(of, backwards)).await.unwrap()
    }
}

/// Makes the calls on both, and compares every answer, every stream and the order of all.
async fn compare(mut subject: impl Subject, calls: &[Call]) {
    let mut model = Model::default();
    let mut stood: Vec<(Stands, Option<u64>)> = Vec::new();
    for call in calls {
        match call {
            Call::Append(stream, expected, ids) => {
                let stream = STREAMS[*stream];
                let events = ids.iter().map(|id| event(*id)).collect();
                let told = subject.append(stream, *expected, events).await;
                let wanted = model.append(stream, *expected, ids);
                let revision = |result: &Result<Stands, No>| result.clone().map(|stands| stands.revision);
                assert_eq!(told.clone().map(|(revision, _)| revision), revision(&wanted), "{call:?}");
                if let (Ok((_, position)), Ok(stands)) = (told, wanted) {
                    stood.push((stands, position));
                }
            }
            Call::Describe(stream, metadata) => {
                let id = Uuid::new_v4();
                let name = format!("$${}", STREAMS[*stream]);
                let data = json(*metadata).into();
                let event = Proposed { id, event_type: "$metadata".into(), data, ..event(0) };
                subject.append(&name, Expected::Any, vec![event]).await.unwrap();
                model.describe(STREAMS[*stream], id.as_u128(), *metadata);
            }
            Call::Delete(stream, expected) => {
                let stream = STREAMS[*stream];
                assert_eq!(subject.delete(stream, *expected).await, model.delete(stream, *expected), "{call:?}");
            }
            Call::Tombstone(stream, expected) => {
                let stream = STREAMS[*stream];
                assert_eq!(subject.tombstone(stream, *expected).await, model.tombstone(stream, *expected), "{call:?}");
            }
        }
        for stream in STREAMS.iter().map(|name| (*name).to_owned()).chain(STREAMS.map(|name| format!("$${name}"))) {
            let wanted =
                model.read(&stream).map(|events| events.iter().map(|e| (e.id, e.revision)).collect::<Vec<_>>());
            for backwards in [false, true] {
                let told = subject.read(&stream, backwards).await.map(|mut events| {
                    if backwards {
                        events.reverse();
                    }
                    events.iter().map(|(id, _, revision, _)| (id.as_u128(), *revision)).collect::<Vec<_>>()
                });
                let same = match (&told, &wanted) {
                    (Ok(told), Ok(wanted)) => told.len() == wanted.len() && told.iter().zip(wanted).all(alike),
                    (told, wanted) => told.is_err() && told == wanted,
                };
                assert!(same, "{stream} backwards {backwards} behind {call:?}: {told:?}, wanted {wanted:?}");
            }
        }
    }
    let told: Vec<_> = subject.all(false).await.into_iter().filter(|(_, stream, ..)| stream != "$users").collect();
    assert!(told.is_sorted_by(|one, other| one.3 < other.3), "positions increase");
    let names = |told: &Told| (told.1.clone(), told.2);
    let wanted: Vec<_> = model.all.iter().map(|event| (event.stream.clone(), event.revision)).collect();
    assert_eq!(told.iter().map(names).collect::<Vec<_>>(), wanted);
    let mut backwards: Vec<_> =
        subject.all(true).await.into_iter().filter(|(_, stream, ..)| stream != "$users").collect();
    backwards.reverse();
    assert_eq!(backwards, told);
    for (stands, position) in stood {
        assert_eq!(position, stands.index.map(|index| told[index].3), "an append tells the position of its last event");
    }
}

/// The ids of events that the store writes of its own accord are its own.
fn alike((told, wanted): (&(u128, u64), &(u128, u64))) -> bool {
    told.1 == wanted.1 && (wanted.0 == 0 || told.0 == wanted.0)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_does_what_the_model_does(calls in prop::collection::vec(call(), 1..24)) {
        runtime().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let log = Arc::new(MemoryStore::new());
            let engine = Engine::open(folder.path(), log, Arc::new(WallClock), Limits::default()).await.unwrap();
            compare(engine, &calls).await;
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_face_does_what_the_model_does(calls in prop::collection::vec(call(), 1..16)) {
        runtime().block_on(async {
            let face = Running::begin().await;
            compare(Wire(StreamsClient::new(face.channel().await)), &calls).await;
            face.idle().await;
            face.end().await;
        });
    }
}
