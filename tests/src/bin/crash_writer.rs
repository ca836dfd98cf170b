//! Acts on a data folder until it is killed: `crash_writer FOLDER SEED EPOCH`. See `siyi_tests::crash`.

use std::path::Path;
use std::process::ExitCode;

use siyi_tests::crash::{Broken, Outcome, writer};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match act(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("crash_writer: {broken}");
            ExitCode::FAILURE
        }
    }
}

async fn act(arguments: &[String]) -> Outcome<()> {
    let [folder, seed, epoch] = arguments else {
        return Err(Broken::Wrong("crash_writer FOLDER SEED EPOCH".into()));
    };
    writer::run(Path::new(folder), seed.parse()?, epoch.parse()?).await
}
