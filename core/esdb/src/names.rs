//! What the name of a stream says about it.

use siyi_log::{envelope::Subject, port::StreamName};

/// The beginnings of the names that belong to the domain. Clients may not write there.
pub const DOMAIN: [&str; 8] =
    ["consultation-", "jurisdiction-", "roster-", "account-", "procedure-", "fund-", "grid-", "tlog-"];

/// The stream that clients read once at the start of a cluster; it has one event from the beginning.
pub const USERS: &str = "$users";

/// The stream whose metadata the stream `name` holds.
#[must_use]
pub fn described_by(name: &str) -> Option<&str> {
    name.strip_prefix("$$")
}

/// The stream that holds the metadata of `name`.
#[must_use]
pub fn metadata_of(name: &str) -> String {
    format!("$${name}")
}

/// Whether a stream, or the stream it describes, belongs to the domain.
#[must_use]
pub fn is_domain(name: &str) -> bool {
    let name = name.trim_start_matches('$');
    DOMAIN.iter().any(|prefix| name.starts_with(prefix))
        || StreamName::new(name).is_ok_and(|name| Subject::of(&name).is_some())
}

/// The name of a stream in the domain log; none for the streams of clients.
#[must_use]
pub fn in_log(name: &str) -> Option<StreamName> {
    if is_domain(name) { StreamName::new(name).ok() } else { None }
}
