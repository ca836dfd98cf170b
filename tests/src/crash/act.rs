//! Acts: real commands, made up by chance so that most of them are recorded.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use siyi_domain::roster::PART_MEMBERS;
use siyi_log::handler::{Request, Target};
use uuid::Uuid;

use super::random::Random;

/// One command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// The command's id.
    pub command: Uuid,
    /// The code of a village or the id of a matter.
    pub target: String,
    /// The command's GraphQL name.
    pub name: String,
    /// Its input.
    pub input: Value,
    /// Who acts.
    pub person: Uuid,
    /// In which office.
    pub office: Office,
}

impl Act {
    /// As the handler takes it; none where the target is neither a code nor an id.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let code = self.target.parse().ok().map(Target::Jurisdiction);
        Some(Request {
            command_id: self.command,
            target: code.or_else(|| self.target.parse().ok().map(Target::Consultation))?,
            name: self.name.clone(),
            input: self.input.clone(),
            occurred_at: None,
            actor: Actor { person: PersonId(self.person), office: self.office },
            correlation_id: None,
            via: None,
        })
    }

    /// The names in clear that it registers, by person.
    #[must_use]
    pub fn names(&self) -> Vec<(Uuid, String)> {
        let persons = self.input.get("persons").and_then(Value::as_array).into_iter().flatten();
        let named = persons.filter_map(|person| {
            let id = person.get("person")?.as_str()?.parse().ok()?;
            Some((id, person.get("name")?.as_str()?.to_owned()))
        });
        named.collect()
    }

    /// How many events it leads to where it is recorded.
    #[must_use]
    pub fn event_count(&self) -> usize {
        let entries = |list: &str| self.input.get(list).and_then(Value::as_array).map_or(0, Vec::len);
        match self.name.as_str() {
            "registerPersons" => entries("persons"),
            // A part for every fifty members, and the filing itself.
            "fileRoll" => entries("members").div_ceil(PART_MEMBERS) + 1,
            _ => 1,
        }
    }
}

/// How many villages one writer's clerks share: few, so that they get into each other's way.
const VILLAGES: u64 = 4;

/// How far a matter is.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Raised,
    Screened,
    Drafted(u8),
}

/// Somebody who acts in one village.
#[derive(Debug)]
pub struct Clerk {
    random: Random,
    village: String,
    registered: bool,
    persons: Vec<Uuid>,
    matter: Option<(Uuid, Stage)>,
}

impl Clerk {
    /// A clerk in one of the villages of an epoch.
    #[must_use]
    pub fn new(seed: u64, epoch: u64) -> Self {
        let mut random = Random::seeded(seed);
        let village = format!("41{:07}{:03}", 1 + epoch, random.within(1..=VILLAGES));
        Self { random, village, registered: false, persons: Vec::new(), matter: None }
    }

    /// Chance, for whoever lets the clerk act.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// What the clerk does next.
    pub fn next_act(&mut self) -> Act {
        if !self.registered {
            return self.act("registerJurisdiction", json!({ "name": "柳沟村", "kind": "village" }));
        }
        match self.random.within(0..=9) {
            0 | 1 => self.register_persons(),
            2 if !self.persons.is_empty() => self.file_roll(),
            3 => self.count_electorate(),
            4 => self.refused(),
            _ => self.go_on_with_matter(),
        }
    }

    /// Takes note of what became of an act.
    pub fn learn(&mut self, act: &Act, recorded: bool) {
        match act.name.as_str() {
            // Refused means that another clerk was faster.
            "registerJurisdiction" => self.registered = true,
            "registerPersons" if recorded => self.persons.extend(act.names().into_iter().map(|(person, _)| person)),
            _ => {}
        }
        let Some((id, stage)) = self.matter.filter(|(id, _)| act.target == id.to_string()) else { return };
        let next = match stage {
            _ if !recorded => None,
            Stage::Raised => Some(Stage::Screened),
            Stage::Screened => Some(Stage::Drafted(0)),
            Stage::Drafted(times) => (times < 3).then_some(Stage::Drafted(times + 1)),
        };
        // The first answer of a matter is that of its motion, which has led to the stage it is in.
        let next = if act.name == "raiseMotion" && recorded { Some(Stage::Raised) } else { next };
        self.matter = next.map(|stage| (id, stage));
    }

    fn act(&mut self, name: &str, input: Value) -> Act {
        let office = match name {
            "registerJurisdiction" => Office::TownshipOfficer,
            "screenMotion" => Office::PartySecretary,
            "raiseMotion" | "draftPlan" => Office::VillageDirector,
            _ => Office::Clerk,
        };
        let target = match (name, self.matter) {
            ("raiseMotion" | "screenMotion" | "draftPlan", Some((id, _))) => id.to_string(),
            _ => self.village.clone(),
        };
        Act {
            command: self.random.uuid(),
            target,
            name: name.to_owned(),
            input,
            person: Uuid::from_u128(self.random.within(1..=9).into()),
            office,
        }
    }

    fn register_persons(&mut self) -> Act {
        let count = if self.random.one_in(10) { 60 } else { self.random.within(1..=8) };
        let persons: Vec<_> = (0..count)
            .map(|_| {
                let name = format!("王{}", self.random.within(0..=99_999));
                json!({ "person": self.random.uuid(), "name": name, "sex": "f" })
            })
            .collect();
        self.act("registerPersons", json!({ "persons": persons }))
    }

    fn file_roll(&mut self) -> Act {
        let members: Vec<_> = self.persons.iter().rev().take(120).map(|person| json!({ "person": person })).collect();
        self.act("fileRoll", json!({ "roll": "party_members", "members": members }))
    }

    fn count_electorate(&mut self) -> Act {
        let population = self.random.within(500..=5000);
        let (adults, households) = (population * 4 / 5, population / 4);
        let counts = json!({ "population": population, "adultVillagers": adults, "households": households });
        self.act("countElectorate", counts)
    }

    /// A village cannot be registered twice.
    fn refused(&mut self) -> Act {
        self.act("registerJurisdiction", json!({ "name": "重复登记", "kind": "village" }))
    }

    fn go_on_with_matter(&mut self) -> Act {
        match self.matter {
            None => {
                self.matter = Some((self.random.uuid(), Stage::Raised));
                self.raise_motion()
            }
            Some((_, Stage::Raised)) => self.act("screenMotion", json!({})),
            Some((_, Stage::Screened | Stage::Drafted(_))) => self.draft_plan(),
        }
    }

    fn raise_motion(&mut self) -> Act {
        let input = json!({
            "jurisdiction": self.village,
            "title": format!("道路硬化{}", self.random.within(0..=9999)),
            "matters": ["V03"],
            "source": "party_members_and_masses",
            "initiator": { "kind": "village_committee" },
            "summary": "三组、四组、五组村内主路雨季积水难行，群众反映集中。",
        });
        self.act("raiseMotion", input)
    }

    fn draft_plan(&mut self) -> Act {
        let digits: String = (0..self.random.within(1..=40)).map(|_| self.random.next().to_string()).collect();
        let text: String = digits.chars().take(900).collect();
        self.act("draftPlan", json!({ "plan": { "text": format!("硬化道路，编号{text}。") } }))
    }
}
