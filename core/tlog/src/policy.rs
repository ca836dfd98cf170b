//! Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many of these are enough.

use super::{Cosignature, KeyKind, TlogError, VerifierKey, lines::decimal};
use std::collections::{HashMap, HashSet};

const WHAT: &str = "a trust policy";

/// The longest policy in bytes.
const MAX_POLICY_BYTES: usize = 64 << 10;

/// The most logs, witnesses and groups in all; the specification asks for 32 of each.
const MAX_DEFINITIONS: usize = 256;

/// A log that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key.
    pub key: VerifierKey,
    /// Where its files are.
    pub url: Option<String>,
}

/// A witness that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name in the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Its submission prefix (C2SP tlog-witness).
    pub url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<String>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPolicy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: HashMap<String, Group>,
    /// None where no witness is needed.
    quorum: Option<String>,
    text: String,
}

impl TrustPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`TlogError::Malformed`] with the number of the line, [`TlogError::TooLarge`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(TlogError::TooLarge { what: WHAT, limit: MAX_POLICY_BYTES as u64 });
        }
        let mut reading = Reading::default();
        for (number, line) in text.split('\n').enumerate() {
            let at_line = |why: String| TlogError::malformed(WHAT, format!("line {}: {why}", number + 1));
            if line.chars().any(|character| character != '\t' && character.is_ascii_control()) {
                return Err(at_line("a control character".into()));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                reading.line(&words).map_err(at_line)?;
            }
        }
        let Reading { logs, witnesses, groups, quorum, .. } = reading;
        let quorum = match quorum.ok_or_else(|| TlogError::malformed(WHAT, "no quorum"))? {
            Quorum::Nobody => None,
            Quorum::Named(name) => Some(name),
        };
        Ok(Self { logs, witnesses, groups, quorum, text: text.into() })
    }

    /// The policy for a log with these keys (the current one and those retired) and these witnesses, of which the smallest
    /// majority is enough: 2 of 3. Without witnesses nobody is asked.
    ///
    /// # Errors
    /// As [`Self::parse`]: a name or key that stands twice.
    pub fn majority<'k>(
        keys: impl IntoIterator<Item = &'k VerifierKey>,
        witnesses: &[PolicyWitness],
    ) -> Result<Self, TlogError> {
        let mut text: String = keys.into_iter().map(|key| format!("log {key}\n")).collect();
        for PolicyWitness { name, key, url } in witnesses {
            let url = url.as_ref().map_or_else(String::new, |url| format!(" {url}"));
            text.push_str(&format!("witness {name} {key}{url}\n"));
        }
        if witnesses.is_empty() {
            text.push_str("quorum none\n");
        } else {
            let names: Vec<&str> = witnesses.iter().map(|witness| witness.name.as_str()).collect();
            let enough = names.len() / 2 + 1;
            text.push_str(&format!("group majority {enough} {}\nquorum majority\n", names.join(" ")));
        }
        Self::parse(&text)
    }

    /// The logs.
    #[must_use]
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// The policy as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether these witnesses are enough.
    #[must_use]
    pub fn is_met(&self, confirmed: &[Cosignature]) -> bool {
        self.quorum.as_deref().is_none_or(|quorum| self.holds(quorum, confirmed))
    }

    /// Whether these witnesses are enough.
    ///
    /// # Errors
    /// [`TlogError::Quorum`].
    pub fn check_quorum(&self, confirmed: &[Cosignature]) -> Result<(), TlogError> {
        if self.is_met(confirmed) {
            return Ok(());
        }
        let names: Vec<&str> = confirmed.iter().map(|one| one.key.name()).collect();
        let confirmed = if names.is_empty() { "nobody".into() } else { names.join(", ") };
        Err(TlogError::Quorum { quorum: self.quorum.clone().unwrap_or_default(), confirmed })
    }

    /// A group's members were defined before it, so this ends.
    fn holds(&self, name: &str, confirmed: &[Cosignature]) -> bool {
        if let Some(group) = self.groups.get(name) {
            let met = group.members.iter().filter(|member| self.holds(member, confirmed)).count();
            return met >= group.threshold;
        }
        let witness = self.witnesses.iter().find(|witness| witness.name == name);
        witness.is_some_and(|witness| confirmed.iter().any(|one| one.key.bytes() == witness.key.bytes()))
    }
}

#[derive(Default)]
struct Reading {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: HashMap<String, Group>,
    members: HashSet<String>,
    quorum: Option<Quorum>,
}

enum Quorum {
    Nobody,
    Named(String),
}

impl Reading {
    fn line(&mut self, words: &[&str]) -> Result<(), String> {
        if self.logs.len() + self.witnesses.len() + self.groups.len() >= MAX_DEFINITIONS {
            return Err(format!("more than {MAX_DEFINITIONS} definitions"));
        }
        match words {
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err("neither a log, a witness, a group nor a quorum".into()),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), String> {
        let key = parse_key(key, KeyKind::Log)?;
        if self.logs.iter().any(|log| log.key.bytes() == key.bytes()) {
            return Err("the log's key stands twice".into());
        }
        self.logs.push(PolicyLog { key, url: url.map(ToString::to_string) });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), String> {
        let key = parse_key(key, KeyKind::Witness)?;
        self.check_new(name)?;
        // One who holds one key under two names would count twice.
        if self.witnesses.iter().any(|witness| witness.key.bytes() == key.bytes()) {
            return Err("the witness's key stands twice".into());
        }
        self.witnesses.push(PolicyWitness { name: name.into(), key, url: url.map(ToString::to_string) });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), String> {
        self.check_new(name)?;
        for member in members {
            self.check_known(member)?;
            if !self.members.insert((*member).into()) {
                return Err(format!("`{member}` is a member already"));
            }
        }
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => usize::try_from(decimal(WHAT, number).map_err(|error| error.to_string())?).unwrap_or(usize::MAX),
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(format!("of {} members {threshold} cannot be enough", members.len()));
        }
        let members = members.iter().map(ToString::to_string).collect();
        self.groups.insert(name.into(), Group { threshold, members });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("a second quorum".into());
        }
        if name != "none" {
            self.check_known(name)?;
        }
        self.quorum = Some(if name == "none" { Quorum::Nobody } else { Quorum::Named(name.into()) });
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        self.groups.contains_key(name) || self.witnesses.iter().any(|witness| witness.name == name)
    }

    fn check_new(&self, name: &str) -> Result<(), String> {
        if name == "none" || self.knows(name) { Err(format!("the name `{name}` is taken")) } else { Ok(()) }
    }

    fn check_known(&self, name: &str) -> Result<(), String> {
        if self.knows(name) { Ok(()) } else { Err(format!("`{name}` is not defined before this line")) }
    }
}

fn parse_key(key: &str, kind: KeyKind) -> Result<VerifierKey, String> {
    let key = VerifierKey::parse(key).map_err(|error| error.to_string())?;
    if key.kind() == kind { Ok(key) } else { Err("the key is of the other kind".into()) }
}
