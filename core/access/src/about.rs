//! What a request concerns, and what stands around it.

use std::collections::BTreeSet;

use siyi_domain::ids::{ConsultationId, JurisdictionCode, PaperHash, PersonId};
use siyi_domain::office::Office;
use uuid::Uuid;

use crate::visitor::Held;

/// What a request concerns. What is not known or does not apply stays at its default; a policy that needs it then says no.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The jurisdiction. Without one only public doors, the visitor's own and the operator's open.
    pub place: Option<JurisdictionCode>,
    /// The matter, for the record.
    pub matter: Option<ConsultationId>,
    /// Who raised the objection that is answered.
    pub objector: Option<PersonId>,
    /// Who has an interest in the matter: declared, or as the contractor.
    pub interested: BTreeSet<PersonId>,
    /// Who counts at the meeting.
    pub tellers: BTreeSet<PersonId>,
    /// The supervisors who signed the paper, as the act names them.
    pub supervisors: BTreeSet<PersonId>,
    /// Whose data it is, or who is appointed, invited, excluded from a roll.
    pub subject: Option<PersonId>,
    /// The office that is given or ended.
    pub appointed_office: Option<Office>,
    /// Whether the acting person is a near relative of a member of the village committee.
    pub related_to_committee: bool,
    /// Whether the acting person is a near relative of the contractor.
    pub related_to_contractor: bool,
    /// Who signed second: by a code, which the caller has verified, or on paper.
    pub second_signer: Option<PersonId>,
    /// Whether the second person is a supervisor of the place on the day.
    pub second_holds_supervisor: bool,
    /// Whether the second person signed on paper.
    pub second_on_paper: bool,
    /// Whether the paper lies among the sheets of the place.
    pub second_sheet_kept: bool,
    /// Whether the second person, who signed on paper, has an account here.
    pub second_has_account: bool,
    /// Whether the account at stake is the visitor's own.
    pub own_account: bool,
}

impl About {
    /// About a jurisdiction and nothing more.
    #[must_use]
    pub fn place(place: JurisdictionCode) -> Self {
        Self { place: Some(place), ..Self::default() }
    }

    /// The same, had a supervisor whom the act names signed second: whether only that is missing.
    #[must_use]
    pub fn signed_by_two(&self) -> Self {
        let another = PersonId(Uuid::nil());
        Self {
            supervisors: BTreeSet::from([another]),
            second_signer: Some(another),
            second_holds_supervisor: true,
            second_on_paper: false,
            ..self.clone()
        }
    }
}

/// What stands around a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// Whether this server is a demonstration.
    pub demonstration: bool,
    /// 代为录入: the attendant, one of the visitor's own offices, who writes for the acting villager.
    pub acting_through: Option<Held>,
    /// SHA-256 of the sheet that the villager signed.
    pub sheet: Option<PaperHash>,
    /// Whether the villager for whom an attendant writes stands on this village's roll on the day.
    pub represented_on_roll: bool,
    /// Whether the visitor presented an invitation code that is open; the caller has verified it.
    pub invited: bool,
}
