//! What a county adapts: periods that are remembered practice, and none that stands in the text of a law.

use serde::Deserialize;

use super::{Certainty, Keep, PersonalField, RecordClass, Retention, RetentionError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    #[serde(rename = "record", default)]
    classes: Vec<ClassChange>,
    #[serde(rename = "personal", default)]
    fields: Vec<FieldChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassChange {
    class: RecordClass,
    keep: Keep,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldChange {
    field: PersonalField,
    keep: Keep,
}

impl Retention {
    /// This schedule with the periods that a place sets otherwise: `[[record]]` with `class` and `keep`, `[[personal]]` with
    /// `field` and `keep`.
    ///
    /// # Errors
    /// [`RetentionError`], `retention-not-configurable` where the period stands in the text of a law.
    pub fn configured(&self, toml_text: &str) -> Result<Self, RetentionError> {
        let changes: Changes = toml::from_str(toml_text).map_err(|e| RetentionError::Malformed(e.to_string()))?;
        let mut own = self.clone();
        for change in changes.classes {
            let name = change.class.as_str();
            let rule = own.classes.get_mut(&change.class).ok_or(RetentionError::Missing(name))?;
            rule.keep = allowed(name, rule.basis.certainty, change.keep)?;
            self.check(name, rule.keep, &rule.basis)?;
        }
        for change in changes.fields {
            let name = change.field.as_str();
            let rule = own.fields.get_mut(&change.field).ok_or(RetentionError::Missing(name))?;
            rule.keep = allowed(name, rule.basis.certainty, change.keep)?;
            self.check(name, rule.keep, &rule.basis)?;
        }
        Ok(own)
    }
}

fn allowed(name: &'static str, certainty: Certainty, keep: Keep) -> Result<Keep, RetentionError> {
    match certainty {
        Certainty::Memory => Ok(keep),
        Certainty::Found => Err(RetentionError::NotConfigurable(name)),
    }
}
