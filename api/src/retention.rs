//! 保管期限 of files: to which class of records an attachment belongs, and what lies with a person.

use async_trait::async_trait;
use siyi_attachments::{Attachments, Class, Particulars};
use siyi_domain::ids::PersonId;
use siyi_domain::moment::Moment;
use siyi_domain::retention::{RecordClass, RecordKept};
use siyi_log::records::{PersonalRecords, RecordsUnavailable};

/// An attachment as the schedule knows it; none where nobody said what it is to the village.
#[must_use]
pub fn record(of: &Particulars) -> Option<RecordKept> {
    let class = match of.class {
        Class::Minutes => RecordClass::Resolutions,
        Class::SignInSheet => RecordClass::SignInSheets,
        Class::Ballot => RecordClass::DeliberationBallots,
        // A photo of a notice is the village's; one of a person no schedule orders kept.
        Class::Photo if of.person.is_none() => RecordClass::Notices,
        Class::Contract => RecordClass::Contracts,
        Class::Plan => RecordClass::Projects,
        Class::Receipt => RecordClass::AccountVouchers,
        Class::Photo | Class::Other => return None,
    };
    Some(RecordKept { class, on: Moment::china(of.uploaded_at).day() })
}

/// The files that lie under a person's own key.
pub struct PersonalFiles(pub Attachments);

#[async_trait]
impl PersonalRecords for PersonalFiles {
    async fn of_person(&self, person: PersonId) -> Result<Vec<RecordKept>, RecordsUnavailable> {
        let files = self.0.of_owner(person.0).await;
        let files = files.map_err(|error| RecordsUnavailable { reason: error.to_string() })?;
        Ok(files.iter().filter_map(record).collect())
    }
}
