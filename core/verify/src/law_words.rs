//! Laws, shares and bases in words.

use siyi_domain::laws::Laws;
use siyi_domain::procedure::{Base, Basis, Certainty};

use crate::finding::Language;

/// Where a rule comes from, in a line: `《中华人民共和国村民委员会组织法》（2025-10-28）第30条`.
#[must_use]
pub fn basis(basis: &Basis, laws: &Laws, language: Language) -> String {
    let article = article(&basis.article, language);
    let remembered = match basis.certainty {
        Certainty::Found => "",
        Certainty::Memory => language.pick("，惯例", ", by practice"),
    };
    match laws.find(&basis.law) {
        None => format!("{} {article}{remembered}", basis.law),
        Some(law) => match language {
            Language::Chinese => format!("《{}》（{}）{article}{remembered}", law.title.zh, law.version),
            Language::English => format!("{} ({}), {article}{remembered}", law.title.en, law.version),
        },
    }
}

/// `30`, `28 ¶2` and `26(3)` as articles; anything else, for example the name of a step, as it stands.
fn article(text: &str, language: Language) -> String {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    if language == Language::English {
        return format!("art. {text}");
    }
    if let Some((number, paragraph)) = text.split_once(" ¶") {
        return format!("第{number}条第{paragraph}款");
    }
    match text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((number, item)) => format!("第{number}条第（{item}）项"),
        None => format!("第{text}条"),
    }
}

/// What a share is of.
#[must_use]
pub const fn base(base: Base, language: Language) -> &'static str {
    match (base, language) {
        (Base::Due, Language::Chinese) => "应到",
        (Base::Due, Language::English) => "due",
        (Base::Present, Language::Chinese) => "到会",
        (Base::Present, Language::English) => "present",
        (Base::AdultVillagers, Language::Chinese) => "十八周岁以上村（居）民",
        (Base::AdultVillagers, Language::English) => "villagers of 18 and over",
        (Base::Representatives, Language::Chinese) => "村（居）民代表",
        (Base::Representatives, Language::English) => "representatives",
        (Base::Households, Language::Chinese) => "户",
        (Base::Households, Language::English) => "households",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_read_as_people_say_them() {
        assert_eq!(article("30", Language::Chinese), "第30条");
        assert_eq!(article("28 ¶2", Language::Chinese), "第28条第2款");
        assert_eq!(article("26(3)", Language::Chinese), "第26条第（3）项");
        assert_eq!(article("30", Language::English), "art. 30");
        assert_eq!(article("S1", Language::Chinese), "S1");
    }
}
