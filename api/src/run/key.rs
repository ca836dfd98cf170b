//! `siyi key`: the master key of a data folder, and backups of what it wraps.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;
use siyi_log::clock::WallClock;
use siyi_log::keys::{FileMasterKey, Keys, KeysError, MasterKey, MasterKeyError, Pkcs11MasterKey};
use siyi_postgres::{Shared, SharedError, UsedFor};

use super::Failure;
use crate::app::{Mode, master_key};
use crate::cli::{Data, Key, KeyBackup, RotateKey, TokenKey};
use crate::elsewhere;

/// The master key of a data folder, wherever it lies, or the one that all nodes over a shared database have; a trial makes itself
/// one only where it shares nothing.
pub(super) fn master(data: &Data, mode: Mode) -> Result<Arc<dyn MasterKey>, Failure> {
    let mode = if data.elsewhere.shared.is_some() { Mode::Real } else { mode };
    let found = data.token.place().and_then(|token| master_key(&data.data, mode, token));
    found.map_err(no_master)
}

pub(super) async fn key(command: &Key) -> Result<(), Failure> {
    match command {
        Key::Create(options) => {
            FileMasterKey::create_file(&options.file).map_err(no_master)?;
            tell_kept_apart(&options.file.display().to_string())
        }
        Key::CreateOnToken(token) => create_on_token(token),
        Key::Rotate(options) => rotate(options).await,
        Key::Backup(options) => {
            lies_in_the_folder(&options.data)?;
            backup(options)
        }
        Key::Restore(options) => {
            lies_in_the_folder(&options.data)?;
            restore(options)
        }
    }
}

fn tell_kept_apart(place: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{place}: 主密钥已生成，请另行保管 keep it apart from the data")?)
}

fn create_on_token(token: &TokenKey) -> Result<(), Failure> {
    let unnamed = "token-unnamed: name the token with --pkcs11-module and --pkcs11-token";
    let place = token.place().map_err(no_master)?.ok_or(unnamed)?;
    let told = format!("{} · {}", place.token, place.key);
    Pkcs11MasterKey::create(place).map_err(no_master)?;
    tell_kept_apart(&told)
}

/// Keys in a shared database are backed up with it, by its own means.
pub(super) fn lies_in_the_folder(data: &Data) -> Result<(), Failure> {
    match data.elsewhere.shared {
        Some(_) => {
            Err("vault-elsewhere: the keys lie in the shared database, and are backed up and restored with it".into())
        }
        None => Ok(elsewhere::is_alone(&data.data).map_err(|e| format!("{}: {e}", e.code()))?),
    }
}

async fn rotate(options: &RotateKey) -> Result<(), Failure> {
    let data = &options.data;
    let present = match &options.from {
        Some(file) => Arc::new(FileMasterKey::read(file).map_err(no_master)?),
        None => master(data, Mode::Real)?,
    };
    let next = next(options)?;
    let wrapped = if let Some(address) = &data.elsewhere.shared {
        let shared = Shared::open(address.expose_secret(), present, Arc::new(WallClock), UsedFor::Real).await;
        shared.map_err(no_database)?.rotate(next).await.map_err(no_database)?
    } else {
        lies_in_the_folder(data)?;
        Keys::open(folder(data), present).and_then(|keys| keys.rotate(next)).map_err(no_keys)?
    };
    writeln!(std::io::stdout(), "{wrapped} 把密钥已改由新主密钥保护 keys wrapped anew")?;
    Ok(())
}

/// The master key to which one rotates.
fn next(options: &RotateKey) -> Result<Arc<dyn MasterKey>, Failure> {
    let on_token = TokenKey { pkcs11_key: options.to_token_key.clone(), ..options.data.token.clone() };
    match (&options.to, on_token.place().map_err(no_master)?) {
        (Some(file), _) => Ok(Arc::new(FileMasterKey::read(file).map_err(no_master)?)),
        (None, Some(place)) => Ok(Arc::new(Pkcs11MasterKey::open(place).map_err(no_master)?)),
        (None, None) => Err("token-unnamed: name the token of the new key".into()),
    }
}

fn backup(options: &KeyBackup) -> Result<(), Failure> {
    let folder = folder(&options.data);
    if !Path::new(&folder).exists() {
        return Err(format!("keys-missing: `{}` holds no keys", options.data.data.display()).into());
    }
    let keys = Keys::open(folder, master(&options.data, Mode::Real)?).map_err(no_keys)?;
    let expires = keys.export_backup(&options.file).map_err(no_keys)?;
    let (file, day) = (options.file.display(), expires.day());
    writeln!(std::io::stdout(), "{file}: 密钥备份，{day}失效 a backup of the keys, good until {expires}")?;
    Ok(())
}

fn restore(options: &KeyBackup) -> Result<(), Failure> {
    let master = master(&options.data, Mode::Real)?;
    siyi_log::create_durably(&options.data.data)?;
    let restored = Keys::restore_backup(&options.file, folder(&options.data), master, Arc::new(WallClock));
    let keys = restored.map_err(no_keys)?;
    writeln!(std::io::stdout(), "{}: 密钥已恢复 the keys are back", keys.store())?;
    Ok(())
}

fn folder(data: &Data) -> std::path::PathBuf {
    data.data.join("keys")
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
