//! 名册: who the people of a village are and on which rolls they stand. Stream `roster-<code>`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::command_enum::commands;
use crate::context::Context;
use crate::event_enum::{event_structs, events};
use crate::ids::{HouseholdNo, JurisdictionCode, Level, PaperHash, PersonId, Sealed};
use crate::jurisdiction::Jurisdiction;
use crate::moment::Moment;
use crate::office::{Body, Office, Post, Residence, RollKind, Sex};
use crate::procedure::{Base, Basis, Procedure};
use crate::refusal::{Refusal, RefusalCode};
use crate::retention::RecordKept;
use crate::tally::Test;
use two_rolls::{Apart, Home};

mod appointments;
mod disposal;
mod erasure;
mod file_roll;
mod owners;
mod residence;
mod terms;
mod two_rolls;

pub use erasure::Keeping;
pub use residence::{INVITATION_DAYS, MONTHS_OF_RESIDENCE};
pub use terms::{Source, Term};

pub(crate) use file_roll::check_whole;
pub use file_roll::{MAX_ROLL_MEMBERS, PART_MEMBERS};
pub use owners::MAX_UNITS;

commands! {
    /// Commands to a roster.
    RosterCommand;
    /// Give people their identifiers.
    RegisterPersons = "registerPersons" {
        /// The people, at most [`MAX_PERSONS`].
        persons: Vec<NewPerson>,
    }
    /// Record that two people are near relatives.
    DeclareKinship = "declareKinship" {
        /// One of them.
        person: PersonId,
        /// The other.
        relative: PersonId,
        /// How.
        kinship: Kinship,
    }
    /// File a roll; it replaces the one filed before.
    FileRoll = "fileRoll" {
        /// Which.
        roll: RollKind,
        /// Its members.
        members: Vec<RollMember>,
    }
    /// File the roll of an estate's units and owners; it replaces the one filed before.
    FileOwnersRoll = "fileOwnersRoll" {
        /// The units, at most [`MAX_UNITS`].
        units: Vec<Unit>,
    }
    /// 任命: give a person an office that no roll gives.
    Appoint = "appoint" {
        /// Who.
        person: PersonId,
        /// Which.
        office: Office,
        /// First day.
        from: Date,
        /// Last day, if it is known.
        until: Option<Date>,
        /// The paper that appoints.
        paper: Option<PaperHash>,
    }
    /// 免职: end an appointment.
    EndAppointment = "endAppointment" {
        /// Who.
        person: PersonId,
        /// Which.
        office: Office,
        /// Its last day.
        on: Date,
    }
    /// 邀请: let a person on the roll take up an account.
    InviteResident = "inviteResident" {
        /// Who.
        person: PersonId,
        /// SHA-256 of the invitation code; the code itself is told to the person on paper.
        code: PaperHash,
    }
    /// 核实居住: the township has checked that a person lives here.
    ConfirmResidence = "confirmResidence" {
        /// Who.
        person: PersonId,
        /// The paper that shows it.
        paper: PaperHash,
    }
    /// 接纳流动人口: somebody registered elsewhere is let onto the rolls.
    AdmitResident = "admitResident" {
        /// Who.
        person: PersonId,
        /// Where the person is registered.
        home: JurisdictionCode,
        /// Since when the person lives or works here.
        resident_since: Date,
        /// When the person asked to take part.
        applied_on: Date,
        /// Which body agreed.
        consented_by: Body,
        /// Its resolution.
        consent: PaperHash,
        /// The home village's word that the person takes part there no longer.
        struck_at_home: PaperHash,
        /// Who the person is on the rolls of the home; it must be said where the home is in this log.
        home_person: Option<PersonId>,
    }
    /// 终止接纳: somebody registered elsewhere takes part here no longer.
    EndAdmission = "endAdmission" {
        /// Who.
        person: PersonId,
        /// The paper that says so, which the home is shown.
        paper: PaperHash,
    }
    /// 户籍地除名: somebody registered here takes part elsewhere, and so no longer here (VL-2025 art. 16).
    StrikeResident = "strikeResident" {
        /// Who.
        person: PersonId,
        /// The place that may admit the person.
        admitted_at: JurisdictionCode,
        /// The person's own statement.
        statement: PaperHash,
    }
    /// 恢复参加: somebody who was struck takes part at home again.
    ReadmitResident = "readmitResident" {
        /// Who.
        person: PersonId,
        /// The word of the other place that it does not admit the person, or no longer.
        released: PaperHash,
    }
    /// 限制处理: stop everything but storage (PIPL art. 47).
    RestrictPerson = "restrictPerson" {
        /// Whose data.
        person: PersonId,
        /// On what ground.
        basis: ErasureBasis,
    }
    /// 删除: destroy a person's data (PIPL art. 47).
    ErasePerson = "erasePerson" {
        /// Whose data.
        person: PersonId,
        /// On what ground.
        basis: ErasureBasis,
        /// When the last backup of keys that can open it expires; filled in by the server, which knows its backups.
        last_key_backup_expires: Option<Date>,
        /// The records that would go with the data; filled in by the server, which knows its files.
        records: Option<Vec<RecordKept>>,
    }
    /// 销毁到期文件: destroy a file whose period of retention is over (PIPL art. 47(2)).
    DisposeFile = "disposeFile" {
        /// Which.
        file: PaperHash,
        /// The list of what is destroyed, as it was approved.
        approval: PaperHash,
        /// What the file is to the village, for each copy; filled in by the server where it keeps the file.
        records: Option<Vec<RecordKept>>,
    }
}

