//! What a check found: a stable code, the place, what was expected there and what is there, in words for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Something could not be checked.
    Unchecked,
    /// Something is wrong.
    Wrong,
}

/// The language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// 简体中文
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $weight:ident, $zh:literal, $en:literal;)+) => {
        /// The stable codes of findings, with their weight and their words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* #[doc = $en] $name,)+ }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable public code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// How grave it is.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight),+ }
            }

            /// In Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh),+ }
            }

            /// In English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en),+ }
            }
        }
    };
}

codes! {
    BundleMalformed = "bundle-malformed", Wrong, "核验包格式不符", "the bundle is malformed";
    FileDiffers = "file-differs", Wrong, "核验包内文件与清单不符", "a file of the bundle is not what its manifest says";
    PolicyMissing = "policy-missing", Unchecked,
        "没有您自己的验证策略，只能按核验包自带的策略核对签名",
        "you gave no policy of your own, so signatures are checked by the one in the bundle";
    PolicyDiffers = "policy-differs", Wrong, "核验包的验证策略与您的不符", "the bundle's policy is not yours";
    CheckpointMalformed = "checkpoint-malformed", Wrong, "检查点格式不符", "the checkpoint is malformed";
    LogSignatureInvalid = "log-signature-invalid", Wrong,
        "检查点没有日志的有效签名", "the checkpoint bears no valid signature of the log";
    WitnessesTooFew = "witnesses-too-few", Wrong, "见证方签名不足", "too few witnesses have cosigned the checkpoint";
    NotLogged = "not-logged", Unchecked, "没有日志证明，内容是否公布过无法核对", "there is no proof that this was logged";
    CheckpointOlder = "checkpoint-older", Wrong,
        "检查点比您先前保存的还旧", "the checkpoint is older than the one you kept";
    CheckpointForked = "checkpoint-forked", Wrong,
        "检查点与您先前保存的互相矛盾：日志被改写过", "the checkpoint contradicts the one you kept: the log was rewritten";
    ConsistencyMissing = "consistency-missing", Unchecked,
        "没有从您先前保存的检查点到现在的一致性证明", "there is no consistency proof from the checkpoint you kept";
    EventWithheld = "event-withheld", Wrong,
        "日志里有本事项的这一条，核验包里没有", "the log holds this event of the matter, and the bundle does not";
    LogDamaged = "log-damaged", Wrong, "日志的文件与签名的根不符", "the files of the log are not what was signed";
    ProofMissing = "proof-missing", Unchecked, "这一条没有包含证明", "this event has no inclusion proof";
    ProofFails = "proof-fails", Wrong, "这一条不在日志里：内容或证明被改动", "this event is not in the log: it or its proof was changed";
    OrderDiffers = "order-differs", Wrong, "顺序与日志不符", "the order is not that of the log";
    EventUnreadable = "event-unreadable", Wrong, "这一条读不出来", "this event cannot be read";
    EventNotCanonical = "event-not-canonical", Wrong, "这一条不是规范写法", "this event is not in its canonical form";
    EventBreaksSchema = "event-breaks-schema", Wrong, "这一条不符合公布的格式", "this event breaks its published schema";
    StreamForeign = "stream-foreign", Wrong, "这一条不属于本事项、本村", "this event belongs to another matter or village";
    RevisionGap = "revision-gap", Wrong, "序号不连续：有记录缺失、重复或调换", "revisions are not in sequence: events are missing, doubled or swapped";
    EventIdDiffers = "event-id-differs", Wrong, "编号与所属操作不符", "the event's id is not the one of its act";
    ActTornApart = "act-torn-apart", Wrong, "同一次操作的几条记录互不一致", "the events of one act do not agree about it";
    ClockSetBack = "clock-set-back", Wrong, "记录时间倒退", "the time of recording runs backwards";
    PackUnknown = "pack-unknown", Unchecked, "本程序没有这部议事规则", "this program has no such procedure";
    PackDiffers = "pack-differs", Wrong, "议事规则与本程序发布的不一致：被改动过", "the procedure is not the released one: it was changed";
    PackRefused = "pack-refused", Wrong,
        "议事规则比法律底线宽松或不完整", "the procedure is looser than a floor of the law, or incomplete";
    CatalogueNewer = "catalogue-newer", Unchecked, "事项目录比本程序新", "the catalogue of matters is newer than this program";
    ActGroundless = "act-groundless", Wrong, "这一条没有依据的操作", "no act leads to this event";
    ActRefused = "act-refused", Wrong, "按规则不能这样做，却有记录", "the rules refuse this act, and yet it is on record";
    DerivedDiffers = "derived-differs", Wrong, "结论与依据算出的不一致", "what is recorded is not what follows from the facts";
    DerivedMissing = "derived-missing", Wrong, "应当有的结论没有记录", "what follows from the facts is not recorded";
    DerivedSurplus = "derived-surplus", Wrong, "多出一条推不出来的结论", "something is recorded that does not follow from the facts";
    NoticeDiffers = "notice-differs", Wrong, "公告上的内容与记录不一致", "what the notice says is not what the record says";
    NoticeUnknown = "notice-unknown", Wrong, "记录里没有这份公告", "the record knows no such notice";
    AttachmentDiffers = "attachment-differs", Wrong, "附件与记录中的摘要不符", "an attachment is not the one that the record cites";
    AttachmentUncited = "attachment-uncited", Wrong, "记录里没有引用这份附件", "the record cites no such attachment";
    OfficeNotHeld = "office-not-held", Wrong, "操作人当天没有这个职务", "the actor did not hold this office on that day";
    AccountForeign = "account-foreign", Wrong,
        "操作所用的账号不是操作人的", "the account through which the act came is not the actor's";
    AccountUnnamed = "account-unnamed", Unchecked,
        "此前都经账号操作，这次没有：只凭运营者的话",
        "others acted through accounts before, and this act names none: it rests on the operator's word";
    AccountMissing = "account-missing", Unchecked,
        "缺少操作所用账号的记录", "the records of the account through which the act came are missing";
    SignatureInvalid = "signature-invalid", Wrong,
        "通行密钥的签名与这次操作不符", "the passkey's signature is not over this act";
    SignatureKeyForeign = "signature-key-foreign", Wrong,
        "签名所用的通行密钥不是这个账号的", "the passkey that signed is none of this account";
    SignatureKeyUnproved = "signature-key-unproved", Unchecked,
        "日志没有记下这个账号的通行密钥公钥", "the log does not say which public key the account's passkey has";
    SignatureMissing = "signature-missing", Wrong,
        "账号有通行密钥，这次操作却没有签名", "the account has a passkey, and yet this act is not signed";
    OnTwoRolls = "on-two-rolls", Unchecked,
        "一地接纳与户籍地恢复参加同时办理，此人在两地名册上：其中一项须终止",
        "one place admitted a person while the home took them back, and both count them: one of the two has to end";
    RecordIncomplete = "record-incomplete", Unchecked, "缺少据以判断的记录", "records that the matter rests on are missing";
}

