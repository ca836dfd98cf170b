//! 到期: whose data and which files no law orders kept any more, for those who keep the rolls.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, SimpleObject};
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::retention::PersonalField;
use siyi_projections::directory;

use super::actor::coded;
use super::doors::Reader;
use super::rule::RuleCited;
use super::scalars::Date;
use super::submit::told;
use crate::app::App;
use crate::retention::overdue;

/// What has fallen due under the schedule of retention (`schemas/retention`).
#[derive(SimpleObject)]
pub struct RetentionDue {
    /// Who stands on no roll and holds no office any more: the data may be erased on request, or because its purpose is
    /// achieved.
    pub persons: Vec<PersonDue>,
    /// Files of which the period is over.
    pub files: Vec<FileDue>,
}

/// A person whose data no law orders kept any more.
#[derive(SimpleObject)]
pub struct PersonDue {
    /// Who.
    pub person: ID,
    /// The masked name.
    pub name: String,
    /// First day on which the data may be erased.
    pub since: Date,
    /// The rule that ordered it kept until then.
    pub rule: Option<RuleCited>,
}

/// A file of which the period is over.
#[derive(SimpleObject)]
pub struct FileDue {
    /// SHA-256, as events cite it.
    pub sha256: String,
    /// The class of records, as the schedule names it.
    pub class: &'static str,
    /// When it was handed in.
    pub handed_in_on: Date,
    /// The rule that ordered it kept until now.
    pub rule: Option<RuleCited>,
}

/// What has fallen due in a place; null for whoever does not keep its rolls.
pub(super) async fn due(ctx: &Context<'_>, place: &JurisdictionCode) -> Result<Option<RetentionDue>, Error> {
    let app = ctx.data::<Arc<App>>()?;
    if !Reader::of(ctx, Arc::clone(app)).may("roster", place).await {
        return Ok(None);
    }
    Ok(Some(RetentionDue { persons: persons(app, place).await?, files: files(app, place).await? }))
}

async fn persons(app: &App, place: &JurisdictionCode) -> Result<Vec<PersonDue>, Error> {
    let roster = app.handler.roster(place).await.map_err(|error| told(&error))?;
    let rule = app.rules.retention.field(PersonalField::Roll).map(|rule| RuleCited::of(&rule.basis, &app.rules));
    let (today, shelf) = (app.clock.now().day(), app.models.directory.shelf());
    let due = roster.due_for_erasure(today).map(|(person, since)| {
        let name = directory::masked_name(&shelf, person)?;
        Ok(PersonDue { person: ID(person.to_string()), name, since: Date(since), rule: rule.clone() })
    });
    due.collect()
}

async fn files(app: &App, place: &JurisdictionCode) -> Result<Vec<FileDue>, Error> {
    let over = overdue(app, place).await.map_err(|error| {
        tracing::error!(%error, code = error.code(), "the files of a place cannot be listed");
        coded(error.code(), "the files cannot be listed now")
    })?;
    let due = over.iter().map(|(file, record)| FileDue {
        sha256: file.digest.to_string(),
        class: record.class.as_str(),
        handed_in_on: Date(record.on),
        rule: app.rules.retention.of(record.class).map(|rule| RuleCited::of(&rule.basis, &app.rules)),
    });
    Ok(due.collect())
}