/// The grounds of PIPL art. 47 on which data is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErasureBasis {
    /// 处理目的已实现或者无法实现 (1)
    PurposeAchieved,
    /// 停止服务或者保存期限已届满 (2)
    RetentionExpired,
    /// 个人撤回同意 (3)
    ConsentWithdrawn,
    /// 违法处理 (4)
    Unlawful,
    /// 本人申请 by a person who no longer belongs here
    AskedFor,
}

/// Digests of contact data in one registration: always this many, so that nobody sees how much is known of whom.
pub const CONTACT_DIGESTS: usize = 4;

/// Most people in one `RegisterPersons`.
pub const MAX_PERSONS: usize = 200;

/// A person to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPerson {
    /// A random identifier.
    pub person: PersonId,
    /// The name; sealed before the domain sees it.
    pub name: Sealed,
    /// Sex, for the composition rules.
    pub sex: Sex,
    /// Contact data, sealed before the domain sees it: [`CONTACT_DIGESTS`] digests, those of no value among them.
    #[serde(default)]
    pub contact: Vec<Sealed>,
}

/// Near relatives by Civil Code art. 1045.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// 配偶
    Spouse,
    /// 父母子女
    ParentChild,
    /// 兄弟姐妹
    Sibling,
    /// 祖父母、外祖父母与孙子女、外孙子女
    GrandparentGrandchild,
}

/// One entry of a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollMember {
    /// Who.
    pub person: PersonId,
    /// The post, in a body that has posts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub post: Option<Post>,
    /// 预备党员: attends and does not vote.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub probationary: bool,
    /// 村民小组
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<u16>,
    /// The household.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub household: Option<HouseholdNo>,
    /// What ties the person to the village, where it is not the household register.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub residence: Option<Residence>,
}

/// A unit of an estate and who owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its number, for example `3-2-501`.
    pub unit: HouseholdNo,
    /// The owner.
    pub owner: PersonId,
    /// Its area, in hundredths of a square metre.
    #[serde(alias = "areaDm2")]
    pub area_dm2: u32,
}

/// `person-registered.v2`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonRegistered {
    /// Who.
    pub person: PersonId,
    /// Digest of the name.
    pub name: Sealed,
    /// Sex.
    pub sex: Sex,
    /// Digests of contact data, sorted, and decoys (RFC 9901 section 4.2.7).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub contact: Vec<Sealed>,
}

