//! Who acts, and by which way: the caller as the gate knows it, and what the headers of a request say about the act.

use async_graphql::{Context, Error, ErrorExtensions};
use serde_json::Value;
use siyi_domain::ids::{PaperHash, PersonId};
use siyi_domain::office::Actor;
use siyi_log::via::Attendant;

/// Header with the UUID of the person who acts.
pub const PERSON_HEADER: &str = "x-siyi-person";
/// Header with the office in which the person acts, for example `party_secretary`. Who signed in and holds one office in the
/// place of a command may leave both out.
pub const OFFICE_HEADER: &str = "x-siyi-office";
/// Header with office and person of the attendant who writes for somebody without a telephone: `clerk:<uuid>`.
pub const ATTENDANT_HEADER: &str = "x-siyi-attendant";
/// Header with the SHA-256 of the sheet that this person signed.
pub const SHEET_HEADER: &str = "x-siyi-sheet";
/// Header with the passkey's assertion over the act: base64url of the credential's JSON (WebAuthn Level 2, section 5.1).
pub const ASSERTION_HEADER: &str = "x-siyi-assertion";
/// Header with the code of a second person, where an act needs two; or, of a supervisor without an account, the person's UUID and
/// the SHA-256 of the sheet that they signed, as `<person>:<sheet>`.
pub const SECOND_HEADER: &str = "x-siyi-second";

/// The headers as they came.
#[derive(Debug, Clone, Default)]
pub struct ActHeaders {
    /// See [`PERSON_HEADER`].
    pub person: Option<String>,
    /// See [`OFFICE_HEADER`].
    pub office: Option<String>,
    /// See [`ATTENDANT_HEADER`].
    pub attendant: Option<String>,
    /// See [`SHEET_HEADER`].
    pub sheet: Option<String>,
    /// See [`ASSERTION_HEADER`].
    pub assertion: Option<String>,
    /// See [`SECOND_HEADER`].
    pub second: Option<String>,
}

impl ActHeaders {
    /// Those of a request.
    #[must_use]
    pub fn of(headers: &axum::http::HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            person: text(PERSON_HEADER),
            office: text(OFFICE_HEADER),
            attendant: text(ATTENDANT_HEADER),
            sheet: text(SHEET_HEADER),
            assertion: text(ASSERTION_HEADER),
            second: text(SECOND_HEADER),
        }
    }

    /// Who says to act; none where person or office is missing or malformed.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        acting(self.person.as_deref()?, self.office.as_deref()?).ok()
    }

    /// Who writes it down.
    pub(super) fn attendant(&self) -> Result<Option<Attendant>, Error> {
        let (attendant, sheet) = match (&self.attendant, &self.sheet) {
            (None, None) => return Ok(None),
            (Some(attendant), Some(sheet)) => (attendant, sheet),
            _ => {
                let both = format!("{ATTENDANT_HEADER} and {SHEET_HEADER} go together");
                return Err(coded("attendant-malformed", both));
            }
        };
        let malformed = |what: &str| coded("attendant-malformed", format!("`{}` is no {what}", clip(what)));
        let (office, person) = attendant.split_once(':').ok_or_else(|| malformed("office:person"))?;
        let sheet = PaperHash::try_from(sheet.clone()).map_err(|_| malformed("SHA-256"))?;
        Ok(Some(Attendant { actor: acting(person, office)?, sheet }))
    }
}

fn acting(person: &str, office: &str) -> Result<Actor, Error> {
    let person: PersonId =
        person.parse().map_err(|_| coded("actor-unknown", format!("`{}` is no uuid", clip(person))))?;
    let office = serde_json::from_value(Value::String(office.to_owned()))
        .map_err(|_| coded("actor-unknown", format!("`{}` is no office", clip(office))))?;
    Ok(Actor { person, office })
}

/// The actor of a request.
pub(super) fn actor(ctx: &Context<'_>) -> Result<Actor, Error> {
    let headers = ctx.data_opt::<ActHeaders>();
    let missing = || coded("actor-missing", format!("the headers {PERSON_HEADER} and {OFFICE_HEADER} say who acts"));
    let (person, office) = headers.and_then(|h| h.person.as_ref().zip(h.office.as_ref())).ok_or_else(missing)?;
    acting(person, office)
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An error with a stable code in its extensions.
pub(super) fn coded(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message.into()).extend_with(|_, extensions| extensions.set("code", code))
}
