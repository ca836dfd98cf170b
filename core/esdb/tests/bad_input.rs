//! Clients that err, attack, or go away in the middle: each ends in the documented error, and nothing is left open.
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

use futures::StreamExt;
use kurrentdb::{
    AppendToStreamOptions, EventData, ReadStreamOptions, StreamPosition, StreamState, SubscribeToStreamOptions,
    SubscriptionFilter,
};
use serde_json::json;
use siyi_esdb::{
    Open,
    guardian::{self, Rights},
    outside::Limits,
    serve::Options,
    wire::{
        persistent::{
            ReadReq as Consume, ReadResp as Delivered, persistent_subscriptions_client::PersistentSubscriptionsClient,
            read_req as consume,
        },
        shared,
        streams::{
            AppendReq, BatchAppendReq, BatchAppendResp, ReadReq, ReadResp, Target, append_req, batch_append_req,
            batch_append_resp, read_req, read_resp, streams_client::StreamsClient, target,
        },
    },
};
use siyi_log::memory::MemoryStore;
use std::{sync::Arc, time::Duration};
use support::{Running, Seen, within};
use tonic::{Code, Status, metadata::MetadataValue, transport::Channel};
use uuid::Uuid;

fn any() -> EventData {
    EventData::json("any", &json!({})).unwrap()
}

fn name(stream: &str) -> Option<shared::StreamIdentifier> {
    Some(shared::StreamIdentifier { stream_name: stream.to_owned().into() })
}

fn id(id: Uuid) -> Option<shared::Uuid> {
    Some(shared::Uuid { value: Some(shared::uuid::Value::String(id.to_string())) })
}

fn message(data: Vec<u8>, metadata: &[(&'static str, &'static str)]) -> shared::ProposedMessage {
    shared::ProposedMessage {
        id: id(Uuid::new_v4()),
        metadata: metadata.iter().map(|property| (*property).into()).collect(),
        custom_metadata: bytes::Bytes::new(),
        data: data.into(),
    }
}

const BYTES: [(&str, &str); 2] = [("type", "any"), ("content-type", "application/octet-stream")];

fn begin(stream: &str) -> AppendReq {
    let expected = Some(target::Expected::Any(()));
    AppendReq { content: Some(append_req::Content::Options(Target { stream_identifier: name(stream), expected })) }
}

fn event(message: shared::ProposedMessage) -> AppendReq {
    AppendReq { content: Some(append_req::Content::ProposedMessage(message)) }
}

