//! A pack against the floors of the statutes that are in force in its time: it may tighten them, never loosen them.

use super::{Base, Form, LaneRule, Procedure, ProcedureError, Share, SizeRange};
use crate::fraction::Fraction;
use crate::laws::{Floor, FloorRule, Law, Laws};
use crate::matters::Lane;

impl Share {
    /// Whether every count that satisfies this share also satisfies `floor`. Those due are never fewer than those present, so
    /// a share of those due is at least as strict as the same share of those present.
    #[must_use]
    pub fn at_least_as_strict_as(&self, floor: &Self) -> bool {
        as_strict(self, floor.fraction.get(), floor.of)
    }
}

fn as_strict(share: &Share, floor: Fraction, of: Base) -> bool {
    let base_holds = share.of == of || (share.of == Base::Due && of == Base::Present);
    base_holds && share.fraction.get().at_least_as_strict_as(floor)
}

impl Procedure {
    /// Every floor of every statute that binds a place of this pack at some time while the pack is in force.
    ///
    /// # Errors
    /// [`ProcedureError::LooserThanStatute`] with the place, the law and the article.
    pub(super) fn check_floors(&self, laws: &Laws) -> Result<(), ProcedureError> {
        for law in laws.iter().filter(|law| self.is_bound_by(law)) {
            for floor in &law.floors {
                if let Some((place, found)) = self.looser_than(floor) {
                    return Err(ProcedureError::LooserThanStatute {
                        place,
                        law: law.id.clone(),
                        article: floor.article.clone(),
                        floor: told(floor),
                        found,
                    });
                }
            }
        }
        Ok(())
    }

    fn is_bound_by(&self, law: &Law) -> bool {
        let (from, until) = law.days();
        law.applies_to.iter().any(|kind| self.applies_to.contains(kind))
            && from.is_none_or(|from| self.effective_until().is_none_or(|end| from <= end))
            && until.is_none_or(|until| self.effective_from() <= until)
    }

    /// Where the pack is looser than a floor, and what it says there.
    fn looser_than(&self, floor: &Floor) -> Option<(String, String)> {
        let rolls = &self.rolls;
        match floor.rule {
            FloorRule::Quorum
            | FloorRule::Threshold
            | FloorRule::Notice
            | FloorRule::Authorisation
            | FloorRule::NoProxy
            | FloorRule::NoOnline => self.form_looser_than(floor),
            FloorRule::Posted => {
                let posted = self.disclosure.posted.days;
                (posted < floor.days.unwrap_or_default())
                    .then(|| ("disclosure.posted".to_owned(), format!("{posted} days")))
            }
            FloorRule::RepresentativesShare => {
                share_looser("rolls.representatives_share", rolls.representatives_share.as_ref(), floor)
            }
            FloorRule::WomenRepresentativesShare => {
                share_looser("rolls.women_representatives_share", rolls.women_representatives_share.as_ref(), floor)
            }
            FloorRule::HouseholdsPerRepresentative => rolls
                .households_per_representative
                .as_ref()
                .and_then(|range| range_looser("rolls.households_per_representative", range, floor)),
            FloorRule::CommitteeSize => {
                range_looser("rolls.village_committee_size", &rolls.village_committee_size, floor)
            }
            FloorRule::SupervisoryCommitteeSize => {
                range_looser("rolls.supervisory_committee_size", &rolls.supervisory_committee_size, floor)
            }
            FloorRule::PriorPartyDiscussion => {
                // The collective's law speaks of the members' matters alone.
                let binds = |lane: &&LaneRule| floor.body.is_none() || lane.lane == Lane::MembersAssembly;
                self.lanes.iter().filter(binds).find(|lane| !self.party_first(lane)).map(|lane| {
                    (format!("lane `{}`", lane.lane.as_str()), "no step of the party organisation first".to_owned())
                })
            }
        }
    }

