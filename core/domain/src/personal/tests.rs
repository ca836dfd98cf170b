use proptest::prelude::*;

use super::identity::check_character;
use super::*;

fn kinds(text: &str) -> Vec<&'static str> {
    find(text).iter().map(|found| found.kind.as_str()).collect()
}

fn marked(text: &str) -> Vec<String> {
    let part = |found: &Found| text.chars().skip(found.start_char).take(found.end_char - found.start_char).collect();
    find(text).iter().map(part).collect()
}

fn identity_number(province: usize, county: u32, born: (u32, u32, u32), sequence: u32) -> String {
    const PROVINCES: [u32; 34] = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65, 81, 82, 83,
    ];
    let (year, month, day) = born;
    let body = format!("{}{county:04}{year}{month:02}{day:02}{sequence:03}", PROVINCES[province % PROVINCES.len()]);
    let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
    let check = match check_character(&digits) {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    body + &check
}

fn full_width(text: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
    text.chars().map(wide).collect()
}

fn luhn(mut digits: Vec<u8>) -> String {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| {
        let doubled = u32::from(*digit) * if place % 2 == 0 { 2 } else { 1 };
        if doubled > 9 { doubled - 9 } else { doubled }
    });
    let sum: u32 = weighed.sum();
    digits.push(u8::try_from((10 - sum % 10) % 10).unwrap());
    digits.iter().map(ToString::to_string).collect()
}

#[test]
fn an_identity_number_is_found_however_it_is_written() {
    // The example of GB 11643 itself.
    for text in [
        "身份证号11010519491231002X。",
        "身份证号11010519491231002x",
        "110105 19491231 002X",
        "110105-1949-1231-002X",
        "110105－19491231－002Ｘ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105　1949　1231　002×",
        "110105·19491231·002Ⅹ",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "110105，19491231，002X",
        "110105\u{200b}19491231\u{200b}002X",
        "11010519491231\n002X",
        "号码为ID11010519491231002Xabc",
        "前2026年11010519491231002X",
        "99911010519491231002X",
    ] {
        assert_eq!(kinds(text), ["identity_number"], "{text}");
    }
    assert_eq!(marked("拟救助张某，身份证号11010519491231002X。"), ["11010519491231002X"]);
}

#[test]
fn a_number_of_hong_kong_residents_and_an_old_one_are_found() {
    assert_eq!(kinds(&identity_number(31, 0, (1990, 1, 1), 1)), ["identity_number"]);
    for text in ["110105491231002", "旧证号110105 491231 002，", "１１０１０５４９１２３１００２"] {
        assert_eq!(kinds(text), ["identity_number"], "{text}");
    }
}

#[test]
fn a_mobile_is_found_however_it_is_written() {
    for text in [
        "13812345678",
        "电话：138-1234-5678",
        "联系138 1234 5678",
        "+8613812345678",
        "+86 138 1234 5678",
        "0086-13812345678",
        "(+86)13812345678",
        "013812345678",
        "１３８１２３４５６７８",
        "138 12345678",
        "1381234 5678",
        "138.1234.5678",
        "138—1234—5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "Tel13812345678",
        "微信wx13812345678",
        "张三13812345678李四",
    ] {
        assert_eq!(kinds(text), ["mobile"], "{text}");
    }
    assert_eq!(marked("13812345678、13912345678"), ["13812345678", "13912345678"]);
    assert_eq!(marked("13812345678 13912345678"), ["13812345678", "13912345678"]);
}

#[test]
fn landlines_cards_mails_and_documents_are_found() {
    let card = luhn([6, 2, 2, 8, 4, 8, 0, 4, 0, 2, 5, 6, 4, 8, 9, 0, 0, 1].to_vec());
    let fours = format!("{} {} {} {} {}", &card[..4], &card[4..8], &card[8..12], &card[12..16], &card[16..]);
    let table = [
        ("0371-65901234", "landline"),
        ("（0371）65901234", "landline"),
        ("(010)6590 1234", "landline"),
        ("电话０３７６－６３６１２３４", "landline"),
        (&card, "bank_card"),
        (&fours, "bank_card"),
        ("4111 1111 1111 1111", "bank_card"),
        ("邮箱zhang.san@example.com。", "mail"),
        ("a＠b．cn", "mail"),
        ("护照E12345678", "travel_document"),
        ("护照EA1234567，", "travel_document"),
        ("通行证C87654321", "travel_document"),
        ("回乡证H1234567890", "travel_document"),
    ];
    for (text, kind) in table {
        assert_eq!(kinds(text), [kind], "{text}");
    }
    assert_eq!(marked("邮箱zhang.san@example.com.cn."), ["zhang.san@example.com.cn"]);
    assert_eq!(marked("13812345678@example.com"), ["13812345678@example.com"]);
    assert_eq!(marked("电话（0371）65901234转2"), ["（0371）65901234"]);
}

