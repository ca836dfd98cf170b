//! XES (IEEE 1849-2016): a trace for each matter, its events in order.

use std::collections::BTreeMap;

use siyi_domain::ids::ConsultationId;
use siyi_log::envelope::{DomainEvent, Recorded};

use super::told::{activity, office, utc};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
    <string key="lifecycle:transition" value="complete"/>
    <string key="org:role" value=""/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
"#;

/// The log of all matters among the events. What belongs to no matter is in no trace.
#[must_use]
pub fn xes<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> String {
    let mut order = Vec::new();
    let mut traces: BTreeMap<ConsultationId, String> = BTreeMap::new();
    for recorded in events {
        let DomainEvent::Consultation(id, _) = &recorded.event else { continue };
        let trace = traces.entry(*id).or_insert_with(|| {
            order.push(*id);
            String::new()
        });
        trace.push_str(&event(recorded));
    }
    let mut text = HEAD.to_owned();
    for id in order {
        let of_matter = traces.remove(&id).unwrap_or_default();
        text.push_str(&format!(
            "  <trace>\n    <string key=\"concept:name\" value=\"{id}\"/>\n{of_matter}  </trace>\n"
        ));
    }
    text.push_str("</log>\n");
    text
}

fn event(recorded: &Recorded) -> String {
    let envelope = &recorded.envelope;
    let string = |key: &str, value: &str| format!("      <string key=\"{key}\" value=\"{}\"/>\n", escaped(value));
    let date = |key: &str, value: &str| format!("      <date key=\"{key}\" value=\"{value}\"/>\n");
    [
        "    <event>\n".to_owned(),
        string("concept:name", activity(recorded)),
        date("time:timestamp", &utc(envelope.occurred_at)),
        string("lifecycle:transition", "complete"),
        string("org:role", &office(recorded)),
        date("siyi:recorded_at", &utc(envelope.recorded_at)),
        string("siyi:id", &envelope.id.to_string()),
        format!("      <int key=\"siyi:revision\" value=\"{}\"/>\n", envelope.revision),
        "    </event>\n".to_owned(),
    ]
    .concat()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Tabs and line feeds in an attribute would be read as spaces; other controls are not XML at all.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_escaped() {
        assert_eq!(super::escaped("<a & \"b\">\u{1}\n"), "&lt;a &amp; &quot;b&quot;&gt;  ");
    }
}
