//! What an attachment is to the village.

use crate::kind::Kind;
use serde::{Deserialize, Serialize};

/// What an attachment is to the village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// 会议记录
    Minutes,
    /// 签到表: names and handwriting.
    SignInSheet,
    /// 表决票
    Ballot,
    /// 照片
    Photo,
    /// 合同: account and identity numbers of the parties.
    Contract,
    /// 方案
    Plan,
    /// 票据: account numbers, often telephone numbers.
    Receipt,
    /// Anything else, of which nobody said what it holds.
    Other,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Minutes,
        Self::SignInSheet,
        Self::Ballot,
        Self::Photo,
        Self::Contract,
        Self::Plan,
        Self::Receipt,
        Self::Other,
    ];

    /// Whether a file of this class can ever stand on a public board, if those who decide about it say so.
    ///
    /// Sign-in sheets and ballots never can; contracts, receipts and what nobody named are published as figures, not as
    /// files. A photo must be an image, because only images are re-encoded: in a PDF it would keep where it was taken.
    #[must_use]
    pub const fn is_ever_public(self, kind: Kind) -> bool {
        match self {
            Self::Minutes | Self::Plan => true,
            Self::Photo => kind.is_image(),
            Self::SignInSheet | Self::Ballot | Self::Contract | Self::Receipt | Self::Other => false,
        }
    }
}
