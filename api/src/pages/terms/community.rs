//! The names of a community (社区), whose people are residents where those of a village are villagers.
//!
//! Only whole names are exchanged, so that no title of a law and no text that somebody wrote is touched.

/// A name of the village and the one that a community has for it.
const NAMES: &[(&str, &str)] = &[
    ("村民委员会", "居民委员会"),
    ("村务监督委员会", "居务监督委员会"),
    ("村民代表", "居民代表"),
    ("村民", "居民"),
    ("村民联名", "居民联名"),
    ("村民代表联名", "居民代表联名"),
    ("村党组织", "社区党组织"),
    ("村党组织书记", "社区党组织书记"),
    ("村党组织委员", "社区党组织委员"),
    ("村党组织委员会", "社区党组织委员会"),
    ("村委会主任", "居委会主任"),
    ("村委会委员", "居委会委员"),
    ("村务监督委员会成员", "居务监督委员会成员"),
    ("村文书", "社区文书"),
    ("十八周岁以上村民", "十八周岁以上居民"),
    ("本村十八周岁以上村民", "本社区十八周岁以上居民"),
    ("召开村民代表会议", "召开居民代表会议"),
    ("召开村民会议", "召开居民会议"),
    ("村务公开", "居务公开"),
    ("村干部提议", "社区干部提议"),
    ("villagers' committee", "residents' committee"),
    ("the villagers' committee", "the residents' committee"),
    ("member of the villagers' committee", "member of the residents' committee"),
    ("head of the villagers' committee", "head of the residents' committee"),
    ("villagers' representative", "residents' representative"),
    ("villagers' representatives", "residents' representatives"),
    ("villager", "resident"),
    ("village clerk", "clerk of the community"),
    ("villagers jointly", "residents jointly"),
    ("villagers of 18 or older", "residents of 18 or older"),
    ("meeting of the villagers' representatives", "meeting of the residents' representatives"),
    ("villagers' assembly", "residents' assembly"),
    ("proposed by village officers", "proposed by officers of the community"),
    ("suggested by party members and villagers", "suggested by party members and residents"),
];

/// The name that a community has for what a village calls `name`.
#[must_use]
pub fn of_residents(name: &'static str) -> &'static str {
    NAMES.iter().find(|(village, _)| *village == name).map_or(name, |(_, community)| community)
}

#[cfg(test)]
mod tests {
    use siyi_domain::office::{Office, RollKind};
    use siyi_domain::procedure::{Base, InitiatorKind};

    use super::super::Term;
    use crate::pages::lang::Lang;

    #[test]
    fn no_body_of_a_community_is_called_after_villagers() {
        let zh = [
            RollKind::VillageCommittee.named_in(true, Lang::Zh),
            RollKind::SupervisoryCommittee.named_in(true, Lang::Zh),
            RollKind::Representatives.named_in(true, Lang::Zh),
            RollKind::AdultVillagers.named_in(true, Lang::Zh),
            RollKind::PartyCommittee.named_in(true, Lang::Zh),
            Office::PartySecretary.named_in(true, Lang::Zh),
            Office::PartyCommitteeMember.named_in(true, Lang::Zh),
            Office::VillageDirector.named_in(true, Lang::Zh),
            Office::VillageCommitteeMember.named_in(true, Lang::Zh),
            Office::Supervisor.named_in(true, Lang::Zh),
            Office::Representative.named_in(true, Lang::Zh),
            Office::Villager.named_in(true, Lang::Zh),
            Office::Clerk.named_in(true, Lang::Zh),
            Base::AdultVillagers.named_in(true, Lang::Zh),
            Base::Representatives.named_in(true, Lang::Zh),
            InitiatorKind::PartyOrganisation.named_in(true, Lang::Zh),
            InitiatorKind::VillageCommittee.named_in(true, Lang::Zh),
            InitiatorKind::SupervisoryCommittee.named_in(true, Lang::Zh),
            InitiatorKind::Villagers.named_in(true, Lang::Zh),
            InitiatorKind::Representatives.named_in(true, Lang::Zh),
        ];
        assert!(zh.iter().all(|name| !name.contains('村')), "{zh:?}");
        assert_eq!(RollKind::Representatives.named_in(false, Lang::Zh), "村民代表");
        assert_eq!(Office::Representative.named_in(true, Lang::En), "residents' representative");
    }
}
