//! What people ask for in a matter. Personal texts are sealed before they get here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::facts::{
    Amendment, ContractTerms, ExclusionCause, Initiator, MotionSource, NoticeKind, ObjectionAbout, Paper, PayeeKind,
    Plan, Remedy, ReturnReason, Tellers, Verdict, Vote,
};
use crate::ids::{Fen, JurisdictionCode, Line, MatterCode, PaperHash, Paragraph, PersonId, Sealed};
use crate::moment::Moment;
use crate::procedure::BallotForm;
use crate::tally::Counts;

/// Where and how an input differs from its command's shape.
pub type MisshapenInput = serde_path_to_error::Error<serde_json::Error>;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $graphql:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

            impl From<$name> for ConsultationCommand {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }
        )+

        /// Commands to a matter.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ConsultationCommand { $(#[doc = $graphql] $name($name),)+ }

        impl ConsultationCommand {
            /// The GraphQL names of all commands to a matter.
            pub const NAMES: &'static [&'static str] = &[$($graphql),+];

            /// The command's GraphQL name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $graphql,)+ }
            }

            /// Reads a command's input by its GraphQL name; `None` if the name is not of a matter.
            ///
            /// # Errors
            /// The parser's error, with its path, if the input does not fit.
            pub fn from_input(name: &str, input: serde_json::Value) -> Option<Result<Self, MisshapenInput>> {
                match name {
                    $($graphql => Some(serde_path_to_error::deserialize(input).map(Self::$name)),)+
                    _ => None,
                }
            }
        }
    };
}

