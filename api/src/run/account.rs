//! `siyi account`: what somebody does at the server's console before anybody can sign in.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Value, json};
use siyi_domain::account::Proof;
use siyi_domain::ids::{JurisdictionCode, Level, PersonId};
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::office::{Actor, Office};
use siyi_log::clock::WallClock;
use siyi_log::handler::{Outcome, Request, Target};
use siyi_log::via::{KnownBy, Signed, Via};
use siyi_sign_in::password::HashCost;
use siyi_sign_in::{Invited, Zeroizing};

use super::{Failure, open};
use crate::app::{App, Mode};
use crate::cli::{Account, CreateAdmin, CreateOperator, Data, Newcomer, SexArg};
use crate::graphql::new_id;

pub(super) async fn account(command: Account) -> Result<(), Failure> {
    match command {
        Account::CreateAdmin(options) => {
            let app = at_console(&options.newcomer.data).await?;
            closing(&app, create_admin(&app, &options)).await
        }
        Account::CreateOperator(options) => {
            let app = at_console(&options.newcomer.data).await?;
            closing(&app, create_operator(&app, &options)).await
        }
        Account::EndOperators(options) => {
            let app = at_console(&options.data).await?;
            closing(&app, end_operators(&app, &options.place)).await
        }
    }
}

/// The app with its sign-in, as whoever stands at the console opens it.
async fn at_console(options: &Data) -> Result<App, Failure> {
    if super::serve::mode_of(&options.data) != Mode::Real {
        return Err("not-a-real-store: the folder belongs to a demonstration or a trial".into());
    }
    let app = open(options, Arc::new(WallClock), Mode::Real).await?;
    let sign_in =
        siyi_sign_in::Options { public: "http://localhost/".parse()?, cost: HashCost::default(), provider: None };
    Ok(app.with_sign_in(&options.data, sign_in).await.map_err(|e| format!("{}: {e}", e.code()))?)
}

async fn closing(app: &App, done: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let done = done.await;
    app.close().await;
    done
}

/// Whoever stands at the console begins: a place without officers gets its first one, who then lets in everybody else.
async fn create_admin(app: &App, options: &CreateAdmin) -> Result<(), Failure> {
    let place = &options.newcomer.place;
    let office = match place.level() {
        Level::Township => Office::TownshipOfficer,
        Level::County | Level::Prefecture | Level::Province => Office::CountyOfficer,
        Level::Village => {
            return Err("level-mismatch: a village's offices come from its rolls; begin with its township".into());
        }
    };
    let today = app.clock.now().day();
    if app.handler.roster(place).await?.is_filled(office, today) {
        return Err(format!("office-filled: {place} has its officer, who invites the others").into());
    }
    let is_registered = app.handler.is_registered(place).await?;
    if !is_registered && options.place_name.is_none() {
        return Err("place-unknown: the place is not registered; give its name with --place-name".into());
    }
    let asked = Asked::ask(&options.newcomer)?;
    let console = Console { app, place, person: PersonId(new_id()) };
    // The register is the government's, and the office is filled below.
    if let (false, Some(name)) = (is_registered, &options.place_name) {
        let kind = if place.level() == Level::Township { options.place_kind.kind() } else { JurisdictionKind::Other };
        console.record(office, "registerJurisdiction", json!({ "name": name, "kind": kind })).await?;
    }
    let name = asked.name.clone();
    let term = json!({ "person": console.person, "office": office, "from": today });
    console.let_in(asked, options.newcomer.sex, term).await?;
    writeln!(
        std::io::stdout(),
        "{place}: 首位管理人员已设，请登录后办理 the first officer is appointed and may sign in as `{name}`"
    )?;
    Ok(())
}

/// Nobody but who stands at the console says who runs the machine; the office gives no act and no name.
async fn create_operator(app: &App, options: &CreateOperator) -> Result<(), Failure> {
    let (place, until) = (&options.newcomer.place, options.until);
    let today = app.clock.now().day();
    if place.level() == Level::Village {
        return Err("level-mismatch: who runs the machine is of a township or above".into());
    }
    if until < today {
        return Err(format!("term-ends-before-it-begins: {until} has passed").into());
    }
    if !app.handler.is_registered(place).await? {
        return Err("place-unknown: the place is not registered; begin with its first officer".into());
    }
    let asked = Asked::ask(&options.newcomer)?;
    let name = asked.name.clone();
    let console = Console { app, place, person: PersonId(new_id()) };
    let term = json!({ "person": console.person, "office": Office::Operator, "from": today, "until": until });
    console.let_in(asked, options.newcomer.sex, term).await?;
    writeln!(
        std::io::stdout(),
        "{place}: 运维人员已设，任期至{until} who runs the machine is appointed until then and may sign in as `{name}`"
    )?;
    Ok(())
}

