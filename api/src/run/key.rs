//! `siyi key`: the master key of a data folder, and backups of what it wraps.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use siyi_log::clock::WallClock;
use siyi_log::keys::{FileMasterKey, Keys, KeysError, MasterKey, MasterKeyError, Pkcs11MasterKey};

use super::Failure;
use crate::app::{Mode, master_key};
use crate::cli::{Data, Key, KeyBackup, RotateKey, TokenKey};

/// The master key of a data folder, wherever it lies.
pub(super) fn master(data: &Data, mode: Mode) -> Result<Arc<dyn MasterKey>, Failure> {
    let found = data.token.place().and_then(|token| master_key(&data.data, mode, token));
    found.map_err(no_master)
}

pub(super) fn key(command: &Key) -> Result<(), Failure> {
    match command {
        Key::Create(options) => {
            FileMasterKey::create_file(&options.file).map_err(no_master)?;
            tell_kept_apart(&options.file.display().to_string())
        }
        Key::CreateOnToken(token) => create_on_token(token),
        Key::Rotate(options) => rotate(options),
        Key::Backup(options) => backup(options),
        Key::Restore(options) => restore(options),
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

fn rotate(options: &RotateKey) -> Result<(), Failure> {
    let data = &options.data;
    let present = match &options.from {
        Some(file) => Arc::new(FileMasterKey::read(file).map_err(no_master)?),
        None => master(data, Mode::Real)?,
    };
    let keys = Keys::open(folder(data), present).map_err(no_keys)?;
    let wrapped = keys.rotate(next(options)?).map_err(no_keys)?;
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
fn no_keys(error: KeysError) -> Failure {
    format!("{}: {error}", error.code()).into()
}
