//! Inputs of meetings and votes.

use async_graphql::ID;

use super::motion::PlanInput;
use crate::graphql::enums::{Amendment, BallotForm, Choice, ExclusionCause, GuestRole, PaperKind};
use crate::graphql::scalars::{Date, DateTime};

inputs! {
    /// 召集会议
    ConveneMeetingInput { /// The step, for example `S3`.
        step: String, /// The form, for example `party_members`.
        form: String, /// When.
        held_at: DateTime, /// Where.
        place: String, /// Agenda.
        agenda: Vec<String>, /// Who chairs.
        chair: ID, /// When the plan was delivered to those due.
        plan_delivered_on: Option<Date>, /// Why the notice is shorter than ordered.
        special_circumstances: Option<String> }
    /// 不计入应到
    ExcludeFromRollInput { /// The meeting.
        meeting: u16, /// Who.
        person: ID, /// Why.
        cause: ExclusionCause, /// Who approved it.
        approver: ID }
    /// 签到
    CheckInInput { /// The meeting.
        meeting: u16, /// Who.
        persons: Vec<ID> }
    /// 离会
    CheckOutInput { /// The meeting.
        meeting: u16, /// Who.
        persons: Vec<ID> }
    /// 线上到会
    AdmitOnlineInput { /// The meeting.
        meeting: u16, /// Who.
        persons: Vec<ID> }
    /// 户内委托到会
    AdmitProxiesInput { /// The meeting.
        meeting: u16, /// Who stands for whom.
        proxies: Vec<ProxyInput>, /// SHA-256 of the written authorisations.
        paper: String }
    /// An absent member and the member of the same household who votes for it.
    ProxyInput { /// Who is absent.
        principal: ID, /// Who votes for it.
        holder: ID }
    /// 列席
    RecordGuestsInput { /// The meeting.
        meeting: u16, /// Who.
        guests: Vec<GuestsInput> }
    /// People who attend without being due.
    GuestsInput { /// As whom.
        role: GuestRole, /// How many.
        count: u16 }
    /// 付诸表决
    PutMotionInput { /// The meeting.
        meeting: u16, /// The text.
        text: String, /// How it is voted on.
        ballot: BallotForm, /// Who counts; needed unless the votes are called by name.
        tellers: Option<TellersInput> }
    /// Who counts.
    TellersInput { /// 计票人
        first: ID, /// 计票人
        second: ID, /// 监票人
        scrutineer: ID }
    /// 会上修改
    AmendMotionInput { /// The meeting.
        meeting: u16, /// The text as amended.
        text: String, /// What changes.
        changes: Vec<Amendment>, /// The plan as amended.
        plan: Option<PlanInput> }
    /// One count of the votes.
    CountsInput { /// 同意
        #[graphql(name = "for")] #[serde(rename = "for")] in_favour: u32, /// 反对
        against: u32, /// 弃权
        abstain: u32, /// Papers handed in blank.
        #[graphql(default)] blank: u32, /// 废票
        #[graphql(default)] spoiled: u32 }
    /// 记录举手表决
    RecordShowOfHandsInput { /// The meeting.
        meeting: u16, /// The first teller's count.
        first: CountsInput, /// The second teller's count.
        second: CountsInput }
    /// 记录点名表决
    RecordRollCallInput { /// The meeting.
        meeting: u16, /// Each vote.
        votes: Vec<VoteInput> }
    /// A vote by name.
    VoteInput { /// Who.
        person: ID, /// What.
        choice: Choice }
    /// 记录无记名投票
    RecordSecretBallotInput { /// The meeting.
        meeting: u16, /// Papers printed.
        printed: u32, /// Papers handed out.
        handed_out: u32, /// Papers spoiled by a voter and exchanged.
        exchanged: u32, /// Papers never handed out.
        unused: u32, /// Papers in the box.
        in_box: u32, /// The first count.
        first: CountsInput, /// The second count.
        second: CountsInput }
    /// 闭会
    CloseMeetingInput { /// The meeting.
        meeting: u16, /// The papers filed.
        papers: Vec<PaperInput> }
    /// A paper.
    PaperInput { /// What it is.
        kind: PaperKind, /// SHA-256 of it.
        sha256: String }
    /// 业主表决
    RecordOwnersVotesInput { /// The votes.
        votes: Vec<UnitVoteInput> }
    /// How an owner voted for a unit.
    UnitVoteInput { /// Number of the unit.
        unit: String, /// How.
        choice: Choice }
    /// 结束业主表决
    CloseOwnersPollInput { /// SHA-256 of the count sheet.
        paper: String }
}
