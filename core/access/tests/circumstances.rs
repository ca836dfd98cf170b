//! What circumstances forbid, one by one: each door opens without the circumstance and is shut with it, by the policy named.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code beside the test functions")]

#[path = "circumstances/asking.rs"]
mod asking;
#[path = "circumstances/attendants.rs"]
mod attendants;
#[path = "circumstances/offices.rs"]
mod offices;
#[path = "circumstances/persons_and_accounts.rs"]
mod persons_and_accounts;
#[path = "circumstances/standing_back.rs"]
mod standing_back;
