//! `siyi doctor`: what is wrong with a data folder, where, and what can be done. It mends nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use siyi_attachments::{AttachmentError, Digest, Store as AttachmentStore};
use siyi_domain::rules::Rules;
use siyi_log::clock::{Clock, WallClock};
use siyi_log::embedded::EmbeddedStore;
use siyi_log::keys::Keys;
use siyi_transparency::{SealError, Sound, fsck};
use siyi_verify::finding::Weight;
use siyi_verify::papers;

use super::{Failure, open_log};
use crate::attachments::AttachmentKeys;
use crate::cli::Data;
use crate::judged::{self, Judged};
use crate::public_log::FOLDER;

/// How one part of a folder was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Sound,
    Unchecked,
    Wrong,
}

/// What was found of one part, and what can be done about it.
struct Diagnosis {
    part: &'static str,
    state: State,
    said: String,
    advice: Option<&'static str>,
}

impl Diagnosis {
    const fn new(part: &'static str, state: State, said: String, advice: Option<&'static str>) -> Self {
        Self { part, state, said, advice }
    }
}

const STORE: &str = "日志 log";
const SIGNED: &str = "公开日志 public log";
const RECORD: &str = "记录 record";
const CLOCK: &str = "时钟 clock";
const FILES: &str = "附件 attachments";

const RESTORE: &str = "记录与已签名的不符：停用本库，保留原样，从较新的备份或县档案镜像恢复后再查 \
    keep this folder as it is, restore a newer backup or the archive's mirror, and check again";
const SEAL_AGAIN: &str = "删去 transparency 下的 tile 与 positions，重新启动即从记录重建 \
    remove tile and positions below transparency: the next start makes them from the events";
const JUDGE: &str = "这一条已在日志里，不能改：请监督委员会和乡镇核查经办人，用后续的更正、撤销处理；若程序刚升级，先用旧版核对 \
    it stands in the log and cannot be changed: have the supervisors and the township look at who recorded it, and correct or \
    annul it by a later act; after an upgrade, ask the earlier program first";
const SET_CLOCK: &str = "校准本机时间（chrony，三个以上时间源）后再启动 set the machine's clock (chrony, three sources or more), then start";
const BRING_BACK: &str = "从备份取回原件再上传；同一文件的摘要相同，引用不变 \
    upload the original again from a backup: the same file has the same digest, so what cites it stays right";

pub(super) async fn doctor(options: &Data) -> Result<ExitCode, Failure> {
    let diagnoses = examine(options).await?;
    let mut out = std::io::stdout();
    for Diagnosis { part, state, said, advice } in &diagnoses {
        let mark = match state {
            State::Sound => "✓",
            State::Unchecked => "?",
            State::Wrong => "✗",
        };
        writeln!(out, "{mark} {part}: {said}")?;
        if let Some(advice) = advice {
            writeln!(out, "    → {advice}")?;
        }
    }
    out.flush()?;
    Ok(match diagnoses.iter().map(|diagnosis| diagnosis.state).max() {
        Some(State::Wrong) => ExitCode::FAILURE,
        Some(State::Unchecked) => ExitCode::from(2),
        Some(State::Sound) | None => ExitCode::SUCCESS,
    })
}

async fn examine(options: &Data) -> Result<Vec<Diagnosis>, Failure> {
    let data = options.data.as_path();
    if !data.join("log").is_dir() {
        return Err(format!("store-foreign: `{}` holds no log", data.display()).into());
    }
    let store = match open_log(data).await {
        Ok(store) => store,
        Err(failure) => {
            let advice = "先停止服务；若已损坏，保留原样，从备份恢复 stop the server first; if it is damaged, keep it as it is and \
                          restore a backup";
            return Ok(vec![Diagnosis::new(STORE, State::Wrong, failure.to_string(), Some(advice))]);
        }
    };
    let mut found = vec![public_log(data, &store).await];
    let rules = Rules::shipped()?;
    let mut cited = BTreeMap::new();
    let judged = judged::judge(&store, &rules, |entry| {
        for (hash, place) in papers::cited(std::slice::from_ref(entry)) {
            cited.entry(hash).or_insert_with(|| place.to_string());
        }
    })
    .await;
    store.close().await;
    match judged {
        Ok(judged) => {
            found.insert(0, Diagnosis::new(STORE, State::Sound, format!("{} 条 events", judged.events), None));
            found.extend(record(&judged));
        }
        Err(error) => found.push(Diagnosis::new(STORE, State::Wrong, error.to_string(), None)),
    }
    found.push(attachments(options, &cited));
    Ok(found)
}

/// Whether every event is what was signed.
async fn public_log(data: &Path, store: &EmbeddedStore) -> Diagnosis {
    if !data.join(FOLDER).is_dir() {
        let said = "还没有签名过 nothing was signed here yet".to_owned();
        return Diagnosis::new(SIGNED, State::Unchecked, said, None);
    }
    match signed(data, store).await {
        Ok(sound) => Diagnosis::new(SIGNED, State::Sound, told(&sound), None),
        Err(error) => Diagnosis::new(SIGNED, State::Wrong, format!("{}: {error}", error.code()), advice(&error)),
    }
}

/// Derives the tree again from the served files and holds every event of the log against its leaf.
pub(super) async fn signed(data: &Path, store: &EmbeddedStore) -> Result<Sound, SealError> {
    fsck(&data.join(FOLDER), store).await
}

