//! Writes an example of a public log: `cargo run -p siyi-transparency --example export_log -- FOLDER`.

mod village;

use std::{env, error::Error, path::PathBuf};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("name the folder to write to")?;
    village::write(&folder, "五四村").await?;
    println!("{}", folder.join("log").display());
    Ok(())
}
