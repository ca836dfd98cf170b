//! `siyi key`: the master key of a data folder.

use std::io::Write;

use siyi_log::keys::{Keys, MasterKey};

use super::Failure;
use crate::app::{Mode, master_key};
use crate::cli::Key;

pub(super) fn key(command: &Key) -> Result<(), Failure> {
    match command {
        Key::Create(options) => {
            MasterKey::create(&options.file).map_err(|e| format!("{}: {e}", e.code()))?;
            writeln!(std::io::stdout(), "{}: 主密钥已生成，请另行保管 keep it apart from the data", options.file.display())?;
        }
        Key::Rotate(options) => {
            let data = &options.data.data;
            let told = |e: siyi_log::keys::KeyError| format!("{}: {e}", e.code());
            let keys = Keys::open(data.join("keys"), master_key(data, Mode::Real).map_err(told)?).map_err(told)?;
            let wrapped = keys.rotate(MasterKey::from_file(&options.to).map_err(told)?).map_err(told)?;
            writeln!(std::io::stdout(), "{wrapped} 把密钥已改由新主密钥保护 keys wrapped anew")?;
        }
    }
    Ok(())
}
