//! The signature that an event holds, checked with what the event itself names.

use siyi_log::via::Assertion;
use url::Url;

use crate::act::{ActAssertion, ActRefusal, verify_act_assertion};

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The address of the page on which it was made, as the browser told it.
    pub origin: String,
}

/// Checks the signature in the envelope of an event over that event's act, of which this is the challenge
/// ([`siyi_log::handler::ToSign`]).
///
/// The key is the one that the event names: that it is the account's, the account's own stream says. The server is the one
/// that the browser named, which is held against the authenticator's word; whether it is the right one, a reader sees.
///
/// # Errors
/// [`ActRefusal`] names the first thing that does not hold.
pub fn check_recorded(challenge: &[u8; 32], stored: &Assertion) -> Result<Signed, ActRefusal> {
    let assertion = ActAssertion::try_from(stored)?;
    let origin = assertion.client_data()?.origin;
    let key = assertion.public_key_cose.clone();
    let named = Url::parse(&origin).ok().and_then(|url| url.domain().map(str::to_owned));
    let mut server = named.as_deref().ok_or(ActRefusal::OtherOrigin)?;
    // A passkey belongs to the host or to a domain above it (WebAuthn Level 3, section 5.1.3).
    loop {
        match verify_act_assertion(&key, server, &origin, challenge, &assertion) {
            Ok(()) => return Ok(Signed { origin }),
            Err(ActRefusal::OtherServer) => {
                server = server.split_once('.').map(|(_, above)| above).ok_or(ActRefusal::OtherServer)?;
            }
            Err(refusal) => return Err(refusal),
        }
    }
}
