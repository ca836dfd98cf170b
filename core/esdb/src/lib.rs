//! The EventStoreDB protocol, from both sides.
//!
//! Start reading at [`serve`]: the face by which official clients of EventStoreDB and KurrentDB read and follow this
//! log, and keep streams of their own beside it. [`adapter`] is the other side: an event store on such a server, for
//! whoever outgrows one machine. [`model`] says in one file what an append, a delete and a read mean in that protocol.
//!
//! Deliberately absent: clusters, projections, scavenging, user management by clients, and writing to the domain's
//! streams past the rules of the domain.

pub mod adapter;
pub mod copy;
pub mod engine;
mod face;
pub mod guardian;
pub mod model;
pub mod names;
pub mod outside;
mod persistent;
pub mod record;
pub mod refusal;
pub mod serve;
pub use face::Open;

#[doc(hidden)]
pub mod wire;
