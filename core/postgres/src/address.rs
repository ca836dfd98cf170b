//! Where the database is, and that nobody listens on the way.

use crate::error::SharedError;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgSslMode},
};

/// Longest time for which the server works on one statement, and waits for one lock, in milliseconds.
const STATEMENT_MS: &str = "30000";
const LOCK_MS: &str = "10000";

/// How to connect. Beyond this machine by TLS only; where the address says nothing of it, with the server's name and certificate
/// checked.
pub(crate) fn options(address: &str) -> Result<PgConnectOptions, SharedError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme)) {
        return Err(SharedError::AddressMalformed { what: "it begins with postgres://".into() });
    }
    // The address may hold a password, so neither it nor what the parser says of it is repeated.
    let malformed = |_| SharedError::AddressMalformed { what: "postgres://user@host:5432/database".into() };
    let options: PgConnectOptions = address.parse().map_err(malformed)?;
    let options = protected(options)?
        .application_name("siyi")
        // Acknowledged means synced, whatever the server does for others.
        .options([("synchronous_commit", "on"), ("statement_timeout", STATEMENT_MS), ("lock_timeout", LOCK_MS)]);
    // Statements are not logged: what is bound to them is nobody's business.
    Ok(options.disable_statement_logging())
}

fn protected(options: PgConnectOptions) -> Result<PgConnectOptions, SharedError> {
    if is_local(&options) {
        return Ok(options);
    }
    match options.get_ssl_mode() {
        PgSslMode::Disable | PgSslMode::Allow => Err(SharedError::NotProtected { host: options.get_host().into() }),
        PgSslMode::Prefer => Ok(options.ssl_mode(PgSslMode::VerifyFull)),
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => Ok(options),
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(address: &str) -> Result<PgSslMode, &'static str> {
        options(address).map(|options| options.get_ssl_mode()).map_err(|error| error.code())
    }

    #[test]
    fn beyond_this_machine_only_by_tls() {
        let is = |address, expected: PgSslMode| {
            let found = mode(address).unwrap();
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{address}: {found:?}");
        };
        is("postgres://siyi@db.example/siyi", PgSslMode::VerifyFull);
        is("postgres://siyi@db.example/siyi?sslmode=prefer", PgSslMode::VerifyFull);
        is("postgres://siyi@db.example/siyi?sslmode=require", PgSslMode::Require);
        for mode_in_clear in ["disable", "allow"] {
            let address = format!("postgres://siyi@192.0.2.1/siyi?sslmode={mode_in_clear}");
            assert_eq!(mode(&address).unwrap_err(), "shared-not-protected");
        }
        is("postgres://siyi@127.0.0.1/siyi?sslmode=disable", PgSslMode::Disable);
        is("postgres://siyi@[::1]/siyi?sslmode=disable", PgSslMode::Disable);
        is("postgres://siyi@localhost/siyi", PgSslMode::Prefer);
        is("postgres:///siyi?host=/run/postgresql&sslmode=disable", PgSslMode::Disable);
    }

    #[test]
    fn a_malformed_address_is_not_repeated() {
        for address in
            ["mysql://u:geheim@h/d", "postgres://u:geheim@h:port/d", "postgres://u:geheim@h/d?sslmode=geheim"]
        {
            let error = options(address).unwrap_err();
            assert_eq!(error.code(), "shared-address-malformed");
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }
}
