//! The public pages (being written).

/// Routes of the pages.
pub fn router() -> axum::Router<std::sync::Arc<crate::app::App>> {
    axum::Router::new()
}