    fn form_looser_than(&self, floor: &Floor) -> Option<(String, String)> {
        let body = floor.body?;
        for step in &self.steps {
            for form in step.forms.iter().filter(|form| form.body == body) {
                if let Some(found) = found_looser(form, floor) {
                    return Some((
                        format!("step `{}`, form `{}`, {}", step.code, form.id, rule_name(floor.rule)),
                        found,
                    ));
                }
            }
        }
        None
    }

    /// Important matters are first discussed by the party organisation. Lanes that decide nothing of importance are free of it.
    fn party_first(&self, lane: &LaneRule) -> bool {
        let important =
            matches!(lane.lane, Lane::Full | Lane::AssemblyOnly | Lane::MembersAssembly | Lane::Levy | Lane::Group);
        let by_party = self.steps_of(lane.lane).any(|step| step.forms.iter().any(|form| form.body.is_of_the_party()));
        !important || by_party
    }
}

fn found_looser(form: &Form, floor: &Floor) -> Option<String> {
    let share = |share: &Share| {
        let (Some(fraction), Some(of)) = (floor.share(), floor.of) else { return None };
        (!as_strict(share, fraction.get(), of)).then(|| format!("{} of {}", share.fraction.get(), share.of.as_str()))
    };
    match floor.rule {
        FloorRule::Quorum => share(&form.quorum),
        // A documented option must keep to the floor as well as the number itself.
        FloorRule::Threshold => share(&form.threshold).or_else(|| form.threshold_option.as_ref().and_then(share)),
        FloorRule::Notice => {
            let days = form.notice.as_ref().map_or(0, |notice| notice.days);
            (days < floor.days.unwrap_or_default()).then(|| format!("{days} days"))
        }
        FloorRule::Authorisation => form.needs_authorisation.is_none().then(|| "no authorisation asked for".to_owned()),
        FloorRule::NoProxy => form.household_proxy.is_some().then(|| "a proxy is admitted".to_owned()),
        FloorRule::NoOnline => form.online.is_some().then(|| "attendance from afar is admitted".to_owned()),
        _ => None,
    }
}

fn share_looser(place: &str, share: Option<&Share>, floor: &Floor) -> Option<(String, String)> {
    let fraction = floor.share()?.get();
    match share {
        None => Some((place.to_owned(), "not asked for".to_owned())),
        Some(share) if !share.fraction.get().at_least_as_strict_as(fraction) => {
            Some((place.to_owned(), share.fraction.get().to_string()))
        }
        Some(_) => None,
    }
}

fn range_looser(place: &str, range: &SizeRange, floor: &Floor) -> Option<(String, String)> {
    let looser =
        floor.least.is_some_and(|least| range.least < least) || floor.most.is_some_and(|most| range.most > most);
    looser.then(|| (place.to_owned(), format!("{} to {}", range.least, range.most)))
}

fn rule_name(rule: FloorRule) -> &'static str {
    match rule {
        FloorRule::Quorum => "quorum",
        FloorRule::Threshold => "threshold",
        FloorRule::Notice => "notice",
        FloorRule::Authorisation => "authorisation",
        FloorRule::NoProxy => "proxy",
        FloorRule::NoOnline => "online",
        FloorRule::Posted
        | FloorRule::RepresentativesShare
        | FloorRule::WomenRepresentativesShare
        | FloorRule::HouseholdsPerRepresentative
        | FloorRule::CommitteeSize
        | FloorRule::SupervisoryCommitteeSize
        | FloorRule::PriorPartyDiscussion => "rule",
    }
}

fn told(floor: &Floor) -> String {
    if let (Some(share), of) = (floor.share(), floor.of) {
        let of = of.map_or(String::new(), |of| format!(" of {}", of.as_str()));
        return format!("{}{of}", share.get());
    }
    if let Some(days) = floor.days {
        return format!("at least {days} days");
    }
    match (floor.least, floor.most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => rule_name(floor.rule).to_owned(),
    }
}
