//! 联席会议: the units of a place sit together and set what is to be done, by whom and by when.

use jiff::civil::Date;

use super::{
    ActionItemClosed, CloseActionItem, HoldJointConference, JointConferenceHeld, Jurisdiction, JurisdictionEvent,
    check_office,
};
use crate::context::Context;
use crate::ids::{JurisdictionCode, Level, Line};
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// Most action items of one conference; the participants and topics are bounded alike.
pub const MAX_ACTION_ITEMS: usize = 8;

/// A joint conference as its events tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conference {
    /// Its number.
    pub no: u16,
    /// Its items in order, the first being number 1.
    pub items: Vec<ActionItem>,
}

/// Something that a joint conference set to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionItem {
    /// Which unit leads.
    pub lead_unit: Line,
    /// By when.
    pub due_on: Date,
    /// Whether it is done.
    pub closed: bool,
}

impl Conference {
    pub(super) fn held(e: &JointConferenceHeld) -> Self {
        let item = |item: &super::NewActionItem| ActionItem {
            lead_unit: item.lead_unit.clone(),
            due_on: item.due_on,
            closed: false,
        };
        Self { no: e.conference, items: e.items.iter().map(item).collect() }
    }

    pub(super) fn close(&mut self, no: u16) {
        if let Some(item) = usize::from(no).checked_sub(1).and_then(|index| self.items.get_mut(index)) {
            item.closed = true;
        }
    }

    fn item(&self, no: u16) -> Option<&ActionItem> {
        usize::from(no).checked_sub(1).and_then(|index| self.items.get(index))
    }
}

pub(super) fn hold(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &HoldJointConference,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    check_convenor(state, code, "holdJointConference", context)?;
    let most = command.items.len().max(command.participants.len()).max(command.topics.len());
    if command.participants.is_empty() || command.topics.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if most > MAX_ACTION_ITEMS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", most as u64)
            .with("limit", MAX_ACTION_ITEMS as u64));
    }
    if let Some(item) = command.items.iter().find(|item| item.due_on < context.day()) {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("due_on", item.due_on.to_string())
            .with("not_before", context.day().to_string()));
    }
    let held = JointConferenceHeld {
        conference: u16::try_from(state.conferences.len() + 1).unwrap_or(u16::MAX),
        participants: command.participants.clone(),
        topics: command.topics.clone(),
        items: command.items.clone(),
        paper: command.paper.clone(),
    };
    Ok(vec![held.into()])
}

pub(super) fn close_item(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &CloseActionItem,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    check_convenor(state, code, "closeActionItem", context)?;
    let conference = state.conferences.iter().find(|conference| conference.no == command.conference);
    match conference.and_then(|conference| conference.item(command.item)) {
        Some(item) if !item.closed => {
            let closed =
                ActionItemClosed { conference: command.conference, item: command.item, result: command.result.clone() };
            Ok(vec![closed.into()])
        }
        _ => Err(Refusal::from(RefusalCode::ActionItemUnknown)
            .with("conference", u64::from(command.conference))
            .with("item", u64::from(command.item))),
    }
}

/// A village's conference is convened by whom its procedure names; one of a township or county by its own officers.
fn check_convenor(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    act: &str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let Some(entry) = &state.registered else {
        return Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str()));
    };
    if entry.level == Level::Village {
        return check_office(state, code, act, context);
    }
    match context.actor.office {
        Office::TownshipOfficer | Office::CountyOfficer => Ok(()),
        _ => Err(context.not_competent().with("act", act)),
    }
}
