//! One reader's visit: the app, what was asked for, and the day on which it is asked.

use std::sync::Arc;

use jiff::civil::Date;
use siyi_access::About;
use siyi_domain::consultation::{Stage, Standing};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office};
use siyi_domain::procedure::Procedure;
use siyi_log::envelope::Envelope;
use siyi_log::via::SecondSigned;
use siyi_projections::directory::{self, JurisdictionRow};
use siyi_projections::docket::{self, DocketRow};
use siyi_projections::dossier::Dossier;
use siyi_projections::shelf::Shelf;
use tokio::runtime::Handle;

use super::ask::Ask;
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::phrases::Phrases;
use super::terms::Term;
use super::trouble::Trouble;
use crate::app::App;
use crate::gate::Caller;

/// One reader's visit.
pub struct Visit<'a> {
    /// The app.
    pub app: &'a App,
    /// What was asked for.
    pub ask: &'a Ask,
    /// Now.
    pub now: Moment,
    /// Today in China.
    pub today: Date,
}

impl<'a> Visit<'a> {
    /// A visit that begins now.
    #[must_use]
    pub fn new(app: &'a App, ask: &'a Ask) -> Self {
        let now = app.clock.now();
        Self { app, ask, now, today: now.day() }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.ask.lang
    }

    /// The phrases of the language.
    #[must_use]
    pub fn phrases(&self) -> &'static Phrases {
        Phrases::of(self.ask.lang)
    }

    /// What stands around a page.
    #[must_use]
    pub fn frame(&self, title: &str, crumbs: Vec<Crumb>) -> Frame {
        Frame::of(self, title, crumbs)
    }

    /// The docket.
    #[must_use]
    pub fn docket(&self) -> Arc<Shelf> {
        self.app.models.docket.shelf()
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> Arc<Shelf> {
        self.app.models.directory.shelf()
    }

    /// The flags.
    #[must_use]
    pub fn flags(&self) -> Arc<Shelf> {
        self.app.models.compliance.shelf()
    }

    /// The place with this code.
    ///
    /// # Errors
    /// [`Trouble::JurisdictionUnknown`].
    pub fn place(&self, code: &JurisdictionCode) -> Result<JurisdictionRow, Trouble> {
        directory::jurisdiction(&self.directory(), code)?.ok_or(Trouble::JurisdictionUnknown)
    }

    /// The place and the registered ones that it lies in, the topmost first.
    ///
    /// # Errors
    /// [`Trouble::JurisdictionUnknown`].
    pub fn lineage(&self, code: &JurisdictionCode) -> Result<Vec<JurisdictionRow>, Trouble> {
        let directory = self.directory();
        let mut lineage = vec![self.place(code)?];
        let mut above = code.parent();
        while let Some(code) = above {
            lineage.extend(directory::jurisdiction(&directory, &code)?);
            above = code.parent();
        }
        lineage.reverse();
        Ok(lineage)
    }

    /// The way from the front page to a place.
    #[must_use]
    pub fn crumbs(&self, lineage: &[JurisdictionRow]) -> Vec<Crumb> {
        let places = lineage.iter().map(|row| Crumb {
            name: row.name.clone(),
            link: self.ask.link(&format!("/j/{}", row.code)),
            is_chinese: true,
        });
        let home = Crumb { name: self.phrases().home.to_owned(), link: self.ask.link("/"), is_chinese: false };
        std::iter::once(home).chain(places).collect()
    }

    /// The matter with this public number, and its file.
    ///
    /// # Errors
    /// [`Trouble::ConsultationUnknown`].
    pub fn matter(&self, number: &str) -> Result<(DocketRow, Arc<Dossier>), Trouble> {
        let row = docket::by_number(&self.docket(), number)?.ok_or(Trouble::ConsultationUnknown)?;
        let file = self.app.dossier(&row)?;
        Ok((row, file))
    }

    /// The procedure with this id.
    #[must_use]
    pub fn procedure(&self, id: &str) -> Option<&'a Procedure> {
        self.app.rules.procedure(id)
    }

    /// The procedure as it binds, on a day, a matter that was raised under `id`.
    #[must_use]
    pub fn binding(&self, id: &str, day: Date) -> Option<&'a Procedure> {
        self.app.rules.binding(id, day)
    }

    /// The procedure as it binds a matter today, or bound it when it ended.
    #[must_use]
    pub fn procedure_of(&self, standing: &Standing) -> Option<&'a Procedure> {
        let day = match standing.stage {
            Stage::Ended(_) => standing.since.unwrap_or(self.today),
            _ => self.today,
        };
        self.binding(&standing.procedure, day)
    }

    /// Whether the reader may use a door about something. What cannot be decided is shut, and so is everything that is not
    /// public where nothing runs that could ask.
    #[must_use]
    pub fn may(&self, door: &str, about: &About) -> bool {
        let gate = &self.app.gate;
        match (&self.ask.caller, Handle::try_current()) {
            (Caller::Nobody, _) | (_, Err(_)) => gate.is_public(door),
            (caller, Ok(runtime)) => runtime.block_on(gate.may(caller, door, about)).unwrap_or(false),
        }
    }

    /// The masked name of a person.
    ///
    /// # Errors
    /// [`Trouble::ReadStore`].
    pub fn masked(&self, person: PersonId) -> Result<String, Trouble> {
        Ok(directory::masked_name(&self.directory(), person)?)
    }

    /// Who acted: the office, and the masked name of those who are public by their office. Villagers and party members who
    /// speak up are not named, so that nobody hesitates to object.
    ///
    /// # Errors
    /// [`Trouble::ReadStore`].
    pub fn acted(&self, actor: Actor, urban: bool) -> Result<String, Trouble> {
        let office = actor.office.named_in(urban, self.ask.lang);
        if matches!(actor.office, Office::Villager | Office::PartyMember | Office::Representative) {
            return Ok(office.to_owned());
        }
        let name = self.masked(actor.person)?;
        Ok(match self.ask.lang {
            Lang::Zh => format!("{office} {name}"),
            Lang::En => format!("{office}, {name}"),
        })
    }

    /// Who signed an act second, and how; none where one person did it.
    ///
    /// # Errors
    /// [`Trouble::ReadStore`].
    pub fn second(&self, envelope: &Envelope, urban: bool) -> Result<Option<String>, Trouble> {
        let Some(second) = envelope.via.as_ref().and_then(|via| via.second.as_ref()) else { return Ok(None) };
        let how = match second.signed {
            SecondSigned::Account { .. } => self.phrases().by_own_account,
            SecondSigned::Paper { .. } => self.phrases().on_paper,
        };
        Ok(Some(format!("{}{how}", self.acted(second.actor, urban)?)))
    }
}
