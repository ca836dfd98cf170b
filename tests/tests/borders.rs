//! Every number of every pack on both sides of its border, judged by the deciders, and none forgotten.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use siyi_domain::procedure::Procedure;
use siyi_domain::roster::MAX_ROLL_MEMBERS;
use siyi_domain::rules::Rules;
use siyi_tests::borders::{Row, judge, periods, read_folder, shares, sizes, twice};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap());
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("borders")).unwrap_or_else(|message| panic!("{message}"))
});

#[test]
fn every_row_holds() {
    let judged = ROWS.iter().filter_map(|row| match judge(row, &RULES) {
        Ok(enough) if enough == row.enough => None,
        Ok(enough) => Some(format!("{}: {}.{} {} of {}: {enough}", row.at, row.place, row.rule, row.part, row.whole)),
        Err(message) => Some(message),
    });
    let wrong: Vec<String> = judged.collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
}

#[test]
fn nobody_makes_a_quorum_twice() {
    for pack in RULES.procedures() {
        twice(pack, &RULES).unwrap_or_else(|message| panic!("{}: {message}", pack.id));
    }
}

/// The parts of a number that were judged, by whole.
type Parts = BTreeMap<u64, BTreeMap<u64, bool>>;

fn parts(pack: &Procedure, number: &str) -> Parts {
    let mut parts = Parts::new();
    for row in ROWS.iter().filter(|row| row.pack == pack.id && format!("{}.{}", row.place, row.rule) == number) {
        parts.entry(row.whole).or_default().insert(row.part, row.enough);
    }
    parts
}

#[test]
fn every_share_of_every_pack_is_shown_below_at_and_above_its_border_in_odd_and_even_sizes() {
    for pack in RULES.procedures() {
        for (number, share) in shares(pack) {
            let parts = parts(pack, &number);
            for parity in [0, 1] {
                assert!(parts.keys().any(|whole| whole % 2 == parity), "{}: {number} lacks a size", pack.id);
            }
            for (whole, parts) in &parts {
                let least = share.fraction.get().least(*whole);
                let shown = [least - 1, least, least + 1].map(|part| parts.get(&part).copied());
                assert_eq!(shown, [Some(false), Some(true), Some(true)], "{}: {number} of {whole}", pack.id);
            }
        }
    }
}

#[test]
fn every_period_that_bars_an_act_is_shown_at_its_border() {
    for pack in RULES.procedures() {
        for (number, days) in periods(pack) {
            let days = u64::from(days.days);
            let parts = parts(pack, &number);
            let parts = parts.get(&days).unwrap_or_else(|| panic!("{}: {number} has no rows", pack.id));
            let shown = [days - 1, days, days + 1].map(|given| parts.get(&given).copied());
            assert_eq!(shown, [Some(false), Some(true), Some(true)], "{}: {number}", pack.id);
        }
    }
}

#[test]
fn every_size_of_a_body_is_shown_at_its_borders() {
    for pack in RULES.procedures() {
        for (roll, range) in sizes(pack) {
            let least = parts(pack, &format!("rolls.{roll}.least"));
            let least = least.get(&range.least).unwrap_or_else(|| panic!("{}: {roll} has no rows", pack.id));
            assert_eq!([range.least - 1, range.least].map(|part| least.get(&part).copied()), [Some(false), Some(true)]);
            // A bound at the engine's own limit of a roll is shown by `too-many-entries`.
            if range.most < MAX_ROLL_MEMBERS as u64 {
                let most = parts(pack, &format!("rolls.{roll}.most"));
                let most = most.get(&range.most).unwrap_or_else(|| panic!("{}: {roll} has no rows", pack.id));
                assert_eq!(
                    [range.most, range.most + 1].map(|part| most.get(&part).copied()),
                    [Some(true), Some(false)]
                );
            }
        }
        if let Some(range) = &pack.rolls.households_per_representative {
            for (rule, bound) in [("least", range.least), ("most", range.most)] {
                let parts = parts(pack, &format!("rolls.households_per_representative.{rule}"));
                assert!(parts.len() > 1, "{}: households for each representative, {rule}", pack.id);
                for (households, parts) in parts {
                    let edge = if rule == "least" { households / bound } else { households.div_ceil(bound) };
                    let beyond = if rule == "least" { edge + 1 } else { edge - 1 };
                    assert_eq!([edge, beyond].map(|part| parts.get(&part).copied()), [Some(true), Some(false)]);
                }
            }
        }
    }
}
