//! 权限表: who may use which door as a table (`schemas/policies/matrix.toml`), and the cast that a test walks it with.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

mod cast;
mod column;

pub use cast::{Cast, favourable};
pub use column::Column;

const TEXT: &str = include_str!("../../../schemas/policies/matrix.toml");

/// The table, every cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// For each door the columns that it opens to; to all others it stays shut.
    pub rows: BTreeMap<String, BTreeSet<Column>>,
}

impl Matrix {
    /// Whether a door opens to a column; `None` if it has no row.
    #[must_use]
    pub fn allows(&self, door: &str, column: Column) -> Option<bool> {
        self.rows.get(door).map(|row| row.contains(&column))
    }
}

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// It is no TOML, or not of this shape.
    #[error("the matrix does not read: {0}")]
    Unreadable(String),
    /// A row names a role that is no column.
    #[error("row `{door}` names `{role}`, which is no role")]
    RoleUnknown {
        /// Which row.
        door: String,
        /// What it names.
        role: String,
    },
    /// The roles that the table explains are not the columns.
    #[error("the roles explained are not the columns: `{0}`")]
    RolesDiffer(String),
}

impl MatrixError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "matrix-unreadable",
            Self::RoleUnknown { .. } => "matrix-role-unknown",
            Self::RolesDiffer(_) => "matrix-roles-differ",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    roles: BTreeMap<String, String>,
    doors: BTreeMap<String, String>,
}

/// The table as shipped.
///
/// # Errors
/// [`MatrixError`].
pub fn matrix() -> Result<Matrix, MatrixError> {
    read(TEXT)
}

/// A table from its text.
///
/// # Errors
/// [`MatrixError`].
pub fn read(text: &str) -> Result<Matrix, MatrixError> {
    let sheet: Sheet = toml::from_str(text).map_err(|error| MatrixError::Unreadable(error.to_string()))?;
    let explained: BTreeSet<&str> = sheet.roles.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = Column::ALL.iter().map(|column| column.code()).collect();
    if let Some(odd) = explained.symmetric_difference(&known).next() {
        return Err(MatrixError::RolesDiffer((*odd).to_owned()));
    }
    let mut rows = BTreeMap::new();
    for (door, roles) in sheet.doors {
        let row = row(&door, &roles)?;
        rows.insert(door, row);
    }
    Ok(Matrix { rows })
}

fn row(door: &str, roles: &str) -> Result<BTreeSet<Column>, MatrixError> {
    if roles == "all" {
        return Ok(Column::ALL.iter().copied().collect());
    }
    let unknown = |role: &str| MatrixError::RoleUnknown { door: door.to_owned(), role: role.to_owned() };
    roles.split_whitespace().map(|role| Column::coded(role).ok_or_else(|| unknown(role))).collect()
}
