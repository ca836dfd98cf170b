//! Case files: time-stamped acts that run through the same command handler as GraphQL.
//!
//! [`file`] reads them, [`aliases`] replaces the short names of people and papers, [`run`] sends the acts and compares what
//! became of them with what the file expects.

pub mod aliases;
pub mod file;
pub mod run;

pub use file::{Act, Case, CaseError, Expected};
pub use run::{Pace, Surprise, run};
