//! Questions to the rules: packs, laws, kinds of matter, refusals.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_domain::refusal::RefusalCode;

use super::app;
use crate::graphql::enums::{Lane, MatterBody};
use crate::graphql::law::Law;
use crate::graphql::procedure::Procedure;

/// What stands in the rules.
#[derive(Default)]
pub struct Rulebook;

/// A refusal that the domain knows.
#[derive(SimpleObject)]
pub struct RefusalKind {
    /// The stable public code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// A kind of matter.
#[derive(SimpleObject)]
pub struct MatterKind {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// The road that it must go.
    pub lane: Lane,
    /// A road that is open besides, under a condition.
    pub alternative_lane: Option<Lane>,
    /// Whose decision it is.
    pub bodies: Vec<MatterBody>,
    /// Whether representatives may decide it under an authorisation.
    pub delegable: bool,
    /// Whether carrying it out means works.
    pub works: bool,
    /// The law's short id and article.
    pub statute: Option<String>,
}

#[Object]
impl Rulebook {
    /// All rule packs.
    async fn procedures(&self, ctx: &Context<'_>) -> Result<Vec<Procedure>, Error> {
        Ok(app(ctx)?.rules.procedures().map(Procedure::of).collect())
    }

    /// The rule pack with this id, for example `rural/HN/2026`.
    async fn procedure(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Procedure>, Error> {
        Ok(app(ctx)?.rules.procedure(&id).map(Procedure::of))
    }

    /// The laws and papers that numbers cite.
    async fn laws(&self, ctx: &Context<'_>) -> Result<Vec<Law>, Error> {
        Ok(app(ctx)?.rules.laws.iter().map(Law::from).collect())
    }

    /// The kinds of matter in force today.
    async fn matters(&self, ctx: &Context<'_>) -> Result<Vec<MatterKind>, Error> {
        let app = app(ctx)?;
        let rows = app.rules.matters.all(app.clock.now().day()).into_iter();
        Ok(rows
            .map(|row| MatterKind {
                code: row.code.to_string(),
                name: row.name.to_owned(),
                name_en: row.name_en.to_owned(),
                lane: row.lane.into(),
                alternative_lane: row.alternative_lane.map(Into::into),
                bodies: row.bodies.iter().map(|body| (*body).into()).collect(),
                delegable: row.delegable,
                works: row.works,
                statute: row.statute.map(|(law, article)| format!("{law} {article}")),
            })
            .collect())
    }

    /// Every refusal that the domain knows.
    async fn refusals(&self) -> Vec<RefusalKind> {
        let all = RefusalCode::ALL.iter();
        all.map(|code| RefusalKind { code: code.as_str(), zh: code.zh(), en: code.en() }).collect()
    }
}
