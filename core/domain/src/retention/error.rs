//! What may be wrong with a schedule.

/// Why a schedule of retention cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetentionError {
    /// The text is no schedule.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A rule stands twice.
    #[error("`{0}` stands twice")]
    Twice(&'static str),
    /// A rule is missing.
    #[error("`{0}` has no rule")]
    Missing(&'static str),
    /// A period is no period.
    #[error("`{name}` is kept for {years} years, not 1 to 100")]
    YearsOutOfRange {
        /// The class or field.
        name: &'static str,
        /// Its years.
        years: u16,
    },
    /// A basis cites what is not among the sources.
    #[error("`{name}` cites `{law}`, which is not among the sources")]
    SourceUnknown {
        /// The class or field.
        name: &'static str,
        /// The law.
        law: String,
    },
    /// A place changes what the text of a law orders.
    #[error("`{0}` stands in the text of a law; no place changes it")]
    NotConfigurable(&'static str),
}

impl RetentionError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "retention-malformed",
            Self::Twice(_) => "retention-twice",
            Self::Missing(_) => "retention-missing",
            Self::YearsOutOfRange { .. } => "retention-years-out-of-range",
            Self::SourceUnknown { .. } => "retention-source-unknown",
            Self::NotConfigurable(_) => "retention-not-configurable",
        }
    }
}
