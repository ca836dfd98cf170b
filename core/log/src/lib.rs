//! The event store port and its adapters, the command handler and the vault of personal data.
//!
//! Start reading at [`port`]: it says what every store promises. [`memory`] is the shortest adapter, [`embedded`] the
//! one that production uses by default.

pub mod canonical;
pub mod clock;
pub mod embedded;
pub mod envelope;
pub mod erasure;
mod folder;
pub mod handler;
pub mod keys;
pub mod memory;
pub mod port;
mod private_file;
pub mod records;
pub mod vault;
pub mod via;

pub use folder::create_durably;
pub use private_file::{PrivateFile, PrivateFileError, read_private};
