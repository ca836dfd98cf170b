//! Inputs off the road: reopening, orders, suspension, and what supervisors do.

use async_graphql::ID;

use super::motion::InitiatorInput;
use crate::graphql::enums::{DutyKind, FlagPattern, LegalGround, ReopenPurpose, SuspendedBy};
use crate::graphql::scalars::Fen;

inputs! {
    /// 重新议决
    ReopenDeliberationInput { /// What for.
        purpose: ReopenPurpose, /// Who calls for it.
        initiator: InitiatorInput, /// The form of the last meeting that is asked for; any that the rule allows if left out.
        form: Option<String>, /// Why.
        reason: String, /// The sum needed beside the budget, for a supplement.
        extra_fen: Option<Fen> }
    /// 责令改正
    OrderCorrectionInput { /// The ground of law.
        ground: LegalGround, /// What must be put right.
        remark: String, /// SHA-256 of the order.
        paper: String }
    /// 记录法院撤销
    RecordCourtAnnulmentInput { /// The court.
        court: String, /// The number of the case.
        case_no: String, /// SHA-256 of the judgment.
        paper: String }
    /// 暂停
    SuspendInput { /// By whom.
        by: SuspendedBy, /// Why.
        reason: String, /// SHA-256 of the document.
        paper: String }
    /// 恢复
    ResumeInput { /// Why.
        reason: String }
    /// 申报利害关系
    DeclareInterestInput { /// Who has it.
        person: ID, /// In what.
        remark: String }
    /// 督办
    UrgeDutyInput { /// What is overdue.
        duty: DutyKind, /// Which step, meeting, notice or objection.
        of: Option<String>, /// Who was told.
        told: String, /// In words.
        remark: Option<String> }
    /// 核销预警
    CloseFlagInput { /// The pattern.
        pattern: FlagPattern, /// Why it is closed.
        reason: String }
}
