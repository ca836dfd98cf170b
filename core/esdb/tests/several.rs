//! Appends over several streams, and what clients ask first.
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

use prost::Message;
use siyi_esdb::wire::{
    features::server_features_client::ServerFeaturesClient,
    gossip::gossip_client::GossipClient,
    rpc,
    v2::{
        AppendRecord, AppendRecordsRequest, AppendRecordsResponse, AppendRequest, ConsistencyCheck, SchemaInfo,
        consistency_check, errors, streams_service_client::StreamsServiceClient,
    },
};
use support::Running;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::{Code, Status, transport::Channel};
use uuid::Uuid;

fn record(stream: &str) -> AppendRecord {
    AppendRecord {
        record_id: Some(Uuid::new_v4().to_string()),
        schema: Some(SchemaInfo { format: 1, name: "R".into(), id: None }),
        data: "{}".into(),
        stream: stream.into(),
        ..AppendRecord::default()
    }
}

fn check(stream: &str, expected_state: i64) -> ConsistencyCheck {
    let state = consistency_check::StreamStateCheck { stream: stream.into(), expected_state };
    ConsistencyCheck { r#type: Some(consistency_check::Type::StreamState(state)) }
}

struct Client(StreamsServiceClient<Channel>);

impl Client {
    async fn of(face: &Running) -> Self {
        Self(StreamsServiceClient::new(face.channel().await))
    }

    async fn records(
        &mut self,
        records: Vec<AppendRecord>,
        checks: Vec<ConsistencyCheck>,
    ) -> Result<AppendRecordsResponse, Status> {
        self.0.append_records(AppendRecordsRequest { records, checks }).await.map(tonic::Response::into_inner)
    }
}

/// The violations that an error tells: check, expected, actual.
fn violations(status: &Status) -> Vec<(i32, i64, i64)> {
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    let details: errors::AppendConsistencyViolationErrorDetails = detail(status);
    let told = details.violations.into_iter().map(|violation| {
        let Some(errors::consistency_violation::Type::StreamState(state)) = violation.r#type else {
            panic!("no state")
        };
        (violation.check_index, state.expected_state, state.actual_state)
    });
    told.collect()
}

fn detail<M: Message + Default + prost::Name>(status: &Status) -> M {
    let rich = rpc::Status::decode(status.details()).unwrap();
    let detail = rich.details.first().unwrap();
    assert_eq!(detail.type_url, M::type_url());
    M::decode(detail.value.as_slice()).unwrap()
}