impl Code {
    /// The order in which things are told: what the bundle and its log are, the record event by event, and last what was said
    /// of it elsewhere, which may be wrong only because the record is.
    #[must_use]
    pub const fn stage(self) -> u8 {
        match self {
            Self::NoticeDiffers | Self::NoticeUnknown | Self::AttachmentDiffers | Self::AttachmentUncited => 1,
            _ => 0,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Place {
    /// The file of the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The ordinal of the event in the record, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<usize>,
    /// The stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// The revision in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The wire name.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The field, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Place {
    /// A file of the bundle.
    #[must_use]
    pub fn file(name: impl Into<String>) -> Self {
        Self { file: Some(name.into()), ..Self::default() }
    }

    /// The same place, at a field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.file.clone());
        match (&self.stream, self.revision) {
            (Some(stream), Some(revision)) => parts.push(format!("{stream}@{revision}")),
            (Some(stream), None) => parts.push(stream.clone()),
            (None, _) => parts.extend(self.event.map(|ordinal| format!("#{ordinal}"))),
        }
        parts.extend(self.event_type.clone());
        parts.extend(self.field.clone());
        f.write_str(&parts.join(" "))
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What was expected there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The ordinal of the last event that had to be read to find it, where that is not its place: of an act, its last one.
    pub known_at: Option<usize>,
    /// In place of what was expected and found, in Chinese and English, where a sentence says more.
    pub words: Option<(String, String)>,
}

impl Finding {
    /// A finding.
    #[must_use]
    pub fn new(code: Code, place: Place, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { code, place, expected: expected.into(), found: found.into(), known_at: None, words: None }
    }

    /// With a sentence of its own, in Chinese and English.
    #[must_use]
    pub fn saying(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.words = Some((zh.into(), en.into()));
        self
    }

    /// How grave it is.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        self.code.weight()
    }

    /// By what findings are put in order: the first thing first, at one event in the order in which they were found.
    #[must_use]
    pub const fn order(&self) -> (u8, Option<usize>) {
        let at = if self.known_at.is_some() { self.known_at } else { self.place.event };
        (self.code.stage(), at)
    }

    /// In one line, in Chinese and in English.
    #[must_use]
    pub fn in_both(&self) -> String {
        format!("{} / {}", self.line(Language::Chinese), self.line(Language::English))
    }

    /// In one line.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let place = self.place.to_string();
        let said = language.pick(self.code.zh(), self.code.en());
        let mut line = match (language, place.is_empty()) {
            (_, true) => said.to_owned(),
            (Language::Chinese, false) => format!("{said}（{place}）"),
            (Language::English, false) => format!("{said} ({place})"),
        };
        if let Some((zh, en)) = &self.words {
            line.push_str(&match language {
                Language::Chinese => format!("：{zh}"),
                Language::English => format!(": {en}"),
            });
        } else if !self.expected.is_empty() || !self.found.is_empty() {
            line.push_str(&match language {
                Language::Chinese => format!("：应为 {}，实为 {}", self.expected, self.found),
                Language::English => format!(": expected {}, found {}", self.expected, self.found),
            });
        }
        line
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            code: Code,
            weight: Weight,
            place: &'a Place,
            expected: &'a str,
            found: &'a str,
            zh: String,
            en: String,
        }
        let told = Told {
            code: self.code,
            weight: self.weight(),
            place: &self.place,
            expected: &self.expected,
            found: &self.found,
            zh: self.line(Language::Chinese),
            en: self.line(Language::English),
        };
        told.serialize(serializer)
    }
}

