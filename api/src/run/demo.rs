//! `siyi demo`: composed cases in a store of their own, at the cases' own time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use serde_json::json;
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office};
use siyi_log::clock::{Clock, SetClock};
use siyi_log::envelope::Recorded;
use siyi_log::handler::{Outcome, Request, Target};
use siyi_log::port::{AllFrom, Direction};
use siyi_projections::docket::{self, Filter};
use uuid::Uuid;

use super::{Failure, bar, open};
use crate::app::{App, Mode};
use crate::case::file::Texts;
use crate::case::{Case, Pace, aliases};
use crate::cli::{Data, Serve, TokenKey};
use crate::elsewhere::Elsewhere;
use crate::public_log::LogOptions;
use crate::run::serve::announce;
use crate::server;

/// Marks a folder as a demonstration's: `siyi serve` does not touch it, `siyi demo` touches no other.
const MARKER: &str = "siyi-demo";
/// Where the clock stands when the demonstration begins to serve.
const STANDS_AT: &str = "2026-08-05T10:00:00+08:00";
/// When the register is entered.
const REGISTER_AT: &str = "2026-01-04T09:00:00+08:00";
/// Jurisdictions registered at the same time.
const AT_ONCE: usize = 64;
/// The seed of the register's command ids.
const REGISTER_SEED: Uuid = Uuid::from_u128(0x5171_0000_0000_4000_8000_0000_0000_0001);

/// The register that ships: Xinyang's counties, townships, villages and communities.
const REGISTER: &str = include_str!("../../../schemas/register/xinyang-2023.csv");

/// Case files within the binary.
struct Shipped;

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        const SHIPPED: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../schemas/cases/", $name)))),+];
    };
}

shipped! {
    "柳沟村.json",
    "桂苑社区.json",
    "R2-village.json",
    "R3-village.json",
    "R4-village.json",
    "R5-village.json",
    "R6-village.json",
    "R7-village.json",
    "R8-village.json",
    "C1-C2-道路硬化.toml",
    "C2-归档.toml",
    "C3-电子屏.toml",
    "C4-人数不足.toml",
    "C5-坑塘发包.toml",
    "C6-提灌站.toml",
    "C7-充电棚.toml",
    "C8-重点帮扶.toml",
    "C12-村规民约.toml",
    "R2-候车亭.toml",
    "R3-疏通下水.toml",
    "R4-主干道.toml",
    "R5-通户路.toml",
    "R6-小红花票决.toml",
    "R7-村级网站.toml",
    "R8-先干后补.toml",
    "R11-加装电梯.toml",
    "L1-决议未公开.toml",
    "L2-异议未答复.toml",
}

impl Texts for Shipped {
    fn text(&self, path: &Path) -> Result<String, String> {
        let name = path.to_str().unwrap_or_default();
        let found = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| format!("`{name}` does not ship with the program"))
    }
}

/// Sets a fresh clock to the first act of the cases and of what they build on.
pub(super) fn turn_back_to_first(clock: &Arc<SetClock>, cases: &[Case]) {
    let first = cases.iter().filter_map(Case::begins_at).min();
    if let Some(first) = first {
        clock.turn_to(first);
    }
}

/// Whether a folder belongs to a demonstration.
pub(super) fn is_demo(data: &Path) -> bool {
    data.join(MARKER).exists()
}

pub(super) async fn demo(options: Serve) -> Result<(), Failure> {
    let data = options.data.unwrap_or_else(|| PathBuf::from("siyi-demo-data"));
    if data.join("log").exists() && !is_demo(&data) {
        return Err("not-a-demo-store: the folder holds a real store; name another with --data".into());
    }
    let listener = server::listen(options.listen).await?;
    siyi_log::create_durably(&data)?;
    std::fs::write(data.join(MARKER), "composed data, recorded by a set clock\n")?;
    let clock = Arc::new(SetClock::default());
    let place = Data { data: data.clone(), token: TokenKey::default(), elsewhere: Elsewhere::default() };
    let app = open(&place, Arc::<SetClock>::clone(&clock) as Arc<dyn Clock>, Mode::Demo).await?;
    let public_log = LogOptions { origin: "demo.invalid/siyi".to_owned(), ..LogOptions::default() };
    let public = format!("http://localhost:{}/", listener.local_addr()?.port()).parse()?;
    let app = app.at(public).with_public_log(&data, &public_log).await.map_err(|e| format!("{}: {e}", e.code()))?;
    let app = Arc::new(app);
    import(&app, &clock).await?;
    clock.advance_to(STANDS_AT.parse()?);
    app.models.caught_up().await;
    if let Some(head) = app.store.head().await? {
        app.models.wait_for(head, std::time::Duration::from_secs(60)).await;
    }
    let address = announce(&app, &data, &listener, "http")?;
    print_places(&app, address)?;
    server::serve(&app, listener, server::told_to_end()).await?;
    Ok(())
}

