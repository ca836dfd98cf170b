//! Kinds of papers that a step requires and an archive holds.

use serde::{Deserialize, Serialize};

/// What a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// 会议记录
    Minutes,
    /// 签到表
    SignInSheet,
    /// 登记表（一至六）
    StepForm,
    /// 计票单
    CountSheet,
    /// 方案
    Plan,
    /// 决议书
    Resolution,
    /// 公告
    Notice,
    /// 公示照片
    PostingPhoto,
    /// 合同
    Contract,
    /// 凭证
    Voucher,
    /// 验收单
    AcceptanceSheet,
    /// 备案文书
    Filing,
    /// 监督意见
    SupervisionOpinion,
    /// 征求意见表
    CanvassForm,
    /// 户签字表
    SignatureSheet,
    /// 审核意见
    ReviewOpinion,
    /// 其他
    Other,
}

impl PaperKind {
    /// The Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Minutes => "会议记录",
            Self::SignInSheet => "签到表",
            Self::StepForm => "登记表",
            Self::CountSheet => "计票单",
            Self::Plan => "方案",
            Self::Resolution => "决议书",
            Self::Notice => "公告",
            Self::PostingPhoto => "公示照片",
            Self::Contract => "合同",
            Self::Voucher => "凭证",
            Self::AcceptanceSheet => "验收单",
            Self::Filing => "备案文书",
            Self::SupervisionOpinion => "监督意见",
            Self::CanvassForm => "征求意见表",
            Self::SignatureSheet => "户签字表",
            Self::ReviewOpinion => "审核意见",
            Self::Other => "其他材料",
        }
    }

    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::SignInSheet => "sign_in_sheet",
            Self::StepForm => "step_form",
            Self::CountSheet => "count_sheet",
            Self::Plan => "plan",
            Self::Resolution => "resolution",
            Self::Notice => "notice",
            Self::PostingPhoto => "posting_photo",
            Self::Contract => "contract",
            Self::Voucher => "voucher",
            Self::AcceptanceSheet => "acceptance_sheet",
            Self::Filing => "filing",
            Self::SupervisionOpinion => "supervision_opinion",
            Self::CanvassForm => "canvass_form",
            Self::SignatureSheet => "signature_sheet",
            Self::ReviewOpinion => "review_opinion",
            Self::Other => "other",
        }
    }
}
