//! From our words to Cedar's: the visitor as an entity, everything else as context.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{Context, Entity, RestrictedExpression as Expression};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_domain::wire;

use crate::about::{About, Circumstances};
use crate::door::Door;
use crate::visitor::{Held, SignInMethod, Visitor};

/// Whether an office held at a jurisdiction covers a place: an office of a village covers its village, one that watches
/// villages (township, county, auditor, deputy) whatever lies beneath it, an operator the machine.
#[must_use]
pub fn covers(office: Office, at: &JurisdictionCode, place: Option<&JurisdictionCode>) -> bool {
    match office {
        Office::Operator => true,
        Office::TownshipOfficer | Office::CountyOfficer | Office::Auditor | Office::Deputy => {
            place.is_some_and(|place| at.contains(place))
        }
        Office::PartySecretary
        | Office::PartyCommitteeMember
        | Office::PartyMember
        | Office::VillageDirector
        | Office::VillageCommitteeMember
        | Office::Supervisor
        | Office::Representative
        | Office::Villager
        | Office::CollectiveOfficer
        | Office::Clerk
        | Office::GridWorker
        | Office::Contractor => place == Some(at),
    }
}

impl Held {
    fn covers(&self, about: &About) -> bool {
        covers(self.office, &self.jurisdiction, about.place.as_ref())
    }
}

/// What a visitor holds at the place, in words of the policies.
struct Standing<'a> {
    held: &'a [Held],
    /// In a demonstration the office is held by saying so.
    said: Option<Actor>,
}

impl<'a> Standing<'a> {
    fn of(visitor: &'a Visitor) -> Self {
        match visitor {
            Visitor::Nobody => Self { held: &[], said: None },
            Visitor::Account(account) => Self { held: &account.held, said: None },
            Visitor::Demonstration(actor) => Self { held: &[], said: Some(*actor) },
        }
    }

    /// The offices here of those persons that `whose` takes.
    fn offices(&self, about: &About, whose: impl Fn(PersonId) -> bool) -> BTreeSet<Office> {
        let here = self.held.iter().filter(|held| held.covers(about) && whose(held.person)).map(|held| held.office);
        here.chain(self.said.filter(|actor| whose(actor.person)).map(|actor| actor.office)).collect()
    }

    fn holds_somewhere(&self, actor: Actor) -> bool {
        self.held.iter().any(|held| held.person == actor.person && held.office == actor.office)
    }

    fn operates(&self) -> bool {
        self.held.iter().any(|held| held.office == Office::Operator)
            || self.said.is_some_and(|actor| actor.office == Office::Operator)
    }
}

/// The attributes of the visitor.
pub(crate) fn visitor_attributes(visitor: &Visitor, about: &About) -> HashMap<String, Expression> {
    let standing = Standing::of(visitor);
    let (account, actor) = match visitor {
        Visitor::Nobody => (None, None),
        Visitor::Account(account) => (Some(account), None),
        Visitor::Demonstration(actor) => (None, Some(actor)),
    };
    let persons = account.into_iter().flat_map(|account| account.persons.iter().copied());
    let scopes = account.and_then(|account| account.scopes.as_ref()).into_iter().flatten();
    // More seconds than Cedar's whole numbers hold are as stale as can be.
    let seconds = account.map_or(0, |account| i64::try_from(account.signed_in_seconds_ago).unwrap_or(i64::MAX));
    HashMap::from([
        ("signed_in".to_owned(), Expression::new_bool(account.is_some())),
        ("demonstration".to_owned(), Expression::new_bool(actor.is_some())),
        ("by_token".to_owned(), Expression::new_bool(account.is_some_and(|a| a.method == SignInMethod::Token))),
        ("scopes".to_owned(), Expression::new_set(scopes.map(|scope| Expression::new_string(scope.clone())))),
        ("signed_in_seconds_ago".to_owned(), Expression::new_long(seconds)),
        ("persons".to_owned(), persons_of(persons.chain(actor.map(|actor| actor.person)))),
        ("offices".to_owned(), offices(&standing.offices(about, |_| true))),
        ("operates".to_owned(), Expression::new_bool(standing.operates())),
    ])
}

/// Everything else that policies look at.
pub(crate) fn context(
    visitor: &Visitor,
    acting: Option<Actor>,
    door: Door,
    about: &About,
    around: &Circumstances,
) -> Result<Context, String> {
    let standing = Standing::of(visitor);
    let theirs = acting.map(|actor| standing.offices(about, |person| person == actor.person)).unwrap_or_default();
    let through = around.acting_through.as_ref();
    let text = |value: Option<PersonId>| Expression::new_string(value.map(|p| p.to_string()).unwrap_or_default());
    let office = |value: Option<Office>| Expression::new_string(value.map(|o| wire::name(&o)).unwrap_or_default());
    let flag = Expression::new_bool;
    let pairs = [
        ("door", Expression::new_string(door.name().to_owned())),
        ("demonstration", flag(around.demonstration)),
        ("person", text(acting.map(|actor| actor.person))),
        ("office", office(acting.map(|actor| actor.office))),
        ("holds_here", flag(acting.is_some_and(|actor| theirs.contains(&actor.office)))),
        ("offices", offices(&theirs)),
        ("holds_elsewhere", flag(acting.is_some_and(|actor| standing.holds_somewhere(actor)))),
        ("attended", flag(through.is_some())),
        ("attendant", text(through.map(|held| held.person))),
        ("attendant_office", office(through.map(|held| held.office))),
        ("attendant_holds_here", flag(through.is_some_and(|held| holds(&standing, held, about)))),
        ("sheet", flag(around.sheet.is_some())),
        ("on_roll", flag(around.represented_on_roll)),
        ("objector", text(about.objector)),
        ("interested", persons_of(about.interested.iter().copied())),
        ("tellers", persons_of(about.tellers.iter().copied())),
        ("supervisors", persons_of(about.supervisors.iter().copied())),
        ("subject", text(about.subject)),
        ("appointed_office", office(about.appointed_office)),
        ("related_to_committee", flag(about.related_to_committee)),
        ("related_to_contractor", flag(about.related_to_contractor)),
        ("second_signer", text(about.second_signer)),
        ("second_holds_supervisor", flag(about.second_holds_supervisor)),
        ("second_on_paper", flag(about.second_on_paper)),
        ("second_sheet_kept", flag(about.second_sheet_kept)),
        ("second_has_account", flag(about.second_has_account)),
        ("own_account", flag(about.own_account)),
        ("invited", flag(around.invited)),
    ];
    let named = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
    Context::from_pairs(named).map_err(|error| error.to_string())
}

/// The attendant's office is the visitor's own, and covers the place; in a demonstration it is held by saying so.
fn holds(standing: &Standing<'_>, through: &Held, about: &About) -> bool {
    standing.said.is_some() || (standing.held.contains(through) && through.covers(about))
}

fn offices(offices: &BTreeSet<Office>) -> Expression {
    Expression::new_set(offices.iter().map(|office| Expression::new_string(wire::name(office))))
}

fn persons_of(persons: impl Iterator<Item = PersonId>) -> Expression {
    Expression::new_set(persons.map(|person| Expression::new_string(person.to_string())))
}

/// The visitor as an entity.
pub(crate) fn visitor_entity(uid: cedar_policy::EntityUid, visitor: &Visitor, about: &About) -> Result<Entity, String> {
    Entity::new(uid, visitor_attributes(visitor, about), HashSet::new()).map_err(|error| error.to_string())
}