/// A sound log in a line.
pub(super) fn told(sound: &Sound) -> String {
    let confirmed = if sound.confirmed.is_empty() { "nobody 无见证".to_owned() } else { sound.confirmed.join(", ") };
    format!(
        "{} 条记录与签名的根一致，已查 {} 个文件 {} events are what was signed; root {}; confirmed by: {confirmed}",
        sound.size, sound.files, sound.size, sound.root
    )
}

/// What can be done where the log is not what was signed.
pub(super) const fn advice(error: &SealError) -> Option<&'static str> {
    match error {
        SealError::Rewritten { .. }
        | SealError::Shortened { .. }
        | SealError::Forked { .. }
        | SealError::RolledBack { .. } => Some(RESTORE),
        SealError::Served(_) | SealError::Unreadable { .. } => Some(SEAL_AGAIN),
        _ => None,
    }
}

/// Whether the record follows from its facts and the rules, and the clock from the record.
fn record(judged: &Judged) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = judged
        .findings
        .iter()
        .map(|finding| match finding.weight() {
            Weight::Wrong => Diagnosis::new(RECORD, State::Wrong, finding.in_both(), Some(JUDGE)),
            Weight::Unchecked | Weight::Note => Diagnosis::new(RECORD, State::Unchecked, finding.in_both(), None),
        })
        .collect();
    if found.is_empty() {
        let said = format!("{} 次操作都按规则推得出 acts all follow from the rules", judged.acts);
        found.push(Diagnosis::new(RECORD, State::Sound, said, None));
    }
    let now = WallClock.now();
    let clock = match judged.ahead_of(now) {
        Some(latest) => {
            let said = format!("本机 {now}，最后一条记录 {latest} the machine's time is before the last event's");
            Diagnosis::new(CLOCK, State::Wrong, said, Some(SET_CLOCK))
        }
        None => Diagnosis::new(CLOCK, State::Sound, "不早于记录 not before the record".to_owned(), None),
    };
    found.push(clock);
    found
}

/// Whether each file that is kept is the one that an event cites.
fn attachments(options: &Data, cited: &BTreeMap<String, String>) -> Diagnosis {
    let data = options.data.as_path();
    let unchecked = |why: String| Diagnosis::new(FILES, State::Unchecked, why, None);
    let folder = data.join("attachments");
    if !folder.is_dir() {
        return Diagnosis::new(FILES, State::Sound, "没有 none".to_owned(), None);
    }
    if let Err(elsewhere) = super::key::lies_in_the_folder(options) {
        return unchecked(format!("引用 {} 份，没有打开 {} cited, none opened: {elsewhere}", cited.len(), cited.len()));
    }
    let keys = match super::key::master(options, super::serve::mode_of(data)) {
        Ok(master) => Keys::open(data.join("keys"), master),
        Err(error) => {
            return unchecked(format!("没有主密钥，打不开 they cannot be opened without the master key: {error}"));
        }
    };
    let opened = keys.map_err(|error| error.to_string()).and_then(|keys| {
        AttachmentStore::open(&folder, Arc::new(AttachmentKeys::new(Arc::new(keys)))).map_err(|error| error.to_string())
    });
    let store = match opened {
        Ok(store) => store,
        Err(error) => return Diagnosis::new(FILES, State::Wrong, error, Some(BRING_BACK)),
    };
    let mut read = 0_usize;
    for (hash, place) in cited {
        match is_kept(&store, hash) {
            Ok(files) => read += files,
            Err(error) => {
                let said = format!("{hash}（{place}）: {}: {error}", error.code());
                return Diagnosis::new(FILES, State::Wrong, said, Some(BRING_BACK));
            }
        }
    }
    let said = format!(
        "引用 {} 份，存 {read} 份，均与摘要相符 {} cited, {read} kept, each is its digest's",
        cited.len(),
        cited.len()
    );
    Diagnosis::new(FILES, State::Sound, said, None)
}

/// How many owners keep a file whose bytes have this digest. Papers are often cited and not kept here.
fn is_kept(store: &AttachmentStore, hash: &str) -> Result<usize, AttachmentError> {
    let Ok(digest) = hash.parse::<Digest>() else { return Ok(0) };
    let owners = store.owners(&digest)?;
    for owner in &owners {
        store.open_one(*owner, &digest)?;
    }
    Ok(owners.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elsewhere::Elsewhere;

    /// Where the keys lie in a shared database, none are made in the folder, and nothing is called damaged for want of them.
    #[tokio::test]
    async fn keys_that_lie_elsewhere_are_not_looked_for_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        open_log(data).await.unwrap().close().await;
        std::fs::create_dir(data.join("attachments")).unwrap();
        std::fs::write(data.join("shared"), "the key store").unwrap();
        for shared in [None, Some("postgres://localhost/siyi".into())] {
            let elsewhere = Elsewhere { shared, ..Elsewhere::default() };
            let options = Data { data: data.to_owned(), token: crate::cli::TokenKey::default(), elsewhere };
            let found = examine(&options).await.unwrap();
            let states: Vec<(&str, State)> = found.iter().map(|found| (found.part, found.state)).collect();
            let (sound, unchecked) = (State::Sound, State::Unchecked);
            let expected = [(STORE, sound), (SIGNED, unchecked), (RECORD, sound), (CLOCK, sound), (FILES, unchecked)];
            assert_eq!(states, expected);
            assert!(found.last().unwrap().said.contains("vault-elsewhere"), "{}", found.last().unwrap().said);
            assert!(!data.join("keys").exists());
        }
    }
}
