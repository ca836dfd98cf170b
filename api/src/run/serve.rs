//! `siyi serve`.

use crate::cli::Serve;
use crate::run::Failure;

pub(super) async fn serve(_options: Serve) -> Result<(), Failure> {
    Err("not yet".into())
}
