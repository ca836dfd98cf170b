//! Read models: what people see, computed from the log and thrown away whenever that is easier.
//!
//! Six models, one file each: [`directory`] (jurisdictions and masked names), [`docket`] (all matters, where they stand, what
//! is due), [`history`] (every event of a matter), [`board`] (what is posted, what was), [`compliance`] (what looks like a way
//! around the procedure) and [`routine`] (what a village owes once in each period). [`shelf`] keeps a model and its position in
//! one sled tree, written in one atomic batch; [`runner`] follows the log and rebuilds.
//!
//! Deliberately absent: any rule (they are the domain's) and any name in clear.

pub mod board;
pub mod compliance;
pub mod directory;
pub mod docket;
pub mod dossier;
pub mod history;
pub mod mask;
pub mod model;
pub mod models;
pub mod routine;
pub mod runner;
pub mod shelf;
