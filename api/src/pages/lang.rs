//! The two languages of the pages, and how each writes days, times and money.
//!
//! What templates call takes values and references alike, since a template passes fields by reference.

use std::borrow::Borrow;

use askama::filters::Safe;
use jiff::civil::Date;
use siyi_domain::ids::Fen;
use siyi_domain::moment::Moment;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Lang {
    /// The tag of the language (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// A day: 2026年3月12日, 12 March 2026.
    #[must_use]
    pub fn day(self, day: impl Borrow<Date>) -> String {
        let day = *day.borrow();
        match self {
            Self::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Self::En => {
                let month = usize::try_from(day.month() - 1).ok().and_then(|index| MONTHS.get(index));
                format!("{} {} {}", day.day(), month.copied().unwrap_or_default(), day.year())
            }
        }
    }

    /// A time in China: 2026年3月11日 14:30, 11 March 2026, 14:30.
    #[must_use]
    pub fn time(self, at: impl Borrow<Moment>) -> String {
        let at = *at.borrow();
        let clock = at.china_clock();
        let hours = clock.rsplit(' ').next().unwrap_or_default();
        match self {
            Self::Zh => format!("{} {hours}", self.day(at.day())),
            Self::En => format!("{}, {hours}", self.day(at.day())),
        }
    }

    /// A day for pages, with its machine-readable form.
    #[must_use]
    pub fn day_tag(self, day: impl Borrow<Date>) -> Safe<String> {
        let day = *day.borrow();
        Safe(format!("<time datetime=\"{day}\">{}</time>", self.day(day)))
    }

    /// A time for pages, with its machine-readable form.
    #[must_use]
    pub fn time_tag(self, at: impl Borrow<Moment>) -> Safe<String> {
        let at = *at.borrow();
        Safe(format!("<time datetime=\"{at}\">{}</time>", self.time(at)))
    }

    /// Money in yuan: 624,000.00元, CNY 624,000.00.
    #[must_use]
    pub fn money(self, amount: impl Borrow<Fen>) -> String {
        match self {
            Self::Zh => format!("{}元", self.yuan(amount)),
            Self::En => format!("CNY {}", self.yuan(amount)),
        }
    }

    /// An amount in yuan with thousands and two decimals, alike in both languages: 624,000.00.
    #[must_use]
    pub fn yuan(self, amount: impl Borrow<Fen>) -> String {
        let Fen(fen) = *amount.borrow();
        format!("{}.{:02}", thousands(fen / 100), fen % 100)
    }

    /// Money as people say it, exact: 62.40万元 from ten thousand yuan on, in yuan below that.
    #[must_use]
    pub fn spoken(self, amount: impl Borrow<Fen>) -> String {
        const FEN_PER_WAN: u64 = 1_000_000;
        let amount = *amount.borrow();
        if self == Self::En || amount.0 < FEN_PER_WAN {
            return self.money(amount);
        }
        let mut fraction = format!("{:06}", amount.0 % FEN_PER_WAN);
        while fraction.len() > 2 && fraction.ends_with('0') {
            fraction.pop();
        }
        format!("{}.{fraction}万元", thousands(amount.0 / FEN_PER_WAN))
    }

    /// Items in a row: 甲、乙, A, B.
    #[must_use]
    pub fn list<T: ToString>(self, items: impl IntoIterator<Item = T>) -> String {
        let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
        items.join(self.pick("、", ", "))
    }
}

/// A count with its thousands set apart: 1,724.
#[must_use]
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact_however_it_is_written() {
        assert_eq!(Lang::Zh.yuan(Fen(62_400_000)), "624,000.00");
        assert_eq!(Lang::Zh.spoken(Fen(62_400_000)), "62.40万元");
        assert_eq!(Lang::Zh.spoken(Fen(62_400_005)), "62.400005万元");
        assert_eq!(Lang::Zh.spoken(Fen(999_999)), "9,999.99元");
        assert_eq!(Lang::En.spoken(Fen(62_400_000)), "CNY 624,000.00");
        assert_eq!(Lang::Zh.yuan(Fen(5)), "0.05");
    }

    #[test]
    fn days_and_times_are_those_of_china() {
        let at: Moment = "2026-03-11T17:30:00Z".parse().unwrap();
        assert_eq!(Lang::Zh.time(at), "2026年3月12日 01:30");
        assert_eq!(Lang::En.time(at), "12 March 2026, 01:30");
    }
}
