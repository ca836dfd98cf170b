//! OCEL 2.0 in JSON: which objects each event is about.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_log::envelope::{DomainEvent, Recorded};

use super::told::{activity, is_public, office, utc};

/// The kinds of objects, each with its attributes.
const OBJECT_TYPES: &[(&str, &[&str])] = &[
    ("jurisdiction", &[]),
    ("matter", &["procedure", "lane"]),
    ("meeting", &["step", "form"]),
    ("notice", &["kind"]),
    ("objection", &["about"]),
];

/// The log of the events of matters and jurisdictions; rolls and accounts are left out.
#[must_use]
pub fn ocel<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Value {
    let mut log = Log::default();
    for recorded in events.into_iter().filter(|event| is_public(event)) {
        log.add(recorded);
    }
    log.told()
}

#[derive(Default)]
struct Log {
    objects: BTreeMap<String, Object>,
    event_types: BTreeSet<String>,
    events: Vec<Value>,
    belongs: BTreeMap<ConsultationId, JurisdictionCode>,
}

struct Object {
    kind: &'static str,
    attributes: Vec<Value>,
    relationships: BTreeMap<String, &'static str>,
}

impl Log {
    fn add(&mut self, recorded: &Recorded) {
        let time = utc(recorded.envelope.occurred_at);
        let about = match &recorded.event {
            DomainEvent::Jurisdiction(code, _) => vec![self.jurisdiction(code)],
            DomainEvent::Consultation(id, event) => self.matter(*id, event, &time),
            DomainEvent::Roster(..) | DomainEvent::Account(..) => Vec::new(),
        };
        let relationships: Vec<Value> =
            about.into_iter().map(|(id, qualifier)| json!({ "objectId": id, "qualifier": qualifier })).collect();
        self.event_types.insert(activity(recorded).to_owned());
        self.events.push(json!({
            "id": recorded.envelope.id,
            "type": activity(recorded),
            "time": time,
            "attributes": [
                { "name": "office", "value": office(recorded) },
                { "name": "recorded_at", "value": utc(recorded.envelope.recorded_at) },
            ],
            "relationships": relationships,
        }));
    }

    fn jurisdiction(&mut self, code: &JurisdictionCode) -> (String, &'static str) {
        let id = format!("jurisdiction-{code}");
        self.object(&id, "jurisdiction");
        (id, "at")
    }

    /// The objects that an event of a matter is about.
    fn matter(&mut self, id: ConsultationId, event: &ConsultationEvent, time: &str) -> Vec<(String, &'static str)> {
        use ConsultationEvent as E;
        let matter = format!("matter-{id}");
        self.object(&matter, "matter");
        let mut about = Vec::new();
        match event {
            E::MotionRaised(e) => {
                self.belongs.insert(id, e.jurisdiction.clone());
                self.set(&matter, "procedure", &json!(e.procedure), time);
                let (jurisdiction, _) = self.jurisdiction(&e.jurisdiction);
                self.relate(&matter, &jurisdiction, "belongs to");
            }
            E::MotionScreened(e) => self.set(&matter, "lane", &json!(e.lane), time),
            E::LaneChanged(e) => self.set(&matter, "lane", &json!(e.lane), time),
            E::MeetingConvened(e) => {
                let meeting = self.part(&matter, "meeting", e.meeting);
                self.set(&meeting, "step", &json!(e.step), time);
                self.set(&meeting, "form", &json!(e.form), time);
            }
            E::NoticePosted(e) => {
                let notice = self.part(&matter, "notice", e.notice);
                self.set(&notice, "kind", &json!(e.kind), time);
            }
            E::ObjectionRaised(e) => {
                let objection = self.part(&matter, "objection", e.objection);
                self.set(&objection, "about", &json!(e.about), time);
                let notice = self.part(&matter, "notice", e.notice);
                self.relate(&objection, &notice, "against");
            }
            _ => {}
        }
        // The number of a meeting, a notice or an objection stands under its own name in every event that is about one.
        let data = event.to_data().unwrap_or_default();
        for kind in ["meeting", "notice", "objection"] {
            if let Some(no) = data.get(kind).and_then(Value::as_u64).and_then(|no| u16::try_from(no).ok()) {
                about.push((self.part(&matter, kind, no), kind));
            }
        }
        about.push((matter, "matter"));
        if let Some(code) = self.belongs.get(&id).cloned() {
            about.push(self.jurisdiction(&code));
        }
        about
    }

    fn part(&mut self, matter: &str, kind: &'static str, no: u16) -> String {
        let id = format!("{kind}-{no}-of-{matter}");
        self.object(&id, kind);
        self.relate(&id, matter, "of");
        id
    }

    fn object(&mut self, id: &str, kind: &'static str) {
        let new = || Object { kind, attributes: Vec::new(), relationships: BTreeMap::new() };
        self.objects.entry(id.to_owned()).or_insert_with(new);
    }

    fn set(&mut self, id: &str, name: &str, value: &Value, time: &str) {
        if let Some(object) = self.objects.get_mut(id) {
            object.attributes.push(json!({ "name": name, "time": time, "value": value }));
        }
    }

    fn relate(&mut self, id: &str, to: &str, qualifier: &'static str) {
        if let Some(object) = self.objects.get_mut(id) {
            object.relationships.insert(to.to_owned(), qualifier);
        }
    }

    fn told(self) -> Value {
        let attribute = |name: &&str| json!({ "name": name, "type": "string" });
        let object_types: Vec<Value> = OBJECT_TYPES
            .iter()
            .map(|(name, attributes)| json!({ "name": name, "attributes": attributes.iter().map(attribute).collect::<Vec<_>>() }))
            .collect();
        let of_event = json!([{ "name": "office", "type": "string" }, { "name": "recorded_at", "type": "time" }]);
        let event_types: Vec<Value> =
            self.event_types.iter().map(|name| json!({ "name": name, "attributes": of_event })).collect();
        let objects: Vec<Value> = self
            .objects
            .into_iter()
            .map(|(id, object)| {
                let related: Vec<Value> = object
                    .relationships
                    .into_iter()
                    .map(|(to, qualifier)| json!({ "objectId": to, "qualifier": qualifier }))
                    .collect();
                json!({ "id": id, "type": object.kind, "attributes": object.attributes, "relationships": related })
            })
            .collect();
        json!({ "objectTypes": object_types, "eventTypes": event_types, "objects": objects, "events": self.events })
    }
}