/// One row for each state of a stream and each state that may be asked of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_states_of_streams_are_checked() {
    let face = Running::begin().await;
    let mut client = Client::of(&face).await;
    client.records(vec![record("two"), record("two"), record("softly"), record("gone")], Vec::new()).await.unwrap();
    face.client().delete_stream("softly", &kurrentdb::DeleteStreamOptions::default()).await.unwrap();
    face.client().tombstone_stream("gone", &kurrentdb::TombstoneStreamOptions::default()).await.unwrap();
    const TABLE: [(&str, i64, &[i64]); 4] = [
        // stream, its state, the expectations that hold
        ("never", -1, &[-2, -1]),
        ("two", 1, &[-2, -4, 1]),
        ("softly", -5, &[-2, -1, -5]),
        ("gone", -6, &[-2, -1, -6]),
    ];
    for (stream, actual, holding) in TABLE {
        for expected in [-6, -5, -4, -2, -1, 0, 1, 2] {
            let answered = client.records(vec![record("elsewhere")], vec![check(stream, expected)]).await;
            if holding.contains(&expected) {
                assert!(answered.is_ok(), "{stream} {expected}: {answered:?}");
            } else {
                assert_eq!(violations(&answered.unwrap_err()), [(0, expected, actual)], "{stream}");
            }
        }
    }
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_violations_are_told_and_nothing_is_written() {
    let face = Running::begin().await;
    let mut client = Client::of(&face).await;
    let checks = vec![check("a", 0), check("b", -1), check("c", 5)];
    let refused = client.records(vec![record("d")], checks).await.unwrap_err();
    assert_eq!(violations(&refused), [(0, 0, -1), (2, 5, -1)]);
    let written = client.records(vec![record("d")], vec![check("d", -1)]).await.unwrap();
    assert_eq!(written.revisions.iter().map(|of| (of.stream.as_str(), of.revision)).collect::<Vec<_>>(), [("d", 0)]);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_records_again_are_answered_as_before_although_a_check_fails_now() {
    let face = Running::begin().await;
    let mut client = Client::of(&face).await;
    let (records, checks) = (vec![record("a"), record("b"), record("a")], vec![check("a", -1)]);
    let first = client.records(records.clone(), checks.clone()).await.unwrap();
    let again = client.records(records, checks).await.unwrap();
    assert_eq!(first, again);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_all_or_nothing() {
    let face = Running::begin().await;
    let mut client = Client::of(&face).await;
    let part = |stream: &str, expected: i64| AppendRequest {
        stream: stream.into(),
        records: vec![record(stream)],
        expected_revision: Some(expected),
    };
    let written = client.0.append_session(futures::stream::iter([part("a", -1), part("b", -2)])).await.unwrap();
    let written = written.into_inner();
    assert_eq!(written.output.len(), 2);
    assert_eq!(written.output.last().unwrap().position, Some(written.position));
    let refused = client.0.append_session(futures::stream::iter([part("a", 0), part("b", 7)])).await.unwrap_err();
    let conflict: errors::StreamRevisionConflictErrorDetails = detail(&refused);
    assert_eq!((conflict.stream.as_str(), conflict.expected_revision, conflict.actual_revision), ("b", 7, 0));
    let twice = client.0.append_session(futures::stream::iter([part("a", 0), part("a", 1)])).await.unwrap_err();
    assert_eq!(twice.code(), Code::Aborted);
    assert_eq!(detail::<errors::StreamAlreadyInAppendSessionErrorDetails>(&twice).stream, "a");
    // Neither refusal has written to `a`.
    let written = client.records(vec![record("a")], vec![check("a", 0)]).await.unwrap();
    assert_eq!(written.revisions.first().unwrap().revision, 1);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_the_domain_are_no_part_of_it() {
    let face = Running::begin().await;
    let mut client = Client::of(&face).await;
    let refused = client.records(vec![record("a"), record("fund-1")], Vec::new()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = client.records(vec![record("a")], vec![check("fund-1", -1)]).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let written = client.records(vec![record("a")], vec![check("a", -1)]).await;
    assert!(written.is_ok(), "nothing was written before");
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_find_the_machine_and_its_methods() {
    let face = Running::begin().await;
    let gossip = GossipClient::new(face.channel().await).read(()).await.unwrap().into_inner();
    let member = gossip.members.first().unwrap();
    let at = member.http_end_point.clone().unwrap();
    assert_eq!((member.state, member.is_alive), (8, true));
    assert_eq!((at.address, at.port), ("127.0.0.1".into(), u32::from(face.address.port())));
    let methods = ServerFeaturesClient::new(face.channel().await).get_supported_methods(()).await.unwrap().into_inner();
    assert!(methods.event_store_server_version.chars().all(|c| c.is_ascii_digit() || c == '.'));
    assert!(methods.methods.iter().all(|method| method.service_name == method.service_name.to_lowercase()));
    for (path, status, word) in [
        ("/health/live", "204", ""),
        ("/info", "200", "\"dbVersion\""),
        ("/gossip", "200", "\"Leader\""),
        ("/nowhere", "404", ""),
    ] {
        let mut connection = tokio::net::TcpStream::connect(face.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: face\r\nconnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(word), "{path}: {answer}");
    }
    face.end().await;
}
