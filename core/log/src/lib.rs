//! The event store port and its adapters, the command handler and the vault of personal data.
//!
//! Start reading at [`port`]: it says what every store promises. [`memory`] is the shortest adapter, [`embedded`] the
//! one that production uses by default.

pub mod canonical;
pub mod memory;
pub mod port;