/// `person-registered.v1`: it took no contact data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PersonRegistered"))]
pub struct PersonRegisteredV1 {
    /// Who.
    pub person: PersonId,
    /// Digest of the name.
    pub name: Sealed,
    /// Sex.
    pub sex: Sex,
}

impl From<PersonRegisteredV1> for PersonRegistered {
    fn from(old: PersonRegisteredV1) -> Self {
        Self { person: old.person, name: old.name, sex: old.sex, contact: Vec::new() }
    }
}

/// `kinship-declared.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KinshipDeclared {
    /// One of them.
    pub person: PersonId,
    /// The other.
    pub relative: PersonId,
    /// How.
    pub kinship: Kinship,
}

/// `roll-members-listed.v2`: a part of a roll, so that each event stays under its limit of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollMembersListed {
    /// Which roll.
    pub roll: RollKind,
    /// Part number from 1.
    pub part: u16,
    /// The members of this part.
    pub members: Vec<RollMember>,
}

/// An entry of a roll as `roll-members-listed.v1` wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RollMember"))]
#[serde(deny_unknown_fields)]
pub struct RollMemberV1 {
    /// Who.
    pub person: PersonId,
    /// The post, in a body that has posts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub post: Option<Post>,
    /// 预备党员: attends and does not vote.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub probationary: bool,
    /// 村民小组
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<u16>,
    /// The household.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub household: Option<HouseholdNo>,
}

event_structs! {
    /// `roll-members-listed.v1`: it did not say what ties a person to the village, and all were registered there.
    RollMembersListedV1 {
        /// Which roll.
        roll: RollKind,
        /// Part number from 1.
        part: u16,
        /// The members of this part.
        members: Vec<RollMemberV1>,
    }
    /// `owners-listed.v1`: a part of an estate's roll.
    OwnersListed {
        /// Part number from 1.
        part: u16,
        /// The units of this part.
        units: Vec<Unit>,
    }
    /// `owners-roll-filed.v1`: the parts before it are complete and bind from here on.
    OwnersRollFiled {
        /// How many parts it has.
        parts: u16,
        /// How many units.
        units: u32,
        /// How many owners, each counted once.
        owners: u32,
        /// All area, in hundredths of a square metre.
        area_dm2: u64,
    }
    /// `office-appointed.v1`
    OfficeAppointed {
        /// Who.
        person: PersonId,
        /// Which office.
        office: Office,
        /// First day.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        from: Date,
        /// Last day, if it is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        until: Option<Date>,
        /// The paper that appoints.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        paper: Option<PaperHash>,
    }
    /// `appointment-ended.v1`
    AppointmentEnded {
        /// Who.
        person: PersonId,
        /// Which office.
        office: Office,
        /// Its last day.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        on: Date,
    }
    /// `resident-invited.v1`
    ResidentInvited {
        /// Who.
        person: PersonId,
        /// SHA-256 of the invitation code.
        code: PaperHash,
        /// Last day on which it is good.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        expires_on: Date,
    }
    /// `residence-confirmed.v1`
    ResidenceConfirmed {
        /// Who.
        person: PersonId,
        /// The paper that shows it.
        paper: PaperHash,
    }
    /// `resident-admitted.v2`
    ResidentAdmitted {
        /// Who.
        person: PersonId,
        /// Where the person is registered.
        home: JurisdictionCode,
        /// Since when the person lives or works here.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        resident_since: Date,
        /// When the person asked to take part.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        applied_on: Date,
        /// Which body agreed.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        consented_by: Body,
        /// Its resolution.
        consent: PaperHash,
        /// The home village's word that the person takes part there no longer.
        struck_at_home: PaperHash,
        /// Who the person is on the rolls of the home.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        home_person: Option<PersonId>,
    }
    /// `admission-ended.v1`
    AdmissionEnded {
        /// Who.
        person: PersonId,
        /// The paper that says so.
        paper: PaperHash,
        /// The rolls that lose the person.
        rolls: Vec<RollKind>,
    }
    /// `resident-struck.v1`
    ResidentStruck {
        /// Who.
        person: PersonId,
        /// The place that may admit the person.
        admitted_at: JurisdictionCode,
        /// The person's own statement.
        statement: PaperHash,
        /// The rolls that lose the person.
        rolls: Vec<RollKind>,
    }
    /// `resident-readmitted.v1`
    ResidentReadmitted {
        /// Who.
        person: PersonId,
        /// The word of the other place.
        released: PaperHash,
        /// The rolls that have the person again: of those that lost them, the ones that were not filed anew.
        rolls: Vec<RollKind>,
    }
    /// `person-restricted.v1`
    PersonRestricted {
        /// Whose data is stored and used for nothing else.
        person: PersonId,
        /// On what ground.
        basis: ErasureBasis,
    }
    /// `person-erased.v1`
    PersonErased {
        /// Whose data is gone.
        person: PersonId,
        /// On what ground.
        basis: ErasureBasis,
        /// When the last backup of keys that can open it expires; none where there is no backup.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        last_key_backup_expires: Option<Date>,
    }
    /// `file-disposed.v1`
    FileDisposed {
        /// Which file.
        file: PaperHash,
        /// What it was to the village, for each copy.
        records: Vec<RecordKept>,
        /// The list of what is destroyed, as it was approved.
        approval: PaperHash,
        /// For each record, by which rule its period was over.
        bases: Vec<Basis>,
    }
}

