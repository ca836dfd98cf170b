//! What clients ask first: which methods there are, and which machines.

use super::{call::Face, convert::UuidAs};
use crate::wire::{
    features::{SupportedMethod, SupportedMethods, server_features_server::ServerFeatures},
    gossip::{ClusterInfo, EndPoint, MemberInfo, gossip_server::Gossip},
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// The version of the server whose protocol this is. Clients turn features on by it, and read digits and dots only.
pub(crate) const VERSION: &str = "26.1.0";

/// The state of a machine that takes writes.
const LEADER: i32 = 8;

/// This is the only machine, so its id need not tell it from others.
const MACHINE: Uuid = Uuid::from_u128(0x5349_5949_4553_8442_8000_0000_0000_0001);

pub(crate) struct Features;

#[tonic::async_trait]
impl ServerFeatures for Features {
    async fn get_supported_methods(&self, _: Request<()>) -> Result<Response<SupportedMethods>, Status> {
        const STREAMS: &str = "event_store.client.streams.streams";
        const PERSISTENT: &str = "event_store.client.persistent_subscriptions.persistentsubscriptions";
        const SEVERAL: &str = "kurrentdb.protocol.v2.streams.streamsservice";
        let method = |service: &str, name: &str, features: &[&str]| SupportedMethod {
            method_name: name.into(),
            service_name: service.into(),
            features: features.iter().map(|feature| (*feature).into()).collect(),
        };
        let mut methods = vec![
            method(STREAMS, "read", &["position", "events"]),
            method(STREAMS, "append", &[]),
            method(STREAMS, "batchappend", &["deadline_duration"]),
            method(STREAMS, "delete", &[]),
            method(STREAMS, "tombstone", &[]),
            method("event_store.client.gossip.gossip", "read", &[]),
            method("event_store.client.server_features.serverfeatures", "getsupportedmethods", &[]),
            method(SEVERAL, "appendsession", &[]),
            method(SEVERAL, "appendrecords", &[]),
        ];
        let persistent = ["create", "update", "delete", "read", "getinfo", "replayparked", "list", "restartsubsystem"];
        methods.extend(persistent.map(|name| method(PERSISTENT, name, &["stream", "all"])));
        Ok(Response::new(SupportedMethods { methods, event_store_server_version: VERSION.into() }))
    }
}

pub(crate) struct GossipOf(pub(crate) Face);

#[tonic::async_trait]
impl Gossip for GossipOf {
    async fn read(&self, _: Request<()>) -> Result<Response<ClusterInfo>, Status> {
        let advertised = self.0.advertised;
        let member = MemberInfo {
            instance_id: Some(UuidAs::Structured.write(MACHINE)),
            time_stamp: i64::try_from(self.0.engine.now()).unwrap_or(i64::MAX),
            state: LEADER,
            is_alive: !self.0.stop.is_cancelled(),
            http_end_point: Some(EndPoint { address: advertised.ip().to_string(), port: advertised.port().into() }),
        };
        Ok(Response::new(ClusterInfo { members: vec![member] }))
    }
}
