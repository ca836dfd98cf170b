//! Flags: for each pattern what raises it and what just does not, how they are closed, and that `docs/abuse.md` tells of them.

use siyi_domain::consultation::events::FlagClosed;
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{Fen, JurisdictionCode};
use siyi_domain::jurisdiction::VillageFlagClosed;
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{Outcome, Request, Target};
use siyi_projections::compliance::{self, Severity};
use siyi_tests::world::World;
use uuid::Uuid;

#[path = "compliance/deciding.rs"]
mod deciding;
#[path = "compliance/documents.rs"]
mod documents;
#[path = "compliance/log.rs"]
mod log;
#[path = "compliance/money.rs"]
mod money;
#[path = "compliance/notices.rs"]
mod notices;
#[path = "compliance/villages.rs"]
mod villages;

use log::{Log, VILLAGE, id, moment, text};

/// A matter with a variation, which is flagged, on the day given.
fn with_variation(log: &mut Log, matter: u128) {
    log.open(matter, "2026-03-01");
    log.resolve(matter, "2026-03-10", 10_000_000);
    vary(log, matter, "2026-05-01", 300_000);
}

fn vary(log: &mut Log, matter: u128, at: &str, total: u64) {
    log.of_matter(
        matter,
        at,
        siyi_domain::consultation::events::VariationApproved {
            amount_fen: Fen(300_000),
            reason: text("地基加深"),
            committee: vec![log::person(1)],
            supervisors: vec![log::person(7)],
            total_fen: Fen(total),
        },
    );
}

fn close(log: &mut Log, matter: u128, pattern: FlagPattern) {
    log.of_matter(matter, "2026-05-10", FlagClosed { pattern, reason: text("已核查，手续齐全") });
}

#[test]
fn a_closed_flag_tells_who_closed_it_and_why() {
    let mut log = Log::default();
    with_variation(&mut log, 1);
    assert!(log.flag(FlagPattern::Overspending).is_open());
    close(&mut log, 1, FlagPattern::Overspending);
    let flag = log.flag(FlagPattern::Overspending);
    let closing = flag.closing().unwrap();
    assert_eq!((closing.office, closing.at), (Office::Supervisor, moment("2026-05-10")));
    assert_eq!(closing.reason, "已核查，手续齐全");
}

#[test]
fn closing_one_pattern_or_one_matter_leaves_the_others_open() {
    let mut log = Log::default();
    with_variation(&mut log, 1);
    with_variation(&mut log, 2);
    close(&mut log, 1, FlagPattern::SlowAnswers);
    assert!(log.flags(FlagPattern::Overspending).iter().all(compliance::FlagRow::is_open));
    close(&mut log, 2, FlagPattern::Overspending);
    let open: Vec<bool> = log.flags(FlagPattern::Overspending).iter().map(compliance::FlagRow::is_open).collect();
    assert_eq!(open, [true, false]);
}

#[test]
fn what_happens_after_the_closing_opens_a_flag_again() {
    let mut log = Log::default();
    with_variation(&mut log, 1);
    close(&mut log, 1, FlagPattern::Overspending);
    vary(&mut log, 1, "2026-05-20", 600_000);
    let flag = log.flag(FlagPattern::Overspending);
    assert!(flag.is_open());
    assert_eq!((flag.evidence.len(), flag.closings.len()), (2, 1));
    assert_eq!(flag.figure("variations_fen"), Some("600000"));
}

