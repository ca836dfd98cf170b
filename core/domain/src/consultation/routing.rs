//! 受理分流: which road a matter goes, by all the kinds of matter that it touches.
//!
//! Several codes take the strictest rule of each. Codes of bodies that exclude each other are refused: what belongs to the
//! members of the collective is not decided by the villagers, and the other way round.

use std::collections::BTreeSet;

use super::{MAX_MATTERS, check_entries};
use crate::context::Context;
use crate::ids::MatterCode;
use crate::matters::{Lane, Matter, MatterBody};
use crate::procedure::{Basis, Procedure};
use crate::refusal::{Refusal, RefusalCode};

/// The rows of a matter and the road that they ask for.
pub(super) struct Route<'a> {
    pub(super) rows: Vec<Matter<'a>>,
    pub(super) lane: Lane,
}

/// The strictest road that the codes ask for, which the procedure must know.
pub(super) fn route<'a>(
    codes: &[MatterCode],
    procedure: &Procedure,
    context: &Context<'a>,
) -> Result<Route<'a>, Refusal> {
    check_entries(codes.len(), MAX_MATTERS)?;
    if codes.is_empty() {
        return Err(RefusalCode::MatterUnknown.into());
    }
    let mut rows = Vec::with_capacity(codes.len());
    for code in codes {
        let Some(row) = context.rules.matters.find(code, context.day()) else {
            return Err(Refusal::from(RefusalCode::MatterUnknown).with("matter", code.as_str()));
        };
        if row.lane == Lane::Barred {
            return Err(cited(RefusalCode::MatterBarred, &row));
        }
        rows.push(row);
    }
    check_bodies(&rows, procedure)?;
    // Owners decide beside the community, so their own lane counts only where nobody else decides.
    let lane = rows.iter().map(|row| row.lane).reduce(Lane::stricter).unwrap_or_default();
    if procedure.lane(lane).is_none() {
        let row = rows.iter().find(|row| row.lane == lane).or(rows.first());
        return Err(row.map_or_else(
            || RefusalCode::LaneNotInProcedure.into(),
            |row| cited(RefusalCode::LaneNotInProcedure, row),
        ));
    }
    Ok(Route { rows, lane })
}

fn check_bodies(rows: &[Matter<'_>], procedure: &Procedure) -> Result<(), Refusal> {
    let deciding =
        |row: &Matter<'_>| row.bodies.iter().copied().filter(|body| *body != MatterBody::Owners).collect::<Vec<_>>();
    let bodies: BTreeSet<MatterBody> = rows.iter().flat_map(deciding).collect();
    if bodies.len() > 1 {
        let names: Vec<&str> = bodies.iter().map(|body| body.as_str()).collect();
        return Err(Refusal::from(RefusalCode::BodiesExcludeEachOther).with("bodies", names.join(",")));
    }
    if let Some(row) = rows.iter().find(|row| deciding(row).iter().any(|body| !procedure.bodies.contains(body))) {
        return Err(cited(RefusalCode::LaneNotInProcedure, row));
    }
    Ok(())
}

/// The road that was asked for, if its kinds of matter let it be chosen; the strictest of them if none was.
pub(super) fn choose(
    route: &Route<'_>,
    asked: Option<Lane>,
    has_group: bool,
    is_emergency: bool,
    procedure: &Procedure,
) -> Result<Lane, Refusal> {
    let Some(asked) = asked.filter(|lane| *lane != route.lane) else { return Ok(route.lane) };
    let permitted = match asked {
        // Whoever may go a shorter road may also go the whole one; what may not be delegated still goes to the assembly there.
        Lane::Full | Lane::AssemblyOnly => {
            matches!(route.lane, Lane::Full | Lane::AssemblyOnly | Lane::Group | Lane::Light | Lane::Consultation)
        }
        Lane::Light => {
            route.rows.iter().all(|row| row.lane == Lane::Light || row.alternative_lane == Some(Lane::Light))
        }
        Lane::Group => has_group && matches!(route.lane, Lane::Full | Lane::Light),
        Lane::Emergency => is_emergency && matches!(route.lane, Lane::Full | Lane::Light),
        // Talk before a decision is always possible; it decides nothing.
        Lane::Consultation => true,
        Lane::MembersAssembly | Lane::Levy | Lane::AdminAssist | Lane::Owners | Lane::Election | Lane::Barred => false,
    };
    if permitted && procedure.lane(asked).is_some() {
        return Ok(asked);
    }
    Err(Refusal::from(RefusalCode::LaneNotPermitted).with("asked", asked.as_str()).with("lane", route.lane.as_str()))
}

fn cited(code: RefusalCode, row: &Matter<'_>) -> Refusal {
    let refusal = Refusal::from(code).with("matter", row.code.as_str());
    match row.statute {
        Some((law, article)) => {
            refusal.by(&Basis { law: law.to_owned(), article: article.to_owned(), certainty: row.certainty })
        }
        None => refusal,
    }
}
