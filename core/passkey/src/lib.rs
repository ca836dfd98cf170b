//! 签名: a passkey's signature over an act, and how anybody checks it: the server that takes the act, and years later whoever
//! verifies the record.
//!
//! Start reading at [`verify_act_assertion`]. [`recorded`] asks the same of an event, with what the event itself names.
//! Deliberately absent: registering passkeys, knowing whose they are, and keeping anything.

mod act;
mod cose;
mod recorded;

pub use act::{ActAssertion, ActRefusal, verify_act_assertion};
pub use cose::write as cose_key;
pub use recorded::{Signed, check_recorded};
