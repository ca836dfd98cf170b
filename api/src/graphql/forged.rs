//! What another site could make a browser send is refused before it is read (OWASP ASVS 5.0, 3.5: cross-site request forgery).
//!
//! A form, a plain text, an image and a script of another site can reach this address with the reader's cookie. None of them
//! can set a header of our own without asking first, and browsers say from where a request comes.

use axum::http::{HeaderMap, StatusCode, header};

/// Header that every request to GraphQL carries, with any value: no form and no image can send it.
pub const REQUEST_HEADER: &str = "x-siyi-request";

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forged {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

const MEDIA_TYPE: Forged = Forged {
    status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    code: "unsupported-media-type",
    message: "send application/json",
};
const NO_HEADER: Forged = Forged {
    status: StatusCode::FORBIDDEN,
    code: "request-header-missing",
    message: "send the header x-siyi-request, so that no other site can send this for you",
};
const OTHER_SITE: Forged =
    Forged { status: StatusCode::FORBIDDEN, code: "other-site", message: "another site asked for this" };

/// A request by POST must be our own page's, or a program's.
pub(super) fn check(headers: &HeaderMap, https: bool) -> Result<(), Forged> {
    if !is_json(headers) {
        return Err(MEDIA_TYPE);
    }
    if !headers.contains_key(REQUEST_HEADER) {
        return Err(NO_HEADER);
    }
    check_origin(headers, https)
}

/// A file must be our own page's to send, or a program's; its own media type is looked at elsewhere.
pub(crate) fn check_file(headers: &HeaderMap, https: bool) -> Result<(), Forged> {
    if headers.contains_key(REQUEST_HEADER) { check_origin(headers, https) } else { Err(NO_HEADER) }
}

/// What is asked must be asked from here: by our own page, or by a program that names no page. Where we are reached by TLS, a
/// page of our own name that came in clear is none of ours.
pub(super) fn check_origin(headers: &HeaderMap, https: bool) -> Result<(), Forged> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(OTHER_SITE);
    }
    let Some(origin) = text("origin") else { return Ok(()) };
    let ours = origin.split_once("://").filter(|(scheme, _)| !https || *scheme == "https").map(|(_, host)| host);
    if ours.is_some() && ours == text(header::HOST.as_str()) { Ok(()) } else { Err(OTHER_SITE) }
}

/// `application/json`, at most with the one character set that JSON has; said once.
fn is_json(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (said.next().and_then(|value| value.to_str().ok()), said.next()) else { return false };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let parameters = parameters.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (parameters.is_empty() || parameters.eq_ignore_ascii_case("charset=utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: Option<&'static str>, site: Option<&'static str>) -> Result<(), Forged> {
        let mut headers = HeaderMap::new();
        headers.insert("host", "siyi.example".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        if let Some(site) = site {
            headers.insert("sec-fetch-site", site.parse().unwrap());
        }
        check_origin(&headers, false)
    }

    #[test]
    fn a_subscription_is_begun_from_here_or_by_a_program() {
        assert_eq!(from(None, None), Ok(()));
        assert_eq!(from(Some("https://siyi.example"), Some("same-origin")), Ok(()));
        assert_eq!(from(Some("https://evil.example"), None), Err(OTHER_SITE));
        assert_eq!(from(Some("null"), None), Err(OTHER_SITE));
        assert_eq!(from(None, Some("cross-site")), Err(OTHER_SITE));
    }
}
