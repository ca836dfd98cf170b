//! A sample of each event that has no frozen example yet. A frozen example, where there is one, goes before the sample.

use serde_json::{Value, json};

const PAPER: &str = "3b7c0ff1a2d94e5f60718293a4b5c6d7e8f90112233445566778899aabbccdde";
const SEAL: &str = "AeJzmKmMuXDbsUFoYUtwZGlb7YJT4_Si-aX_PKiqXdI";
const ONE: &str = "a641a006-84c4-4719-8485-7ef94a713867";
const OTHER: &str = "539830a0-e192-4dd1-a34c-84dd70f894a0";

/// A test as events carry it.
fn test(
    what: &str,
    (part, whole): (u64, u64),
    (num, den, op): (u32, u32, &str),
    of: &str,
    (law, no): (&str, &str),
) -> Value {
    let (left, right) = (part * u64::from(den), whole * u64::from(num));
    let met = if op == "ge" { left >= right } else { left > right };
    json!({ "what": what, "part": part, "whole": whole, "num": num, "den": den, "op": op, "of": of,
            "basis": { "law": law, "article": no, "certainty": "found" }, "met": met })
}

/// The sample of an event, by its wire name.
pub fn sample(name: &str) -> Option<Value> {
    of_preparation(name).or_else(|| off_the_road(name)).or_else(|| of_oversight(name))
}

fn of_preparation(name: &str) -> Option<Value> {
    let villagers = ("VL-2025", "30");
    Some(match name {
        "motion-screened.v2" => json!({ "matters": ["HN-202"], "catalogue_version": 1, "lane": "levy", "group": 3,
            "emergency": "flood", "linked_owners": true, "works": true, "step": "S1" }),
        "opinion-recorded.v1" => json!({ "opinion": 3, "class": "suggestion", "source": "door_to_door", "text": SEAL }),
        "opinion-answered.v1" => {
            json!({ "opinion": 3, "accepted": false, "answer": "路面宽度受两侧房屋所限，不能再加宽。" })
        }
        "preferences-counted.v1" => json!({ "voters": 120, "ranking": [
            { "title": "加装扶手", "votes": 97 }, { "title": "更换路灯", "votes": 61 }] }),
        "canvass-closed.v1" => json!({ "step": "C1", "in_favour": 210, "against": 8, "no_view": 12, "units_asked": 4,
            "opinions": 9, "accepted": 6, "coverage": test("coverage", (230, 300), (2, 3, "ge"), "households", villagers),
            "papers": [{ "kind": "canvass_form", "sha256": PAPER }] }),
        "signatures-collected.v1" => json!({ "households": ["1-001", "1-002"] }),
        "signatures-closed.v1" => json!({ "step": "HS", "papers": [{ "kind": "signature_sheet", "sha256": PAPER }],
            "signed": test("household_signatures", (282, 562), (1, 2, "gt"), "households", villagers) }),
        "review-requested.v1" => json!({ "step": "TR", "paper": PAPER, "answer_due_on": "2026-04-02" }),
        "review-answered.v1" => json!({ "step": "TR", "verdict": "asks_for_changes", "ground": "procedure",
            "opinion": "签字表缺少两户，补齐后再报。", "paper": PAPER }),
        "forum-held.v1" => json!({ "step": "CO", "form": "hearing", "informed_on": "2026-03-01",
            "participants": [{ "role": "property_firm", "count": 1 }, { "role": "resident", "count": 12 }],
            "opinion": "晚十点以后不再装卸货物。", "dissent": "两户认为应提前到九点。", "outcome": "carry_out", "papers": [] }),
        "lane-changed.v1" => json!({ "lane": "full", "step": "S1" }),
        "plan-posted.v1" => json!({ "after": "S2", "places": ["村口公开栏"], "photo": null, "until": "2026-03-08" }),
        "members-joined-online.v1" => json!({ "meeting": 2, "persons": [ONE, OTHER] }),
        "proxies-admitted.v1" => {
            json!({ "meeting": 2, "proxies": [{ "principal": ONE, "holder": OTHER }], "paper": PAPER })
        }
        "guests-attended.v1" => {
            json!({ "meeting": 2, "guests": [{ "role": "deputy", "count": 2 }, { "role": "expert", "count": 1 }] })
        }
        _ => return None,
    })
}

fn off_the_road(name: &str) -> Option<Value> {
    Some(match name {
        "motion-deadlocked.v1" => json!({ "step": "S4", "form": "representatives",
            "forms": ["assembly_villagers", "assembly_households"],
            "basis": { "law": "ZJ-V", "article": "17", "certainty": "memory" } }),
        "deliberation-reopened.v1" => {
            json!({ "purpose": "supplement", "steps": ["S2", "S4"], "forms": ["representatives"],
            "initiator": { "kind": "villagers", "signatures": 173 }, "extra_fen": 1_200_000,
            "signatures": test("signatures", (173, 1724), (1, 10, "ge"), "adult_villagers", ("VL-2025", "25")),
            "reason": "挖开后发现旧管线，须迁移。" })
        }
        "deliberation-concluded.v1" => {
            json!({ "purpose": "supplement", "step": "S4", "outcome": "carried", "budget_fen": 63_600_000 })
        }
        "correction-ordered.v1" => {
            json!({ "ground": "rights_of_persons", "remark": "费用分摊侵犯外嫁女的合法权益。", "paper": PAPER })
        }
        "court-annulled.v1" => json!({ "court": "示例县人民法院", "case_no": "（2026）示例行初7号", "paper": PAPER }),
        "consultation-suspended.v1" => json!({ "by": "supervisors", "reason": "施工单位资质存疑。", "paper": PAPER }),
        "consultation-resumed.v1" => json!({ "reason": "资质已核实。" }),
        _ => return None,
    })
}

fn of_oversight(name: &str) -> Option<Value> {
    let owners = ("CC", "278");
    Some(match name {
        "light-matter-reported.v1" => json!({ "meeting_on": "2026-03-20", "paper": PAPER }),
        "appraisal-recorded.v1" => json!({ "satisfied": 41, "partly": 5, "dissatisfied": 2, "paper": PAPER }),
        "notice-found-missing.v1" => json!({ "notice": 1, "place": "三组公开栏", "photo": null }),
        "owners-voted.v1" => {
            json!({ "votes": [{ "unit": "3-2-501", "choice": "for" }, { "unit": "3-2-502", "choice": "against" }] })
        }
        "owners-decided.v1" => json!({ "outcome": "carried", "paper": PAPER, "tests": [
            test("owners_taking_part", (40, 54), (2, 3, "ge"), "due", owners),
            test("area_taking_part", (412_050, 540_000), (2, 3, "ge"), "due", owners),
            test("owners_agreeing", (31, 40), (1, 2, "gt"), "present", owners),
            test("area_agreeing", (320_000, 412_050), (1, 2, "gt"), "present", owners)] }),
        "interest-declared.v1" => json!({ "person": ONE, "remark": "其配偶为施工单位股东" }),
        "duty-urged.v1" => {
            json!({ "duty": "post_resolution", "of": null, "due_on": "2026-07-09", "told": "村委会主任", "remark": null })
        }
        "flag-closed.v1" => json!({ "pattern": "same_day_steps", "reason": "两次会议相隔三小时，记录和照片齐全。" }),
        _ => return None,
    })
}
