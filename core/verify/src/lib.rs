//! Verifying without trust: whether what a board says follows from the whole record, and every decision from the rules.

pub mod act;
pub mod bundle;
pub mod coverage;
pub mod derive;
pub mod difference;
pub mod export;
pub mod finding;
pub mod hex;
pub mod law_words;
pub mod notice;
pub mod packs;
pub mod papers;
pub mod ports;
pub mod proof;
pub mod record;
pub mod replay;
pub mod report;
pub mod schemas;
pub mod steps;
pub mod verify;

pub use report::Report;
pub use verify::{Options, verify_bundle};
