//! The script for passkeys and the forms' style, held in the binary.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::pages::answer::short_hash;

const SCRIPT: &str = include_str!("../../static/passkey.js");
const STYLE: &str = include_str!("../../static/sign-in.css");

/// The script's address, which changes with its content.
pub(super) static SCRIPT_ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("/sign-in/passkey.js?v={}", short_hash(SCRIPT.as_bytes())));
/// The style's address, which changes with its content.
pub(super) static STYLE_ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("/sign-in/forms.css?v={}", short_hash(STYLE.as_bytes())));

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
