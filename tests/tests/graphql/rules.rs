//! The rules as data: packs with their roads and numbers, laws with their articles, and what a place has made of them.

use serde_json::json;

use super::{act, ask, empty, with_files};

#[tokio::test]
async fn a_number_of_a_pack_comes_with_the_text_of_its_article() {
    let (_world, router) = empty().await;
    let data = ask(
        &router,
        r#"{ procedure(id: "rural/HN/2026") { name { zh } steps(lane: full) { code forms { id quorum { numerator
            denominator comparator of rule { law article title text { zh en } } } threshold { numerator denominator comparator }
            notice { days } } } } laws { id articles { number text { zh } } } }"#,
    )
    .await;
    let steps = data["procedure"]["steps"].as_array().unwrap();
    let codes: Vec<_> = steps.iter().map(|step| step["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["S1", "S2", "S3", "S4"]);
    let forms = steps[3]["forms"].as_array().unwrap();
    let representatives = forms.iter().find(|form| form["id"] == "representatives").unwrap();
    let quorum = &representatives["quorum"];
    assert_eq!((&quorum["numerator"], &quorum["denominator"]), (&json!(2), &json!(3)));
    assert_eq!((&quorum["comparator"], &quorum["of"]), (&json!("ge"), &json!("due")));
    let law = data["laws"].as_array().unwrap().iter().find(|law| law["id"] == quorum["rule"]["law"]).unwrap();
    let article =
        law["articles"].as_array().unwrap().iter().find(|a| a["number"] == quorum["rule"]["article"]).unwrap();
    assert_eq!(article["text"]["zh"], quorum["rule"]["text"]["zh"]);
    assert!(quorum["rule"]["text"]["zh"].as_str().unwrap().contains("三分之二"));
}

#[tokio::test]
async fn every_basis_of_every_pack_has_its_law_and_article() {
    let (_world, router) = empty().await;
    let cited = "rule { law article title text { zh } }";
    let query = format!(
        "{{ procedures {{ id initiators {{ {cited} }} lanes {{ {cited} }} detours {{ {cited} calls {{ {cited} }} }}
            periodic {{ {cited} }} steps {{ dueWithin {{ {cited} }} forms {{ quorum {{ {cited} }} threshold {{ {cited} }}
            notice {{ {cited} }} planDelivered {{ {cited} }} }} }} }} }}"
    );
    let data = ask(&router, &query).await;
    assert!(data["procedures"].as_array().unwrap().len() >= 7);
    let mut left = vec![&data];
    while let Some(value) = left.pop() {
        assert!(value.get("law").is_none() || value["text"]["zh"].is_string(), "{value}");
        assert!(value.get("law").is_none() || value["title"].is_string(), "{value}");
        left.extend(value.as_array().into_iter().flatten());
        left.extend(value.as_object().into_iter().flat_map(|fields| fields.values()));
    }
}

#[tokio::test]
async fn what_a_place_has_set_more_strictly_stands_in_its_procedure() {
    let (world, router) = with_files(&["柳沟村.json"]).await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let adjusted = act(
        &router,
        "village_director",
        r#"mutation { adjustProcedure(jurisdiction: "419901101201", input: { adjustment: { rule: threshold, step: "S4",
            form: "representatives", share: { num: 2, den: 3, op: ge, of: present }, from: "2026-08-05",
            document: "村民自治章程 第十二条" },
            paper: "0000000000000000000000000000000000000000000000000000000000000000" }) {
            ... on Recorded { position } ... on Refusal { code zh figures { name value } } } }"#,
    )
    .await;
    let position = &adjusted["data"]["adjustProcedure"]["position"];
    assert!(position.is_string(), "{adjusted}");
    let query = format!(
        "{{ jurisdiction(code: \"419901101201\", atLeast: {position}) {{ adjustments {{ rule step form document from
            share {{ numerator denominator comparator of }} }} scopes {{ number }} procedure {{ id steps(lane: full) {{ code
            forms {{ id threshold {{ numerator denominator rule {{ law article title }} }} }} }} }} }} }}"
    );
    let place = ask(&router, &query).await["jurisdiction"].clone();
    assert_eq!(place["adjustments"][0]["share"]["comparator"], "ge");
    assert_eq!(place["procedure"]["id"], "rural/HN/2026");
    let forms = place["procedure"]["steps"][3]["forms"].as_array().unwrap();
    let threshold = &forms.iter().find(|form| form["id"] == "representatives").unwrap()["threshold"];
    assert_eq!((&threshold["numerator"], &threshold["denominator"]), (&json!(2), &json!(3)));
    assert_eq!(threshold["rule"], json!({ "law": "LOCAL", "article": "村民自治章程 第十二条", "title": null }));
}

#[tokio::test]
async fn an_overdue_duty_says_who_is_told_of_it() {
    let (world, router) = with_files(&["L1-决议未公开.toml", "L2-异议未答复.toml"]).await;
    world.clock.advance_to("2026-07-24T10:00:00+08:00".parse().unwrap());
    let escalated = [
        ("2026-07-10", 1, vec!["village"]),
        ("2026-07-11", 2, vec!["village"]),
        ("2026-07-12", 3, vec!["village", "township"]),
        ("2026-07-18", 9, vec!["village", "township"]),
        ("2026-07-19", 10, vec!["village", "township", "county"]),
    ];
    for (on, days, levels) in escalated {
        // Posting was due on July 9.
        let query = format!(
            "{{ overdue(within: \"419901101201\", on: \"{on}\") {{ duty {{ kind daysOverdue escalatedTo }} }} }}"
        );
        let data = ask(&router, &query).await;
        let duties: Vec<_> = data["overdue"].as_array().unwrap().iter().map(|owed| &owed["duty"]).collect();
        let post = json!({ "kind": "post_resolution", "daysOverdue": days, "escalatedTo": levels });
        assert!(duties.contains(&&post), "{on}: {duties:?}");
    }
}
