//! One mutation for each command.

use async_graphql::{Context, Error, ID, Object};
use siyi_log::handler::Target;

#[allow(clippy::wildcard_imports, reason = "one input for each mutation below")]
use super::inputs::*;
use super::outcome::CommandResult;
use super::reading::{Reading, RecordReadingInput};
use super::scalars::DateTime;
use super::submit::{Meta, new_id, submit};

/// All commands. Each takes an optional `commandId` (a UUID, best version 7): sent twice, it has one effect and one answer;
/// and an optional `occurredAt`: now if left out.
pub struct Mutation;

macro_rules! mutations {
    (
        raising { $($raise:ident $raise_name:literal ($raise_input:ty)),+ $(,)? }
        to_matter { $($matter:ident $matter_name:literal ($matter_input:ty)),+ $(,)? }
        to_jurisdiction { $($place:ident $place_name:literal ($place_input:ty)),+ $(,)? }
    ) => {
        #[Object]
        impl Mutation {
            /// Shows a person's data in clear to those who may see it, and records that it did: who, whose, why.
            async fn record_reading(
                &self,
                ctx: &Context<'_>,
                jurisdiction: ID,
                input: RecordReadingInput,
            ) -> Result<Reading, Error> {
                super::reading::read(ctx, &jurisdiction, input).await
            }

            /// A code with which the signed-in person signs second to another's act: good for five minutes and one command.
            async fn give_second(&self, ctx: &Context<'_>, jurisdiction: ID) -> Result<String, Error> {
                super::reading::give_second(ctx, &jurisdiction).await
            }

            $(
                #[doc = concat!("`", $raise_name, "`. The matter's id is that of the command if `consultation` is left out.")]
                async fn $raise(
                    &self,
                    ctx: &Context<'_>,
                    consultation: Option<ID>,
                    input: $raise_input,
                    command_id: Option<ID>,
                    occurred_at: Option<DateTime>,
                ) -> Result<CommandResult, Error> {
                    let command_id = command_id.unwrap_or_else(|| ID(new_id().to_string()));
                    // Sent again, the command must be addressed to the same matter: so its id is the matter's.
                    let id = super::query::consultation_id(consultation.as_ref().unwrap_or(&command_id))?;
                    let (target, command_id) = (Target::Consultation(id), Some(command_id));
                    submit(ctx, $raise_name, target, input, Meta { command_id, occurred_at }).await
                }
            )+
            $(
                #[doc = concat!("`", $matter_name, "`")]
                async fn $matter(
                    &self,
                    ctx: &Context<'_>,
                    consultation: ID,
                    input: $matter_input,
                    command_id: Option<ID>,
                    occurred_at: Option<DateTime>,
                ) -> Result<CommandResult, Error> {
                    let target = Target::Consultation(super::query::consultation_id(&consultation)?);
                    submit(ctx, $matter_name, target, input, Meta { command_id, occurred_at }).await
                }
            )+
            $(
                #[doc = concat!("`", $place_name, "`")]
                async fn $place(
                    &self,
                    ctx: &Context<'_>,
                    jurisdiction: ID,
                    input: $place_input,
                    command_id: Option<ID>,
                    occurred_at: Option<DateTime>,
                ) -> Result<CommandResult, Error> {
                    let target = Target::Jurisdiction(super::query::code(&jurisdiction)?);
                    submit(ctx, $place_name, target, input, Meta { command_id, occurred_at }).await
                }
            )+
        }
    };
}

