//! What several nodes over one log share, in PostgreSQL: the vault with the keys of persons, the secrets of sign-in, the seeds of acts
//! that are being signed, and the index of attachments.
//!
//! Start with [`Shared`], which opens a database and hands out the adapters: [`PostgresKeys`] behind the port of a key store,
//! [`PostgresVault`] behind that of the vault, [`PostgresSecrets`] behind that of the sign-in's rows, [`PostgresSeeds`] behind that
//! of the seeds, [`PostgresIndex`] behind that of the attachments' index. The promises of these ports (`tests/src/promises`) are
//! kept here as they are in a folder.
//!
//! INVARIANT: nothing that can be destroyed is kept in memory. Each call asks the database for the key together with what it opens,
//! so a key that one node destroyed opens nothing on any other from the moment that the destruction is committed.
//!
//! What is deliberately absent: an ORM, a cache of keys, and any rule. What PostgreSQL itself keeps of deleted rows (free space in its
//! files, its write-ahead log, its backups) is told in `docs/security.md`.

mod address;
mod attachments;
mod error;
mod keys;
mod migrations;
mod rotation;
mod secrets;
mod seeds;
mod shared;
mod vault;

pub use attachments::PostgresIndex;
pub use error::SharedError;
pub use keys::PostgresKeys;
pub use migrations::SCHEMA_VERSION;
pub use secrets::PostgresSecrets;
pub use seeds::PostgresSeeds;
pub use shared::{MAX_CONNECTIONS, Shared, UsedFor};
pub use vault::PostgresVault;