/// The codes in Markdown, as they stand in `schemas/verify/findings.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# What a verification can find\n\n\
         Written by a test of `core/verify`. Codes are stable. A report with anything wrong has exit code 1, else with anything \
         unchecked 2, else 0.\n\n| code | weight | 中文 | English |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let weight = match code.weight() {
            Weight::Note => "note",
            Weight::Unchecked => "unchecked",
            Weight::Wrong => "wrong",
        };
        text.push_str(&format!("| `{}` | {weight} | {} | {} |\n", code.as_str(), code.zh(), code.en()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// `SIYI_BLESS=1` writes the file.
    #[test]
    fn the_published_codes_are_those_of_the_code() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/verify/findings.md");
        if std::env::var_os("SIYI_BLESS").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap_or_default() == markdown(), "run with SIYI_BLESS=1");
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len(), "a code stands twice");
    }

    #[test]
    fn a_line_says_what_where_and_how() {
        let place = Place { stream: Some("s".to_owned()), revision: Some(3), ..Place::default() };
        let finding = Finding::new(Code::RevisionGap, place.at("/revision"), "2", "3");
        assert!(finding.line(Language::Chinese).ends_with("（s@3 /revision）：应为 2，实为 3"));
        assert!(finding.line(Language::English).ends_with("(s@3 /revision): expected 2, found 3"));
    }
}
