//! What a personal value is kept for.

/// What a personal value is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// 名册: who somebody is on the rolls.
    Roll,
    /// 联系: how somebody is reached and paid.
    Contact,
    /// 意见: what somebody said.
    Voice,
    /// 支付: to whom money went.
    Payment,
    /// 附件: files about somebody.
    Attachment,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Roll, Self::Contact, Self::Voice, Self::Payment, Self::Attachment];

    /// The purpose of a disclosure's field. A field nobody thought of is kept like what somebody said: apart from the rolls.
    #[must_use]
    pub fn of_field(field: &str) -> Self {
        match field {
            "name" => Self::Roll,
            "phone" | "identity_number" | "address" | "bank_account" => Self::Contact,
            "payee" => Self::Payment,
            "attachment" => Self::Attachment,
            _ => Self::Voice,
        }
    }

    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Roll => 1,
            Self::Contact => 2,
            Self::Voice => 3,
            Self::Payment => 4,
            Self::Attachment => 5,
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.byte() == byte)
    }
}
