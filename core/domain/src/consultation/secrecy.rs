//! 无记名投票的保密: what the totals of a secret ballot give away by themselves. If all agree, everybody's vote is known; where
//! few vote, a single one is easily guessed.

use crate::procedure::BallotForm;
use crate::tally::Counts;

/// Fewer voters than this hide nobody.
pub const VERY_FEW_VOTERS: u64 = 10;
/// Fewer voters than this, and people are told so before they vote.
pub const FEW_VOTERS: u64 = 20;
/// The least count that a breakdown shows; a smaller one is told as fewer than this. Totals of a meeting are no breakdown: the
/// law orders them published.
pub const LEAST_CELL: u64 = 10;

/// How few take part in a secret ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Few {
    /// Fewer than [`VERY_FEW_VOTERS`].
    VeryFew,
    /// Fewer than [`FEW_VOTERS`].
    Few,
}

/// What those who vote in secret, and those who read the totals, are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecrecyWarning {
    /// Those present.
    pub present: u64,
    /// Whether they are few.
    pub few: Option<Few>,
    /// 全票一致: before the vote that it would reveal everybody's vote, after it that it did.
    pub unanimous_reveals_all: bool,
}

/// What there is to warn of: `counts` once the papers are counted. Nothing where the ballot is not secret.
#[must_use]
pub fn warning(ballot: BallotForm, present: u64, counts: Option<&Counts>) -> Option<SecrecyWarning> {
    match ballot {
        BallotForm::SecretPaper => {}
        BallotForm::ShowOfHands | BallotForm::RollCall => return None,
    }
    let few = match present {
        0..VERY_FEW_VOTERS => Some(Few::VeryFew),
        VERY_FEW_VOTERS..FEW_VOTERS => Some(Few::Few),
        _ => None,
    };
    let unanimous_reveals_all = counts.map_or(few.is_some(), is_unanimous);
    (few.is_some() || unanimous_reveals_all).then_some(SecrecyWarning { present, few, unanimous_reveals_all })
}

/// Whether every paper says the same.
fn is_unanimous(counts: &Counts) -> bool {
    let total = counts.total();
    let Counts { in_favour, against, abstain, blank, spoiled } = *counts;
    total > 0 && [in_favour, against, abstain, blank, spoiled].contains(&total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(in_favour: u64, against: u64) -> Counts {
        Counts { in_favour, against, ..Counts::default() }
    }

    fn few(present: u64) -> Option<Few> {
        warning(BallotForm::SecretPaper, present, None).and_then(|warning| warning.few)
    }

    #[test]
    fn nine_are_very_few_ten_and_nineteen_few_and_twenty_enough() {
        assert_eq!([9, 10, 19, 20].map(few), [Some(Few::VeryFew), Some(Few::Few), Some(Few::Few), None]);
    }

    #[test]
    fn few_are_told_before_they_vote_that_unanimity_reveals_all() {
        assert!(warning(BallotForm::SecretPaper, 19, None).unwrap().unanimous_reveals_all);
        assert_eq!(warning(BallotForm::SecretPaper, 20, None), None);
    }

    #[test]
    fn after_the_vote_it_is_said_of_a_unanimous_one_only() {
        let after = |present, counts| warning(BallotForm::SecretPaper, present, Some(&counts));
        assert!(!after(9, counts(8, 1)).unwrap().unanimous_reveals_all);
        assert!(after(9, counts(9, 0)).unwrap().unanimous_reveals_all);
        // Also where many voted, and where some did not.
        assert!(after(44, counts(0, 44)).unwrap().unanimous_reveals_all);
        assert!(after(44, counts(40, 0)).unwrap().unanimous_reveals_all);
        assert_eq!(after(44, counts(43, 1)), None);
        assert_eq!(after(44, counts(0, 0)), None);
    }

    #[test]
    fn a_vote_that_everybody_sees_is_not_warned_of() {
        assert_eq!(warning(BallotForm::ShowOfHands, 5, None), None);
        assert_eq!(warning(BallotForm::RollCall, 5, Some(&counts(5, 0))), None);
    }
}
