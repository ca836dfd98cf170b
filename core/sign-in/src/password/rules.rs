//! Which passwords may be chosen: long enough, and none that everybody tries first. No rule about signs and capitals, which make
//! passwords harder to remember and no harder to guess (NIST SP 800-63B, 3.1.1.2).

use super::common;

/// Fewest characters.
pub const SHORTEST: usize = 8;
/// Most characters.
pub const LONGEST: usize = 128;
/// A context word shorter than this is looked for nowhere: it would be found by chance.
const SHORTEST_CONTEXT: usize = 3;

/// Words that everybody here thinks of.
const HERE: &[&str] =
    &["siyi", "siyilianggong", "liangwei", "cunwei", "四议", "四议两公开", "村委", "账号", "口令", "密码"];

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Under eight characters.
    #[error("a password has 8 characters or more")]
    TooShort,
    /// Over 128 characters.
    #[error("a password has 128 characters or fewer")]
    TooLong,
    /// One of those that everybody tries first.
    #[error("this password is among those that are tried first")]
    Common,
    /// Little more than the sign-in name, the village's code or the name of this program.
    #[error("the password is little more than a name that is known here")]
    Context,
}

impl PasswordRefusal {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::Common => "password-common",
            Self::Context => "password-context",
        }
    }
}

/// Whether a password may be chosen by somebody for whom `context` are words that others know: the sign-in name, codes of places.
///
/// # Errors
/// [`PasswordRefusal`].
pub fn check(password: &str, context: &[&str]) -> Result<(), PasswordRefusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordRefusal::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordRefusal::TooLong);
    }
    let folded = password.to_lowercase();
    if common::is_common(&folded) {
        return Err(PasswordRefusal::Common);
    }
    let words = context.iter().chain(HERE).map(|word| word.trim().to_lowercase());
    for word in words.filter(|word| word.chars().count() >= SHORTEST_CONTEXT || !word.is_ascii() && !word.is_empty()) {
        // What is left without the word has to be a password of its own.
        if folded.contains(&word) && folded.replace(&word, "").chars().count() < SHORTEST {
            return Err(PasswordRefusal::Context);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check("槐树下井水甜", &[]), Err(PasswordRefusal::TooShort));
        assert_eq!(check("村口槐树下井水甜", &[]), Ok(()));
        let of = |length: usize| ('一'..).take(length).collect::<String>();
        assert_eq!(check(&of(128), &[]), Ok(()));
        assert_eq!(check(&of(129), &[]), Err(PasswordRefusal::TooLong));
    }

    #[test]
    fn no_sign_and_no_capital_is_asked_for() {
        assert_eq!(check("well water under the tree", &[]), Ok(()));
    }

    #[test]
    fn what_everybody_tries_is_refused_however_it_is_written() {
        for password in
            ["12345678", "Password1", "woaini1314", "WOAINI520", "19880812", "qwertyuiop", "1qaz2wsx", "88888888"]
        {
            assert_eq!(check(password, &[]), Err(PasswordRefusal::Common), "{password}");
        }
    }

    #[test]
    fn a_known_word_and_little_more_is_refused() {
        assert_eq!(check("siyi2026!", &[]), Err(PasswordRefusal::Context));
        assert_eq!(check("liugou-clerk-1", &["liugou-clerk"]), Err(PasswordRefusal::Context));
        assert_eq!(check("419901101201ab", &["419901101201"]), Err(PasswordRefusal::Context));
        assert_eq!(check("siyi and the well water", &[]), Ok(()));
    }
}
