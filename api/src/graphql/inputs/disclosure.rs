//! Inputs of the two disclosures and of carrying out.

use async_graphql::ID;

use super::meeting::PaperInput;
use crate::graphql::enums::{ContractorChoice, NoticeKind, ObjectionAbout, PayeeKind, Remedy, Verdict};
use crate::graphql::scalars::{Date, Fen};

inputs! {
    /// 张贴公告
    PostNoticeInput { /// Which.
        kind: NoticeKind, /// The committee's own number of the paper.
        notice_no: String, /// Places.
        places: Vec<String>, /// Other channels.
        channels: Vec<String>, /// Where to ask and object.
        contact: String, /// Supervisors who signed.
        supervisors: Vec<ID>, /// Their opinion.
        supervisors_opinion: String, /// SHA-256 of a photo of the paper on the board.
        photo: Option<String> }
    /// 提出异议
    RaiseObjectionInput { /// Against which notice.
        notice: u16, /// What it is about.
        about: ObjectionAbout, /// The text; sealed before it reaches an event.
        text: String }
    /// 答复异议
    AnswerObjectionInput { /// Which.
        objection: u16, /// The answer.
        answer: String, /// Whether the objection is well founded.
        upheld: bool, /// What follows.
        remedy: Remedy }
    /// 更正公告
    CorrectNoticeInput { /// Which.
        notice: u16, /// What is corrected.
        correction: String }
    /// 结束公示
    CloseDisclosureInput { /// Which notice.
        notice: u16 }
    /// 报告公告缺失
    ReportNoticeMissingInput { /// Which notice.
        notice: u16, /// Where it was not to be seen.
        place: String, /// SHA-256 of a photo of the place.
        photo: Option<String> }
    /// 报乡镇备案
    FileWithTownshipInput { /// SHA-256 of the receipt.
        paper: String }
    /// 签订合同
    SignContractInput { /// The terms.
        terms: ContractTermsInput, /// Who stands for the firm in this matter; each is appointed contractor.
        agents: Option<Vec<ID>> }
    /// Terms of a contract.
    ContractTermsInput { /// The firm.
        contractor: String, /// How it was chosen.
        choice: ContractorChoice, /// How many quotations or bids there were.
        quotations: u16, /// The sum.
        sum_fen: Fen, /// SHA-256 of the paper.
        paper: String }
    /// 开工
    StartWorkInput { /// Remark.
        remark: Option<String> }
    /// 报告进度
    ReportProgressInput { /// What is done.
        text: String, /// SHA-256 of a photo.
        photo: Option<String> }
    /// 批准变更
    ApproveVariationInput { /// What it adds.
        amount_fen: Fen, /// Why.
        reason: String, /// Members of the village committee who approve.
        committee: Vec<ID>, /// Supervisors who approve.
        supervisors: Vec<ID> }
    /// 记录付款
    RecordPaymentInput { /// To what kind of payee.
        payee_kind: PayeeKind, /// The name of a natural person; sealed before it reaches an event.
        payee: Option<String>, /// For what.
        purpose: String, /// How much.
        amount_fen: Fen, /// The voucher.
        voucher_no: String, /// The supervisor who checked the voucher.
        checked_by: ID }
    /// 记录验收
    RecordAcceptanceInput { /// The verdict.
        verdict: Verdict, /// The acceptance group.
        group: Vec<ID>, /// Township officers who took part.
        township: Vec<ID>, /// Final account; needed with `accepted`.
        final_fen: Option<Fen>, /// In words; needed with `rectify`.
        remark: Option<String> }
    /// 办结
    CompleteImplementationInput { /// What was done.
        summary: String }
    /// 报告简易事项
    ReportLightMatterInput { /// The day of the representatives' meeting.
        meeting_on: Date, /// SHA-256 of its minutes.
        paper: String }
    /// 群众评议
    RecordAppraisalInput { /// How many are satisfied.
        satisfied: u32, /// How many are in part.
        partly: u32, /// How many are not.
        dissatisfied: u32, /// SHA-256 of the sheet.
        paper: String }
    /// 归档
    ArchiveInput { /// Papers of the file that were not filed before.
        papers: Vec<PaperInput> }
}
