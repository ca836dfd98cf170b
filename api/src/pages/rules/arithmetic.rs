//! A test in one line that everybody can check by hand: 实到 41 ≥ 应到 55 的 2/3（41×3=123 ≥ 110=55×2）.

use siyi_domain::fraction::Comparator;
use siyi_domain::procedure::Base;
use siyi_domain::tally::Test;

use crate::pages::lang::Lang;
use crate::pages::terms::{Term, of_residents};

/// What a test is called, whom it counts, of whom, and in which unit, in one language.
struct Named {
    title: &'static str,
    part: &'static str,
    whole: &'static str,
    unit: Unit,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Persons,
    Households,
    /// Hundredths of a square metre.
    Area,
}

fn named(test: &Test, urban: bool, lang: Lang) -> Named {
    let p = |zh, en| lang.pick(zh, en);
    let local = |zh, en| if urban { of_residents(lang.pick(zh, en)) } else { lang.pick(zh, en) };
    let of = short_base(test.of, urban, lang);
    let of_votes = p("参与表决", "taking part");
    let (title, part, whole, unit) = match test.what.as_str() {
        "quorum" => (p("到会人数", "quorum"), p("实到", "present"), of, Unit::Persons),
        "threshold" => (p("同意人数", "threshold"), p("同意", "in favour"), of, Unit::Persons),
        "representatives" => (
            if urban {
                p("居民代表占组成人员比例", "representatives among the members")
            } else {
                p("村民代表占组成人员比例", "representatives among the members")
            },
            local("村民代表", "villagers' representatives"),
            p("组成人员", "members"),
            Unit::Persons,
        ),
        "women_representatives" => (
            if urban {
                p("妇女居民代表占组成人员比例", "women representatives among the members")
            } else {
                p("妇女村民代表占组成人员比例", "women representatives among the members")
            },
            p("妇女代表", "women representatives"),
            p("组成人员", "members"),
            Unit::Persons,
        ),
        "signatures" => (p("联名人数", "signatures"), p("联名", "signatures"), of, Unit::Persons),
        "coverage" => {
            (p("征求意见覆盖面", "coverage"), p("征求", "asked"), p("涉及户", "households concerned"), Unit::Households)
        }
        "household_signatures" => (
            p("户签字", "signatures of households"),
            p("签字", "signed"),
            p("全体户", "all households"),
            Unit::Households,
        ),
        "owners_taking_part" => {
            (p("参与表决的业主", "owners taking part"), of_votes, p("全体业主", "all owners"), Unit::Persons)
        }
        "area_taking_part" => {
            (p("参与表决的面积", "area taking part"), of_votes, p("总面积", "the whole area"), Unit::Area)
        }
        "owners_agreeing" => (
            p("同意的业主", "owners in favour"),
            p("同意", "in favour"),
            p("参与表决业主", "owners taking part"),
            Unit::Persons,
        ),
        "area_agreeing" => (
            p("同意的面积", "area in favour"),
            p("同意", "in favour"),
            p("参与表决面积", "area taking part"),
            Unit::Area,
        ),
        _ => (p("比例", "share"), p("人数", "part"), of, Unit::Persons),
    };
    Named { title, part, whole, unit }
}

/// The base as it stands before its figure.
fn short_base(base: Base, urban: bool, lang: Lang) -> &'static str {
    match base {
        Base::Due => lang.pick("应到", "those due,"),
        Base::Present => lang.pick("到会", "those present,"),
        Base::AdultVillagers | Base::Representatives => base.named_in(urban, lang),
        Base::Households => lang.pick("全体户", "all households,"),
    }
}

/// What a test judges.
#[must_use]
pub fn tested(test: &Test, urban: bool, lang: Lang) -> &'static str {
    named(test, urban, lang).title
}

/// What the whole of a test is, as a share in words names it.
#[must_use]
pub fn base(test: &Test, urban: bool, lang: Lang) -> &'static str {
    match test.what.as_str() {
        "quorum" | "threshold" | "signatures" | "representatives" | "women_representatives" => {
            test.of.named_in(urban, lang)
        }
        _ => named(test, urban, lang).whole,
    }
}

/// The least part that satisfies the rule, with its unit.
#[must_use]
pub fn least(test: &Test, lang: Lang) -> String {
    figure(test.fraction().least(test.whole), named(test, false, lang).unit, lang)
}

fn figure(count: u64, unit: Unit, lang: Lang) -> String {
    match (unit, lang) {
        (Unit::Persons, Lang::Zh) => format!("{count}人"),
        (Unit::Households, Lang::Zh) => format!("{count}户"),
        (Unit::Persons | Unit::Households, Lang::En) => count.to_string(),
        (Unit::Area, Lang::Zh) => format!("{}.{:02}平方米", count / 100, count % 100),
        (Unit::Area, Lang::En) => format!("{}.{:02} m²", count / 100, count % 100),
    }
}

