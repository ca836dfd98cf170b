//! 保管期限 of files: to which class of records an attachment belongs, and what lies with a person.

use async_trait::async_trait;
use siyi_attachments::{AttachmentError, Attachments, Class, Particulars};
use siyi_domain::ids::{JurisdictionCode, PaperHash, PersonId};
use siyi_domain::moment::Moment;
use siyi_domain::retention::{RecordClass, RecordKept};
use siyi_log::records::{RecordsHeld, RecordsUnavailable};

use crate::app::App;

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

/// The files of a place of which the period is over, as the records that they are.
///
/// # Errors
/// Those of [`Attachments::of_village`].
pub async fn overdue(app: &App, place: &JurisdictionCode) -> Result<Vec<(Particulars, RecordKept)>, AttachmentError> {
    let today = app.clock.now().day();
    let kept = app.attachments.of_village(place.clone()).await?;
    let as_records = kept.into_iter().filter_map(|file| record(&file).map(|record| (file, record)));
    Ok(as_records.filter(|(_, record)| app.rules.retention.running(record, today).is_none()).collect())
}

/// The attachments, as the records that they are.
pub struct FilesHeld(pub Attachments);

#[async_trait]
impl RecordsHeld for FilesHeld {
    async fn of_person(&self, person: PersonId) -> Result<Vec<RecordKept>, RecordsUnavailable> {
        let files = self.0.of_owner(person.0).await;
        let files = files.map_err(|error| RecordsUnavailable { reason: error.to_string() })?;
        Ok(files.iter().filter_map(record).collect())
    }

    async fn of_file(&self, place: &JurisdictionCode, file: &PaperHash) -> Result<Vec<RecordKept>, RecordsUnavailable> {
        let files = self.0.of_village(place.clone()).await;
        let files = files.map_err(|error| RecordsUnavailable { reason: error.to_string() })?;
        let copies = files.iter().filter(|of| of.digest.to_string() == file.as_str());
        Ok(copies.filter_map(record).collect())
    }
}
