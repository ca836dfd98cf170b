//! What of each event is told by somebody and what is computed, as one table.
//!
//! An event *heads* an act when it says what somebody did: its other fields are computed and come out again when the act is
//! judged anew ([`crate::replay`]). An event *follows* when nobody tells it: every field comes out. The table is expanded into a
//! match without a wildcard, so that a new event without a row does not compile.

use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::roster::RosterEvent;

/// What of an event is told and what is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It says what somebody did. The command is made again of its fields without those that are computed.
    Heads {
        /// The GraphQL name of the command.
        command: &'static str,
        /// The fields that are computed, and so are not taken over into the command but compared with what comes out.
        computed: &'static [&'static str],
    },
    /// A part of an act that another event ends: its entries are told.
    Part {
        /// The GraphQL name of the command.
        command: &'static str,
    },
    /// Computed as a whole from what went before.
    Follows,
}

/// One event of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The newest wire name.
    pub event: &'static str,
    /// What it is.
    pub role: Role,
}

macro_rules! rows {
    ($(#[$doc:meta])* $of:ident, $table:ident, $enum:ident; $($variant:ident = $wire:literal => $role:expr),+ $(,)?) => {
        $(#[$doc])*
        pub const $table: &[Row] = &[$(Row { event: $wire, role: $role }),+];

        $(#[$doc])*
        #[must_use]
        pub const fn $of(event: &$enum) -> Row {
            match event { $($enum::$variant(_) => Row { event: $wire, role: $role },)+ }
        }
    };
}

const fn heads(command: &'static str, computed: &'static [&'static str]) -> Role {
    Role::Heads { command, computed }
}

rows! {
    /// Events of a matter.
    of_matter, MATTER, ConsultationEvent;
    MotionRaised = "motion-raised.v1" => heads("raiseMotion", &["procedure", "procedure_version", "signatures"]),
    MotionScreened = "motion-screened.v2" =>
        heads("screenMotion", &["catalogue_version", "linked_owners", "works", "step"]),
    MotionDismissed = "motion-dismissed.v1" => heads("dismissMotion", &[]),
    PlanDrafted = "plan-drafted.v1" => heads("draftPlan", &["version"]),
    MeetingConvened = "meeting-convened.v1" => heads("conveneMeeting", &["meeting"]),
    RollFrozen = "roll-frozen.v1" => Role::Follows,
    MemberExcluded = "member-excluded.v1" => heads("excludeFromRoll", &[]),
    MembersCheckedIn = "members-checked-in.v1" => heads("checkIn", &[]),
    MembersCheckedOut = "members-checked-out.v1" => heads("checkOut", &[]),
    MotionPut = "motion-put.v1" => heads("putMotion", &["motion", "due", "present", "tests"]),
    MotionAmended = "motion-amended.v1" => heads("amendMotion", &["material"]),
    HandsCounted = "hands-counted.v1" => heads("recordShowOfHands", &["motion"]),
    RollCalled = "roll-called.v1" => heads("recordRollCall", &["motion"]),
    PapersCounted = "papers-counted.v1" => heads("recordSecretBallot", &["motion"]),
    DecisionMade = "decision-made.v1" => Role::Follows,
    MeetingClosed = "meeting-closed.v1" => heads("closeMeeting", &[]),
    MeetingFoundInquorate = "meeting-found-inquorate.v1" => heads("closeMeeting", &["due", "present", "quorum"]),
    StepPassed = "step-passed.v1" => Role::Follows,
    ProposalReturned = "proposal-returned.v1" => heads("returnForRevision", &["from", "version"]),
    ResolutionAdopted = "resolution-adopted.v1" => Role::Follows,
    ConsultationRejected = "consultation-rejected.v1" => Role::Follows,
    ConsultationWithdrawn = "consultation-withdrawn.v1" => heads("withdraw", &[]),
    NoticePosted = "notice-posted.v1" => heads("postNotice", &["notice", "objections_until", "removable_on"]),
    ObjectionRaised = "objection-raised.v1" => heads("raiseObjection", &["objection", "answer_due_on"]),
    ObjectionAnswered = "objection-answered.v1" => heads("answerObjection", &[]),
    NoticeCorrected = "notice-corrected.v1" => heads("correctNotice", &["objections_until", "removable_on"]),
    DisclosureClosed = "disclosure-closed.v1" => heads("closeDisclosure", &["kind"]),
    FiledWithTownship = "filed-with-township.v1" => heads("fileWithTownship", &[]),
    ContractSigned = "contract-signed.v2" => heads("signContract", &[]),
    WorkStarted = "work-started.v1" => heads("startWork", &[]),
    ProgressReported = "progress-reported.v1" => heads("reportProgress", &[]),
    VariationApproved = "variation-approved.v1" => heads("approveVariation", &["total_fen"]),
    PaymentRecorded = "payment-recorded.v1" => heads("recordPayment", &["total_fen"]),
    WorksAccepted = "works-accepted.v1" => heads("recordAcceptance", &[]),
    RectificationOrdered = "rectification-ordered.v1" => heads("recordAcceptance", &[]),
    ImplementationCompleted = "implementation-completed.v1" => heads("completeImplementation", &[]),
    ConsultationArchived = "consultation-archived.v1" => heads("archive", &[]),
    OpinionRecorded = "opinion-recorded.v1" => heads("recordOpinion", &["opinion"]),
    OpinionAnswered = "opinion-answered.v1" => heads("answerOpinion", &[]),
    PreferencesCounted = "preferences-counted.v1" => heads("recordPreferences", &[]),
    CanvassClosed = "canvass-closed.v1" => heads("closeCanvass", &["step", "opinions", "accepted"]),
    SignaturesCollected = "signatures-collected.v1" => heads("collectSignatures", &[]),
    SignaturesClosed = "signatures-closed.v1" => heads("closeSignatures", &["step", "signed"]),
    ReviewRequested = "review-requested.v1" => heads("requestReview", &["step", "answer_due_on"]),
    ReviewAnswered = "review-answered.v1" => heads("answerReview", &["step"]),
    ForumHeld = "forum-held.v1" => heads("recordForum", &["step"]),
    LaneChanged = "lane-changed.v1" => Role::Follows,
    PlanPosted = "plan-posted.v1" => heads("postPlan", &["after", "until"]),
    MembersJoinedOnline = "members-joined-online.v1" => heads("admitOnline", &[]),
    ProxiesAdmitted = "proxies-admitted.v1" => heads("admitProxies", &[]),
    GuestsAttended = "guests-attended.v1" => heads("recordGuests", &[]),
    MotionDeadlocked = "motion-deadlocked.v1" => Role::Follows,
    DeliberationReopened = "deliberation-reopened.v1" => heads("reopenDeliberation", &["steps", "signatures"]),
    DeliberationConcluded = "deliberation-concluded.v1" => Role::Follows,
    CorrectionOrdered = "correction-ordered.v1" => heads("orderCorrection", &[]),
    CourtAnnulled = "court-annulled.v1" => heads("recordCourtAnnulment", &[]),
    ConsultationSuspended = "consultation-suspended.v1" => heads("suspend", &[]),
    ConsultationResumed = "consultation-resumed.v1" => heads("resume", &[]),
    LightMatterReported = "light-matter-reported.v1" => heads("reportLightMatter", &[]),
    AppraisalRecorded = "appraisal-recorded.v1" => heads("recordAppraisal", &[]),
    NoticeFoundMissing = "notice-found-missing.v1" => heads("reportNoticeMissing", &[]),
    OwnersVoted = "owners-voted.v1" => heads("recordOwnersVotes", &[]),
    OwnersDecided = "owners-decided.v1" => heads("closeOwnersPoll", &["tests", "outcome"]),
    InterestDeclared = "interest-declared.v1" => heads("declareInterest", &[]),
    DutyUrged = "duty-urged.v1" => heads("urgeDuty", &["due_on"]),
    FlagClosed = "flag-closed.v1" => heads("closeFlag", &[]),
}

rows! {
    /// Events of a jurisdiction.
    of_jurisdiction, JURISDICTION, JurisdictionEvent;
    JurisdictionRegistered = "jurisdiction-registered.v1" => heads("registerJurisdiction", &["code", "level"]),
    ElectorateCounted = "electorate-counted.v1" => heads("countElectorate", &[]),
    RepresentativesAuthorised = "representatives-authorised.v1" => heads("authoriseRepresentatives", &[]),
    ProcedureAdopted = "procedure-adopted.v1" => heads("adoptProcedure", &["procedure_version"]),
    ProcedureAdjusted = "procedure-adjusted.v1" => heads("adjustProcedure", &[]),
    ScopeFormed = "scope-formed.v1" => heads("formScope", &[]),
    RoutineDone = "routine-done.v1" => heads("recordRoutine", &[]),
    JointConferenceHeld = "joint-conference-held.v1" => heads("holdJointConference", &["conference"]),
    ActionItemClosed = "action-item-closed.v1" => heads("closeActionItem", &[]),
    VillageFlagClosed = "village-flag-closed.v1" => heads("closeVillageFlag", &[]),
}

rows! {
    /// Events of a roster.
    of_roster, ROSTER, RosterEvent;
    PersonRegistered = "person-registered.v2" => Role::Part { command: "registerPersons" },
    KinshipDeclared = "kinship-declared.v1" => heads("declareKinship", &[]),
    RollMembersListed = "roll-members-listed.v2" => Role::Part { command: "fileRoll" },
    RollFiled = "roll-filed.v1" => heads("fileRoll", &["parts", "members", "composition"]),
    OwnersListed = "owners-listed.v1" => Role::Part { command: "fileOwnersRoll" },
    OwnersRollFiled = "owners-roll-filed.v1" => heads("fileOwnersRoll", &["parts", "units", "owners", "area_dm2"]),
    OfficeAppointed = "office-appointed.v1" => heads("appoint", &[]),
    AppointmentEnded = "appointment-ended.v1" => heads("endAppointment", &[]),
    ResidentInvited = "resident-invited.v1" => heads("inviteResident", &["expires_on"]),
    ResidenceConfirmed = "residence-confirmed.v1" => heads("confirmResidence", &[]),
    ResidentAdmitted = "resident-admitted.v2" => heads("admitResident", &[]),
    AdmissionEnded = "admission-ended.v1" => heads("endAdmission", &["rolls"]),
    ResidentStruck = "resident-struck.v1" => heads("strikeResident", &["rolls"]),
    ResidentReadmitted = "resident-readmitted.v1" => heads("readmitResident", &["rolls"]),
    PersonRestricted = "person-restricted.v1" => heads("restrictPerson", &[]),
    PersonErased = "person-erased.v1" => heads("erasePerson", &[]),
    FileDisposed = "file-disposed.v1" => heads("disposeFile", &["bases"]),
}

rows! {
    /// Events of an account.
    of_account, ACCOUNT, AccountEvent;
    AccountOpened = "account-opened.v1" => heads("openAccount", &[]),
    PersonBound = "person-bound.v1" => heads("bindPerson", &[]),
    SignInAdded = "sign-in-added.v2" => heads("addSignIn", &[]),
    SignInRemoved = "sign-in-removed.v1" => heads("removeSignIn", &[]),
    AccountClosed = "account-closed.v1" => heads("closeAccount", &[]),
    PersonalDataRead = "personal-data-read.v1" => heads("recordReading", &[]),
}

/// The whole table.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    JURISDICTION.iter().chain(ROSTER).chain(ACCOUNT).chain(MATTER)
}

/// The table in Markdown, as it stands in `schemas/verify/coverage.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# What of each event is told and what is computed\n\n\
         Written by a test of `core/verify`. What is computed comes out again when the act is judged anew and must be what is \
         stored; what is told makes the command that is judged.\n\n\
         Around each event stand, besides: who acted and in which office, which the rolls of that day must give; through which \
         account, whose persons its own stream names; and the passkey's signature over the command, which is checked with the \
         public key in `sign-in-added`.\n\n\
         | event | act | computed |\n| --- | --- | --- |\n",
    );
    for row in rows() {
        let (act, computed) = match row.role {
            Role::Heads { command, computed: [] } | Role::Part { command } => (command, "-".to_owned()),
            Role::Heads { command, computed } => (command, computed.join(", ")),
            Role::Follows => ("-", "all of it".to_owned()),
        };
        text.push_str(&format!("| `{}` | {act} | {computed} |\n", row.event));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use siyi_domain::account::AccountCommand;
    use siyi_domain::consultation::ConsultationCommand;
    use siyi_domain::jurisdiction::JurisdictionCommand;
    use siyi_domain::roster::RosterCommand;

    /// Each row names its event as it is written, and no event that is written lacks its row.
    #[test]
    fn the_table_names_every_event_that_is_written() {
        let all = [
            JurisdictionEvent::WIRE_NAMES,
            RosterEvent::WIRE_NAMES,
            AccountEvent::WIRE_NAMES,
            ConsultationEvent::WIRE_NAMES,
        ]
        .concat();
        let newest = |name: &&str| {
            let (stem, version) = name.rsplit_once(".v").unwrap();
            let of_stem = all.iter().filter_map(|other| other.strip_prefix(stem)?.strip_prefix(".v")?.parse().ok());
            of_stem.max() == version.parse::<u32>().ok()
        };
        let written: BTreeSet<&str> = all.iter().copied().filter(newest).collect();
        let listed: BTreeSet<&str> = rows().map(|row| row.event).collect();
        assert_eq!(listed, written);
        assert_eq!(rows().count(), written.len(), "an event has two rows");
    }

    /// `SIYI_BLESS=1` writes the file.
    #[test]
    fn the_published_table_is_that_of_the_code() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/verify/coverage.md");
        if std::env::var_os("SIYI_BLESS").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap_or_default() == markdown(), "run with SIYI_BLESS=1");
    }

    #[test]
    fn every_row_names_a_command_and_no_command_is_left_out() {
        let all = [JurisdictionCommand::NAMES, RosterCommand::NAMES, AccountCommand::NAMES, ConsultationCommand::NAMES]
            .concat();
        let commands: BTreeSet<&str> = all.into_iter().collect();
        let named: BTreeSet<&str> = rows()
            .filter_map(|row| match row.role {
                Role::Heads { command, .. } | Role::Part { command } => Some(command),
                Role::Follows => None,
            })
            .collect();
        assert_eq!(named, commands);
    }
}
