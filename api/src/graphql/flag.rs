//! 合规预警 as a query sees them: prompts to look, with the events that show them and who has looked.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_projections::compliance::{Closing, FlagCounts, FlagRow};
use siyi_projections::{directory, docket};

use super::consultation::Consultation;
use super::enums::{FlagPattern, Severity};
use super::event::ActingPerson;
use super::jurisdiction::Jurisdiction;
use super::outcome::Figure;
use super::scalars::{Count, DateTime, Position};
use crate::app::App;

/// 预警: something in the record that looks like a way around the procedure. A prompt to look, never a verdict.
pub struct Flag(pub(super) FlagRow);

/// An event by which a flag was raised.
#[derive(SimpleObject)]
pub struct Evidence {
    /// Its id.
    pub event: ID,
    /// Its wire name with version.
    #[graphql(name = "type")]
    pub event_type: String,
    /// Its place in the log.
    pub position: Position,
}

/// 核销: who looked into a flag, and what was found.
#[derive(SimpleObject)]
pub struct FlagClosing {
    /// Who.
    pub by: ActingPerson,
    /// When.
    pub at: DateTime,
    /// What was found.
    pub reason: String,
}

#[Object]
impl Flag {
    /// How the procedure is gone around.
    async fn pattern(&self) -> FlagPattern {
        self.0.pattern.into()
    }

    /// That in Chinese.
    async fn zh(&self) -> &'static str {
        self.0.pattern.zh()
    }

    /// How grave it is.
    async fn severity(&self) -> Severity {
        self.0.severity.into()
    }

    /// That in Chinese.
    async fn severity_zh(&self) -> &'static str {
        self.0.severity.zh()
    }

    /// Where.
    async fn jurisdiction(&self, ctx: &Context<'_>) -> Result<Option<Jurisdiction>, Error> {
        Jurisdiction::find(ctx, &self.0.jurisdiction)
    }

    /// The matter; null for what is of the village as a whole.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, Error> {
        let Some(id) = self.0.matter else { return Ok(None) };
        Ok(docket::find(&ctx.data::<Arc<App>>()?.models.docket.shelf(), id)?.map(Consultation))
    }

    /// What it is about, as `closeVillageFlag` takes it.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The events that show it.
    async fn evidence(&self) -> Vec<Evidence> {
        let told = self.0.evidence.iter().map(|evidence| Evidence {
            event: ID(evidence.event.to_string()),
            event_type: evidence.event_type.clone(),
            position: Position(evidence.position.0),
        });
        told.collect()
    }

    /// The figures that led to it.
    async fn figures(&self) -> Vec<Figure> {
        let figures = self.0.figures.iter();
        figures.map(|(name, value)| Figure { name: name.clone(), value: value.clone() }).collect()
    }

    /// Masked names of the persons concerned, where it is of persons.
    async fn persons(&self, ctx: &Context<'_>) -> Result<Vec<String>, Error> {
        let shelf = ctx.data::<Arc<App>>()?.models.directory.shelf();
        Ok(self.0.persons.iter().map(|person| directory::masked_name(&shelf, *person)).collect::<Result<_, _>>()?)
    }

    /// When the log took the event that raised it first.
    async fn raised_at(&self) -> DateTime {
        DateTime(self.0.raised_at)
    }

    /// Whether nobody has closed it since the last event that bears on it.
    async fn open(&self) -> bool {
        self.0.is_open()
    }

    /// Who closed it, with the reason; null while it is open.
    async fn closed_by(&self, ctx: &Context<'_>) -> Result<Option<FlagClosing>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        self.0.closing().map(|closing| FlagClosing::told(closing, app)).transpose()
    }
}

impl FlagClosing {
    fn told(closing: &Closing, app: &App) -> Result<Self, Error> {
        let by = ActingPerson::told(closing.person, closing.office, app)?;
        Ok(Self { by, at: DateTime(closing.at), reason: closing.reason.clone() })
    }
}

/// How many flags of a pattern there are.
#[derive(SimpleObject)]
pub struct FlagCount {
    /// The pattern.
    pub pattern: FlagPattern,
    /// All that were raised.
    pub all: Count,
    /// Those that nobody has closed.
    pub open: Count,
}

impl FlagCount {
    pub(super) fn told(counts: FlagCounts) -> Vec<Self> {
        let told = counts.into_iter();
        told.map(|(pattern, count)| Self { pattern: pattern.into(), all: Count(count.all), open: Count(count.open) })
            .collect()
    }
}

pub(super) fn told(rows: Vec<FlagRow>) -> Vec<Flag> {
    rows.into_iter().map(Flag).collect()
}
