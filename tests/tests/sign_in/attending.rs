//! 代为录入: the clerk writes down what a villager without a telephone signed on paper.

use serde_json::{Value, json};
use siyi_access::matrix::Column;
use siyi_log::envelope::Recorded;
use siyi_log::port::{AllFrom, Direction};

use super::desk::VILLAGE;
use super::doors::cast::{OTHER, Stage};

const SHEET: &str = "5555555555555555555555555555555555555555555555555555555555555555";

/// The clerk writes that somebody, in an office, declares a relative.
async fn written(stage: &mut Stage, who: &str, office: &'static str, headers: &[(&'static str, &str)]) -> Value {
    let clerk = &mut stage.player(Column::Clerk).browser;
    let own = clerk.acting.replace((who.to_owned(), office));
    clerk.extra = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let input = json!({ "person": who, "relative": OTHER, "kinship": "sibling" });
    let answer = clerk.act("declareKinship", "DeclareKinshipInput", VILLAGE, input).await;
    clerk.extra.clear();
    clerk.acting = own;
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_attendant_writes_names_both_and_the_sheet_that_was_signed() {
    let mut stage = Stage::set().await;
    let villager = stage.player(Column::Villager).browser.acting.clone().unwrap().0;
    let clerk = stage.player(Column::Clerk).browser.acting.clone().unwrap().0;
    let stranger = stage.player(Column::OtherVillager).browser.acting.clone().unwrap().0;
    let director = stage.player(Column::Director).browser.acting.clone().unwrap().0;
    let attendant = format!("clerk:{clerk}");
    let (by, sheet) = (("x-siyi-attendant", attendant.as_str()), ("x-siyi-sheet", SHEET));

    assert_eq!(written(&mut stage, &villager, "villager", &[]).await["error"], "not-permitted", "as somebody else");
    assert_eq!(
        written(&mut stage, &villager, "villager", &[by]).await["error"],
        "attendant-malformed",
        "without paper"
    );
    let malformed = ("x-siyi-sheet", "55");
    assert_eq!(written(&mut stage, &villager, "villager", &[by, malformed]).await["error"], "attendant-malformed");
    let another = format!("clerk:{director}");
    let by_another = ("x-siyi-attendant", another.as_str());
    assert_eq!(written(&mut stage, &villager, "villager", &[by_another, sheet]).await["error"], "not-permitted");
    assert_eq!(written(&mut stage, &stranger, "villager", &[by, sheet]).await["error"], "not-permitted", "not of here");
    let official = written(&mut stage, &director, "village_director", &[by, sheet]).await;
    assert_eq!(official["error"], "not-permitted", "officials act themselves");

    let recorded = written(&mut stage, &villager, "villager", &[by, sheet]).await;
    assert_eq!(recorded["__typename"], "Recorded", "{recorded}");
    let newest = stage.server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
    let envelope = Recorded::read(&newest[0]).unwrap().unwrap().envelope;
    assert_eq!((envelope.event_type.as_str(), envelope.actor.person.to_string()), ("kinship-declared.v1", villager));
    let attendant = envelope.via.unwrap().attendant.unwrap();
    assert_eq!((attendant.actor.person.to_string(), attendant.sheet.as_str()), (clerk, SHEET));
    stage.server.app.close().await;
}