/// `resident-admitted.v1`: it did not say who the person is at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ResidentAdmitted"))]
pub struct ResidentAdmittedV1 {
    /// Who.
    pub person: PersonId,
    /// Where the person is registered.
    pub home: JurisdictionCode,
    /// Since when the person lives or works here.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub resident_since: Date,
    /// When the person asked to take part.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub applied_on: Date,
    /// Which body agreed.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub consented_by: Body,
    /// Its resolution.
    pub consent: PaperHash,
    /// The home village's word that the person takes part there no longer.
    pub struck_at_home: PaperHash,
}

impl From<ResidentAdmittedV1> for ResidentAdmitted {
    fn from(old: ResidentAdmittedV1) -> Self {
        Self {
            person: old.person,
            home: old.home,
            resident_since: old.resident_since,
            applied_on: old.applied_on,
            consented_by: old.consented_by,
            consent: old.consent,
            struck_at_home: old.struck_at_home,
            home_person: None,
        }
    }
}

impl From<RollMembersListedV1> for RollMembersListed {
    fn from(old: RollMembersListedV1) -> Self {
        let member = |old: RollMemberV1| RollMember {
            person: old.person,
            post: old.post,
            probationary: old.probationary,
            group: old.group,
            household: old.household,
            residence: None,
        };
        Self { roll: old.roll, part: old.part, members: old.members.into_iter().map(member).collect() }
    }
}

/// `roll-filed.v1`: the parts before it are complete and bind from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollFiled {
    /// Which roll.
    pub roll: RollKind,
    /// How many parts it has.
    pub parts: u16,
    /// How many members.
    pub members: u32,
    /// The composition figures, where the law has rules for them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub composition: Vec<Test>,
}

events! {
    /// Events of a roster.
    RosterEvent,
    current {
        PersonRegistered = "person-registered.v2",
        KinshipDeclared = "kinship-declared.v1",
        RollMembersListed = "roll-members-listed.v2",
        RollFiled = "roll-filed.v1",
        OwnersListed = "owners-listed.v1",
        OwnersRollFiled = "owners-roll-filed.v1",
        OfficeAppointed = "office-appointed.v1",
        AppointmentEnded = "appointment-ended.v1",
        ResidentInvited = "resident-invited.v1",
        ResidenceConfirmed = "residence-confirmed.v1",
        ResidentAdmitted = "resident-admitted.v2",
        AdmissionEnded = "admission-ended.v1",
        ResidentStruck = "resident-struck.v1",
        ResidentReadmitted = "resident-readmitted.v1",
        PersonRestricted = "person-restricted.v1",
        PersonErased = "person-erased.v1",
        FileDisposed = "file-disposed.v1",
    }
    upcast {
        "person-registered.v1" => PersonRegisteredV1 => PersonRegistered,
        "roll-members-listed.v1" => RollMembersListedV1 => RollMembersListed,
        "resident-admitted.v1" => ResidentAdmittedV1 => ResidentAdmitted,
    }
}

