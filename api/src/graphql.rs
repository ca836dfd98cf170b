//! GraphQL.

/// The schema in SDL.
#[must_use]
pub fn sdl() -> String {
    String::new()
}
