//! The numbers of a pack that the tables show, by the names that the tables give them.

use siyi_domain::procedure::{Basis, Days, Procedure, Share, SizeRange};

/// Where each number that the tables show comes from.
#[must_use]
pub fn shown_by_tables(pack: &Procedure) -> Vec<&Basis> {
    let mut bases: Vec<&Basis> = shares(pack).into_iter().map(|(_, share)| &share.basis).collect();
    bases.extend(periods(pack).into_iter().map(|(_, days)| &days.basis));
    bases.extend(sizes(pack).into_iter().map(|(_, range)| &range.basis));
    bases.extend(pack.rolls.households_per_representative.as_ref().map(|range| &range.basis));
    bases
}

/// Every share of a pack by the name that the tables give it. The owners' shares have scenarios of their own.
#[must_use]
pub fn shares(pack: &Procedure) -> Vec<(String, &Share)> {
    let mut shares = Vec::new();
    for step in &pack.steps {
        for form in &step.forms {
            shares.push((format!("{}.{}.quorum", step.code, form.id), &form.quorum));
            shares.push((format!("{}.{}.threshold", step.code, form.id), &form.threshold));
        }
        shares.extend(step.coverage.as_ref().map(|share| (format!("{}.coverage", step.code), share)));
        shares.extend(step.signatures.as_ref().map(|share| (format!("{}.signatures", step.code), share)));
    }
    for rule in &pack.initiators {
        let name = serde_json::to_value(rule.kind).unwrap();
        let name = format!("initiator.{}.share", name.as_str().unwrap());
        shares.extend(rule.share.as_ref().map(|share| (name, share)));
    }
    for detour in &pack.detours {
        let last = detour.steps.last().and_then(|code| pack.step(code)).unwrap();
        for call in detour.calls.iter().filter(|call| call.share.is_some()) {
            let kind = serde_json::to_value(call.kind).unwrap();
            let form = call.forms.first().unwrap_or(&last.forms[0].id);
            let name = format!("detour.{}/{}/{form}.share", detour.purpose.as_str(), kind.as_str().unwrap());
            shares.extend(call.share.as_ref().map(|share| (name, share)));
        }
    }
    let of_all = pack.rolls.representatives_share.as_ref();
    shares.extend(of_all.map(|share| ("rolls.representatives_share.share".to_owned(), share)));
    let of_women = pack.rolls.women_representatives_share.as_ref();
    shares.extend(of_women.map(|share| ("rolls.women_representatives_share.share".to_owned(), share)));
    shares
}

/// Every period of a pack that bars an act.
#[must_use]
pub fn periods(pack: &Procedure) -> Vec<(String, &Days)> {
    let mut periods = vec![("disclosure.posted".to_owned(), &pack.disclosure.posted)];
    for step in &pack.steps {
        for form in &step.forms {
            let name = |what: &str| format!("{}.{}.{what}", step.code, form.id);
            periods.extend(form.notice.as_ref().map(|days| (name("notice"), days)));
            periods.extend(form.plan_delivered.as_ref().map(|days| (name("plan_delivered"), days)));
        }
    }
    periods
}

/// Every size of a body, by the roll that it bounds.
#[must_use]
pub fn sizes(pack: &Procedure) -> Vec<(&'static str, &SizeRange)> {
    let rolls = &pack.rolls;
    let mut sizes = vec![
        ("village_committee", &rolls.village_committee_size),
        ("supervisory_committee", &rolls.supervisory_committee_size),
    ];
    sizes.extend(rolls.council_size.as_ref().map(|range| ("collective_council", range)));
    sizes.extend(rolls.member_representatives_size.as_ref().map(|range| ("member_representatives", range)));
    sizes
}
