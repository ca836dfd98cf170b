//! CloudEvents 1.0: each event in the JSON format, all of them in a batch (`application/cloudevents-batch+json`).

use serde_json::{Value, json};
use siyi_log::envelope::Recorded;

use super::told::{data, is_public, office, utc};

/// A batch of the events of matters and jurisdictions; rolls and accounts are left out.
#[must_use]
pub fn cloudevents<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Value {
    Value::Array(events.into_iter().filter(|event| is_public(event)).map(event).collect())
}

fn event(recorded: &Recorded) -> Value {
    let envelope = &recorded.envelope;
    // Names of extension attributes are lower-case letters and digits, their integers 32 bits wide (section "Type System").
    json!({
        "specversion": "1.0",
        "id": envelope.id,
        "source": format!("urn:siyi:stream:{}", envelope.stream),
        "type": format!("siyi.{}", envelope.event_type),
        "time": utc(envelope.occurred_at),
        "subject": envelope.stream.as_str(),
        "datacontenttype": "application/json",
        "dataschema": format!("urn:siyi:schema:event:{}", envelope.event_type),
        "revision": i32::try_from(envelope.revision).unwrap_or(i32::MAX),
        "recordedat": utc(envelope.recorded_at),
        "office": office(recorded),
        "correlationid": envelope.correlation_id,
        "causationid": envelope.causation_id,
        "data": data(recorded),
    })
}