async fn end_operators(app: &App, place: &JurisdictionCode) -> Result<(), Failure> {
    let (roster, today) = (app.handler.roster(place).await?, app.clock.now().day());
    let open = |until: Option<Date>| until.is_none_or(|last| today < last);
    let terms = roster.terms().iter().filter(|term| term.office == Office::Operator && term.from <= today);
    for person in terms.filter(|term| open(term.until)).map(|term| term.person) {
        let console = Console { app, place, person };
        let ended = json!({ "person": person, "office": Office::Operator, "on": today });
        console.record(Office::Operator, "endAppointment", ended).await?;
        writeln!(std::io::stdout(), "{place} {person}: 运维任期今日止 the office ends with this day")?;
    }
    Ok(())
}

struct Console<'a> {
    app: &'a App,
    place: &'a JurisdictionCode,
    person: PersonId,
}

impl Console<'_> {
    /// Puts the person on the place's books, opens the account and begins the term.
    async fn let_in(&self, asked: Asked, sex: SexArg, term: Value) -> Result<(), Failure> {
        let door = self.app.sign_in.as_ref().ok_or("sign-in-not-configured: there is no sign-in")?;
        let sex = match sex {
            SexArg::F => "f",
            SexArg::M => "m",
        };
        let persons = json!({ "persons": [{ "person": self.person, "name": asked.person, "sex": sex }] });
        self.record(Office::Operator, "registerPersons", persons).await?;
        let invited = Invited { place: self.place.clone(), person: self.person, proof: Proof::Console };
        let account = door.sign_in.open_at_console(invited, &asked.name, asked.password).await;
        account.map_err(|error| format!("{}: {error}", error.code()))?;
        self.record(Office::Operator, "appoint", term).await
    }

    async fn record(&self, office: Office, name: &str, input: Value) -> Result<(), Failure> {
        let request = Request {
            command_id: new_id(),
            target: Target::Jurisdiction(self.place.clone()),
            name: name.to_owned(),
            input,
            occurred_at: None,
            actor: Actor { person: self.person, office },
            correlation_id: None,
            via: Some(Via {
                known_by: KnownBy::Console,
                account: None,
                attendant: None,
                second: None,
                signed: Signed::Nobody,
            }),
        };
        match self.app.handler.handle(&request).await.map_err(|e| format!("{}: {e}", e.code()))? {
            Outcome::Recorded(_) => Ok(()),
            Outcome::Refused(refusal) => Err(format!("{}: {refusal}", refusal.code).into()),
        }
    }
}

/// What the console was asked for.
struct Asked {
    person: String,
    name: String,
    password: Zeroizing<String>,
}

impl Asked {
    fn ask(options: &Newcomer) -> Result<Self, Failure> {
        let asked = Self::read(options)?;
        // Before anything is recorded: a password that is refused afterwards would leave somebody who cannot sign in.
        siyi_sign_in::password::check(&asked.password, &[&asked.name]).map_err(|e| format!("{}: {e}", e.code()))?;
        Ok(asked)
    }

    fn read(options: &Newcomer) -> Result<Self, Failure> {
        let person = match &options.person {
            Some(person) => person.clone(),
            None => line("姓名 full name: ")?,
        };
        let name = match &options.sign_in_name {
            Some(name) => name.clone(),
            None => line("登录名 sign-in name: ")?,
        };
        if !std::io::stdin().is_terminal() {
            return Ok(Self { person, name, password: Zeroizing::new(line("")?) });
        }
        let password = Zeroizing::new(rpassword::prompt_password("口令 password: ")?);
        let again = Zeroizing::new(rpassword::prompt_password("再次输入 once more: ")?);
        if *password != *again {
            return Err("passwords-differ: the two are not the same".into());
        }
        Ok(Self { person, name, password })
    }
}

fn line(prompt: &str) -> Result<String, Failure> {
    let mut error = std::io::stderr();
    write!(error, "{prompt}")?;
    error.flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err("input-missing: standard input has ended".into());
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
