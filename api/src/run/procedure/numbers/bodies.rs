//! The rows about rolls and about who may raise a motion.

use siyi_domain::office::Residence;
use siyi_domain::procedure::InitiatorRule;
use siyi_domain::wire;

use super::{Row, Rows};

impl<'a> Rows<'a> {
    /// Who belongs to which roll.
    #[must_use]
    pub fn rolls(self) -> Vec<Row<'a>> {
        let rolls = &self.pack.rolls;
        let range = |place, zh, en, range| Self::range(place, self.t(zh, en), range);
        let holds = |place, zh, en, basis| self.holds(place, self.t(zh, en), basis);
        let mut rows = vec![
            range(
                "rolls.village_committee_size",
                "委员会人数",
                "members of the committee",
                &rolls.village_committee_size,
            ),
            range(
                "rolls.supervisory_committee_size",
                "监督委员会人数",
                "supervisors",
                &rolls.supervisory_committee_size,
            ),
            holds(
                "rolls.committee_needs_woman",
                "委员会应当有妇女成员",
                "a woman in the committee",
                &rolls.committee_needs_woman,
            ),
            holds(
                "rolls.committee_no_near_relatives",
                "委员会成员近亲属回避",
                "no near relatives in the committee",
                &rolls.committee_no_near_relatives,
            ),
            holds(
                "rolls.supervisors_apart_from_committee",
                "监督人员与委员会成员分开",
                "supervisors apart from the committee",
                &rolls.supervisors_apart_from_committee,
            ),
            holds(
                "rolls.supervisors_no_bookkeeper",
                "监督人员不得任财务人员",
                "no supervisor is the bookkeeper",
                &rolls.supervisors_no_bookkeeper,
            ),
        ];
        rows.extend(self.representatives());
        rows.extend(self.elsewhere());
        rows
    }

    /// How representatives are chosen, and the bodies of the collective.
    fn representatives(self) -> Vec<Row<'a>> {
        let rolls = &self.pack.rolls;
        let mut rows = Vec::new();
        let shares = [
            (
                "rolls.representatives_share",
                "代表占代表会议组成人员",
                "representatives in their meeting",
                &rolls.representatives_share,
            ),
            (
                "rolls.women_representatives_share",
                "妇女代表占代表会议组成人员",
                "women representatives in the meeting",
                &rolls.women_representatives_share,
            ),
        ];
        rows.extend(
            shares
                .into_iter()
                .filter_map(|(place, zh, en, share)| Some(self.share(place, self.t(zh, en), share.as_ref()?))),
        );
        let ranges = [
            (
                "rolls.households_per_representative",
                "每名代表的户数",
                "households for each representative",
                &rolls.households_per_representative,
            ),
            ("rolls.council_size", "理事会人数（单数）", "members of the council, an odd number", &rolls.council_size),
            (
                "rolls.member_representatives_size",
                "成员代表人数",
                "representatives of the members",
                &rolls.member_representatives_size,
            ),
        ];
        rows.extend(
            ranges.into_iter().filter_map(|(place, zh, en, r)| Some(Self::range(place, self.t(zh, en), r.as_ref()?))),
        );
        rows.extend(rolls.representatives_least.as_ref().map(|least| {
            Self::rule(
                "rolls.representatives_least",
                self.t("代表最少人数", "least number of representatives"),
                least.number.to_string(),
                &least.basis,
            )
        }));
        rows.extend(rolls.one_representative_a_household.as_ref().map(|basis| {
            let what = self.t("一户不得有两名代表", "one representative a household");
            self.holds("rolls.one_representative_a_household", what, basis)
        }));
        rows
    }

    fn elsewhere(self) -> impl Iterator<Item = Row<'a>> {
        self.pack.rolls.from_elsewhere.iter().map(move |rule| {
            let place = format!("rolls.from_elsewhere.{}", wire::name(&rule.roll));
            let what = format!(
                "{}{}",
                self.t("户籍不在本地的人列入：", "registered elsewhere, on the roll: "),
                self.named(rule.roll)
            );
            Self::rule(place, &what, self.residence(rule.admits), &rule.basis)
        })
    }

    fn residence(self, residence: Residence) -> &'static str {
        match residence {
            Residence::UsuallyResident => self.t("常住", "usually resident"),
            Residence::Admitted => self.t("居住一年以上，经申请并获同意", "here for a year, applied and admitted"),
            Residence::Registered => self.t("仅限户籍在本地", "registered here only"),
        }
    }

    /// Who may raise a motion.
    #[must_use]
    pub fn initiators(self) -> Vec<Row<'a>> {
        self.pack.initiators.iter().flat_map(|rule| self.initiator(rule)).collect()
    }

    fn initiator(self, rule: &'a InitiatorRule) -> Vec<Row<'a>> {
        let place = format!("initiator.{}", wire::name(&rule.kind));
        let what = self.named(rule.kind);
        let joint = rule.share.as_ref().map(|share| self.share(format!("{place}.share"), what, share));
        // A share by the same article says all that there is to say.
        let by_itself = rule.share.as_ref().is_none_or(|share| share.basis != rule.basis);
        let alone =
            by_itself.then(|| Self::rule(&place, what, self.t("可提出动议", "may raise a motion"), &rule.basis));
        alone.into_iter().chain(joint).collect()
    }
}
