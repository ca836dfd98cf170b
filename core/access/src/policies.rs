//! The policies as shipped: their texts, and how they are read and checked.

use std::collections::BTreeSet;
use std::str::FromStr;

use cedar_policy::{
    ActionConstraint, Entities, EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator,
};

/// The words of the policies.
pub const SCHEMA: &str = include_str!("../../../schemas/policies/siyi.cedarschema");

macro_rules! shipped {
    ($($subject:literal)+) => {
        /// The policy files as shipped: subject, text.
        pub const SHIPPED: &[(&str, &str)] =
            &[$(($subject, include_str!(concat!("../../../schemas/policies/", $subject, ".cedar")))),+];
    };
}
shipped! {
    "accounts" "acting" "attendants" "audit" "convening" "counting" "demonstration" "implementation" "initiating"
    "machines" "objections" "operator" "personal-data" "publishing" "querying" "recording" "rolls" "screening"
    "supervising" "township"
}

/// Why policies cannot be used. The server does not start then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The schema does not read.
    #[error("the schema of the policies does not read: {0}")]
    SchemaUnreadable(String),
    /// A file is no Cedar.
    #[error("`{subject}` does not read: {reason}")]
    Unreadable {
        /// Which file.
        subject: String,
        /// Cedar's words.
        reason: String,
    },
    /// A policy has no `@id`.
    #[error("a policy in `{subject}` has no @id")]
    WithoutId {
        /// Which file.
        subject: String,
    },
    /// A policy names neither a rule nor a law.
    #[error("policy `{id}` names neither @rule nor @law")]
    WithoutBasis {
        /// Which policy.
        id: String,
    },
    /// Two policies have one `@id`.
    #[error("two policies have the id `{id}`")]
    IdTwice {
        /// Which.
        id: String,
    },
    /// The policies do not fit the schema.
    #[error("the policies do not fit their schema: {0}")]
    Invalid(String),
    /// The schema does not know a door.
    #[error("the schema does not know the door `{0}`")]
    DoorUnknown(String),
}

impl PolicyError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SchemaUnreadable(_) => "policy-schema-unreadable",
            Self::Unreadable { .. } => "policy-unreadable",
            Self::WithoutId { .. } => "policy-without-id",
            Self::WithoutBasis { .. } => "policy-without-basis",
            Self::IdTwice { .. } => "policy-id-twice",
            Self::Invalid(_) => "policy-invalid",
            Self::DoorUnknown(_) => "policy-door-unknown",
        }
    }
}

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNote {
    /// Its id.
    pub id: String,
    /// The rule that it states, of the project's table of roles.
    pub rule: Option<String>,
    /// The law that orders it: a law's id and the article.
    pub law: Option<String>,
    /// Whether it forbids.
    pub forbids: bool,
}

pub(crate) fn read_schema(text: &str) -> Result<Schema, PolicyError> {
    let (schema, _) =
        Schema::from_cedarschema_str(text).map_err(|error| PolicyError::SchemaUnreadable(told(&error)))?;
    Ok(schema)
}

/// Reads policies, each under its own `@id`, and holds them against the schema in strict mode; a warning (a policy that can
/// never hold, a look-alike character) counts as an error.
pub(crate) fn read(schema: &Schema, files: &[(&str, &str)]) -> Result<(PolicySet, Vec<PolicyNote>), PolicyError> {
    let (mut set, mut notes, mut ids) = (PolicySet::new(), Vec::new(), BTreeSet::new());
    for (subject, text) in files {
        let unreadable = |reason: String| PolicyError::Unreadable { subject: (*subject).to_owned(), reason };
        let file = PolicySet::from_str(text).map_err(|error| unreadable(told(&error)))?;
        if file.num_of_templates() > 0 {
            return Err(unreadable("a template".to_owned()));
        }
        for policy in file.policies() {
            let note = noted(policy, subject)?;
            if !ids.insert(note.id.clone()) {
                return Err(PolicyError::IdTwice { id: note.id });
            }
            let named = policy.new_id(PolicyId::new(&note.id));
            set.add(named).map_err(|error| unreadable(told(&error)))?;
            notes.push(note);
        }
    }
    let checked = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    if checked.validation_passed_without_warnings() {
        notes.sort_by(|a, b| a.id.cmp(&b.id));
        return Ok((set, notes));
    }
    let errors = checked.validation_errors().map(|error| told(error));
    let warnings = checked.validation_warnings().map(|warning| told(warning));
    Err(PolicyError::Invalid(errors.chain(warnings).collect::<Vec<_>>().join("; ")))
}

/// Those policies whose heading takes an action in, by itself or by a kind that it is of. The others cannot hold for it, and
/// most are such.
pub(crate) fn of_action(all: &PolicySet, action: &EntityUid, known: &Entities) -> Result<PolicySet, PolicyError> {
    let is_of = |of: &EntityUid| of == action || known.is_ancestor_of(of, action);
    let takes = |policy: &&Policy| match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(one) => one == *action,
        ActionConstraint::In(several) => several.iter().any(is_of),
    };
    PolicySet::from_policies(all.policies().filter(takes).cloned()).map_err(|e| PolicyError::Invalid(told(&e)))
}

fn noted(policy: &Policy, subject: &str) -> Result<PolicyNote, PolicyError> {
    let annotation = |key: &str| policy.annotation(key).map(str::to_owned);
    let id = annotation("id").ok_or_else(|| PolicyError::WithoutId { subject: subject.to_owned() })?;
    let (rule, law) = (annotation("rule"), annotation("law"));
    if rule.is_none() && law.is_none() {
        return Err(PolicyError::WithoutBasis { id });
    }
    Ok(PolicyNote { id, rule, law, forbids: policy.effect() == cedar_policy::Effect::Forbid })
}

/// An error with what caused it, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