/// A registered person as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Digest of the name.
    pub name: Sealed,
    /// Sex.
    pub sex: Sex,
    /// How much of the person's data is left.
    pub keeping: Keeping,
}

/// A roster as its events tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// All registered people.
    pub persons: BTreeMap<PersonId, Person>,
    /// The rolls in force.
    pub rolls: BTreeMap<RollKind, Vec<RollMember>>,
    /// The units of the estate and their owners.
    pub estate: Vec<Unit>,
    kin: BTreeSet<(PersonId, PersonId)>,
    terms: Vec<Term>,
    admitted: BTreeMap<PersonId, Home>,
    apart: BTreeMap<PersonId, Apart>,
    invitations: Vec<ResidentInvited>,
    listed: Vec<RollMember>,
    listed_units: Vec<Unit>,
}

impl Roster {
    /// The state after one more event, which happened at `at`.
    #[must_use]
    pub fn evolve(mut self, event: &RosterEvent, at: Moment) -> Self {
        match event {
            RosterEvent::PersonRegistered(e) => {
                self.persons.insert(e.person, Person { name: e.name.clone(), sex: e.sex, keeping: Keeping::Kept });
            }
            RosterEvent::KinshipDeclared(e) => {
                self.kin.insert((e.person.min(e.relative), e.person.max(e.relative)));
            }
            RosterEvent::RollMembersListed(e) => self.listed.extend(e.members.iter().cloned()),
            RosterEvent::RollFiled(e) => {
                let members = std::mem::take(&mut self.listed);
                self.change_terms(e.roll, &members, at.day());
                self.rolls.insert(e.roll, members);
                self.forget_entries(e.roll);
            }
            RosterEvent::OwnersListed(e) => self.listed_units.extend(e.units.iter().cloned()),
            RosterEvent::OwnersRollFiled(_) => self.estate = std::mem::take(&mut self.listed_units),
            RosterEvent::OfficeAppointed(e) => self.begin_term(e),
            RosterEvent::AppointmentEnded(e) => self.end_term(e),
            RosterEvent::ResidentInvited(e) => self.invitations.push(e.clone()),
            RosterEvent::ResidenceConfirmed(_) | RosterEvent::FileDisposed(_) => {}
            RosterEvent::ResidentAdmitted(e) => self.admitted_from(e),
            RosterEvent::AdmissionEnded(e) => self.set_apart(e.person, None, &e.rolls, at.day()),
            RosterEvent::ResidentStruck(e) => {
                self.set_apart(e.person, Some(e.admitted_at.clone()), &e.rolls, at.day());
            }
            RosterEvent::ResidentReadmitted(e) => self.take_back(e.person, at.day()),
            RosterEvent::PersonRestricted(e) => self.keep(e.person, Keeping::Restricted),
            RosterEvent::PersonErased(e) => self.keep(e.person, Keeping::Erased),
        }
        self
    }