#[test]
fn flags_are_counted_at_every_level_and_found_by_place_and_matter() {
    let mut log = Log::default();
    with_variation(&mut log, 1);
    with_variation(&mut log, 2);
    close(&mut log, 2, FlagPattern::Overspending);
    let (shelf, _folder) = log.shelf(3);
    let code = |text: &str| text.parse::<JurisdictionCode>().unwrap();
    for level in [VILLAGE, "419901101000", "419901000000", "419900000000", "410000000000"] {
        let count = compliance::counts(&shelf, &code(level)).unwrap()[&FlagPattern::Overspending];
        assert_eq!((count.all, count.open), (2, 1), "{level}");
    }
    assert!(compliance::counts(&shelf, &code("419902000000")).unwrap().is_empty());
    let flags = |within: &str, open_only, limit| {
        compliance::flags(&shelf, Some(&code(within)), None, open_only, limit).unwrap().len()
    };
    assert_eq!(flags("419901000000", false, 100), 2);
    assert_eq!(flags("419901000000", true, 100), 1);
    assert_eq!(flags("419901000000", false, 1), 1);
    assert_eq!(flags("419902000000", false, 100), 0);
    assert_eq!(compliance::of_matter(&shelf, id(1)).unwrap().len(), 1);
    assert!(compliance::of_matter(&shelf, id(9)).unwrap().is_empty());
}

#[test]
fn a_flag_of_the_village_is_closed_by_its_name() {
    let mut log = Log::default();
    for (matter, at) in [(1, "2026-03-01"), (2, "2026-04-01")] {
        money::light(&mut log, matter, at, 4_000_000);
    }
    let flag = log.flag(FlagPattern::Splitting);
    let closed = |subject: &str| VillageFlagClosed {
        pattern: FlagPattern::Splitting,
        subject: text(subject),
        reason: text("两处工程，不在一地"),
    };
    log.of_village(VILLAGE, "2026-05-01", closed("V03/another"));
    assert!(log.flag(FlagPattern::Splitting).is_open());
    log.of_village(VILLAGE, "2026-05-02", closed(&flag.subject));
    assert_eq!(log.flag(FlagPattern::Splitting).closing().unwrap().reason, "两处工程，不在一地");
}

async fn case(name: &str) -> World {
    let world = World::new().await.unwrap();
    world.run(&[siyi_tests::world::cases().join(name)]).await.unwrap();
    world
}

/// R8 of the shipped cases: two light matters, each without a fault of form, that are one.
#[tokio::test]
async fn two_sums_under_the_limit_are_flagged_when_they_come_through_the_handler() {
    let world = case("R8-先干后补.toml").await;
    let shelf = world.app.models.compliance.shelf();
    let flags = compliance::flags(&shelf, None, Some(FlagPattern::Splitting), true, 10).unwrap();
    assert!(flags.iter().any(|flag| flag.subject.starts_with("contractor/")), "{flags:#?}");
    assert!(flags.iter().all(|flag| flag.severity == Severity::Serious && flag.figure("sum_fen") == Some("7090000")));
}

/// A closing by command, and a rebuild that gives what was followed.
#[tokio::test]
async fn a_supervisor_closes_a_flag_by_a_command() {
    let world = case("C1-C2-道路硬化.toml").await;
    let models = &world.app.models;
    let code: JurisdictionCode = VILLAGE.parse().unwrap();
    let find = |shelf: &siyi_projections::shelf::Shelf| {
        let flags = compliance::flags(shelf, Some(&code), Some(FlagPattern::Overspending), false, 10).unwrap();
        flags.into_iter().next().unwrap()
    };
    let flag = find(&models.compliance.shelf());
    assert!(flag.is_open());
    let request = Request {
        command_id: Uuid::from_u128(0xc105e),
        target: Target::Consultation(flag.matter.unwrap()),
        name: "closeFlag".to_owned(),
        input: serde_json::json!({ "pattern": flag.pattern, "reason": "变更手续齐全" }),
        occurred_at: None,
        actor: Actor { person: log::person(7), office: Office::Supervisor },
        correlation_id: None,
        via: None,
    };
    let receipt = match world.app.handler.handle(&request).await.unwrap() {
        Outcome::Recorded(receipt) => receipt,
        Outcome::Refused(refusal) => panic!("refused: {refusal}"),
    };
    assert!(models.wait_for(receipt.position, std::time::Duration::from_secs(60)).await);
    let followed = models.compliance.shelf().contents().unwrap();
    assert_eq!(find(&models.compliance.shelf()).closing().unwrap().reason, "变更手续齐全");
    models.rebuild("compliance").await.unwrap().unwrap();
    assert!(followed == models.compliance.shelf().contents().unwrap());
}
