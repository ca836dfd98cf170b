//! `siyi procedure check FILE`: whether a pack may be loaded beside the shipped ones, and if not, why and what mends it.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};
use siyi_domain::procedure::{Procedure, ProcedureError};
use siyi_domain::rules::Rules;

use super::{UNREADABLE, write_out};
use crate::cli::CheckProcedure;
use crate::run::Failure;

pub(super) fn check(rules: &Rules, options: &CheckProcedure) -> Result<ExitCode, Failure> {
    let file = options.file.display().to_string();
    let text = match std::fs::read_to_string(&options.file) {
        Ok(text) => text,
        Err(error) => {
            let unreadable = Trouble {
                code: "file-unreadable",
                place: file.clone(),
                message: error.to_string(),
                cure: "name a file that exists, may be read, and is UTF-8",
            };
            unreadable.tell(&file, options.json)?;
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    match rules.check_procedure(&text) {
        Ok(pack) => {
            let said = if options.json { format!("{:#}", accepted(&file, &pack)) } else { line(&pack) };
            write_out(&format!("{said}\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let refused =
                Trouble { code: error.code(), place: place(&error), message: error.to_string(), cure: error.cure() };
            refused.tell(&file, options.json)?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Why a file is not taken.
struct Trouble {
    code: &'static str,
    place: String,
    message: String,
    cure: &'static str,
}

impl Trouble {
    /// For people on standard error; as a report on standard output, where a program reads it.
    fn tell(&self, file: &str, as_json: bool) -> std::io::Result<()> {
        let Self { code, place, message, cure } = self;
        if as_json {
            let report =
                json!({ "ok": false, "file": file, "code": code, "place": place, "message": message, "cure": cure });
            return write_out(&format!("{report:#}\n"));
        }
        writeln!(std::io::stderr(), "siyi: {code}: {message}\n  file   {file}\n  place  {place}\n  cure   {cure}")
    }
}

fn line(pack: &Procedure) -> String {
    let Procedure { id, version, .. } = pack;
    format!("ok {id} version {version}, in force {}", days(pack))
}

/// The days on which a pack is in force.
pub(super) fn days(pack: &Procedure) -> String {
    let until = pack.effective_until().map_or_else(String::new, |until| until.to_string());
    format!("{}..{until}", pack.effective_from())
}

fn accepted(file: &str, pack: &Procedure) -> Value {
    json!({
        "ok": true,
        "file": file,
        "id": pack.id,
        "version": pack.version,
        "effective_from": pack.effective_from().to_string(),
        "effective_until": pack.effective_until().map(|until| until.to_string()),
        "lanes": pack.lanes.iter().map(|lane| lane.lane.as_str()).collect::<Vec<_>>(),
    })
}

/// Where in the pack the trouble lies.
fn place(error: &ProcedureError) -> String {
    match error {
        // `rolls.representatives_share.of: unknown variant …`, or the line that the parser stumbled over.
        ProcedureError::Malformed(text) => {
            text.split(": ").next().unwrap_or(text).lines().next().unwrap_or("").to_owned()
        }
        ProcedureError::UnknownStep { step, .. } => step.clone(),
        ProcedureError::Cycle { road, step } => format!("road `{road}`, step `{step}`"),
        ProcedureError::UnknownSource { law, .. } => format!("basis `{law}`"),
        ProcedureError::UnknownArticle { law, article } => format!("basis `{law}` `{article}`"),
        ProcedureError::BadFraction { place, .. } | ProcedureError::LooserThanStatute { place, .. } => place.clone(),
        ProcedureError::Overlap { from, .. } => format!("effective_from, {from}"),
        ProcedureError::Incomplete(text) => text.clone(),
    }
}
