//! Why a page cannot be shown, and the page that says so.

use askama::Template;
use axum::http::StatusCode;
use siyi_attachments::AttachmentError;
use siyi_domain::refusal::RefusalCode;
use siyi_projections::shelf::ShelfError;

use super::answer::Rendered;
use super::frame::Frame;
use super::lang::Lang;
use super::phrases::Phrases;
use super::visit::Visit;
use crate::app::App;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no such address.
    #[error("page-unknown")]
    PageUnknown,
    /// Nobody registered the code.
    #[error("jurisdiction-unknown")]
    JurisdictionUnknown,
    /// No matter has the number.
    #[error("consultation-unknown")]
    ConsultationUnknown,
    /// The matter has no such notice.
    #[error("notice-not-posted")]
    NoticeNotPosted,
    /// No procedure has the id.
    #[error("procedure-unknown")]
    ProcedureUnknown,
    /// The read models have not caught up since the start.
    #[error("read-model-behind")]
    Behind,
    /// The read store fails.
    #[error("read-model-unavailable: {0}")]
    ReadStore(#[from] ShelfError),
    /// The store of files fails.
    #[error("attachments-unavailable: {0}")]
    Files(#[from] AttachmentError),
    /// A template fails.
    #[error("page-failed: {0}")]
    Template(#[from] askama::Error),
}

impl Trouble {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PageUnknown => "page-unknown",
            Self::JurisdictionUnknown => RefusalCode::JurisdictionUnknown.as_str(),
            Self::ConsultationUnknown => RefusalCode::ConsultationUnknown.as_str(),
            Self::NoticeNotPosted => RefusalCode::NoticeNotPosted.as_str(),
            Self::ProcedureUnknown => "procedure-unknown",
            Self::Behind => "read-model-behind",
            Self::ReadStore(_) => "read-model-unavailable",
            Self::Files(error) => error.code(),
            Self::Template(_) => "page-failed",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::PageUnknown
            | Self::JurisdictionUnknown
            | Self::ConsultationUnknown
            | Self::NoticeNotPosted
            | Self::ProcedureUnknown => StatusCode::NOT_FOUND,
            Self::Behind | Self::ReadStore(_) | Self::Files(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is not found may only not be read yet, as long as the read models have not caught up.
    #[must_use]
    pub fn unless_behind(self, app: &App) -> Self {
        let behind = app.models.progress().iter().any(|(_, progress, _)| !progress.caught_up);
        let may_be_late = matches!(self, Self::JurisdictionUnknown | Self::ConsultationUnknown | Self::NoticeNotPosted);
        if behind && may_be_late { Self::Behind } else { self }
    }

    fn words(&self, lang: Lang) -> (&'static str, &'static str) {
        let (zh, en) = match self {
            Self::PageUnknown => (
                ("没有这个页面", "网址有误，或页面已经移走。"),
                ("No such page", "The address is mistyped, or the page has moved."),
            ),
            Self::JurisdictionUnknown => (
                ("没有这个村（社区）", "该代码的辖区没有登记。代码为12位数字，请核对后再查。"),
                ("No such place", "No jurisdiction is registered under this code of 12 digits."),
            ),
            Self::ConsultationUnknown => (
                ("没有这个事项", "没有这个编号的事项。编号由辖区代码、年份和序号组成，请核对后再查。"),
                (
                    "No such matter",
                    "No matter has this number, made of the code of the place, the year and a serial number.",
                ),
            ),
            Self::NoticeNotPosted => (
                ("没有这份公告", "该事项没有张贴过这份公告。"),
                ("No such notice", "This matter has no notice of that number."),
            ),
            Self::ProcedureUnknown => (
                ("没有这份程序规则", "没有这个编号的程序规则。"),
                ("No such procedure", "There is no procedure of that id."),
            ),
            Self::Behind => (
                ("正在整理记录", "服务刚刚启动，记录还没有读完。请稍候再看。"),
                (
                    "Still reading the record",
                    "The server has just started and has not read the whole record. Please try again soon.",
                ),
            ),
            Self::ReadStore(_) | Self::Files(_) | Self::Template(_) => (
                ("页面暂时无法显示", "查询库正在重建或发生故障，记录本身不受影响。请稍候再看。"),
                (
                    "The page cannot be shown now",
                    "The read store is being rebuilt or has failed; the record itself is safe. Please try again soon.",
                ),
            ),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    p: &'static Phrases,
    title: &'static str,
    text: &'static str,
    code: &'static str,
}

/// The page that says what is the trouble.
///
/// # Errors
/// [`Trouble::Template`].
pub fn page(visit: &Visit<'_>, trouble: &Trouble) -> Result<Rendered, Trouble> {
    let (title, text) = trouble.words(visit.lang());
    Rendered::html(&TroublePage {
        frame: visit.frame(title, Vec::new()),
        p: visit.phrases(),
        title,
        text,
        code: trouble.code(),
    })
}
