//! What another site asked for is not taken: browsers say from where a request comes, and a token says that our page was shown.

use axum::http::{HeaderMap, header};
use url::Url;

use super::SignInDoor;
use super::visitor::Visitor;

/// Header with the form's token, for what a script sends.
pub(super) const TOKEN_HEADER: &str = "x-siyi-form";
/// The form's field with its token.
pub(super) const TOKEN_FIELD: &str = "form";

/// Another site asked for this, or nobody saw the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

/// Whether our own page asks.
pub(super) fn check(door: &SignInDoor, visitor: &Visitor, headers: &HeaderMap, token: &str) -> Result<(), Forged> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(Forged);
    }
    if text(header::ORIGIN.as_str()).is_some_and(|origin| !is_ours(door, origin, text(header::HOST.as_str()))) {
        return Err(Forged);
    }
    match door.sign_in.is_form_token(visitor.bound(), token) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(Forged),
    }
}

/// The public address; or, on this machine, whichever of its own names the page was opened under.
fn is_ours(door: &SignInDoor, origin: &str, host: Option<&str>) -> bool {
    if origin == door.public.origin().ascii_serialization() {
        return true;
    }
    let here = |name: &str| matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    let theirs = Url::parse(origin).ok().filter(|theirs| theirs.scheme() == "http");
    let address = origin.split_once("://").map(|(_, address)| address);
    let served_here = door.public.scheme() == "http" && door.public.host_str().is_some_and(here);
    served_here && theirs.is_some_and(|theirs| theirs.host_str().is_some_and(here)) && address == host
}
