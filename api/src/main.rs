//! The `siyi` binary.
fn main() {}