#[test]
fn figures_of_a_village_are_nobodys() {
    for text in [
        "",
        "419901101201",
        "131025100203",
        "项目代码2026-411502-48-01-123456",
        "招标编号4115022026031101",
        "招标编号HN-2026-0311-0001",
        "合同编号XM-2026-03-0012",
        "预算62400000分",
        "共13812345678元",
        "共13,812,345,678元",
        "￥13812345678",
        "2026年3月11日，2026-03-11 14:50:00",
        "2022-03-11、2022-03-12、2022-03-13、2022-03-14",
        "20260311",
        "统一社会信用代码91410100MA9F3KJ21X",
        "统一社会信用代码914101007425012341",
        "统一社会信用代码124115024190000005",
        "桂城街道办〔2026〕12号",
        "41×3=123 ≥ 110=55×2",
        "凭证记-2026-03-00012",
        "一至三组道路硬化1380米、宽4.5米、厚0.18米",
        "面积138.1234亩，单价567.8元",
        "H0012、H0013",
        "文号C20260311",
        "经度114.06789，纬度32.12345",
        "15 20 30 40 50 60",
        "@",
        "a@b",
        "微博@柳沟村.",
        "版本1.2.3.4.5.6.7.8.9.10.11",
        "202603111230001",
        "110105194912310021",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn a_long_text_is_read_to_its_end() {
    // Texts at which a finder that looks back or ahead without bound would take the square of their length.
    for part in ["1", "1-", "1 1 0 1 0 5 ", "110105194912310", "a@", "@a.", "0-", "(0371)", "E1", "110105,1949"] {
        let text = part.repeat(20_000 / part.len()) + "，身份证：11010519491231002X";
        assert_eq!(kinds(&text).last(), Some(&"identity_number"), "{part}");
    }
}

proptest! {
    #[test]
    fn every_valid_identity_number_is_found_in_any_text(
        place in (0usize..34, 0u32..10_000),
        born in (1900u32..2030, 1u32..=12, 1u32..=28),
        sequence in 0u32..1000,
        around in ("\\PC{0,20}", "\\PC{0,20}"),
        form in 0usize..5,
    ) {
        let plain = identity_number(place.0, place.1, born, sequence);
        let written = match form {
            0 => plain,
            1 => full_width(&plain),
            2 => format!("{} {} {}", &plain[..6], &plain[6..14], &plain[14..]),
            3 => format!("{}-{}", &plain[..6], &plain[6..]),
            _ => plain.to_lowercase(),
        };
        let parted = form == 2 || form == 3;
        // Where it is written in parts, a digit that touches it makes it another number.
        let part = if parted { "号" } else { "" };
        let text = format!("{}{part}{written}{part}{}", around.0, around.1);
        let length = written.chars().count();
        let from = around.0.chars().count() + part.chars().count();
        let found = find(&text);
        prop_assert!(
            found.iter().any(|f| f.kind == Kind::IdentityNumber && f.start_char < from + length && f.end_char > from),
            "{text}: {found:?}"
        );
    }

    #[test]
    fn eighteen_digits_with_a_wrong_check_digit_are_no_identity_number(body in "[1-9][0-9]{16}", off in 1u8..11) {
        let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
        let wrong = (check_character(&digits) + off) % 11;
        let text = body + &if wrong == 10 { "X".to_owned() } else { wrong.to_string() };
        prop_assert!(find(&text).iter().all(|found| found.kind != Kind::IdentityNumber), "{text}");
    }

    #[test]
    fn every_mobile_is_found(number in "1[3-9][0-9]{9}", before in "[\u{4e00}-\u{9fa5}：，]{0,5}", after in "[\u{4e00}-\u{5142}。，]{0,5}") {
        let text = format!("{before}{number}{after}");
        prop_assert_eq!(kinds(&text), ["mobile"]);
    }

    #[test]
    fn every_unionpay_card_is_found(digits in prop::collection::vec(0u8..10, 13..=16)) {
        let number = luhn([&[6, 2], digits.as_slice()].concat());
        prop_assert!(!find(&format!("卡号{number}，")).is_empty(), "{number}");
    }

    #[test]
    fn no_text_breaks_it_and_places_are_in_order(text in any::<String>()) {
        let length = text.chars().count();
        let mut end = 0;
        for found in find(&text) {
            prop_assert!(found.start_char >= end && found.end_char > found.start_char && found.end_char <= length);
            end = found.end_char;
        }
    }

    #[test]
    fn digits_and_their_company_break_nothing(text in "[0-9０-９xXＸ@＠.,()（） \\-—·a-eE\n]{0,80}") {
        let _ = find(&text);
    }

    #[test]
    fn codes_of_places_are_never_found(code in "[1-6][0-9]{11}") {
        prop_assert_eq!(find(&format!("辖区{code}。")), []);
    }
}
