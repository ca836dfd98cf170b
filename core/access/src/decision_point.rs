//! 决定: whether somebody may use a door, and by which policies.

use std::collections::HashMap;
use std::str::FromStr;

use cedar_policy::{Authorizer, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request, Schema};
use siyi_domain::office::Actor;

use crate::about::{About, Circumstances};
use crate::door::{Door, DoorKind, doors};
use crate::policies::{self, PolicyError, PolicyNote, SCHEMA, SHIPPED};
use crate::request;
use crate::visitor::Visitor;

/// The answer, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the door opens.
    pub allowed: bool,
    /// Ids of the policies that decided, sorted: those that permit, or those that forbid. None means that nothing permits.
    pub policies: Vec<String>,
    /// What went wrong in judging; with any of these the door stays shut.
    pub errors: Vec<String>,
}

impl Decision {
    fn broken(error: String) -> Self {
        Self { allowed: false, policies: Vec::new(), errors: vec![error] }
    }
}

/// What a door is judged by: its action with the kinds that it is of, and those policies whose heading takes it in.
struct Bench {
    action: Entity,
    policies: PolicySet,
}

/// The one place where it is decided who may do what. Pure: no clock, no I/O; made once and shared.
pub struct DecisionPoint {
    authorizer: Authorizer,
    notes: Vec<PolicyNote>,
    schema: Schema,
    visitor: EntityUid,
    place_type: EntityTypeName,
    /// Every action of the schema with the kinds that it is of.
    known_actions: Entities,
    /// What each door is judged by.
    benches: HashMap<&'static str, Bench>,
    /// What is public is so for everybody and needs no judgement each time.
    public: HashMap<&'static str, Decision>,
}

impl DecisionPoint {
    /// The policies as shipped, read and checked.
    ///
    /// # Errors
    /// [`PolicyError`]: the server must not start.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::from_texts(SCHEMA, SHIPPED)
    }

    /// Policies from texts: a schema, and files by their subject.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn from_texts(schema: &str, files: &[(&str, &str)]) -> Result<Self, PolicyError> {
        let schema = policies::read_schema(schema)?;
        let (policies, notes) = policies::read(&schema, files)?;
        let invalid = |error: &dyn std::error::Error| PolicyError::Invalid(error.to_string());
        let type_name = |name: &str| EntityTypeName::from_str(name).map_err(|error| invalid(&error));
        let known = schema.action_entities().map_err(|error| invalid(&error))?;
        let action_type = type_name("Action")?;
        let mut benches = HashMap::new();
        for door in doors() {
            let uid = EntityUid::from_type_name_and_id(action_type.clone(), EntityId::new(door.name()));
            let action = known.get(&uid).ok_or_else(|| PolicyError::DoorUnknown(door.name().to_owned()))?;
            let policies = policies::of_action(&policies, &uid, &known)?;
            benches.insert(door.name(), Bench { action: action.clone(), policies });
        }
        let mut point = Self {
            authorizer: Authorizer::new(),
            notes,
            visitor: EntityUid::from_type_name_and_id(type_name("Visitor")?, EntityId::new("visitor")),
            place_type: type_name("Place")?,
            schema,
            known_actions: known,
            benches,
            public: HashMap::new(),
        };
        point.public = point.judge_public();
        Ok(point)
    }

    /// Whether `visitor` may use `door`, acting as a person in an office where the door is an act.
    #[must_use]
    pub fn decide(
        &self,
        visitor: &Visitor,
        acting: Option<Actor>,
        door: &Door,
        about: &About,
        around: &Circumstances,
    ) -> Decision {
        if let (Some(known), Visitor::Nobody | Visitor::Account(_)) = (self.public.get(door.name()), visitor) {
            return known.clone();
        }
        self.judge_afresh(visitor, acting, door, about, around)
    }

    /// The same, judged by every policy and never from what is kept: for tests of [`DecisionPoint::decide`].
    #[must_use]
    pub fn judge_afresh(
        &self,
        visitor: &Visitor,
        acting: Option<Actor>,
        door: &Door,
        about: &About,
        around: &Circumstances,
    ) -> Decision {
        self.judge(visitor, acting, *door, about, around).unwrap_or_else(Decision::broken)
    }

    /// The kinds of a door by the schema, as it writes them.
    #[must_use]
    pub fn kinds_of(&self, door: Door) -> Vec<String> {
        let uid = self.benches.get(door.name()).map(|bench| bench.action.uid());
        let kinds = uid.as_ref().and_then(|uid| self.known_actions.ancestors(uid));
        kinds.into_iter().flatten().map(|kind| kind.id().unescaped().to_owned()).collect()
    }

    /// What each policy says of itself, by id.
    #[must_use]
    pub fn policies(&self) -> &[PolicyNote] {
        &self.notes
    }

    /// What is public does not depend on who asks for what: a test walks it.
    fn judge_public(&self) -> HashMap<&'static str, Decision> {
        let public = doors().iter().filter(|door| door.kind() == DoorKind::PublicRead);
        let judged = public.map(|door| {
            let answer = self.judge(&Visitor::Nobody, None, *door, &About::default(), &Circumstances::default());
            (door.name(), answer)
        });
        judged.filter_map(|(name, answer)| answer.ok().map(|answer| (name, answer))).collect()
    }

    /// The judgement itself, by every policy.
    fn judge(
        &self,
        visitor: &Visitor,
        acting: Option<Actor>,
        door: Door,
        about: &About,
        around: &Circumstances,
    ) -> Result<Decision, String> {
        let Bench { action, policies } = self.benches.get(door.name()).ok_or_else(|| format!("no action `{door}`"))?;
        let place = about.place.as_ref().map_or("", |place| place.as_str());
        let place = EntityUid::from_type_name_and_id(self.place_type.clone(), EntityId::new(place));
        let context = request::context(visitor, acting, door, about, around)?;
        // The shape of a request is ours and always the same, so it is held against the schema where tests run.
        let schema = cfg!(debug_assertions).then_some(&self.schema);
        let request = Request::new(self.visitor.clone(), action.uid(), place, context, schema)
            .map_err(|error| error.to_string())?;
        let entity = request::visitor_entity(self.visitor.clone(), visitor, about)?;
        let entities = Entities::from_entities([entity, action.clone()], None).map_err(|error| error.to_string())?;
        let response = self.authorizer.is_authorized(&request, policies, &entities);
        let diagnostics = response.diagnostics();
        let errors: Vec<String> = diagnostics.errors().map(ToString::to_string).collect();
        let mut policies: Vec<String> = diagnostics.reason().map(ToString::to_string).collect();
        policies.sort_unstable();
        // INVARIANT: Cedar passes over a policy that fails, a forbidding one too; here that shuts the door.
        let allowed = response.decision() == cedar_policy::Decision::Allow && errors.is_empty();
        Ok(Decision { allowed, policies, errors })
    }
}

impl std::fmt::Debug for DecisionPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionPoint").field("policies", &self.notes.len()).finish_non_exhaustive()
    }
}
