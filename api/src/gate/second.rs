//! 双人签署: a second person, signed in on their own device, gives a short code that the first one's act carries.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use siyi_domain::ids::PersonId;
use siyi_domain::moment::Moment;

/// Seconds for which a code is good.
pub const SECOND_CODE_SECONDS: i64 = 300;
/// Most codes that wait at a time; the oldest gives way.
pub const MAX_SECOND_CODES: usize = 1_000;
/// Letters that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 50 bits, good for five minutes and once.
const LENGTH: usize = 10;

/// Codes that wait. They live in memory: whoever restarts the server asks for a new one.
#[derive(Debug, Default)]
pub struct Seconds {
    waiting: Mutex<HashMap<String, (PersonId, Moment)>>,
}

impl Seconds {
    /// A code of a person, from random bytes.
    pub fn give(&self, person: PersonId, random: [u8; LENGTH], now: Moment) -> String {
        let letter = |byte: u8| ALPHABET.get(usize::from(byte % 32)).map_or('2', |letter| char::from(*letter));
        let code: String = random.into_iter().map(letter).collect();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (_, given)| now.since(*given).as_secs() <= SECOND_CODE_SECONDS);
        if waiting.len() >= MAX_SECOND_CODES
            && let Some(oldest) = waiting.iter().min_by_key(|(_, (_, given))| *given).map(|(code, _)| code.clone())
        {
            waiting.remove(&oldest);
        }
        waiting.insert(code.clone(), (person, now));
        code
    }

    /// Whose code it is; each is good once.
    pub fn take(&self, code: &str, now: Moment) -> Option<PersonId> {
        let (person, given) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        (now.since(given).as_secs() <= SECOND_CODE_SECONDS).then_some(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: &str) -> Moment {
        format!("2026-03-11T15:{minute}:00+08:00").parse().unwrap()
    }

    #[test]
    fn a_code_is_good_once() {
        let seconds = Seconds::default();
        let person = PersonId(uuid::Uuid::from_u128(1));
        let code = seconds.give(person, [7; LENGTH], at("00"));
        assert_eq!(seconds.take(&code, at("05")), Some(person));
        assert_eq!(seconds.take(&code, at("05")), None);
    }

    #[test]
    fn a_code_ends_after_five_minutes() {
        let seconds = Seconds::default();
        let code = seconds.give(PersonId(uuid::Uuid::nil()), [7; LENGTH], at("00"));
        assert_eq!(seconds.take(&code, "2026-03-11T15:05:01+08:00".parse().unwrap()), None);
    }
}
