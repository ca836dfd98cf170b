//! What a verification says: as JSON by a published schema (`schemas/verify/report.schema.json`), and as text.

use serde::Serialize;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};

use crate::finding::{Finding, Language, Weight};
use crate::replay;
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

/// How far the log proves that no event of the matter was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// The matter's stream.
    pub stream: String,
    /// How many of its events are here, from its first on and without a gap where no finding says otherwise.
    pub events: usize,
    /// The leaf of the last one, from 0.
    pub last_leaf: u64,
    /// Leaves behind it that the bundle does not hold: a later event of the matter could be among them. 0 where the whole log
    /// was read.
    pub leaves_unseen: u64,
}

/// By whose authority the acts were done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authority {
    /// Acts whose office the rolls of the day give.
    pub offices_held: usize,
    /// Acts whose office no roll gives and that came through no account.
    pub offices_claimed: usize,
    /// Acts with a good signature by a passkey that the log names.
    pub signed: usize,
    /// Those of them that have personal texts and were signed in the form that leaves these out.
    pub signed_without_texts: usize,
    /// The addresses of the pages on which they were signed.
    pub signed_at: Vec<String>,
    /// Acts without a signature, by why.
    pub unsigned: Vec<Unsigned>,
}

/// Acts that bear no signature, for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unsigned {
    /// A stable code of the reason.
    pub why: &'static str,
    /// How many.
    pub acts: usize,
    /// The reason in Chinese.
    pub zh: &'static str,
    /// The reason in English.
    pub en: &'static str,
}

impl Completeness {
    fn line(&self, language: Language) -> String {
        let Self { events, last_leaf, leaves_unseen, .. } = self;
        match (language, leaves_unseen) {
            (Language::Chinese, 0) => format!("完整性：本事项 {events} 条记录，到检查点为止没有更多"),
            (Language::English, 0) => {
                format!("Complete: the matter has {events} events, and up to the checkpoint no more")
            }
            (Language::Chinese, unseen) => format!(
                "完整性：本事项 {events} 条记录序号连续，最后一条是日志第 {last_leaf} 条；其后还有 {unseen} 条不在核验包里，\
                 是否有本事项的记录，要用 --log 读完整日志才能证明"
            ),
            (Language::English, unseen) => format!(
                "Complete so far: the matter's {events} events have no gap, the last is leaf {last_leaf}; {unseen} leaves behind it \
                 are not in the bundle, and only the whole log (--log) shows that none of them is of this matter"
            ),
        }
    }
}

impl Authority {
    fn line(&self, language: Language) -> String {
        let Self { offices_held: held, offices_claimed: claimed, signed, .. } = self;
        let at = self.signed_at.join(", ");
        let mut line = match language {
            Language::Chinese => format!("签名：{signed} 次操作有通行密钥签名（{at}）；{held} 次操作的职务有名册为证"),
            Language::English => {
                format!("Signed: {signed} acts by passkeys ({at}); of {held} acts the rolls give the office")
            }
        };
        if *claimed > 0 {
            line.push_str(&match language {
                Language::Chinese => format!("，{claimed} 次没有"),
                Language::English => format!(", of {claimed} they do not"),
            });
        }
        if self.signed_without_texts > 0 {
            let acts = self.signed_without_texts;
            line.push_str(&match language {
                Language::Chinese => format!("\n  其中 {acts} 次按旧格式签名：姓名、原文等个人信息的摘要不在签名之内"),
                Language::English => format!(
                    "\n  of these {acts} are signed in the older form, which leaves out the digests of names and other personal texts"
                ),
            });
        }
        for Unsigned { acts, zh, en, .. } in &self.unsigned {
            line.push_str(&match language {
                Language::Chinese => format!("\n  未签名 {acts} 次：{zh}"),
                Language::English => format!("\n  unsigned, {acts} acts: they {en}"),
            });
        }
        line.replace("（）", "").replace(" ()", "")
    }
}

impl From<&replay::Authority> for Authority {
    fn from(of_record: &replay::Authority) -> Self {
        let unsigned = of_record.unsigned.iter().map(|(why, acts)| Unsigned {
            why: why.code(),
            acts: *acts,
            zh: why.told(Language::Chinese),
            en: why.told(Language::English),
        });
        Self {
            offices_held: of_record.held,
            offices_claimed: of_record.claimed,
            signed: of_record.signed,
            signed_without_texts: of_record.signed_without_texts,
            signed_at: of_record.origins.keys().cloned().collect(),
            unsigned: unsigned.collect(),
        }
    }
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
    /// By whose authority the acts were done; none where there is no record.
    pub authority: Option<Authority>,
    /// How far the log proves that nothing was left out; none where it proves nothing.
    pub completeness: Option<Completeness>,
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
        zh: "账号属于谁，凭开户时的邀请码、乡镇核实或控制台；浏览器签名的是操作的摘要，屏幕上显示的是什么，只有当事人知道。",
        en: "Whose an account is rests on the code on paper, the township's check or the console by which it was opened; a passkey signs an act's digest, and what the screen showed only its owner knows.",
    },
    Limit {
        zh: "意见、异议的原文和姓名只有摘要；原文是否与摘要相符，由持有原文的人核对。",
        en: "Texts of opinions and objections, and names, are digests here; whoever holds a text compares it.",
    },
];

impl Report {
    /// A report of these findings.
    #[must_use]
    pub fn new(findings: Vec<Finding>, language: Language) -> Self {
        let mut report = Self {
            format: FORMAT,
            version: VERSION,
            verdict: Verdict::Holds,
            exit_code: 0,
            matter: None,
            log: None,
            checked: Checked::default(),
            authority: None,
            completeness: None,
            packs: Vec::new(),
            findings: Vec::new(),
            steps: Vec::new(),
            limits: LIMITS.to_vec(),
            language,
        };
        report.add(findings);
        report
    }

    /// Adds findings, and says anew how it came out.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by_key(Finding::order);
        (self.verdict, self.exit_code) = match self.findings.iter().map(Finding::weight).max() {
            Some(Weight::Wrong) => (Verdict::Wrong, 1),
            Some(Weight::Unchecked) => (Verdict::Unchecked, 2),
            Some(Weight::Note) | None => (Verdict::Holds, 0),
        };
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
        lines.extend(self.authority.as_ref().map(|authority| authority.line(language)));
        lines.extend(self.completeness.as_ref().map(|complete| complete.line(language)));
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
