//! The face: the services by which clients of EventStoreDB read, follow and append.
//!
//! Every answer that lasts is pulled by the connection's flow control and reads the log page by page, also once it is
//! live. So a client that does not read costs one page of memory and nothing else, and can never miss an event.

mod append;
mod batch;
mod call;
mod codec;
mod connection;
mod convert;
mod discover;
mod filter;
mod follow;
mod http;
mod read;
mod several;
mod slots;
mod status;
mod streams;
mod told;

pub(crate) use call::Face;
pub(crate) use connection::connections;
pub(crate) use convert::{UuidAs, own_uuid, stream_name, uuid};
pub(crate) use discover::{Features, GossipOf};
pub(crate) use filter::Filter;
pub(crate) use http::routes;
pub(crate) use several::SeveralOf;
pub(crate) use slots::{Kind, Slots};
pub(crate) use status::{exception, failure, invalid};
pub(crate) use streams::StreamsOf;

pub use codec::InFrames;
pub use slots::Open;
pub use told::RecordedEvent;
