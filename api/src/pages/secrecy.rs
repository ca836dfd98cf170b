//! What readers are told of votes that small numbers would reveal.

use siyi_domain::consultation::secrecy::{FEW_VOTERS, Few, LEAST_CELL, SecrecyWarning, VERY_FEW_VOTERS};

use crate::pages::lang::Lang;

/// What those who vote in secret are told before the vote, and those who read its totals after it.
#[must_use]
pub fn warning(warning: &SecrecyWarning, counted: bool, lang: Lang) -> String {
    let present = warning.present;
    let few = warning.few.map(|few| match (few, lang) {
        (Few::VeryFew, Lang::Zh) => format!("无记名投票只有{present}人到会，少于{VERY_FEW_VOTERS}人，难以保密"),
        (Few::VeryFew, Lang::En) => {
            format!("only {present} vote in secret, fewer than {VERY_FEW_VOTERS}: the totals hide nobody")
        }
        (Few::Few, Lang::Zh) => format!("无记名投票只有{present}人到会，少于{FEW_VOTERS}人，票数可能透露个人的选择"),
        (Few::Few, Lang::En) => {
            format!("{present} vote in secret, fewer than {FEW_VOTERS}: the totals may give a vote away")
        }
    });
    let unanimous = warning.unanimous_reveals_all.then(|| {
        if counted {
            lang.pick("本次全票一致，即公开了每个人的投票", "the vote was unanimous, so everybody's vote is known")
        } else {
            lang.pick("全票一致即公开了每个人的投票", "a unanimous vote makes everybody's vote known")
        }
    });
    let told: Vec<String> = few.into_iter().chain(unanimous.map(str::to_owned)).collect();
    told.join(lang.pick("；", "; "))
}

/// A count in a breakdown: one that is not nought and smaller than [`LEAST_CELL`] is told as fewer than that. Never used for
/// the totals of a meeting, which the law orders published.
#[must_use]
pub fn cell(count: u64, lang: Lang) -> String {
    match (count, lang) {
        (1..LEAST_CELL, Lang::Zh) => format!("少于{LEAST_CELL}"),
        (1..LEAST_CELL, Lang::En) => format!("<{LEAST_CELL}"),
        (count, _) => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use siyi_domain::consultation::secrecy;
    use siyi_domain::procedure::BallotForm;
    use siyi_domain::tally::Counts;

    use super::*;

    fn told(present: u64, counts: Option<Counts>, lang: Lang) -> Option<String> {
        secrecy::warning(BallotForm::SecretPaper, present, counts.as_ref())
            .map(|found| warning(&found, counts.is_some(), lang))
    }

    fn counts(in_favour: u64, against: u64) -> Counts {
        Counts { in_favour, against, ..Counts::default() }
    }

    #[test]
    fn nine_voters_are_told_before_the_vote_that_unanimity_reveals_all() {
        assert_eq!(
            told(9, None, Lang::Zh).unwrap(),
            "无记名投票只有9人到会，少于10人，难以保密；全票一致即公开了每个人的投票"
        );
        assert!(told(9, None, Lang::En).unwrap().ends_with("a unanimous vote makes everybody's vote known"));
    }

    #[test]
    fn nineteen_are_told_likewise_and_twenty_are_not() {
        assert!(told(19, None, Lang::Zh).unwrap().contains("全票一致即公开了每个人的投票"));
        assert_eq!(told(20, None, Lang::Zh), None);
    }

    #[test]
    fn after_the_vote_readers_are_told_what_it_revealed() {
        assert!(told(9, Some(counts(9, 0)), Lang::Zh).unwrap().ends_with("本次全票一致，即公开了每个人的投票"));
        assert!(!told(9, Some(counts(8, 1)), Lang::Zh).unwrap().contains("全票一致"));
        assert_eq!(told(44, Some(counts(41, 3)), Lang::En), None);
    }

    #[test]
    fn a_small_cell_is_not_told() {
        assert_eq!([0, 1, 9, 10].map(|count| cell(count, Lang::Zh)), ["0", "少于10", "少于10", "10"]);
        assert_eq!(cell(9, Lang::En), "<10");
    }
}
