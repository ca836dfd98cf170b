//! The style sheet and the mark, held in the binary.

use std::sync::LazyLock;

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::answer::short_hash;

const CSS: &str = include_str!("../../static/site.css");
const VERIFY: &str = include_str!("../../../core/verify/web/verify.js");
const VERIFY_PAGE: &str = include_str!("../../static/verify-page.js");
const MARK: &str = include_str!("../../static/mark.svg");

static CSS_HASH: LazyLock<String> = LazyLock::new(|| short_hash(CSS.as_bytes()));
static CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/static/site.css?v={}", *CSS_HASH));

/// The address of the style sheet, which changes with its content.
pub fn css_address() -> &'static str {
    &CSS_ADDRESS
}

static VERIFY_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let both = [VERIFY.as_bytes(), VERIFY_PAGE.as_bytes()].concat();
    format!("/static/verify-page.js?h={}", short_hash(&both))
});

/// The address of the script that checks a matter.
pub fn verify_address() -> &'static str {
    &VERIFY_ADDRESS
}

/// A file by its name.
pub async fn file(
    name: Result<Path<String>, axum::extract::rejection::PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let (body, content_type) = match name.as_ref().map(|Path(name)| name.as_str()) {
        Ok("site.css") => (CSS, "text/css; charset=utf-8"),
        Ok("verify.js") => (VERIFY, "text/javascript; charset=utf-8"),
        Ok("verify-page.js") => (VERIFY_PAGE, "text/javascript; charset=utf-8"),
        Ok("mark.svg") => (MARK, "image/svg+xml"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // An address that names the content may be kept for ever.
    let named = query.is_some_and(|query| query.strip_prefix("v=") == Some(CSS_HASH.as_str()));
    let keep = if named { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, keep)], body).into_response()
}
