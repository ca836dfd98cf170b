//! Whose signatures make a checkpoint believed (C2SP tlog-policy).

use std::collections::BTreeSet;
use std::fmt;

use super::{Checkpoint, Head, Key, KeyKind, Unproven};

/// The longest policy that is read.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;

/// A log, its witnesses, and how many of them must have cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    log: Key,
    witnesses: Vec<(String, Key)>,
    groups: Vec<Group>,
    quorum: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    least: usize,
    members: Vec<String>,
}

/// What a policy says of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The tree.
    pub head: Head,
    /// The witnesses that cosigned, by their names in the policy, and when (seconds since 1970).
    pub cosigned: Vec<(String, u64)>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Unproven::Malformed`] also where a name is defined twice or not at all, or two witnesses have one key.
    pub fn parse(text: &str) -> Result<Self, Unproven> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(malformed("too long"));
        }
        let mut logs = Vec::new();
        let mut policy = Draft::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key] | ["log", key, _] => logs.push(key_of(key, KeyKind::Log)?),
                ["witness", name, key] | ["witness", name, key, _] => policy.witness(name, key)?,
                ["group", name, least, members @ ..] => policy.group(name, least, members)?,
                ["quorum", name] if policy.quorum.is_none() => policy.quorum = Some((*name).to_owned()),
                _ => return Err(malformed(line)),
            }
        }
        let [log] = logs.try_into().map_err(|_| malformed("not exactly one log"))?;
        let quorum = policy.quorum.take().ok_or_else(|| malformed("no quorum"))?;
        let quorum = (quorum != "none").then_some(quorum);
        if quorum.as_ref().is_some_and(|name| !policy.names.contains(name)) {
            return Err(malformed("the quorum names nobody"));
        }
        Ok(Self { log, witnesses: policy.witnesses, groups: policy.groups, quorum })
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.log.name
    }

    /// Whether another policy is of the same log with the same key. Whoever verifies may believe other witnesses.
    #[must_use]
    pub fn is_of_log(&self, other: &Self) -> bool {
        self.log == other.log
    }

    /// Who signed a checkpoint, if that is enough.
    ///
    /// # Errors
    /// [`Unproven::NotSigned`], [`Unproven::NotWitnessed`].
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<Signed, Unproven> {
        let origin = &checkpoint.head.origin;
        // The key's name is the log's origin: a log does not sign for another.
        if *origin != self.log.name || self.log.signed(&checkpoint.note).is_none() {
            return Err(Unproven::NotSigned { origin: self.log.name.clone() });
        }
        let cosigned: Vec<(String, u64)> = self
            .witnesses
            .iter()
            .filter_map(|(name, key)| key.signed(&checkpoint.note).map(|time| (name.clone(), time)))
            .collect();
        let mut satisfied: BTreeSet<&str> = cosigned.iter().map(|(name, _)| name.as_str()).collect();
        // A group names only what stands before it, so one pass is enough.
        for group in &self.groups {
            let members = group.members.iter().filter(|member| satisfied.contains(member.as_str())).count();
            if members >= group.least {
                satisfied.insert(&group.name);
            }
        }
        match &self.quorum {
            Some(quorum) if !satisfied.contains(quorum.as_str()) => Err(Unproven::NotWitnessed {
                cosigned: cosigned.into_iter().map(|(name, _)| name).collect(),
                quorum: quorum.clone(),
            }),
            _ => Ok(Signed { head: checkpoint.head.clone(), cosigned }),
        }
    }
}

impl fmt::Display for Policy {
    /// In a line: the log, its witnesses and the quorum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log {}", self.log)?;
        self.witnesses.iter().try_for_each(|(name, key)| write!(f, "; witness {name} {key}"))?;
        for Group { name, least, members } in &self.groups {
            write!(f, "; group {name} {least} {}", members.join(" "))?;
        }
        write!(f, "; quorum {}", self.quorum.as_deref().unwrap_or("none"))
    }
}

#[derive(Default)]
struct Draft {
    names: BTreeSet<String>,
    witnesses: Vec<(String, Key)>,
    groups: Vec<Group>,
    quorum: Option<String>,
}

impl Draft {
    fn name(&mut self, name: &str) -> Result<(), Unproven> {
        if name != "none" && self.names.insert(name.to_owned()) { Ok(()) } else { Err(malformed(name)) }
    }

    fn witness(&mut self, name: &str, key: &str) -> Result<(), Unproven> {
        let key = key_of(key, KeyKind::Cosigner)?;
        if self.witnesses.iter().any(|(_, other)| other.is_same_point(&key)) {
            return Err(malformed("two witnesses have one key"));
        }
        self.name(name)?;
        self.witnesses.push((name.to_owned(), key));
        Ok(())
    }

    fn group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), Unproven> {
        let distinct: BTreeSet<&str> = members.iter().copied().collect();
        if distinct.len() != members.len() || members.iter().any(|member| !self.names.contains(*member)) {
            return Err(malformed(name));
        }
        let least = match least {
            "any" => 1,
            "all" => members.len(),
            number => number.parse().map_err(|_| malformed(number))?,
        };
        if !(1..=members.len()).contains(&least) {
            return Err(malformed(name));
        }
        self.name(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(Group { name: name.to_owned(), least, members });
        Ok(())
    }
}

fn key_of(text: &str, kind: KeyKind) -> Result<Key, Unproven> {
    let key = Key::parse(text)?;
    if key.kind == kind { Ok(key) } else { Err(malformed("a key of the wrong kind")) }
}

fn malformed(reason: &str) -> Unproven {
    Unproven::malformed("a policy", reason)
}
