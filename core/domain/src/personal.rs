//! 个人信息: what may never be published and so may never stand in an event (PIPL art. 28; the sensitive numbers of 9.2).
//!
//! [`find`] points at identity numbers, telephones, bank cards, mail addresses and travel documents in a text;
//! [`check_input`] refuses a command whose texts hold one. A name is not found here: free texts that may name somebody are
//! sealed fields of their commands. Each finder looks at a place of the text a bounded number of times, so that no text takes
//! longer than its length.

use std::ops::Range;

mod card;
mod digits;
mod identity;
mod input;
mod mail;
mod permit;
mod telephone;

pub use input::check_input;

/// Most characters in one mail address; what is longer is no address.
pub const MAX_MAIL_CHARS: usize = 320;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 公民身份号码, of 18 digits or the older 15 (GB 11643).
    IdentityNumber,
    /// 手机号
    Mobile,
    /// 固定电话, with its area code.
    Landline,
    /// 银行卡号
    BankCard,
    /// 电子邮箱
    Mail,
    /// 护照、往来港澳台通行证
    TravelDocument,
}

impl Kind {
    /// The stable name, as refusals print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityNumber => "identity_number",
            Self::Mobile => "mobile",
            Self::Landline => "landline",
            Self::BankCard => "bank_card",
            Self::Mail => "mail",
            Self::TravelDocument => "travel_document",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::IdentityNumber => "公民身份号码",
            Self::Mobile => "手机号",
            Self::Landline => "固定电话",
            Self::BankCard => "银行卡号",
            Self::Mail => "电子邮箱",
            Self::TravelDocument => "护照或者通行证号码",
        }
    }
}

/// A place in a text that must not be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What stands there.
    pub kind: Kind,
    /// Its first character, counted from 0 in characters, not bytes.
    pub start_char: usize,
    /// The character after its last.
    pub end_char: usize,
}

/// Every place of a text that holds something personal, in order, none over another.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let chars: Vec<char> = text.chars().collect();
    // The surest come first: where two claim the same characters, the earlier finder keeps them.
    let close = digits::chains(&chars, digits::is_close);
    let claims = identity::find(&chars)
        .into_iter()
        .map(|place| (Kind::IdentityNumber, place))
        .chain(mail::find(&chars).into_iter().map(|place| (Kind::Mail, place)))
        .chain(card::find(&chars, &close).into_iter().map(|place| (Kind::BankCard, place)))
        .chain(telephone::mobiles(&chars, &close).into_iter().map(|place| (Kind::Mobile, place)))
        .chain(identity::find_old(&chars, &close).into_iter().map(|place| (Kind::IdentityNumber, place)))
        .chain(telephone::landlines(&chars).into_iter().map(|place| (Kind::Landline, place)))
        .chain(permit::find(&chars).into_iter().map(|place| (Kind::TravelDocument, place)));
    let mut taken = vec![false; chars.len()];
    let mut found: Vec<Found> = claims.filter_map(|(kind, place)| claim(&mut taken, kind, place)).collect();
    found.sort_unstable_by_key(|found| found.start_char);
    found
}

fn claim(taken: &mut [bool], kind: Kind, place: Range<usize>) -> Option<Found> {
    let found = Found { kind, start_char: place.start, end_char: place.end };
    let own = taken.get_mut(place)?;
    if own.iter().any(|taken| *taken) {
        return None;
    }
    own.fill(true);
    Some(found)
}

#[cfg(test)]
mod tests;