    /// The members of a roll; empty if none is filed.
    #[must_use]
    pub fn roll(&self, kind: RollKind) -> &[RollMember] {
        self.rolls.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Whether a person stands on a roll.
    #[must_use]
    pub fn is_on(&self, kind: RollKind, person: PersonId) -> bool {
        self.roll(kind).iter().any(|member| member.person == person)
    }

    /// How many of `persons`, each counted once, stand on a roll.
    #[must_use]
    pub fn count_on(&self, kind: RollKind, persons: &[PersonId]) -> u64 {
        let distinct: BTreeSet<_> = persons.iter().filter(|person| self.is_on(kind, **person)).collect();
        distinct.len() as u64
    }

    /// The distinct persons of several rolls: who holds two seats counts once.
    #[must_use]
    pub fn distinct(&self, kinds: &[RollKind], voting_only: bool) -> BTreeSet<PersonId> {
        let members = kinds.iter().flat_map(|kind| self.roll(*kind));
        members.filter(|m| !(voting_only && m.probationary)).map(|m| m.person).collect()
    }

    /// The distinct persons of several rolls that belong to one group or courtyard.
    #[must_use]
    pub fn distinct_in_group(&self, kinds: &[RollKind], group: u16) -> BTreeSet<PersonId> {
        let members = kinds.iter().flat_map(|kind| self.roll(*kind));
        members.filter(|m| m.group == Some(group)).map(|m| m.person).collect()
    }

    /// 一肩挑: whether one person is both the secretary of the party organisation and the director of the committee.
    #[must_use]
    pub fn has_dual_office_holder(&self) -> bool {
        let holders = |kind, post| {
            self.roll(kind).iter().filter(move |m| m.post == Some(post)).map(|m| m.person).collect::<BTreeSet<_>>()
        };
        let directors = holders(RollKind::VillageCommittee, Post::Director);
        holders(RollKind::PartyCommittee, Post::Secretary).iter().any(|person| directors.contains(person))
    }

    /// Whether two people are near relatives.
    #[must_use]
    pub fn are_kin(&self, one: PersonId, other: PersonId) -> bool {
        self.kin.contains(&(one.min(other), one.max(other)))
    }

    /// The composition of the representatives' meeting, computed by the rules of a procedure (VL-2025 art. 29).
    #[must_use]
    pub fn composition(&self, procedure: &Procedure) -> Vec<Test> {
        let members = self.distinct(&[RollKind::Representatives, RollKind::VillageCommittee], false).len() as u64;
        let representatives = self.distinct(&[RollKind::Representatives], false);
        let is_woman = |person: &&PersonId| self.persons.get(person).is_some_and(|p| p.sex == Sex::Female);
        let women = representatives.iter().filter(is_woman).count() as u64;
        let rules = &procedure.rolls;
        let of_all = rules
            .representatives_share
            .as_ref()
            .map(|share| Test::of("representatives", representatives.len() as u64, members, share));
        let of_women = rules
            .women_representatives_share
            .as_ref()
            .map(|share| Test::of("women_representatives", women, members, share));
        of_all.into_iter().chain(of_women).collect()
    }
}

/// The other village whose roster a command rests on too.
#[must_use]
pub fn other_place<'a>(state: &'a Roster, command: &'a RosterCommand) -> Option<&'a JurisdictionCode> {
    let other = match command {
        RosterCommand::AdmitResident(c) => Some(&c.home),
        RosterCommand::ReadmitResident(c) => state.struck_for(c.person),
        _ => None,
    };
    other.filter(|place| place.level() == Level::Village)
}

/// What a command to the roster of `code` leads to. `elsewhere` is the roster of [`other_place`], none where that place is not
/// registered in this log.
///
/// # Errors
/// The [`Refusal`] that stands in the way.
pub fn decide(
    state: &Roster,
    code: &JurisdictionCode,
    jurisdiction: &Jurisdiction,
    elsewhere: Option<&Roster>,
    command: &RosterCommand,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    context.check_time()?;
    if jurisdiction.registered.is_none() {
        return Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str()));
    }
    // What no pack governs names its offices itself: a township has rolls and no procedure of its own.
    let pack = || {
        let Some(procedure) = jurisdiction.procedure(code, context.rules, context.day()) else {
            return Err(Refusal::from(RefusalCode::NoProcedureInForce).with("day", context.day().to_string()));
        };
        context.check_competence(procedure, command.name())?;
        Ok(procedure)
    };
    match command {
        RosterCommand::RegisterPersons(c) if registers_officers(code, context) => register_persons(state, c),
        RosterCommand::RegisterPersons(c) => pack().and_then(|_| register_persons(state, c)),
        RosterCommand::DeclareKinship(c) => pack().and_then(|_| declare_kinship(state, c)),
        RosterCommand::FileRoll(c) => file_roll::decide(state, jurisdiction, pack()?, c, context.day()),
        RosterCommand::FileOwnersRoll(c) => pack().and_then(|_| owners::file(state, c)),
        RosterCommand::Appoint(c) => appointments::appoint(state, code, c, context),
        RosterCommand::EndAppointment(c) => appointments::end(state, c, context),
        RosterCommand::InviteResident(c) => residence::invite(state, c, context),
        RosterCommand::ConfirmResidence(c) => residence::confirm(state, c, context),
        RosterCommand::AdmitResident(c) => residence::admit(state, code, elsewhere, c, context),
        RosterCommand::EndAdmission(c) => two_rolls::end_admission(state, c, context),
        RosterCommand::StrikeResident(c) => two_rolls::strike(state, code, c, context),
        RosterCommand::ReadmitResident(c) => two_rolls::readmit(state, code, elsewhere, c, context),
        RosterCommand::RestrictPerson(c) => erasure::restrict(state, c, context),
        RosterCommand::ErasePerson(c) => erasure::erase(state, c, context),
        RosterCommand::DisposeFile(c) => disposal::dispose(c, context),
    }
}

