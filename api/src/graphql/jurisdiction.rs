//! A jurisdiction as a query sees it.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_domain::ids::JurisdictionCode;
use siyi_projections::board::{self, BoardRow};
use siyi_projections::compliance;
use siyi_projections::directory::{self, JurisdictionRow};
use siyi_projections::docket::{self, StatusCounts};

use super::consultation::Consultation;
use super::enums::{JurisdictionKind, Level, NoticeKind, RollKind, Status};
use super::flag::FlagCount;
use super::local::{Adjustment, Scope};
use super::paging::{PageInfo, assumed, page_size};
use super::procedure::Procedure;
use super::retention::RetentionDue;
use super::scalars::{Count, Date, DateTime};
use crate::app::App;

/// 辖区
#[derive(Clone)]
pub struct Jurisdiction(pub(super) JurisdictionRow);

impl Jurisdiction {
    pub(super) fn find(ctx: &Context<'_>, code: &JurisdictionCode) -> Result<Option<Self>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        Ok(directory::jurisdiction(&app.models.directory.shelf(), code)?.map(Self))
    }
}

#[Object]
impl Jurisdiction {
    /// Its 12-digit code.
    pub async fn id(&self) -> ID {
        ID(self.0.code.to_string())
    }

    /// Its 12-digit code.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its level.
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// Its kind.
    async fn kind(&self) -> JurisdictionKind {
        self.0.kind.into()
    }

    /// The jurisdiction above it.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Self>, Error> {
        match self.0.code.parent() {
            Some(code) => Self::find(ctx, &code),
            None => Ok(None),
        }
    }

    /// All people, once counted.
    async fn population(&self) -> Option<u32> {
        self.0.electorate.as_ref().map(|e| e.population)
    }

    /// 十八周岁以上的村民, once counted.
    async fn adult_villagers(&self) -> Option<u32> {
        self.0.electorate.as_ref().map(|e| e.adult_villagers)
    }

    /// Households, once counted.
    async fn households(&self) -> Option<u32> {
        self.0.electorate.as_ref().map(|e| e.households)
    }

    /// Members of each roll in force.
    async fn rolls(&self) -> Vec<RollSize> {
        self.0.rolls.iter().map(|(roll, members)| RollSize { roll: (*roll).into(), members: *members }).collect()
    }

    /// The procedure that binds it today, with what it has set more strictly laid over it; null for a place above the village.
    async fn procedure(&self, ctx: &Context<'_>) -> Result<Option<Procedure>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        let today = app.clock.now().day();
        let pack = self.0.procedure(&app.rules, today);
        Ok(pack.map(|pack| Procedure::adjusted(pack, &self.0.adjustments(), today)))
    }

    /// What it has set more strictly, in the order in which it did.
    async fn adjustments(&self) -> Vec<Adjustment> {
        self.0.adjustments().into_iter().map(Into::into).collect()
    }

    /// Its groups and courtyards.
    async fn scopes(&self) -> Vec<Scope> {
        self.0.scopes.iter().map(Scope::from).collect()
    }

    /// How many matters of each status it and all below it have.
    async fn counts(&self, ctx: &Context<'_>) -> Result<Vec<StatusCount>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        Ok(told(docket::counts(&app.models.docket.shelf(), &self.0.code)?))
    }

    /// How many duties are overdue in it and all below it.
    async fn overdue_count(&self, ctx: &Context<'_>) -> Result<Count, Error> {
        let app = ctx.data::<Arc<App>>()?;
        let today = app.clock.now().day();
        let owed = docket::duties(&app.models.docket.shelf(), Some(&self.0.code), today, usize::MAX)?;
        Ok(Count(owed.len() as u64))
    }

    /// How many flags of each pattern it and all below it have; patterns without any are left out.
    async fn flag_counts(&self, ctx: &Context<'_>) -> Result<Vec<FlagCount>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        Ok(FlagCount::told(compliance::counts(&app.models.compliance.shelf(), &self.0.code)?))
    }

    /// 到期: whose data and which files no law orders kept any more; null for whoever does not keep its rolls.
    async fn retention_due(&self, ctx: &Context<'_>) -> Result<Option<RetentionDue>, Error> {
        super::retention::due(ctx, &self.0.code).await
    }

    /// 公开栏: its notices, the newest first.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn board(&self, ctx: &Context<'_>, first: Option<i32>) -> Result<Vec<BoardNotice>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        let rows = board::notices(&app.models.board.shelf(), &self.0.code, page_size(first)?)?;
        Ok(rows.into_iter().map(BoardNotice).collect())
    }
}

/// Members of a roll.
#[derive(SimpleObject)]
pub struct RollSize {
    /// Which.
    pub roll: RollKind,
    /// How many.
    pub members: u32,
}

/// How many matters have a status.
#[derive(SimpleObject)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// How many.
    pub count: Count,
}

pub(super) fn told(counts: StatusCounts) -> Vec<StatusCount> {
    let counted = docket::Status::ALL.into_iter().zip(counts);
    counted.map(|(status, count)| StatusCount { status: status.into(), count: Count(count) }).collect()
}

/// A notice on a board.
pub struct BoardNotice(BoardRow);

#[Object]
impl BoardNotice {
    /// The matter.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        Ok(docket::find(&app.models.docket.shelf(), self.0.consultation)?.map(Consultation))
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Number of the notice within the matter.
    async fn number(&self) -> u16 {
        self.0.notice
    }

    /// Which.
    async fn kind(&self) -> NoticeKind {
        self.0.kind.into()
    }

    /// The committee's own number of the paper.
    async fn notice_no(&self) -> &str {
        &self.0.notice_no
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime {
        DateTime(self.0.posted_at)
    }

    /// When it was last corrected.
    async fn corrected_at(&self) -> Option<DateTime> {
        self.0.corrected_at.map(DateTime)
    }

    /// 补录
    async fn late(&self) -> bool {
        self.0.late
    }

    /// Last day of the objection window.
    async fn objections_until(&self) -> Date {
        Date(self.0.objections_until)
    }

    /// Since when the resolution that it tells of no longer stands.
    async fn void_at(&self) -> Option<DateTime> {
        self.0.void_at.map(DateTime)
    }

    /// First day on which it may lawfully be taken down.
    async fn removable_on(&self) -> Date {
        Date(self.0.removable_on)
    }

    /// When it was taken down; null while it is posted.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }
}

/// An edge to a jurisdiction.
#[derive(SimpleObject)]
pub struct JurisdictionEdge {
    /// Cursor.
    pub cursor: String,
    /// The jurisdiction.
    pub node: Jurisdiction,
}

/// A page of jurisdictions.
#[derive(SimpleObject)]
pub struct JurisdictionConnection {
    /// Edges.
    pub edges: Vec<JurisdictionEdge>,
    /// Where it ends.
    pub page_info: PageInfo,
}
