//! The record for analysts, in three public formats. Nobody is named in any of them: people stand as offices, and what is
//! personal was never more than a digest.
//!
//! - [`cloudevents`]: CloudEvents 1.0, JSON batch.
//! - [`ocel`]: OCEL 2.0, JSON: events, and the matters, meetings, notices and objections that they are about.
//! - [`xes`]: XES (IEEE 1849-2016), XML: one trace for each matter.

mod cloudevents;
mod ocel;
mod told;
mod xes;

pub use cloudevents::cloudevents;
pub use ocel::ocel;
pub use xes::xes;
