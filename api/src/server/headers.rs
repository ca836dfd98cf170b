//! Headers of every response, whichever door gives it: nothing is loaded but our own, nothing is sent elsewhere, no other site
//! shows a page inside its own or keeps a hold of its window, and no search engine keeps what leaves the board in time.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// Policy of a page without scripts and forms, and of everything that does not say another.
pub const PLAIN_POLICY: &str = "default-src 'none'; object-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; \
                                frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";
/// Policy of a page with scripts of our own from files, and forms to ourselves.
pub const SCRIPTED_POLICY: &str = "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                   connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
                                   require-trusted-types-for 'script'";
/// One year and below our name too, as ASVS 5.0 (3.4.1) asks.
const STRICT_TRANSPORT: &str = "max-age=31536000; includeSubDomains";

const ALWAYS: [(HeaderName, &str); 9] = [
    (CONTENT_SECURITY_POLICY, PLAIN_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), \
         publickey-credentials-get=(self)",
    ),
    (HeaderName::from_static("x-robots-tag"), "noindex, noarchive"),
    // What may be kept says so itself.
    (CACHE_CONTROL, "no-store"),
];

/// Adds what the door did not say itself.
pub(super) fn add(headers: &mut HeaderMap, https: bool) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
}
