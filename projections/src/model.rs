//! What a read model is.

use std::collections::HashMap;
use std::sync::Arc;

use siyi_domain::rules::Rules;
use siyi_log::envelope::Recorded;

use crate::shelf::{ShelfError, Writes};

/// What a model may look at besides the events: the rule data, and personal texts already masked.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The rule data.
    pub rules: Arc<Rules>,
    /// Masked names by digest, for the events of this batch.
    pub names: HashMap<String, String>,
}

/// A read model: rows computed from events in log order.
pub trait ReadModel: Send + Sync + 'static {
    /// What people call it; also the name of its folder.
    const NAME: &'static str;
    /// Raised whenever the shape of its rows changes, which rebuilds it.
    const VERSION: u32;
    /// Whether it needs the names that the events of a batch register.
    const NEEDS_NAMES: bool = false;

    /// Whether an event of this wire name changes the model; the others are not even decoded.
    fn wants(event_type: &str) -> bool;

    /// Applies a batch of events in log order. Called with each event exactly once.
    ///
    /// # Errors
    /// [`ShelfError`] if a row cannot be read.
    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError>;
}
