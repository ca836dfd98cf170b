//! The rules of 四议两公开. Pure: no I/O, no clock, no randomness, no async.
//!
//! Start with [`consultation`]: its `decide` is the lifecycle of a matter as one table. [`procedure`] gives types to the rule
//! packs in `schemas/procedures/`; [`tally`] judges shares; [`calendar`] counts days as the law does.
//!
//! Deliberately absent: names and other personal texts (only their digests get here), storage, sign-in, languages other than
//! in the refusals' sentences.

pub mod account;
pub mod calendar;
pub mod command_enum;
pub mod consultation;
pub mod context;
mod event_enum;
pub mod fraction;
pub mod ids;
pub mod jurisdiction;
pub mod laws;
pub mod matters;
pub mod moment;
pub mod office;
pub mod personal;
pub mod procedure;
pub mod refusal;
pub mod retention;
pub mod roster;
pub mod rules;
pub mod tally;
pub mod wire;