/// Above the villages no pack says who keeps the rolls: the office of that level does, and the console for its first officer.
fn registers_officers(code: &JurisdictionCode, context: &Context<'_>) -> bool {
    code.level() != Level::Village
        && matches!(context.actor.office, Office::TownshipOfficer | Office::CountyOfficer | Office::Operator)
}

fn register_persons(state: &Roster, command: &RegisterPersons) -> Result<Vec<RosterEvent>, Refusal> {
    let entries = command.persons.len();
    if entries == 0 {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if entries > MAX_PERSONS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", entries as u64)
            .with("limit", MAX_PERSONS as u64));
    }
    let mut seen = BTreeSet::new();
    let mut events = Vec::with_capacity(entries);
    for new in &command.persons {
        if state.persons.contains_key(&new.person) {
            return Err(Refusal::from(RefusalCode::PersonRegisteredAlready).with("person", new.person.to_string()));
        }
        if !seen.insert(new.person) {
            return Err(Refusal::from(RefusalCode::PersonTwice).with("person", new.person.to_string()));
        }
        events.push(
            PersonRegistered { person: new.person, name: new.name.clone(), sex: new.sex, contact: new.contact.clone() }
                .into(),
        );
    }
    Ok(events)
}

fn declare_kinship(state: &Roster, command: &DeclareKinship) -> Result<Vec<RosterEvent>, Refusal> {
    state.known(command.person)?;
    state.known(command.relative)?;
    if command.person == command.relative {
        return Err(Refusal::from(RefusalCode::PersonTwice).with("person", command.person.to_string()));
    }
    let event = KinshipDeclared { person: command.person, relative: command.relative, kinship: command.kinship };
    // A declaration is a fact and always recorded, even where a roll in force now breaks the law: the next filing is judged.
    Ok(vec![event.into()])
}

impl Roster {
    /// A person must be registered.
    ///
    /// # Errors
    /// `person-unknown`.
    pub fn known(&self, person: PersonId) -> Result<&Person, Refusal> {
        self.persons
            .get(&person)
            .ok_or_else(|| Refusal::from(RefusalCode::PersonUnknown).with("person", person.to_string()))
    }

    /// The whole that a share of `base` is of, where the roster knows it.
    #[must_use]
    pub fn whole_of(&self, base: Base, jurisdiction: &Jurisdiction) -> Option<u64> {
        match base {
            Base::AdultVillagers => {
                let counted = jurisdiction.electorate.as_ref().map(|e| u64::from(e.adult_villagers));
                counted.map(|counted| counted.saturating_sub(self.left_since_filed(RollKind::AdultVillagers)))
            }
            Base::Representatives => Some(self.roll(RollKind::Representatives).len() as u64),
            Base::Households => jurisdiction.electorate.as_ref().map(|e| u64::from(e.households)),
            Base::Due | Base::Present => None,
        }
    }
}