mutations! {
    raising { raise_motion "raiseMotion" (RaiseMotionInput) }
    to_matter {
        screen_motion "screenMotion" (ScreenMotionInput),
        record_opinion "recordOpinion" (RecordOpinionInput),
        answer_opinion "answerOpinion" (AnswerOpinionInput),
        record_preferences "recordPreferences" (RecordPreferencesInput),
        close_canvass "closeCanvass" (CloseCanvassInput),
        collect_signatures "collectSignatures" (CollectSignaturesInput),
        close_signatures "closeSignatures" (CloseSignaturesInput),
        request_review "requestReview" (RequestReviewInput),
        answer_review "answerReview" (AnswerReviewInput),
        record_forum "recordForum" (RecordForumInput),
        post_plan "postPlan" (PostPlanInput),
        dismiss_motion "dismissMotion" (DismissMotionInput),
        draft_plan "draftPlan" (DraftPlanInput),
        convene_meeting "conveneMeeting" (ConveneMeetingInput),
        exclude_from_roll "excludeFromRoll" (ExcludeFromRollInput),
        check_in "checkIn" (CheckInInput),
        check_out "checkOut" (CheckOutInput),
        admit_online "admitOnline" (AdmitOnlineInput),
        admit_proxies "admitProxies" (AdmitProxiesInput),
        record_guests "recordGuests" (RecordGuestsInput),
        put_motion "putMotion" (PutMotionInput),
        amend_motion "amendMotion" (AmendMotionInput),
        record_show_of_hands "recordShowOfHands" (RecordShowOfHandsInput),
        record_roll_call "recordRollCall" (RecordRollCallInput),
        record_secret_ballot "recordSecretBallot" (RecordSecretBallotInput),
        close_meeting "closeMeeting" (CloseMeetingInput),
        return_for_revision "returnForRevision" (ReturnForRevisionInput),
        withdraw "withdraw" (WithdrawInput),
        post_notice "postNotice" (PostNoticeInput),
        raise_objection "raiseObjection" (RaiseObjectionInput),
        answer_objection "answerObjection" (AnswerObjectionInput),
        correct_notice "correctNotice" (CorrectNoticeInput),
        close_disclosure "closeDisclosure" (CloseDisclosureInput),
        report_notice_missing "reportNoticeMissing" (ReportNoticeMissingInput),
        reopen_deliberation "reopenDeliberation" (ReopenDeliberationInput),
        order_correction "orderCorrection" (OrderCorrectionInput),
        record_court_annulment "recordCourtAnnulment" (RecordCourtAnnulmentInput),
        suspend "suspend" (SuspendInput),
        resume "resume" (ResumeInput),
        report_light_matter "reportLightMatter" (ReportLightMatterInput),
        record_appraisal "recordAppraisal" (RecordAppraisalInput),
        record_owners_votes "recordOwnersVotes" (RecordOwnersVotesInput),
        close_owners_poll "closeOwnersPoll" (CloseOwnersPollInput),
        declare_interest "declareInterest" (DeclareInterestInput),
        urge_duty "urgeDuty" (UrgeDutyInput),
        close_flag "closeFlag" (CloseFlagInput),
        file_with_township "fileWithTownship" (FileWithTownshipInput),
        sign_contract "signContract" (SignContractInput),
        start_work "startWork" (StartWorkInput),
        report_progress "reportProgress" (ReportProgressInput),
        approve_variation "approveVariation" (ApproveVariationInput),
        record_payment "recordPayment" (RecordPaymentInput),
        record_acceptance "recordAcceptance" (RecordAcceptanceInput),
        complete_implementation "completeImplementation" (CompleteImplementationInput),
        archive "archive" (ArchiveInput),
    }
    to_jurisdiction {
        register_jurisdiction "registerJurisdiction" (RegisterJurisdictionInput),
        count_electorate "countElectorate" (CountElectorateInput),
        authorise_representatives "authoriseRepresentatives" (AuthoriseRepresentativesInput),
        adopt_procedure "adoptProcedure" (AdoptProcedureInput),
        adjust_procedure "adjustProcedure" (AdjustProcedureInput),
        form_scope "formScope" (FormScopeInput),
        record_routine "recordRoutine" (RecordRoutineInput),
        hold_joint_conference "holdJointConference" (HoldJointConferenceInput),
        close_action_item "closeActionItem" (CloseActionItemInput),
        close_village_flag "closeVillageFlag" (CloseVillageFlagInput),
        register_persons "registerPersons" (RegisterPersonsInput),
        declare_kinship "declareKinship" (DeclareKinshipInput),
        file_roll "fileRoll" (FileRollInput),
        file_owners_roll "fileOwnersRoll" (FileOwnersRollInput),
        appoint "appoint" (AppointInput),
        end_appointment "endAppointment" (EndAppointmentInput),
        invite_resident "inviteResident" (InviteResidentInput),
        confirm_residence "confirmResidence" (ConfirmResidenceInput),
        admit_resident "admitResident" (AdmitResidentInput),
        end_admission "endAdmission" (EndAdmissionInput),
        strike_resident "strikeResident" (StrikeResidentInput),
        readmit_resident "readmitResident" (ReadmitResidentInput),
        restrict_person "restrictPerson" (RestrictPersonInput),
        erase_person "erasePerson" (ErasePersonInput),
        dispose_file "disposeFile" (DisposeFileInput),
    }
}