fn trailer(status: &Status, key: &str) -> String {
    status.metadata().get(key).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn streams(face: &Running) -> StreamsClient<Channel> {
    StreamsClient::new(face.channel().await)
}

/// A subscription to all events.
fn follow_all(regex: &str) -> ReadReq {
    use read_req::options::{Amount, FilterOption, Of};
    let expression = shared::filter_options::Expression { regex: regex.into(), prefix: Vec::new() };
    let filter = shared::FilterOptions {
        filter: Some(shared::filter_options::Filter::EventType(expression)),
        window: Some(shared::filter_options::Window::Max(32)),
        checkpoint_interval_multiplier: 1,
    };
    ReadReq {
        options: Some(read_req::Options {
            of: Some(Of::All(read_req::AllStart { at: Some(read_req::all_start::At::Start(())) })),
            amount: Some(Amount::Subscription(read_req::Subscription {})),
            filter_option: Some(if regex.is_empty() {
                FilterOption::NoFilter(())
            } else {
                FilterOption::Filter(filter)
            }),
            uuid_option: Some(shared::UuidStyle { content: Some(shared::uuid_style::Content::String(())) }),
            ..read_req::Options::default()
        }),
    }
}

/// Where a lasting answer ends.
async fn end_of(mut answers: tonic::Streaming<ReadResp>) -> Status {
    loop {
        match answers.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a subscription ended without an error"),
            Err(status) => return status,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_revision_is_told() {
    let face = Running::begin().await;
    let client = face.client();
    client.append_to_stream("orders", &AppendToStreamOptions::default(), vec![any(), any()]).await.unwrap();
    let options = AppendToStreamOptions::default().stream_state(StreamState::StreamRevision(7));
    let error = client.append_to_stream("orders", &options, any()).await.unwrap_err();
    let kurrentdb::Error::WrongExpectedVersion { expected, current } = error else { panic!("{error:?}") };
    assert_eq!(expected, StreamState::StreamRevision(7));
    assert_eq!(current, kurrentdb::CurrentRevision::Current(1));
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_credential_is_refused() {
    let users = guardian::Users::new().with_token("app", "a-long-random-token", Rights::CLIENT);
    let face = Running::guarded(Arc::new(users)).await;
    let mut streams = streams(&face).await;
    for (shown, code) in [
        ("Bearer a-long-random-token", Code::Ok),
        ("Bearer another", Code::Unauthenticated),
        ("Basic %%%", Code::Unauthenticated),
        ("Digest x", Code::Unauthenticated),
        ("", Code::Unauthenticated),
    ] {
        let mut request =
            tonic::Request::new(futures::stream::iter([begin("orders"), event(message(vec![1], &BYTES))]));
        if !shown.is_empty() {
            request.metadata_mut().insert("authorization", MetadataValue::try_from(shown).unwrap());
        }
        let answered = streams.append(request).await.map_or_else(|status| status.code(), |_| Code::Ok);
        assert_eq!(answered, code, "{shown}");
    }
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_oversized_append_is_refused_and_nothing_of_it_stored() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { event_bytes: 2_000, append_bytes: 5_000, ..Limits::default() };
    let guardian = Arc::new(guardian::Open(Rights::CLIENT));
    let options = Options { limits, ..Options::default() };
    let face = Running::in_folder(folder.path(), Arc::new(MemoryStore::new()), guardian, options).await;
    let mut streams = streams(&face).await;
    let large = [begin("orders"), event(message(vec![0; 10], &BYTES)), event(message(vec![0; 2_500], &BYTES))];
    let status = streams.append(futures::stream::iter(large)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(trailer(&status, "exception"), "maximum-append-event-size-exceeded");
    assert_eq!(trailer(&status, "maximum-append-event-size"), "2000");
    let events = (0..4).map(|_| event(message(vec![0; 1_500], &BYTES)));
    let many = std::iter::once(begin("orders")).chain(events).collect::<Vec<_>>();
    let status = streams.append(futures::stream::iter(many)).await.unwrap_err();
    assert_eq!(trailer(&status, "exception"), "maximum-append-size-exceeded");
    assert_eq!(trailer(&status, "maximum-append-size"), "5000");
    let nameless = [begin("orders"), event(message(vec![0], &BYTES[..1]))];
    let status = streams.append(futures::stream::iter(nameless)).await.unwrap_err();
    assert_eq!(trailer(&status, "exception"), "missing-required-metadata-property");
    let mut garbled = message(vec![0], &BYTES);
    garbled.metadata[0].value = bytes::Bytes::from_static(b"\xff");
    let status = streams.append(futures::stream::iter([begin("orders"), event(garbled)])).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(status.message(), "the type of an event is not UTF-8");
    let read = face.client().read_stream("orders", &ReadStreamOptions::default()).await.unwrap().next().await;
    assert!(matches!(read, Err(kurrentdb::Error::ResourceNotFound)), "{read:?}");
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_ahead_that_explodes_ends_its_subscription_soon() {
    let face = Running::begin().await;
    let bait = EventData::json("a".repeat(400), &json!({})).unwrap();
    face.client().append_to_stream("orders", &AppendToStreamOptions::default(), bait).await.unwrap();
    let mut streams = streams(&face).await;
    let answers = streams.read(follow_all(r"^(?=(a+)+$)(a|a)*(?!a)b$")).await.unwrap().into_inner();
    let status = within("the end of the subscription", end_of(answers)).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    let status = streams.read(follow_all("(((")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_reads_holds_up_nobody_and_misses_nothing() {
    let face = Running::begin().await;
    let mut lazy = streams(&face).await.read(follow_all("")).await.unwrap().into_inner();
    let client = face.client();
    let events = |_| EventData::binary("any", vec![7; 1_000].into());
    for _ in 0..40 {
        let batch: Vec<_> = (0..100).map(events).collect();
        within("an append", client.append_to_stream("orders", &AppendToStreamOptions::default(), batch)).await.unwrap();
    }
    assert_eq!(face.watch.open().subscriptions, 1);
    // It begins to read after all.
    let mut revisions = Vec::new();
    within("the events", async {
        while revisions.len() < 4_000 {
            if let Some(read_resp::Content::Event(event)) = lazy.message().await.unwrap().unwrap().content {
                let event = Seen::of(&event.event.unwrap());
                if event.stream == name("orders") {
                    revisions.push(event.revision);
                }
            }
        }
    })
    .await;
    assert_eq!(revisions, (0..4_000).collect::<Vec<_>>());
    drop(lazy);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_stops_in_the_middle_stores_nothing() {
    let face = Running::begin().await;
    let address = face.address;
    // A client whose machine goes away: its connection closes while the request is still open.
    let gone = std::thread::spawn(move || {
        let machine = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        machine.block_on(async {
            let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
            let first = [begin("orders"), event(message(vec![1], &BYTES))];
            let requests = futures::stream::iter(first).chain(futures::stream::pending());
            let mut streams = StreamsClient::new(channel);
            let append = streams.append(requests);
            assert!(tokio::time::timeout(Duration::from_millis(300), append).await.is_err());
        });
        machine.shutdown_background();
    });
    tokio::task::spawn_blocking(move || gone.join().unwrap()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let read = face.client().read_stream("orders", &ReadStreamOptions::default()).await.unwrap().next().await;
    assert!(matches!(read, Err(kurrentdb::Error::ResourceNotFound)), "{read:?}");
    face.end().await;
}

fn batch(correlation: Uuid, stream: Option<&str>, events: usize, is_final: bool) -> BatchAppendReq {
    BatchAppendReq {
        correlation_id: id(correlation),
        options: stream.map(|stream| batch_append_req::Options {
            stream_identifier: name(stream),
            expected: Some(batch_append_req::options::Expected::Any(())),
            deadline_option: None,
        }),
        proposed_messages: (0..events).map(|_| message(vec![1], &BYTES)).collect(),
        is_final,
    }
}

async fn batch_of(face: &Running, requests: Vec<BatchAppendReq>) -> Vec<Result<BatchAppendResp, Status>> {
    let answers = streams(face).await.batch_append(futures::stream::iter(requests)).await.unwrap().into_inner();
    within("the end of the batch", answers.collect()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_stops_in_the_middle_stores_what_was_finished_and_no_more() {
    let face = Running::begin().await;
    let (whole, half) = (Uuid::new_v4(), Uuid::new_v4());
    let requests = vec![
        batch(whole, Some("whole"), 2, false),
        batch(half, Some("half"), 2, false),
        batch(whole, None, 1, true),
        batch(half, None, 1, false),
    ];
    let answers = batch_of(&face, requests).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answer = answers.into_iter().next().unwrap().unwrap();
    assert_eq!((answer.correlation_id, answer.stream_identifier), (id(whole), name("whole")));
    assert!(matches!(answer.result, Some(batch_append_resp::Result::Success(_))));
    let client = face.client();
    let read = client.read_stream("half", &ReadStreamOptions::default()).await.unwrap().next().await;
    assert!(matches!(read, Err(kurrentdb::Error::ResourceNotFound)), "{read:?}");
    let mut read = client.read_stream("whole", &ReadStreamOptions::default()).await.unwrap();
    let mut count = 0;
    while read.next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 3);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_refusals_of_a_batch_are_told_one_by_one() {
    let face = Running::begin().await;
    let (good, bad) = (Uuid::new_v4(), Uuid::new_v4());
    let answers =
        batch_of(&face, vec![batch(bad, Some("consultation-1"), 1, true), batch(good, Some("o"), 1, true)]).await;
    let of = |wanted: Uuid| {
        let found = answers.iter().flatten().find(|answer| answer.correlation_id == id(wanted));
        found.unwrap().result.clone().unwrap()
    };
    let batch_append_resp::Result::Error(error) = of(bad) else { panic!("it was taken") };
    assert_eq!(error.code, Code::PermissionDenied as i32);
    assert_eq!(error.details.first().unwrap().type_url, "type.googleapis.com/event_store.client.AccessDenied");
    assert!(matches!(of(good), batch_append_resp::Result::Success(_)));
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_tells_its_followers() {
    let face = Running::begin().await;
    let client = face.client();
    client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await.unwrap();
    let group = kurrentdb::PersistentSubscriptionOptions::default();
    client.create_persistent_subscription("orders", "group", &group).await.unwrap();
    let mut streams = streams(&face).await;
    let following = streams.read(follow_all("")).await.unwrap().into_inner();
    let options = consume::Options {
        of: Some(consume::options::Of::StreamIdentifier(name("orders").unwrap())),
        group_name: "group".into(),
        buffer_size: 10,
        uuid_option: Some(shared::UuidStyle { content: Some(shared::uuid_style::Content::String(())) }),
    };
    let first = Consume { content: Some(consume::Content::Options(options)) };
    let open = futures::stream::iter([first]).chain(futures::stream::pending());
    let consumer = PersistentSubscriptionsClient::new(face.channel().await).read(open).await.unwrap().into_inner();
    let watch = face.watch.clone();
    assert_eq!(watch.open(), Open { subscriptions: 1, consumers: 1, ..Open::default() });
    let ended = tokio::spawn(async move {
        let consumed = consumer.collect::<Vec<_>>().await;
        (end_of(following).await, consumed.into_iter().find_map(Result::err).unwrap())
    });
    face.end().await;
    let (following, consumer) = within("the ends", ended).await.unwrap();
    assert_eq!((following.code(), consumer.code()), (Code::Unavailable, Code::Unavailable));
    assert_eq!(watch.open(), Open::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_closes_its_side_gives_back_what_it_held() {
    let face = Running::begin().await;
    let client = face.client();
    let group = kurrentdb::PersistentSubscriptionOptions::default().start_from(StreamPosition::Start);
    client.create_persistent_subscription("orders", "group", &group).await.unwrap();
    client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await.unwrap();
    let closed = consume_and_close(&face).await;
    let answers = within("the end of the call", closed.collect::<Vec<_>>()).await;
    assert_eq!(answers.last().unwrap().as_ref().unwrap_err().code(), Code::Cancelled);
    face.idle().await;
    let mut other = client.subscribe_to_persistent_subscription("orders", "group", &Default::default()).await.unwrap();
    let event = within("the event of the other consumer", other.next()).await.unwrap();
    other.ack(&event).await.unwrap();
    drop(other);
    face.end().await;
}

/// A consumer of the group on `orders` that has said its last word already.
async fn consume_and_close(face: &Running) -> tonic::Streaming<Delivered> {
    let options = consume::Options {
        of: Some(consume::options::Of::StreamIdentifier(name("orders").unwrap())),
        group_name: "group".into(),
        buffer_size: 10,
        uuid_option: Some(shared::UuidStyle { content: Some(shared::uuid_style::Content::String(())) }),
    };
    let only = Consume { content: Some(consume::Content::Options(options)) };
    let answers = PersistentSubscriptionsClient::new(face.channel().await).read(futures::stream::iter([only])).await;
    answers.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_ends_its_call_by_itself_hears_of_no_error_before() {
    let face = Running::begin().await;
    let client = face.client();
    client.create_persistent_subscription("orders", "group", &Default::default()).await.unwrap();
    let mut closed = consume_and_close(&face).await;
    within("the confirmation", closed.message()).await.unwrap();
    // Official clients close their side and then end the call, which takes them a moment.
    let in_between = tokio::time::timeout(std::time::Duration::from_millis(300), closed.message()).await;
    assert!(in_between.is_err(), "{in_between:?}");
    drop(closed);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_of_a_stream_that_gets_a_tombstone_hears_it() {
    let face = Running::begin().await;
    let client = face.client();
    client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await.unwrap();
    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
    let mut following = client.subscribe_to_stream("orders", &options).await;
    within("the event", following.next()).await.unwrap();
    client.tombstone_stream("orders", &kurrentdb::TombstoneStreamOptions::default()).await.unwrap();
    let tombstone = within("the tombstone", following.next()).await.unwrap();
    assert_eq!(tombstone.get_original_event().event_type, "$streamDeleted");
    drop(following);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checkpoints_never_pass_the_last_event() {
    let face = Running::begin().await;
    let client = face.client();
    let nothing = SubscriptionFilter::on_event_type().regex("^never$").max(3);
    let options = kurrentdb::SubscribeToAllOptions::default().position(StreamPosition::Start).filter(nothing);
    let mut following = client.subscribe_to_all(&options).await;
    let newest = kurrentdb::ReadAllOptions::default().backwards().position(StreamPosition::End).max_count(1);
    let newest = client.read_all(&newest).await.unwrap().next().await.unwrap().unwrap();
    let mut last = newest.get_original_event().position.commit;
    // The one on becoming live, before there is anything new.
    loop {
        let event = within("the first checkpoint", following.next_subscription_event()).await.unwrap();
        if let kurrentdb::SubscriptionEvent::Checkpoint(at) = event {
            assert_eq!(at.commit, last);
            break;
        }
    }
    for round in 0..30 {
        let written = client.append_to_stream("orders", &AppendToStreamOptions::default(), any()).await.unwrap();
        last = written.position.commit;
        if round % 3 == 2 {
            loop {
                if let kurrentdb::SubscriptionEvent::Checkpoint(at) =
                    within("a checkpoint", following.next_subscription_event()).await.unwrap()
                {
                    assert!(at.commit <= last, "{at:?} lies past {last}");
                    break;
                }
            }
        }
    }
    assert!(last > 0);
    drop(following);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let log: Arc<dyn siyi_log::port::EventStore> = Arc::new(MemoryStore::new());
    let guardian = || Arc::new(guardian::Open(Rights::CLIENT));
    let face = Running::in_folder(folder.path(), Arc::clone(&log), guardian(), Options::default()).await;
    let repeated = any().id(Uuid::from_u128(5));
    let written = face.client().append_to_stream("orders", &AppendToStreamOptions::default(), repeated).await.unwrap();
    let group = kurrentdb::PersistentSubscriptionOptions::default();
    face.client().create_persistent_subscription("orders", "group", &group).await.unwrap();
    let watch = face.watch.clone();
    face.end().await;
    drop(watch);
    let face = Running::in_folder(folder.path(), Arc::clone(&log), guardian(), Options::default()).await;
    assert_eq!(face.watch.groups(), 1);
    // The same append is known again, although nothing is expected of the stream.
    let repeated = any().id(Uuid::from_u128(5));
    let again = face.client().append_to_stream("orders", &AppendToStreamOptions::default(), repeated).await.unwrap();
    assert_eq!(again.position, written.position);
    assert_eq!(again.next_expected_version, written.next_expected_version);
    face.end().await;
}
