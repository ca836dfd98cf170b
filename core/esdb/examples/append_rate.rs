//! How many conditional appends of one event of 400 bytes a face takes each second: `append_rate ADDRESS CLIENTS
//! SECONDS`. All clients share one connection; each writes to a stream of its own and expects its last revision.
#![expect(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use siyi_esdb::wire::{
    shared,
    streams::{AppendReq, Target, append_req, append_resp, streams_client::StreamsClient, target},
};
use std::time::{Duration, Instant};
use tonic::transport::Channel;
use uuid::Uuid;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("ADDRESS CLIENTS SECONDS");
    let (address, clients, seconds) = (next(), next(), next());
    let clients: u64 = clients.parse().expect("CLIENTS is a number");
    let until = Instant::now() + Duration::from_secs(seconds.parse().expect("SECONDS is a number"));
    let channel = Channel::from_shared(format!("http://{address}")).expect("ADDRESS is one");
    let channel = channel.tcp_nodelay(true).connect().await.expect("the face answers");
    let begun = Instant::now();
    let loads: Vec<_> = (0..clients).map(|_| tokio::spawn(load(channel.clone(), until))).collect();
    let mut took = Vec::new();
    for load in loads {
        took.extend(load.await.expect("a client ends well"));
    }
    let rate = u128::try_from(took.len()).unwrap_or(0) * 1000 / begun.elapsed().as_millis().max(1);
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1)));
    println!("{clients} clients: {rate} appends/s, p50 {:?}, p99 {:?}", at(50), at(99));
}

async fn load(channel: Channel, until: Instant) -> Vec<Duration> {
    let mut client = StreamsClient::new(channel);
    let stream = format!("rate-{}", id());
    let (mut took, mut revision) = (Vec::new(), None);
    while Instant::now() < until {
        let begun = Instant::now();
        let expected = revision.map_or(target::Expected::NoStream(()), target::Expected::Revision);
        let stream_identifier = Some(shared::StreamIdentifier { stream_name: stream.clone().into() });
        let options = append_req::Content::Options(Target { stream_identifier, expected: Some(expected) });
        let event = append_req::Content::ProposedMessage(shared::ProposedMessage {
            id: Some(shared::Uuid { value: Some(shared::uuid::Value::String(id().to_string())) }),
            metadata: [("type", "any"), ("content-type", "application/octet-stream")].map(Into::into).into(),
            custom_metadata: bytes::Bytes::new(),
            data: vec![7; 400].into(),
        });
        let messages = [options, event].map(|content| AppendReq { content: Some(content) });
        let answer = client.append(futures::stream::iter(messages)).await.expect("an append is answered");
        let Some(append_resp::Result::Success(success)) = answer.into_inner().result else { return took };
        revision = success.current_revision_option.and_then(|option| match option {
            append_resp::success::CurrentRevisionOption::CurrentRevision(revision) => Some(revision),
            append_resp::success::CurrentRevisionOption::NoStream(()) => None,
        });
        took.push(begun.elapsed());
    }
    took
}

fn id() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the machine has randomness");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
