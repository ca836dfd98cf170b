//! Passwords that are tried first, made by rules.
//!
//! No list of leaked passwords is shipped. These rules write out what such lists are mostly made of in China and elsewhere: words
//! and pinyin with digits behind or before them, runs of digits, walks over the keyboard, birthdays. They give more entries than
//! the 3,000 that ASVS 5.0 (6.2.4) asks for, and certainly miss some.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::rules::SHORTEST;

/// Words, pinyin phrases and surnames that people begin a password with.
const WORDS: &str = "\
    a aa aaa q qq qqq w z zz zzz x xx ab abc abcd abcde abcdef asd asdf asdfgh asdfghjk asdfghjkl qwe qwer qwert qwerty \
    qwertyu qwertyui qwertyuiop zxc zxcv zxcvbn zxcvbnm qaz qazwsx qazwsxedc wsx 1qaz2wsx 1q2w3e 1q2w3e4r 1q2w3e4r5t \
    q1w2e3r4 password passw0rd p@ssw0rd p@ssword pass passwd admin administrator root user guest test tester login \
    welcome hello iloveyou ilove loveyou love lovely letmein dragon monkey sunshine princess football baseball \
    basketball superman batman michael jordan shadow master computer internet secret changeme default system server \
    oracle temp china zhongguo zhonghua beijing shanghai henan dengzhou woaini woaiwo woaiwojia woaizhongguo woaimama \
    woaibaba woailaopo aini ainiyiwannian aixuexi nihao nihaoma wodemima mima mimashi woshishei woshiwo buzhidao baobao \
    baobei xiaobao laopo laogong mama baba yeye nainai xiaoming xiaohong caonima tiancai kuaile xingfu facai \
    gongxifacai pingan jiankang nongmin cunzhang shuji cunwei diannao shouji wang zhang liu chen yang zhao huang zhou \
    wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng yu dong xiao li";

/// Digits and signs that people put behind or before them.
const DIGITS: &str = "\
    0 1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 321 4321 654321 87654321 00 000 000000 11 111 \
    1111 111111 11111111 1122 112233 123123 123321 121212 222222 333333 555555 666 6666 666666 777 777777 88 888 8888 \
    888888 99 999 999999 110 119 120 168 1688 518 5188 520 521 520520 521521 1314 13145 131420 1314520 5201314 5211314 \
    7758258 7758521 147258 147258369 159357 789456 987654321 ! 1! 123! 1234! @123 @1234 @12345 @123456 #123 .. 2008 \
    2020 2021 2022 2023 2024 2025 2026 2027";

/// Rows of keys, walked from any place, there and back.
const ROWS: &str = "\
    01234567890 09876543210 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz 1qaz2wsx3edc4rfv qazwsxedcrfv \
    147258369 123698745 741852963 qweasdzxc poiuytrewq 1q2w3e4r5t6y";

static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut all = HashSet::new();
    let mut keep = |password: String| {
        if password.chars().count() >= SHORTEST {
            all.insert(password);
        }
    };
    let digits = || std::iter::once("").chain(DIGITS.split_whitespace());
    for word in WORDS.split_whitespace() {
        for digits in digits() {
            keep(format!("{word}{digits}"));
            keep(format!("{digits}{word}"));
        }
        keep(word.repeat(2));
        keep(word.repeat(3));
        for year in 1950..=2030 {
            keep(format!("{word}{year}"));
        }
    }
    for one in digits() {
        for other in digits() {
            keep(format!("{one}{other}"));
        }
    }
    for row in ROWS.split_whitespace() {
        for (from, to) in (0..row.len()).flat_map(|from| (from + 1..=row.len()).map(move |to| (from, to))) {
            keep(row.get(from..to).unwrap_or_default().to_owned());
        }
    }
    all
});

/// How many passwords the rules write out, each long enough to be chosen.
#[must_use]
pub fn count() -> usize {
    COMMON.len()
}

/// Whether a password, in small letters, is among those that are tried first.
pub(super) fn is_common(password: &str) -> bool {
    COMMON.contains(password) || is_repetition(password) || is_birthday(password) || is_telephone(password)
}

/// `88888888`, `abababab`, `123123123`, `村村村村村村村村`: a piece of up to four characters, over and over.
fn is_repetition(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    (1..=4).any(|length| characters.iter().zip(characters.iter().skip(length)).all(|(one, next)| one == next))
}

/// A day of the last hundred years or so, in digits, in either order.
fn is_birthday(password: &str) -> bool {
    let digits: String = password.chars().filter(|c| !matches!(c, '-' | '.' | '/' | '年' | '月' | '日')).collect();
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i16>().ok()).unwrap_or(0);
    let is_day = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0));
        (1900..=2040).contains(&year) && jiff::civil::Date::new(year, month, day).is_ok()
    };
    is_day(number(0, 4), number(4, 6), number(6, 8)) || is_day(number(4, 8), number(0, 2), number(2, 4))
}

/// A mobile number of the mainland: 11 digits from 13 to 19.
fn is_telephone(password: &str) -> bool {
    password.len() == 11
        && password.bytes().all(|byte| byte.is_ascii_digit())
        && password.starts_with('1')
        && password.as_bytes().get(1).is_some_and(|second| (b'3'..=b'9').contains(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_give_more_than_three_thousand() {
        assert!(count() > 3_000, "{}", count());
    }

    #[test]
    fn a_day_is_common_and_a_day_that_never_was_is_not() {
        assert!(is_birthday("19990228"));
        assert!(is_birthday("1999-02-28"));
        assert!(is_birthday("12311999"));
        assert!(!is_birthday("19990231"));
        assert!(!is_birthday("18990228"));
    }

    #[test]
    fn repetitions_and_telephone_numbers_are_common() {
        for password in ["aaaaaaaa", "村村村村村村村村", "abcdabcdab", "13800138000"] {
            assert!(is_common(password), "{password}");
        }
        assert!(!is_common("12800138000"));
    }
}