/// Brings cases and register into the store; what is there already is not touched.
///
/// Cases of earlier years come first, at their own time: a clock that had been at the register would record them as afterwards.
async fn import(app: &App, clock: &Arc<SetClock>) -> Result<(), Failure> {
    let names = SHIPPED.iter().map(|(name, _)| Path::new(*name));
    let cases = names.map(|name| Case::read(name, &Shipped)).collect::<Result<Vec<_>, _>>()?;
    let newest = app.store.read_all(AllFrom::End, Direction::Backwards, 1).await?;
    match newest.first().map(Recorded::read).transpose()?.flatten() {
        Some(last) => clock.turn_to(last.envelope.recorded_at),
        None => turn_back_to_first(clock, &cases),
    }
    let register_at: Moment = REGISTER_AT.parse()?;
    let (earlier, later): (Vec<Case>, Vec<Case>) = cases
        .into_iter()
        .partition(|case| case.acts.iter().all(|(_, act)| act.recorded_at.unwrap_or(act.at) < register_at));
    run_cases(app, clock, &earlier).await?;
    clock.advance_to(register_at);
    register(app).await?;
    run_cases(app, clock, &later).await
}

async fn run_cases(app: &App, clock: &Arc<SetClock>, cases: &[Case]) -> Result<(), Failure> {
    let bar = bar(0, "案例 acts");
    let pace = Pace::Case(Arc::clone(clock));
    let ran = crate::case::run(&app.handler, cases, &pace, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    ran?;
    Ok(())
}

async fn register(app: &App) -> Result<(), Failure> {
    let rows: Vec<&str> = REGISTER.lines().skip(1).filter(|line| !line.is_empty()).collect();
    let bar = bar(rows.len() as u64, "辖区 register");
    let requests = rows.into_iter().map(registration).collect::<Result<Vec<_>, _>>()?;
    let mut answers = futures::stream::iter(requests)
        .map(|request| async move { app.handler.handle(&request).await })
        .buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        if let Outcome::Refused(refusal) = answer? {
            return Err(format!("the register was refused: {refusal}").into());
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// A row `code,level,kind,name` as a command. A demonstration has nobody to enter it, so a township officer nobody knows does.
fn registration(row: &str) -> Result<Request, Failure> {
    let fields: Vec<&str> = row.split(',').collect();
    let [code, _level, kind, name] = fields.as_slice() else {
        return Err(format!("register-malformed: `{row}`").into());
    };
    let code: JurisdictionCode = code.parse()?;
    let at: Moment = REGISTER_AT.parse()?;
    Ok(Request {
        command_id: aliases::command_id(REGISTER_SEED, at.millisecond(), code.as_str()),
        target: Target::Jurisdiction(code),
        name: "registerJurisdiction".to_owned(),
        input: json!({ "name": name, "kind": kind_of(kind) }),
        occurred_at: Some(at),
        actor: Actor { person: PersonId(REGISTER_SEED), office: Office::TownshipOfficer },
        correlation_id: Some(aliases::correlation_id(REGISTER_SEED)),
        via: None,
    })
}

/// The register tells counties from districts; here both are units of another kind.
fn kind_of(kind: &str) -> &str {
    match kind {
        "village" | "community" | "town" | "township" | "subdistrict" => kind,
        _ => "other",
    }
}

fn print_places(app: &App, address: std::net::SocketAddr) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "演示数据：均为编写，时钟拨至 {}", app.clock.now().china_clock())?;
    let rows = docket::page(&app.models.docket.shelf(), &Filter::default(), None, 100)?;
    let mut villages: Vec<&JurisdictionCode> = rows.iter().map(|row| &row.jurisdiction).collect();
    villages.dedup();
    for village in villages {
        writeln!(out, "  公开栏 board  http://{address}/j/{village}")?;
    }
    for row in &rows {
        writeln!(out, "  事项 matter   http://{address}/c/{}  {}", row.number, row.title)?;
    }
    out.flush()?;
    Ok(())
}
