//! Taking part without being there: by instant messaging, or by a member of the same household (CE-2024 art. 27). The members'
//! assembly of the collective knows both; no assembly of villagers or residents does.

use std::collections::BTreeSet;

use super::commands::{AdmitOnline, AdmitProxies};
use super::events::{MembersJoinedOnline, ProxiesAdmitted};
use super::meeting::check_persons;
use super::{Case, Decision, MAX_PROXIES_AT_ONCE, check_entries};
use crate::ids::PersonId;
use crate::office::RollKind;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn admit_online(case: Case<'_>, at: &str, command: &AdmitOnline) -> Decision {
    let (meeting, _, form) = case.open_meeting(command.meeting, at)?;
    case.check_day(meeting)?;
    if form.online.is_none() {
        return Err(Refusal::from(RefusalCode::OnlineNotPermitted).with("form", form.id.as_str()));
    }
    case.check_nobody_left(form, command.persons.iter().copied())?;
    check_persons(&command.persons, |person| meeting.bars(person))?;
    Ok(vec![MembersJoinedOnline { meeting: meeting.no, persons: command.persons.clone() }.into()])
}

pub(super) fn admit_proxies(case: Case<'_>, at: &str, command: &AdmitProxies) -> Decision {
    let (meeting, _, form) = case.open_meeting(command.meeting, at)?;
    case.check_day(meeting)?;
    let Some(basis) = &form.household_proxy else {
        return Err(Refusal::from(RefusalCode::ProxyNotPermitted).with("form", form.id.as_str()));
    };
    check_entries(command.proxies.len(), MAX_PROXIES_AT_ONCE)?;
    let principals: Vec<PersonId> = command.proxies.iter().map(|proxy| proxy.principal).collect();
    case.check_nobody_left(form, principals.iter().copied())?;
    check_persons(&principals, |person| meeting.bars(person))?;
    let absent: BTreeSet<PersonId> = principals.into_iter().collect();
    for proxy in &command.proxies {
        let household = |person| {
            let member = case.village.roster.roll(RollKind::CollectiveMembers).iter().find(|m| m.person == person);
            member.and_then(|member| member.household.as_ref())
        };
        let same = household(proxy.principal).is_some() && household(proxy.principal) == household(proxy.holder);
        // Whoever stands for another is a capable member who is there in person, and not absent too.
        let holder_is_there = meeting.present.contains(&proxy.holder)
            && !meeting.proxies.contains_key(&proxy.holder)
            && !absent.contains(&proxy.holder);
        if !same || !holder_is_there || proxy.principal == proxy.holder {
            return Err(Refusal::from(RefusalCode::ProxyNotOfHousehold)
                .with("principal", proxy.principal.to_string())
                .with("holder", proxy.holder.to_string())
                .by(basis));
        }
    }
    let admitted =
        ProxiesAdmitted { meeting: meeting.no, proxies: command.proxies.clone(), paper: command.paper.clone() };
    Ok(vec![admitted.into()])
}
