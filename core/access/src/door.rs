//! 门: every way in or out that somebody may ask for, by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use siyi_domain::account::AccountCommand;
use siyi_domain::consultation::ConsultationCommand;
use siyi_domain::jurisdiction::JurisdictionCommand;
use siyi_domain::roster::RosterCommand;

/// What kind of door it is: which rules hold for all of its kind, and what the access log keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoorKind {
    /// 公开查看
    PublicRead,
    /// 辖区内查看: by an office that covers the place.
    CoveredRead,
    /// 查看本人
    OwnRead,
    /// 办理: an act that the log records.
    Command,
    /// 账号、访问记录
    Administration,
    /// 个人信息
    PersonalData,
}

/// One door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Door {
    name: &'static str,
    kind: DoorKind,
}

impl Door {
    /// The door of this name: a command's GraphQL name, `query:<field>`, `subscription:<field>`, `page:<route>`,
    /// `feed:<route>`, `health:<route>`, `attachment:<kind>`, `cli:export`, or one of the few others that [`doors`] lists.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        BY_NAME.get(name).copied()
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> DoorKind {
        self.kind
    }

    /// Whether somebody acts here in an office: a command to a matter, a jurisdiction or a roster, or a file for one.
    #[must_use]
    pub fn is_act(self) -> bool {
        self.kind == DoorKind::Command || RosterCommand::NAMES.contains(&self.name)
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Every door, commands first. A command that the domain gains is here at once, and has no policy until somebody writes one.
#[must_use]
pub fn doors() -> &'static [Door] {
    &DOORS
}

/// Commands that are more than acts: they touch what a person may have erased.
const PERSONAL_COMMANDS: &[&str] = &["restrictPerson", "erasePerson", "recordReading"];

/// Doors that are no command of the domain.
const OTHERS: &[(DoorKind, &[&str])] = &[
    (DoorKind::Command, &["attach"]),
    (
        DoorKind::PublicRead,
        &[
            "query:actionItems",
            "query:consultation",
            "query:consultations",
            "query:flags",
            "query:jurisdiction",
            "query:jurisdictions",
            "query:laws",
            "query:matters",
            "query:node",
            "query:overdue",
            "query:procedure",
            "query:procedures",
            "query:refusals",
            "query:routineDuties",
            "query:server",
            "subscription:eventsRecorded",
            "page:/",
            "page:/j/{code}",
            "page:/j/{code}/flags",
            "page:/c/{number}",
            "page:/c/{number}/notice/{no}",
            "page:/procedures",
            "page:/procedures/{*id}",
            "page:/static/{file}",
            "query:proof",
            "page:/log/checkpoint",
            "page:/log/policy",
            "page:/log/keys",
            "page:/log/tile/{*path}",
            "page:/log/proof/{leaf}",
            "page:/verify",
            "page:/c/{number}/verify",
            "page:/c/{number}/bundle",
            "page:/sign-in",
            "page:/sign-out",
            "page:/sign-in/passkey/begin",
            "page:/sign-in/passkey/finish",
            "page:/sign-in/oidc",
            "page:/sign-in/oidc/callback",
            "page:/sign-in/passkey.js",
            "page:/sign-in/forms.css",
            "page:/join",
            "feed:/j/{code}/feed.atom",
            "attachment:photo",
            "health:/healthz",
            "health:/readyz",
        ],
    ),
    (
        DoorKind::CoveredRead,
        &[
            "event-data",
            "roster",
            "attachment:minutes",
            "attachment:sheet",
            "attachment:ballot",
            "attachment:contract",
            "cli:export",
            "health:/metrics",
        ],
    ),
    (
        DoorKind::OwnRead,
        &[
            "giveSecond",
            "own-record",
            "page:/account",
            "page:/account/record",
            "page:/account/access/{code}",
            "page:/account/password",
            "page:/account/sessions",
            "page:/account/second",
            "page:/account/means",
            "page:/account/tokens",
            "page:/account/oidc",
            "page:/account/passkey/begin",
            "page:/account/passkey/finish",
            "page:/account/passkey/sign",
        ],
    ),
    (DoorKind::PersonalData, &["read-personal"]),
    (DoorKind::Administration, &["access-log"]),
];

static DOORS: LazyLock<Vec<Door>> = LazyLock::new(|| {
    let of = |kind: DoorKind| {
        move |name: &&'static str| {
            let kind = if PERSONAL_COMMANDS.contains(name) { DoorKind::PersonalData } else { kind };
            Door { name, kind }
        }
    };
    let acts = [ConsultationCommand::NAMES, JurisdictionCommand::NAMES, RosterCommand::NAMES];
    let acts = acts.into_iter().flatten().map(of(DoorKind::Command));
    let accounts = AccountCommand::NAMES.iter().map(of(DoorKind::Administration));
    let others = OTHERS.iter().flat_map(|(kind, names)| names.iter().map(of(*kind)));
    acts.chain(accounts).chain(others).collect()
});

static BY_NAME: LazyLock<BTreeMap<&'static str, Door>> =
    LazyLock::new(|| DOORS.iter().map(|door| (door.name, *door)).collect());
