//! What a verification says: as JSON by a published schema (`schemas/verify/report.schema.json`), and as text.

use serde::Serialize;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};

use crate::finding::{Finding, Language, Weight};
use crate::steps::Step;

/// What `format` says in a report.
pub const FORMAT: &str = "siyi-verify-report";
/// The version of the report.
pub const VERSION: u32 = 1;

/// How it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything was checked and holds.
    Holds,
    /// Something is wrong.
    Wrong,
    /// Nothing is wrong, but something could not be checked.
    Unchecked,
}

/// The matter that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matter {
    /// The matter.
    pub consultation: ConsultationId,
    /// Where it belongs.
    pub jurisdiction: JurisdictionCode,
    /// What it is called.
    pub title: Option<String>,
}

/// The log that holds the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Log {
    /// Its name.
    pub origin: String,
    /// How many leaves the checkpoint covers.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
    /// Who cosigned it.
    pub cosigned: Vec<Cosigned>,
    /// Whether whoever verifies gave the policy, or the bundle did.
    pub own_policy: bool,
}

/// A witness and when it saw the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cosigned {
    /// Its name in the policy.
    pub witness: String,
    /// Seconds since 1970.
    pub time: u64,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Checked {
    /// Events.
    pub events: usize,
    /// Acts judged anew.
    pub acts: usize,
    /// Inclusion proofs.
    pub proofs: usize,
    /// Notices compared with the record.
    pub notices: usize,
    /// Papers cited.
    pub papers: usize,
    /// Papers of which the bytes were there.
    pub papers_read: usize,
}

/// A procedure that the record was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pack {
    /// The file in the bundle.
    pub file: String,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// What a verification says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`FORMAT`]
    pub format: &'static str,
    /// [`VERSION`]
    pub version: u32,
    /// How it came out.
    pub verdict: Verdict,
    /// 0 if everything holds, 1 if something is wrong, 2 if something could not be checked.
    pub exit_code: u8,
    /// The matter; none where the bundle could not be read.
    pub matter: Option<Matter>,
    /// The log; none where there is no checkpoint or it is not believed.
    pub log: Option<Log>,
    /// How much was looked at.
    pub checked: Checked,
    /// The procedures.
    pub packs: Vec<Pack>,
    /// What was found, the first thing that is wrong first among the wrong.
    pub findings: Vec<Finding>,
    /// The arithmetic.
    pub steps: Vec<Step>,
    /// What no verification of this kind can say.
    pub limits: Vec<Limit>,
    #[serde(skip)]
    language: Language,
}

/// Something that this does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What no verification of this kind can say.
pub const LIMITS: &[Limit] = &[
    Limit {
        zh: "到会的人、举手的数、纸上的票是否如实，只能由在场的人和监督委员会作证；这里核对的是记下来的数。",
        en: "Whether people were there, hands were counted and papers were read truly, only those present can say; what is checked is what was written down.",
    },
    Limit {
        zh: "检查点之后才记录的、以及运营者从未写入日志的事，不在核验范围内。",
        en: "What was recorded after the checkpoint, and what the operator never put into the log, is outside.",
    },
    Limit {
        zh: "意见、异议的原文和姓名只有摘要；原文是否与摘要相符，由持有原文的人核对。",
        en: "Texts of opinions and objections, and names, are digests here; whoever holds a text compares it.",
    },
];

impl Report {
    /// A report of these findings.
    #[must_use]
    pub fn new(mut findings: Vec<Finding>, language: Language) -> Self {
        findings.sort_by_key(Finding::order);
        let worst = findings.iter().map(Finding::weight).max();
        let (verdict, exit_code) = match worst {
            Some(Weight::Wrong) => (Verdict::Wrong, 1),
            Some(Weight::Unchecked) => (Verdict::Unchecked, 2),
            Some(Weight::Note) | None => (Verdict::Holds, 0),
        };
        Self {
            format: FORMAT,
            version: VERSION,
            verdict,
            exit_code,
            matter: None,
            log: None,
            checked: Checked::default(),
            packs: Vec::new(),
            findings,
            steps: Vec::new(),
            limits: LIMITS.to_vec(),
            language,
        }
    }

    /// 0 if everything holds, 1 if something is wrong, 2 if something could not be checked.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// The first thing that is wrong.
    #[must_use]
    pub fn first_wrong(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.weight() == Weight::Wrong)
    }

    /// As JSON.
    ///
    /// # Errors
    /// Never for the shapes of this crate; the serializer's error otherwise.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// As text, in the language that was asked for.
    #[must_use]
    pub fn text(&self) -> String {
        let language = self.language;
        let mut lines = vec![self.said()];
        if let Some(matter) = &self.matter {
            let title = matter.title.as_deref().unwrap_or("-");
            let label = language.pick("事项", "Matter");
            lines.push(format!("{label}: {title} ({}, {})", matter.consultation, matter.jurisdiction));
        }
        if let Some(log) = &self.log {
            let witnesses: Vec<&str> = log.cosigned.iter().map(|cosigned| cosigned.witness.as_str()).collect();
            lines.push(match language {
                Language::Chinese => {
                    format!("日志: {}，{} 条，根 {}，见证 {}", log.origin, log.size, log.root, witnesses.join("、"))
                }
                Language::English => {
                    format!(
                        "Log: {}, {} leaves, root {}, witnesses {}",
                        log.origin,
                        log.size,
                        log.root,
                        witnesses.join(", ")
                    )
                }
            });
        }
        let c = self.checked;
        lines.push(match language {
            Language::Chinese => format!(
                "核对了 {} 条记录（{} 次操作重新判断）、{} 个包含证明、{} 份公告、{} 份材料（读了 {} 份原件）",
                c.events, c.acts, c.proofs, c.notices, c.papers, c.papers_read
            ),
            Language::English => format!(
                "Checked {} events ({} acts judged anew), {} inclusion proofs, {} notices, {} papers ({} read)",
                c.events, c.acts, c.proofs, c.notices, c.papers, c.papers_read
            ),
        });
        self.tell_findings(&mut lines);
        if !self.steps.is_empty() {
            lines.push(language.pick("算术：", "Arithmetic:").to_owned());
            let step = |(no, step): (usize, &Step)| format!("  {no}. {}", language.pick(&step.zh, &step.en));
            lines.extend((1..).zip(&self.steps).map(step));
        }
        lines.push(language.pick("这份核验不能说明：", "What this does not show:").to_owned());
        lines.extend(self.limits.iter().map(|limit| format!("  - {}", language.pick(limit.zh, limit.en))));
        lines.push(String::new());
        lines.join("\n")
    }

    fn said(&self) -> String {
        let language = self.language;
        let said = match self.verdict {
            Verdict::Holds => language.pick("相符：全部核对无误", "HOLDS: everything was checked and is as it must be"),
            Verdict::Wrong => language.pick("不符", "WRONG"),
            Verdict::Unchecked => language
                .pick("没有发现不符，但有的内容无法核对", "NOTHING WRONG FOUND, but not everything could be checked"),
        };
        match self.first_wrong() {
            Some(first) => format!("{said}: {}", first.line(language)),
            None => said.to_owned(),
        }
    }

    fn tell_findings(&self, lines: &mut Vec<String>) {
        if self.findings.is_empty() {
            return;
        }
        lines.push(self.language.pick("发现：", "Findings:").to_owned());
        for finding in &self.findings {
            let mark = match finding.weight() {
                Weight::Wrong => "✗",
                Weight::Unchecked => "?",
                Weight::Note => "·",
            };
            lines.push(format!("  {mark} [{}] {}", finding.code.as_str(), finding.line(self.language)));
        }
    }
}
