//! Verifying without trust: whether what a board says follows from the whole record, and every decision from the rules.

pub mod act;
pub mod bundle;
pub mod coverage;
pub mod derive;
pub mod difference;
pub mod finding;
pub mod hex;
pub mod law_words;
pub mod notice;
pub mod packs;
pub mod papers;
pub mod proof;
pub mod record;
pub mod replay;
pub mod schemas;
pub mod steps;
