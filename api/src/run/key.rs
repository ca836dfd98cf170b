//! `siyi key`: the master key of a data folder.

use std::io::Write;
use std::sync::Arc;

use secrecy::ExposeSecret;
use siyi_log::clock::WallClock;
use siyi_log::keys::{FileMasterKey, Keys, KeysError, MasterKeyError};
use siyi_postgres::{Shared, SharedError, UsedFor};

use super::Failure;
use crate::app::{Mode, master_key};
use crate::cli::Key;

pub(super) async fn key(command: &Key) -> Result<(), Failure> {
    match command {
        Key::Create(options) => {
            FileMasterKey::create_file(&options.file).map_err(no_master)?;
            writeln!(
                std::io::stdout(),
                "{}: 主密钥已生成，请另行保管 keep it apart from the data",
                options.file.display()
            )?;
        }
        Key::Rotate(options) => {
            let data = &options.data.data;
            let present = master_key(data, Mode::Real).map_err(no_master)?;
            let next = Arc::new(FileMasterKey::read(&options.to).map_err(no_master)?);
            let wrapped = match &options.elsewhere.shared {
                Some(address) => {
                    let clock = Arc::new(WallClock);
                    let shared = Shared::open(address.expose_secret(), present, clock, UsedFor::Real).await;
                    let wrapped = shared.map_err(no_database)?.rotate(next).await;
                    wrapped.map_err(no_database)?
                }
                None => Keys::open(data.join("keys"), present).and_then(|keys| keys.rotate(next)).map_err(no_keys)?,
            };
            writeln!(std::io::stdout(), "{wrapped} 把密钥已改由新主密钥保护 keys wrapped anew")?;
        }
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn no_master(error: MasterKeyError) -> Failure {
    format!("{}: {error}", error.code()).into()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn no_database(error: SharedError) -> Failure {
    format!("{}: {error}", error.code()).into()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn no_keys(error: KeysError) -> Failure {
    format!("{}: {error}", error.code()).into()
}
