//! Persistent subscriptions: groups of consumers that share the events of a stream, each acknowledged by one of them.
//!
//! Each group is a task (`run.rs`) around a book of who holds what (`book.rs`). Delivery is at least once and in no
//! certain order. What a group has done is kept in streams of clients: the groups themselves in
//! `$persistentSubscriptionConfig`, and for each its checkpoint and the events that it parked.

mod book;
mod info;
mod parked;
mod registry;
mod run;
mod service;
mod settings;

pub(crate) use registry::Groups;
pub(crate) use service::PersistentOf;