commands! {
    /// 提出动议
    RaiseMotion = "raiseMotion" {
        /// Where.
        jurisdiction: JurisdictionCode,
        /// Title.
        title: Line,
        /// The kinds of matter it touches, at most [`super::MAX_MATTERS`].
        matters: Vec<MatterCode>,
        /// 动议事由
        source: MotionSource,
        /// Who raises it.
        initiator: Initiator,
        /// What it is about.
        summary: Paragraph,
    }
    /// 受理
    ScreenMotion = "screenMotion" {
        /// The kinds of matter as screened; those of the motion if left out.
        matters: Option<Vec<MatterCode>>,
    }
    /// 不予受理
    DismissMotion = "dismissMotion" {
        /// The answer to the initiator.
        answer: Paragraph,
    }
    /// 形成或修改方案
    DraftPlan = "draftPlan" {
        /// The plan.
        plan: Plan,
    }
    /// 召集会议
    ConveneMeeting = "conveneMeeting" {
        /// The step.
        step: String,
        /// The form.
        form: String,
        /// When.
        held_at: Moment,
        /// Where.
        place: Line,
        /// Agenda.
        agenda: Vec<Line>,
        /// Who chairs.
        chair: PersonId,
        /// When the plan was delivered to those due.
        plan_delivered_on: Option<Date>,
        /// 特殊情况: why the notice is shorter than ordered.
        special_circumstances: Option<Line>,
    }
    /// 不计入应到
    ExcludeFromRoll = "excludeFromRoll" {
        /// The meeting.
        meeting: u16,
        /// Who.
        person: PersonId,
        /// Why.
        cause: ExclusionCause,
        /// Who approved it.
        approver: PersonId,
    }
    /// 签到
    CheckIn = "checkIn" {
        /// The meeting.
        meeting: u16,
        /// Who, at most [`super::MAX_PERSONS_AT_ONCE`].
        persons: Vec<PersonId>,
    }
    /// 离会
    CheckOut = "checkOut" {
        /// The meeting.
        meeting: u16,
        /// Who, at most [`super::MAX_PERSONS_AT_ONCE`].
        persons: Vec<PersonId>,
    }
    /// 付诸表决
    PutMotion = "putMotion" {
        /// The meeting.
        meeting: u16,
        /// The text.
        text: Paragraph,
        /// How it is voted on.
        ballot: BallotForm,
        /// Who counts; needed unless the votes are called by name.
        tellers: Option<Tellers>,
    }
    /// 会上修改
    AmendMotion = "amendMotion" {
        /// The meeting.
        meeting: u16,
        /// The text as amended.
        text: Paragraph,
        /// What changes.
        changes: Vec<Amendment>,
        /// The plan as amended.
        plan: Option<Plan>,
    }
    /// 记录举手表决
    RecordShowOfHands = "recordShowOfHands" {
        /// The meeting.
        meeting: u16,
        /// The first teller's count.
        first: Counts,
        /// The second teller's count.
        second: Counts,
    }
    /// 记录点名表决
    RecordRollCall = "recordRollCall" {
        /// The meeting.
        meeting: u16,
        /// Each vote, at most [`super::MAX_ROLL_CALL`].
        votes: Vec<Vote>,
    }
    /// 记录无记名投票
    RecordSecretBallot = "recordSecretBallot" {
        /// The meeting.
        meeting: u16,
        /// Papers printed.
        printed: u32,
        /// Papers handed out.
        handed_out: u32,
        /// Papers spoiled by a voter and exchanged for a new one.
        exchanged: u32,
        /// Papers never handed out.
        unused: u32,
        /// Papers found in the box.
        in_box: u32,
        /// The first count.
        first: Counts,
        /// The second count.
        second: Counts,
    }
    /// 闭会
    CloseMeeting = "closeMeeting" {
        /// The meeting.
        meeting: u16,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 退回修改
    ReturnForRevision = "returnForRevision" {
        /// To which step.
        to: String,
        /// Why.
        reason: ReturnReason,
        /// In words.
        remark: Option<Paragraph>,
    }
    /// 撤回
    Withdraw = "withdraw" {
        /// Why.
        reason: Paragraph,
    }
    /// 张贴公告
    PostNotice = "postNotice" {
        /// Which.
        kind: NoticeKind,
        /// The committee's own number of the paper.
        notice_no: Line,
        /// Places.
        places: Vec<Line>,
        /// Other channels.
        channels: Vec<Line>,
        /// Where to ask and object.
        contact: Line,
        /// Supervisors who signed.
        supervisors: Vec<PersonId>,
        /// Their opinion.
        supervisors_opinion: Line,
        /// Photo of the paper on the board.
        photo: Option<PaperHash>,
    }
    /// 提出异议
    RaiseObjection = "raiseObjection" {
        /// Against which notice.
        notice: u16,
        /// What it is about.
        about: ObjectionAbout,
        /// The text; sealed before the domain sees it.
        text: Sealed,
    }
    /// 答复异议
    AnswerObjection = "answerObjection" {
        /// Which.
        objection: u16,
        /// The answer.
        answer: Paragraph,
        /// Whether the objection is well founded.
        upheld: bool,
        /// What follows.
        remedy: Remedy,
    }
    /// 更正公告
    CorrectNotice = "correctNotice" {
        /// Which.
        notice: u16,
        /// What is corrected.
        correction: Paragraph,
    }
    /// 结束公示
    CloseDisclosure = "closeDisclosure" {
        /// Which notice.
        notice: u16,
    }
    /// 报乡镇备案
    FileWithTownship = "fileWithTownship" {
        /// The receipt.
        paper: PaperHash,
    }
    /// 签订合同
    SignContract = "signContract" {
        /// The terms.
        terms: ContractTerms,
    }
    /// 开工
    StartWork = "startWork" {
        /// Remark.
        remark: Option<Line>,
    }
    /// 报告进度
    ReportProgress = "reportProgress" {
        /// What is done.
        text: Paragraph,
        /// Photo.
        photo: Option<PaperHash>,
    }
    /// 批准变更
    ApproveVariation = "approveVariation" {
        /// What it adds.
        amount_fen: Fen,
        /// Why.
        reason: Paragraph,
        /// Members of the village committee who approve.
        committee: Vec<PersonId>,
        /// Supervisors who approve.
        supervisors: Vec<PersonId>,
    }
    /// 记录付款
    RecordPayment = "recordPayment" {
        /// To what kind of payee.
        payee_kind: PayeeKind,
        /// The payee's name, for a natural person; sealed before the domain sees it.
        payee: Option<Sealed>,
        /// For what.
        purpose: Line,
        /// How much.
        amount_fen: Fen,
        /// The voucher.
        voucher_no: Line,
        /// The supervisor who checked the voucher.
        checked_by: PersonId,
    }
    /// 记录验收
    RecordAcceptance = "recordAcceptance" {
        /// The verdict.
        verdict: Verdict,
        /// The acceptance group.
        group: Vec<PersonId>,
        /// Township officers who took part.
        township: Vec<PersonId>,
        /// Final account; needed with a verdict of accepted.
        final_fen: Option<Fen>,
        /// In words; needed with a verdict of rectify.
        remark: Option<Line>,
    }
    /// 办结, for a matter without works
    CompleteImplementation = "completeImplementation" {
        /// What was done.
        summary: Paragraph,
    }
    /// 归档
    Archive = "archive" {
        /// Papers of the file that were not filed before.
        papers: Vec<Paper>,
    }
}
