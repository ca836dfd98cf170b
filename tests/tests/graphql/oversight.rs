//! What a township and a county ask: flags, duties of each period, items of joint conferences.

use axum::Router;
use serde_json::{Value, json};

use super::{act, ask, with_files};

const VILLAGE: &str = "419901101201";

/// Records a routine duty and answers the position of its event.
async fn record_routine(router: &Router, period: &str, paper: char) -> Value {
    let paper = paper.to_string().repeat(64);
    let mutation = format!(
        "mutation {{ recordRoutine(jurisdiction: \"{VILLAGE}\", input: {{ kind: accounts_disclosure, period: \"{period}\",
            summary: \"财务公开\", paper: \"{paper}\" }}) {{ ... on Recorded {{ position events {{ id }} }}
            ... on Refusal {{ code }} }} }}"
    );
    act(router, "clerk", &mutation).await["data"]["recordRoutine"].clone()
}

#[tokio::test]
async fn a_flag_tells_its_evidence_until_somebody_closes_it() {
    let (world, router) = with_files(&["柳沟村.json"]).await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let first = record_routine(&router, "2026-05-03", '0').await;
    let again = record_routine(&router, "2026-06-03", '0').await;
    let flags = |position: &Value, rest: &str| {
        format!(
            "{{ jurisdiction(code: \"{VILLAGE}\", atLeast: {position}) {{ flagCounts {{ pattern all open }} }}
                flags(within: \"419901000000\", pattern: photo_reused, atLeast: {position} {rest}) {{ pattern zh severity subject open
                evidence {{ event type }} consultation {{ number title }} jurisdiction {{ name }}
                closedBy {{ reason by {{ office }} }} }} }}"
        )
    };
    let data = ask(&router, &flags(&again["position"], "")).await;
    let flag = &data["flags"][0];
    assert_eq!((&flag["zh"], &flag["open"]), (&json!("照片重复使用"), &json!(true)));
    assert_eq!(flag["jurisdiction"]["name"], "柳沟村");
    assert!(flag["consultation"].is_null() && flag["closedBy"].is_null());
    let evidence: Vec<_> = flag["evidence"].as_array().unwrap().iter().map(|e| &e["event"]).collect();
    assert_eq!(evidence, [&first["events"][0]["id"], &again["events"][0]["id"]]);
    let count = json!({ "pattern": "photo_reused", "all": 1, "open": 1 });
    assert!(data["jurisdiction"]["flagCounts"].as_array().unwrap().contains(&count));

    let close = format!(
        "mutation {{ closeVillageFlag(jurisdiction: \"{VILLAGE}\", input: {{ pattern: photo_reused, subject: {},
            reason: \"两月合并公布\" }}) {{ ... on Recorded {{ position }} ... on Refusal {{ code }} }} }}",
        flag["subject"]
    );
    let closed = act(&router, "township_officer", &close).await;
    let position = &closed["data"]["closeVillageFlag"]["position"];
    assert_eq!(ask(&router, &flags(position, "")).await["flags"], json!([]));
    let all = ask(&router, &flags(position, ", open: false")).await;
    let closing = json!({ "reason": "两月合并公布", "by": { "office": "township_officer" } });
    assert_eq!(all["flags"][0]["closedBy"], closing);
}

#[tokio::test]
async fn what_a_village_owes_each_month_is_overdue_until_it_is_recorded() {
    let (world, router) = with_files(&["柳沟村.json"]).await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let query = |position: &Value| {
        format!(
            "{{ overdue: routineDuties(within: \"{VILLAGE}\", onlyOverdue: true, first: 100, atLeast: {position}) {{ kind zh every firstDay dueOn
                daysOverdue timesNeeded timesDone escalatedTo jurisdiction {{ code }} rule {{ law article text {{ zh }} }} }}
                all: routineDuties(within: \"{VILLAGE}\", first: 100) {{ kind firstDay overdue }} }}"
        )
    };
    let january = record_routine(&router, "2026-01-20", '1').await;
    let data = ask(&router, &query(&january["position"])).await;
    let overdue = data["overdue"].as_array().unwrap();
    let accounts = |day: &str| overdue.iter().find(|d| d["kind"] == "accounts_disclosure" && d["firstDay"] == day);
    assert!(accounts("2026-01-01").is_none(), "January's accounts were posted");
    let may = accounts("2026-05-01").unwrap();
    assert_eq!((&may["timesNeeded"], &may["timesDone"]), (&json!(1), &json!(0)));
    assert_eq!(may["jurisdiction"]["code"], VILLAGE);
    assert_eq!(may["escalatedTo"], json!(["village", "township", "county"]));
    assert!(may["rule"]["text"]["zh"].is_string());
    let days: Vec<_> = overdue.iter().map(|duty| duty["dueOn"].as_str().unwrap()).collect();
    assert!(days.is_sorted(), "the oldest first: {days:?}");
    let all = data["all"].as_array().unwrap();
    assert!(all.len() > overdue.len() && all.iter().any(|duty| duty["overdue"] == false));
}

#[tokio::test]
async fn what_a_joint_conference_set_is_open_until_it_is_closed() {
    let (world, router) = with_files(&["柳沟村.json"]).await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let hold = format!(
        "mutation {{ holdJointConference(jurisdiction: \"{VILLAGE}\", input: {{ participants: [\"镇水利站\"], topics: [\"防汛\"],
            items: [{{ text: \"清理排水沟\", leadUnit: \"村民委员会\", dueOn: \"2026-08-20\" }}], paper: \"{}\" }}) {{
            ... on Recorded {{ position }} ... on Refusal {{ code }} }} }}",
        "2".repeat(64)
    );
    let held = act(&router, "village_director", &hold).await;
    let items = |position: &Value, rest: &str| {
        format!(
            "{{ actionItems(within: \"{VILLAGE}\", atLeast: {position} {rest}) {{
                conference item text leadUnit dueOn overdue result }} }}"
        )
    };
    let data = ask(&router, &items(&held["data"]["holdJointConference"]["position"], "")).await;
    let item = json!({ "conference": 1, "item": 1, "text": "清理排水沟", "leadUnit": "村民委员会", "dueOn": "2026-08-20",
        "overdue": false, "result": null });
    assert_eq!(data["actionItems"], json!([item]));
    let close = format!(
        "mutation {{ closeActionItem(jurisdiction: \"{VILLAGE}\", input: {{ conference: 1, item: 1, result: \"已清理\" }}) {{
            ... on Recorded {{ position }} ... on Refusal {{ code }} }} }}"
    );
    let closed = act(&router, "village_director", &close).await;
    let position = &closed["data"]["closeActionItem"]["position"];
    assert_eq!(ask(&router, &items(position, "")).await["actionItems"], json!([]));
    assert_eq!(ask(&router, &items(position, ", open: false")).await["actionItems"][0]["result"], "已清理");
}