/// The test in one line: whom it counts, the figures, the rule, and the multiplication by which anybody can check it.
#[must_use]
pub fn line(test: &Test, urban: bool, lang: Lang) -> String {
    let Named { part: part_name, whole: whole_name, unit, .. } = named(test, urban, lang);
    let figure = |count: u64| match unit {
        Unit::Area => figure(count, unit, lang),
        Unit::Persons | Unit::Households => count.to_string(),
    };
    let (part, whole, share) = (figure(test.part), figure(test.whole), format!("{}/{}", test.num, test.den));
    let arithmetic = test.arithmetic();
    let of_area = if unit == Unit::Area { lang.pick("；以0.01平方米计", "; in 0.01 m²") } else { "" };
    let stands = match (lang, test.op, test.met) {
        (_, Comparator::Ge, true) => "≥",
        (Lang::Zh, Comparator::Ge, false) => "不足",
        (Lang::Zh, Comparator::Gt, true) => "超过",
        (Lang::Zh, Comparator::Gt, false) => "未超过",
        (Lang::En, Comparator::Ge, false) => "is less than",
        (Lang::En, Comparator::Gt, true) => "is more than",
        (Lang::En, Comparator::Gt, false) => "is not more than",
    };
    match lang {
        Lang::Zh => format!("{part_name} {part} {stands} {whole_name} {whole} 的 {share}（{arithmetic}{of_area}）"),
        Lang::En => format!("{part_name} {part} {stands} {share} of {whole_name} {whole} ({arithmetic}{of_area})"),
    }
}

#[cfg(test)]
mod tests {
    use siyi_domain::procedure::{Basis, Certainty};

    use super::*;

    fn test(what: &str, part: u64, whole: u64, rule: (u32, u32, Comparator), of: Base) -> Test {
        let (num, den, op) = rule;
        let fraction = siyi_domain::fraction::Fraction { num, den, op };
        let basis = Basis { law: "VL-2025".to_owned(), article: "30".to_owned(), certainty: Certainty::Found };
        let met = fraction.holds(part, whole);
        Test { what: what.to_owned(), part, whole, num, den, op, of, basis, met }
    }

    #[test]
    fn a_quorum_is_told_in_one_line_on_both_sides_of_its_border() {
        let quorum = |part| test("quorum", part, 55, (2, 3, Comparator::Ge), Base::Due);
        assert_eq!(line(&quorum(41), false, Lang::Zh), "实到 41 ≥ 应到 55 的 2/3（41×3=123 ≥ 110=55×2）");
        assert_eq!(line(&quorum(36), false, Lang::Zh), "实到 36 不足 应到 55 的 2/3（36×3=108 < 110=55×2）");
        assert_eq!(line(&quorum(37), false, Lang::En), "present 37 ≥ 2/3 of those due, 55 (37×3=111 ≥ 110=55×2)");
    }

    #[test]
    fn exactly_half_is_not_more_than_half() {
        let majority = |part, whole| test("threshold", part, whole, (1, 2, Comparator::Gt), Base::Due);
        assert_eq!(line(&majority(21, 55), false, Lang::Zh), "同意 21 未超过 应到 55 的 1/2（21×2=42 ≤ 55=55×1）");
        assert_eq!(line(&majority(22, 44), false, Lang::Zh), "同意 22 未超过 应到 44 的 1/2（22×2=44 ≤ 44=44×1）");
        assert_eq!(line(&majority(28, 55), false, Lang::Zh), "同意 28 超过 应到 55 的 1/2（28×2=56 > 55=55×1）");
    }

    #[test]
    fn areas_are_told_in_square_metres() {
        let area = test("area_agreeing", 805_025, 1_200_000, (1, 2, Comparator::Gt), Base::Present);
        assert_eq!(
            line(&area, true, Lang::Zh),
            "同意 8050.25平方米 超过 参与表决面积 12000.00平方米 的 1/2（805025×2=1610050 > 1200000=1200000×1；以0.01平方米计）"
        );
        assert_eq!(least(&area, Lang::Zh), "6000.01平方米");
    }

    #[test]
    fn a_community_counts_residents() {
        let signed = test("signatures", 12, 50, (1, 5, Comparator::Ge), Base::Representatives);
        assert_eq!(line(&signed, true, Lang::Zh), "联名 12 ≥ 居民代表 50 的 1/5（12×5=60 ≥ 50=50×1）");
        assert_eq!(line(&signed, false, Lang::Zh), "联名 12 ≥ 村民代表 50 的 1/5（12×5=60 ≥ 50=50×1）");
    }
}
