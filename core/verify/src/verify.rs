//! A bundle verified: what it is in the log, that it follows from its facts, and what the board showed of it.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::rules::Rules;
use siyi_log::envelope::DomainEvent;
use siyi_tlog::{Checkpoint, TlogError, TrustPolicy};

use crate::bundle::{self, Parts};
use crate::derive::derive;
use crate::finding::{Code, Finding, Language, Place};
use crate::proof::{self, Believed, check_consistency, check_inclusion, read_checkpoint};
use crate::record::Entry;
use crate::report::{Checked, Cosigned, Log, Matter, Pack, Report};
use crate::{hex, notice, packs, papers, steps, whole_log};

mod streams;

/// Most findings of a report: after the first thing that is wrong much else follows from it.
pub const MAX_FINDINGS: usize = 100;

/// What whoever verifies brings along.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whose signatures are believed. Without it the bundle's own policy is used, and the report says so.
    pub policy: Option<TrustPolicy>,
    /// A checkpoint of this log that was kept from an earlier day, for example photographed from the board.
    pub previous_checkpoint: Option<Vec<u8>>,
    /// The language of the text.
    pub language: Language,
}

/// Verifies a bundle. Never fails: what cannot be read is found.
#[must_use]
pub fn verify_bundle(bytes: &[u8], options: &Options) -> Report {
    match bundle::read(bytes) {
        Ok((parts, findings)) => verify_parts(&parts, findings, options),
        Err(error) => {
            let finding = Finding::new(Code::BundleMalformed, Place::default(), "a bundle", error.to_string());
            Report::new(vec![finding], options.language)
        }
    }
}

/// Verifies a bundle beside a copy of the whole log: then it is shown too that no event of the matter was left out.
#[must_use]
pub fn verify_with_log(bytes: &[u8], options: &Options, log: &whole_log::Copy<'_>) -> Report {
    let mut report = verify_bundle(bytes, options);
    let Ok((parts, _)) = bundle::read(bytes) else { return report };
    let found = whole_log::check(log, &parts, options.policy.as_ref());
    if let (true, Some(complete)) = (found.is_empty(), &mut report.completeness) {
        complete.leaves_unseen = 0;
    }
    report.add(found);
    report
}

/// Verifies the parts of a bundle.
#[must_use]
pub fn verify_parts(parts: &Parts, mut findings: Vec<Finding>, options: &Options) -> Report {
    let mut rules = match Rules::shipped() {
        Ok(rules) => rules,
        Err(error) => {
            findings.push(Finding::new(Code::RecordIncomplete, Place::default(), "rules", error.to_string()));
            return Report::new(findings, options.language);
        }
    };
    for (file, text) in &parts.procedures {
        findings.extend(packs::check(&format!("procedures/{file}"), text, &mut rules));
    }
    let (signed, of_log) = logged(parts, options);
    findings.extend(of_log);
    let derived = derive(&parts.events, &rules);
    findings.extend(derived.findings);
    findings.extend(streams::check(parts, &derived.entries));
    findings.extend(notice::check(&parts.notices, &derived.entries, parts.consultation));
    findings.extend(papers::check(&derived.entries, &parts.attachments, &parts.papers));
    cut(&mut findings);
    let mut report = Report::new(findings, options.language);
    report.matter = Some(Matter {
        consultation: parts.consultation,
        jurisdiction: parts.jurisdiction.clone(),
        title: title(parts, &derived.entries),
    });
    report.log = signed.map(|signed| log(signed, options.policy.is_some()));
    report.checked = Checked {
        events: derived.entries.len(),
        acts: derived.acts,
        proofs: parts.proofs.len(),
        notices: parts.notices.len(),
        papers: papers::cited(&derived.entries).len(),
        papers_read: parts.papers.len(),
    };
    let pack = |(file, text): (&String, &String)| Pack { file: file.clone(), sha256: hex::sha256(text.as_bytes()) };
    report.authority = Some((&derived.authority).into());
    report.completeness = streams::completeness(parts, &derived.entries, report.log.as_ref());
    report.packs = parts.procedures.iter().map(pack).collect();
    report.steps = steps::of(&derived.entries, &rules.laws);
    report
}

/// The gravest come first when the list is cut, so that what is wrong is never cut for what is not.
fn cut(findings: &mut Vec<Finding>) {
    if findings.len() > MAX_FINDINGS {
        findings.sort_by_key(Finding::order);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight()));
        findings.truncate(MAX_FINDINGS);
    }
}

fn title(parts: &Parts, entries: &[Entry]) -> Option<String> {
    entries.iter().find_map(|entry| match &entry.recorded.event {
        DomainEvent::Consultation(id, ConsultationEvent::MotionRaised(raised)) if *id == parts.consultation => {
            Some(raised.title.to_string())
        }
        _ => None,
    })
}

fn log(signed: Believed, own_policy: bool) -> Log {
    let cosigned = signed.cosigned.into_iter().map(|(witness, time)| Cosigned { witness, time });
    Log {
        root: signed.head.root.to_string(),
        origin: signed.head.origin,
        size: signed.head.size,
        cosigned: cosigned.collect(),
        own_policy,
    }
}

