//! Who may do what: one decision point over the policies in schemas/policies, and the record of what it decided.
//!
//! Start with [`DecisionPoint::decide`]. It is asked with a [`Visitor`] (who comes, with the offices held on the day), the
//! person and office acted in, a [`Door`] (what for), an [`About`] (what it concerns) and [`Circumstances`] (what stands
//! around it), and answers with a [`Decision`] that names the policies. The rules themselves are text that lawyers read
//! (`schemas/policies/README.md`); [`matrix`] is the same as a table, door by role.
//!
//! Deliberately absent: I/O but for the access log, sign-in, and the competence of an office at a stage of a matter, which
//! stands in rule packs and is judged by the domain.

mod about;
mod decision_point;
mod door;
pub mod matrix;
mod policies;
pub mod record;
mod request;
mod visitor;

pub use about::{About, Circumstances};
pub use decision_point::{Decision, DecisionPoint};
pub use door::{Door, DoorKind, doors};
pub use policies::{PolicyError, PolicyNote, SCHEMA, SHIPPED};
pub use request::covers;
pub use visitor::{Account, FRESH_SIGN_IN_SECONDS, Held, SignInMethod, Visitor};
