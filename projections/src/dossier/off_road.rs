//! The part of a file about the ways off the road, and what those who watch recorded.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{
    AppraisalRecorded, ConsultationResumed, ConsultationSuspended, CorrectionOrdered, CourtAnnulled,
    DeliberationConcluded, DeliberationReopened, DutyUrged, FlagClosed, InterestDeclared, LaneChanged,
    LightMatterReported, MotionDeadlocked, NoticeFoundMissing,
};

use super::{Teller, Told};

/// What led off the road, and what those who watch recorded.
#[derive(Debug, Clone, Default)]
pub struct OffRoad {
    /// Changes of the road after a consultation.
    pub lane_changes: Vec<Told<LaneChanged>>,
    /// Motions without a majority either way.
    pub deadlocks: Vec<Told<MotionDeadlocked>>,
    /// Deliberations anew.
    pub detours: Vec<DetourFile>,
    /// Orders of correction.
    pub corrections: Vec<Told<CorrectionOrdered>>,
    /// Annulment by a court.
    pub court: Option<Told<CourtAnnulled>>,
    /// Suspensions.
    pub suspensions: Vec<SuspensionFile>,
    /// The report of a light matter to the representatives.
    pub report: Option<Told<LightMatterReported>>,
    /// The people's judgement of the outcome.
    pub appraisals: Vec<Told<AppraisalRecorded>>,
    /// Notices that somebody did not see where they should hang.
    pub missing_notices: Vec<Told<NoticeFoundMissing>>,
    /// Interests declared.
    pub interests: Vec<Told<InterestDeclared>>,
    /// Overdue acts that were urged.
    pub urgings: Vec<Told<DutyUrged>>,
    /// Flags of the matter that were closed.
    pub flags_closed: Vec<Told<FlagClosed>>,
}

/// A deliberation anew.
#[derive(Debug, Clone)]
pub struct DetourFile {
    /// The call for it.
    pub reopened: Told<DeliberationReopened>,
    /// Its outcome.
    pub concluded: Option<Told<DeliberationConcluded>>,
}

/// A suspension.
#[derive(Debug, Clone)]
pub struct SuspensionFile {
    /// Its beginning.
    pub suspended: Told<ConsultationSuspended>,
    /// Its end.
    pub resumed: Option<Told<ConsultationResumed>>,
}

impl OffRoad {
    /// The suspension that is in force.
    #[must_use]
    pub fn suspension(&self) -> Option<&SuspensionFile> {
        self.suspensions.last().filter(|file| file.resumed.is_none())
    }

    pub(super) fn add(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::LaneChanged(e) => self.lane_changes.push(teller.tell(e)),
            E::MotionDeadlocked(e) => self.deadlocks.push(teller.tell(e)),
            E::DeliberationReopened(e) => {
                self.detours.push(DetourFile { reopened: teller.tell(e), concluded: None });
            }
            E::DeliberationConcluded(e) => {
                if let Some(file) = self.detours.last_mut() {
                    file.concluded = Some(teller.tell(e));
                }
            }
            E::CorrectionOrdered(e) => self.corrections.push(teller.tell(e)),
            E::CourtAnnulled(e) => self.court = Some(teller.tell(e)),
            E::ConsultationSuspended(e) => {
                self.suspensions.push(SuspensionFile { suspended: teller.tell(e), resumed: None });
            }
            E::ConsultationResumed(e) => {
                if let Some(file) = self.suspensions.last_mut() {
                    file.resumed = Some(teller.tell(e));
                }
            }
            E::LightMatterReported(e) => self.report = Some(teller.tell(e)),
            E::AppraisalRecorded(e) => self.appraisals.push(teller.tell(e)),
            E::NoticeFoundMissing(e) => self.missing_notices.push(teller.tell(e)),
            E::InterestDeclared(e) => self.interests.push(teller.tell(e)),
            E::DutyUrged(e) => self.urgings.push(teller.tell(e)),
            E::FlagClosed(e) => self.flags_closed.push(teller.tell(e)),
            _ => {}
        }
    }
}
