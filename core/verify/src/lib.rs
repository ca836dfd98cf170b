//! Verifying without trust: whether what a board says follows from the whole record, and every decision from the rules.
//!
//! Start at [`verify::verify_bundle`]: a bundle (one file, [`bundle`]) goes in, a [`Report`] comes out that names the first
//! thing that is wrong. Inside it
//!
//! - [`proof`] asks whether the log that the reader knows says that it holds each event,
//! - [`derive`] reads the record ([`record`]) and judges every act anew ([`replay`]): the command is made again of the facts in
//!   its events ([`act`], by the table of [`coverage`]), the domain's own deciders judge it, and what they answer must be what
//!   is stored,
//! - [`whole_log`] reads a copy of the log, which alone shows that nothing was left out,
//! - [`packs`], [`notice`] and [`papers`] compare the procedures, what the board showed and the attachments with the record,
//! - [`steps`] prints the arithmetic.
//!
//! [`ports`] collects a bundle out of an event store; [`export`] tells the record to analysts. `web/verify.js` beside this crate
//! checks a matter in a reader's browser.
//!
//! Deliberately absent: any rule of a procedure (they live in `siyi-domain` and are run, not repeated), keeping a log, and a
//! network.

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
pub mod whole_log;

pub use report::Report;
pub use verify::{Options, verify_bundle, verify_with_log};