/// Who signed the checkpoint, and whether every event is in its tree.
fn logged(parts: &Parts, options: &Options) -> (Option<Believed>, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(checkpoint) = &parts.checkpoint else {
        return (None, vec![Finding::new(Code::NotLogged, Place::file("checkpoint"), "", "")]);
    };
    let place = Place::file("checkpoint");
    let checkpoint = match read_checkpoint(checkpoint) {
        Ok(checkpoint) => checkpoint,
        Err(error) => {
            return (None, vec![Finding::new(Code::CheckpointMalformed, place, "a checkpoint", error.to_string())]);
        }
    };
    let signed = policy(parts, options, &mut findings).and_then(|policy| match proof::believe(&policy, &checkpoint) {
        Ok(signed) => Some(signed),
        Err(error) => {
            findings.push(Finding::new(unbelieved(&policy, &error), place, proof::logs_of(&policy), error.to_string()));
            None
        }
    });
    findings.extend(grown(parts, options, checkpoint.checkpoint()));
    findings.extend(included(parts, checkpoint.checkpoint()));
    (signed, findings)
}

/// A line that claims to be a witness's and is not is no more than a missing one; all else speaks against the log.
fn unbelieved(policy: &TrustPolicy, error: &TlogError) -> Code {
    match error {
        TlogError::Quorum { .. } => Code::WitnessesTooFew,
        TlogError::Signature { name } if policy.logs().iter().all(|log| log.key.name() != name) => {
            Code::WitnessesTooFew
        }
        _ => Code::LogSignatureInvalid,
    }
}

fn policy(parts: &Parts, options: &Options, findings: &mut Vec<Finding>) -> Option<TrustPolicy> {
    let of_bundle = parts.policy.as_deref().map(TrustPolicy::parse);
    if let Some(own) = &options.policy {
        match of_bundle {
            Some(Ok(theirs)) if !proof::is_of_log(&theirs, own) => {
                let (expected, found) = (proof::logs_of(own), proof::logs_of(&theirs));
                findings.push(Finding::new(Code::PolicyDiffers, Place::file("policy"), expected, found));
            }
            _ => {}
        }
        return Some(own.clone());
    }
    match of_bundle {
        Some(Ok(theirs)) => {
            findings.push(Finding::new(Code::PolicyMissing, Place::file("policy"), "", ""));
            Some(theirs)
        }
        Some(Err(error)) => {
            findings.push(Finding::new(Code::BundleMalformed, Place::file("policy"), "a policy", error.to_string()));
            None
        }
        None => {
            findings.push(Finding::new(Code::PolicyMissing, Place::default(), "", ""));
            None
        }
    }
}

/// Whether the tree grew out of the one that was kept.
fn grown(parts: &Parts, options: &Options, now: &Checkpoint) -> Option<Finding> {
    let place = Place::file("checkpoint");
    let kept = match read_checkpoint(options.previous_checkpoint.as_ref()?) {
        Ok(kept) => kept.checkpoint().clone(),
        Err(error) => {
            return Some(Finding::new(Code::ConsistencyMissing, place, "a checkpoint", error.to_string()));
        }
    };
    let told = |head: &Checkpoint| format!("{} {} {}", head.origin, head.size, head.root);
    let found = |code| Some(Finding::new(code, place.clone(), told(&kept), told(now)));
    if kept.origin != now.origin {
        return found(Code::CheckpointForked);
    }
    match kept.size.cmp(&now.size) {
        std::cmp::Ordering::Greater => found(Code::CheckpointOlder),
        std::cmp::Ordering::Equal if kept.root == now.root => None,
        std::cmp::Ordering::Equal => found(Code::CheckpointForked),
        std::cmp::Ordering::Less if kept.size == 0 => None,
        std::cmp::Ordering::Less => match parts.consistency.iter().find(|proof| proof.from == kept.size) {
            None => found(Code::ConsistencyMissing),
            Some(proof) if check_consistency(&kept, now, proof).is_ok() => None,
            Some(_) => found(Code::CheckpointForked),
        },
    }
}

/// Whether each event is a leaf of the tree, in the order in which they are handed over.
fn included(parts: &Parts, head: &Checkpoint) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut last = None;
    if parts.proofs.len() > parts.events.len() {
        let (expected, found) = (parts.events.len().to_string(), parts.proofs.len().to_string());
        findings.push(Finding::new(Code::OrderDiffers, Place::file("proofs.jsonl"), expected, found));
    }
    for (ordinal, body) in parts.events.iter().enumerate() {
        let place = || Place { event: Some(ordinal), ..place_of(body) };
        let Some(proof) = parts.proofs.get(ordinal) else {
            findings.push(Finding::new(Code::ProofMissing, place(), "a proof", "-"));
            continue;
        };
        if let Err(error) = check_inclusion(head, body, proof) {
            findings.push(Finding::new(Code::ProofFails, place(), head.root.to_string(), error.to_string()));
        }
        if let Some(before) = last.filter(|before| *before >= proof.index) {
            findings.push(Finding::new(Code::OrderDiffers, place(), format!("> {before}"), proof.index.to_string()));
        }
        last = Some(proof.index);
    }
    findings
}

/// Where an event says that it stands; of no weight, since its proof failed.
fn place_of(body: &[u8]) -> Place {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text =
        |key: &str| told.get(key).and_then(serde_json::Value::as_str).map(|text| text.chars().take(100).collect());
    let revision = told.get("revision").and_then(serde_json::Value::as_u64);
    Place { stream: text("stream"), revision, event_type: text("type"), ..Place::default() }
}
