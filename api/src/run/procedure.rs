//! `siyi procedure`: packs checked, listed, and shown as a lawyer reads them.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use siyi_domain::rules::Rules;

use super::Failure;
use crate::cli::Procedure;

mod check;
pub mod numbers;
mod show;
mod table;

/// A file that cannot be read is told apart from a pack that is refused.
const UNREADABLE: u8 = 2;

pub(super) fn run(command: &Procedure) -> Result<ExitCode, Failure> {
    let rules = Rules::shipped()?;
    match command {
        Procedure::Check(options) => check::check(&rules, options),
        Procedure::Show(options) => show::show(&rules, options).map(|()| ExitCode::SUCCESS),
        Procedure::List => show::list(&rules).map(|()| ExitCode::SUCCESS),
    }
}

/// Writes to standard output. Whoever closes it early, as `head` does, has seen enough.
fn write_out(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
