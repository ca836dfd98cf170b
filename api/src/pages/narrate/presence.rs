//! Who takes part beside those in the room: online, by a member of the household, as a guest.

use siyi_domain::consultation::events::{GuestsAttended, MembersJoinedOnline, ProxiesAdmitted};
use siyi_domain::consultation::facts::Guests;

use super::Narrator;
use crate::pages::lang::Lang;
use crate::pages::terms::Term;

impl Narrator<'_> {
    pub(super) fn members_joined_online(&self, e: &MembersJoinedOnline) -> String {
        let (no, persons) = (e.meeting, e.persons.len());
        match self.lang {
            Lang::Zh => format!("第{no}次会议线上到会{persons}人，计入实到。"),
            Lang::En => format!("{persons} joined meeting {no} online and count as present."),
        }
    }

    pub(super) fn proxies_admitted(&self, e: &ProxiesAdmitted) -> String {
        let (no, persons) = (e.meeting, e.proxies.len());
        match self.lang {
            Lang::Zh => format!("第{no}次会议有{persons}人书面委托本户成员到会，委托书已归卷，计入实到。"),
            Lang::En => format!(
                "{persons} are present at meeting {no} by a member of their own household, with written authority on \
                 file."
            ),
        }
    }

    pub(super) fn guests_attended(&self, e: &GuestsAttended) -> String {
        let (no, who) = (e.meeting, self.guests(&e.guests));
        match self.lang {
            Lang::Zh => format!("第{no}次会议列席：{who}。列席人员不计入应到、实到，不参加表决。"),
            Lang::En => {
                format!("Guests at meeting {no}: {who}. Guests count neither as due nor as present and do not vote.")
            }
        }
    }

    /// 专家2人、驻村（社区）单位1人
    #[must_use]
    pub fn guests(&self, guests: &[Guests]) -> String {
        let told = guests.iter().map(|own| match self.lang {
            Lang::Zh => format!("{}{}人", own.role.named(self.lang), own.count),
            Lang::En => format!("{}: {}", own.role.named(self.lang), own.count),
        });
        self.lang.list(told)
    }
}
