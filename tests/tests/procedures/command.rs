//! `siyi procedure` as people and scripts meet it.

use siyi_domain::procedure::Certainty;

use super::{RULES, repository, shipped, siyi};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn every_shipped_pack_is_checked_and_ok() {
    let mut files = 0;
    for entry in std::fs::read_dir(repository().join("schemas/procedures")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "toml") {
            continue;
        }
        files += 1;
        let output = siyi(&["check", path.to_str().unwrap()]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let pack = RULES.procedures().find(|pack| said.contains(&format!("ok {} version", pack.id))).unwrap();
        assert!(
            said.contains(&pack.version.to_string()) && said.contains(&pack.effective_from().to_string()),
            "{said}"
        );
        assert!(output.stderr.is_empty());
    }
    assert_eq!(files, RULES.procedures().count());
}

#[test]
fn a_refusal_stands_on_standard_error_with_code_place_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("loose.toml");
    let from = "quorum = { ge = [2, 3], of = \"due\", basis = { law = \"VL-2025\", article = \"30\" } }";
    let to = "quorum = { gt = [1, 2], of = \"due\", basis = { law = \"VL-2025\", article = \"30\" } }";
    let pack = shipped("rural-HN-2026.toml");
    assert!(pack.contains(from));
    std::fs::write(&file, pack.replacen(from, to, 1)).unwrap();
    let output = siyi(&["check", file.to_str().unwrap()]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty());
    for part in
        ["siyi: looser-than-statute: ", "step `S4`, form `representatives`, quorum", "VL-2025 article 30", "  cure   "]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let latin1 = folder.path().join("latin1.toml");
    std::fs::write(&latin1, b"id = \"\xe9\"").unwrap();
    let missing = folder.path().join("missing.toml");
    for file in [missing.as_path(), folder.path(), latin1.as_path()] {
        let output = siyi(&["check", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", file.display());
        assert!(text(&output.stderr).contains("siyi: file-unreadable: "));
        let report = siyi(&["check", "--json", file.to_str().unwrap()]);
        let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
        assert_eq!(report["code"], "file-unreadable");
    }
}

#[test]
fn a_report_for_programs_names_version_and_days() {
    let file = repository().join("schemas/procedures/urban-HN-2018.toml");
    let output = siyi(&["check", "--json", file.to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let pack = RULES.procedure("urban/HN/2018").unwrap();
    assert_eq!(report["ok"], true);
    assert_eq!(report["id"], pack.id);
    assert_eq!(report["version"], pack.version);
    assert_eq!(report["effective_from"], pack.effective_from().to_string());
    assert_eq!(report["effective_until"], pack.effective_until().unwrap().to_string());
}

#[test]
fn every_pack_is_shown_with_its_numbers_articles_and_charts() {
    for pack in RULES.procedures() {
        for lang in ["zh", "en"] {
            let output = siyi(&["show", &pack.id, "--lang", lang]);
            let said = text(&output.stdout);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let zh = lang == "zh";
            assert!(said.starts_with(&format!("# {}\n", if zh { &pack.name.zh } else { &pack.name.en })));
            for step in &pack.steps {
                assert!(said.contains(&format!("## {} {}", step.code, if zh { &step.name.zh } else { &step.name.en })));
                for form in &step.forms {
                    assert!(said.contains(&format!("({})\n", form.id)), "{} {}", step.code, form.id);
                }
            }
            for basis in pack.bases() {
                let article = pack.source(&basis.law).and_then(|law| law.article(&basis.article)).unwrap();
                assert!(said.contains(if zh { &article.zh } else { &article.en }), "{} {}", basis.law, basis.article);
            }
            let remembered = if zh { "凭记忆" } else { "from memory" };
            let has_memory = pack.bases().iter().any(|basis| basis.certainty == Certainty::Memory);
            assert_eq!(said.contains(remembered), has_memory);
            assert_eq!(said.matches("```mermaid\nflowchart TD\n").count(), pack.lanes.len());
        }
    }
}

#[test]
fn a_quorum_is_shown_with_its_share_its_law_and_its_source() {
    let said = text(&siyi(&["show", "rural/HN/2026"]).stdout);
    let representatives = said.split("### S4 村民代表会议").nth(1).unwrap().split("###").next().unwrap();
    let quorum = representatives.lines().find(|line| line.starts_with("| 到会 ")).unwrap();
    for part in ["应到人数的三分之二以上（≥ 2/3）", "VL-2025（2025-10-28）第30条", "见于原文"] {
        assert!(quorum.contains(part), "{part}: {quorum}");
    }
    let english = text(&siyi(&["show", "rural/HN/2026", "--lang", "en"]).stdout);
    assert!(english.contains("at least 2/3 of those due (≥ 2/3)"));
}

#[test]
fn charts_alone_are_a_chart_a_road() {
    let said = text(&siyi(&["show", "urban/HN/2026", "--mermaid"]).stdout);
    let pack = RULES.procedure("urban/HN/2026").unwrap();
    assert_eq!(said.matches("flowchart TD\n").count(), pack.lanes.len());
    assert!(!said.contains("```") && !said.contains("---") && !said.contains("## "));
    assert!(said.starts_with("%% 一征三议两公开 (full)\nflowchart TD\n"));
    assert!(said.contains("step_C0 ==>"), "{said}");
}

#[test]
fn a_pack_that_does_not_ship_is_not_shown() {
    let output = siyi(&["show", "rural/HN/1999"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("siyi: procedure-unknown: `rural/HN/1999`") && said.contains("rural/HN/2026"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_list_names_every_pack_with_its_days() {
    let output = siyi(&["list"]);
    assert!(output.status.success());
    let said = text(&output.stdout);
    for pack in RULES.procedures() {
        let line = said.lines().find(|line| line.contains(&format!("| {} ", pack.id))).unwrap();
        assert!(line.contains(&pack.effective_from().to_string()) && line.contains(&pack.name.zh), "{line}");
    }
}
