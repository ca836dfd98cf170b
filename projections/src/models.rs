//! All read models of one process.

use std::path::Path;
use std::time::Duration;

use siyi_log::port::Position;

use crate::board::Board;
use crate::compliance::Compliance;
use crate::directory::Directory;
use crate::docket::Docket;
use crate::history::History;
use crate::model::ReadModel;
use crate::routine::Routine;
use crate::runner::{Progress, Runner, RunnerError, Sources};

/// All read models, kept up to date.
#[derive(Clone)]
pub struct Models {
    /// Jurisdictions and masked names.
    pub directory: Runner<Directory>,
    /// All matters and what is due.
    pub docket: Runner<Docket>,
    /// Every event of a matter.
    pub history: Runner<History>,
    /// What is posted.
    pub board: Runner<Board>,
    /// What looks like a way around the procedure.
    pub compliance: Runner<Compliance>,
    /// What is owed once in each period.
    pub routine: Runner<Routine>,
}

/// Names of all models.
pub const NAMES: [&str; 6] =
    [Directory::NAME, Docket::NAME, History::NAME, Board::NAME, Compliance::NAME, Routine::NAME];

impl Models {
    /// Opens all models below `folder` and begins to follow the log.
    ///
    /// # Errors
    /// [`RunnerError`] if one cannot be made.
    pub async fn start(folder: &Path, sources: &Sources) -> Result<Self, RunnerError> {
        Ok(Self {
            directory: Runner::start(folder, sources.clone()).await?,
            docket: Runner::start(folder, sources.clone()).await?,
            history: Runner::start(folder, sources.clone()).await?,
            board: Runner::start(folder, sources.clone()).await?,
            compliance: Runner::start(folder, sources.clone()).await?,
            routine: Runner::start(folder, sources.clone()).await?,
        })
    }

    /// Name and progress of each model, and how far a rebuild of it is.
    #[must_use]
    pub fn progress(&self) -> [(&'static str, Progress, u64); 6] {
        [
            (Directory::NAME, self.directory.progress(), self.directory.rebuilding()),
            (Docket::NAME, self.docket.progress(), self.docket.rebuilding()),
            (History::NAME, self.history.progress(), self.history.rebuilding()),
            (Board::NAME, self.board.progress(), self.board.rebuilding()),
            (Compliance::NAME, self.compliance.progress(), self.compliance.rebuilding()),
            (Routine::NAME, self.routine.progress(), self.routine.rebuilding()),
        ]
    }

    /// Waits until all models hold `position`, at most `patience` each. Whether they do.
    pub async fn wait_for(&self, position: Position, patience: Duration) -> bool {
        let waits = futures::join!(
            self.directory.wait_for(position, patience),
            self.docket.wait_for(position, patience),
            self.history.wait_for(position, patience),
            self.board.wait_for(position, patience),
            self.compliance.wait_for(position, patience),
            self.routine.wait_for(position, patience),
        );
        waits.0 && waits.1 && waits.2 && waits.3 && waits.4 && waits.5
    }

    /// Waits until all models have reached the head of the log once.
    pub async fn caught_up(&self) {
        futures::join!(
            self.directory.caught_up(),
            self.docket.caught_up(),
            self.history.caught_up(),
            self.board.caught_up(),
            self.compliance.caught_up(),
            self.routine.caught_up(),
        );
    }

    /// Rebuilds the model of this name; `None` if there is none.
    ///
    /// # Errors
    /// [`RunnerError`]; the old model goes on serving.
    pub async fn rebuild(&self, name: &str) -> Option<Result<u64, RunnerError>> {
        Some(match name {
            Directory::NAME => self.directory.rebuild().await,
            Docket::NAME => self.docket.rebuild().await,
            History::NAME => self.history.rebuild().await,
            Board::NAME => self.board.rebuild().await,
            Compliance::NAME => self.compliance.rebuild().await,
            Routine::NAME => self.routine.rebuild().await,
            _ => return None,
        })
    }

    /// Stops following and flushes.
    pub async fn stop(&self) {
        futures::join!(
            self.directory.stop(),
            self.docket.stop(),
            self.history.stop(),
            self.board.stop(),
            self.compliance.stop(),
            self.routine.stop(),
        );
    }
}
