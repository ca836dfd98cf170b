//! A whole engine in a temporary folder, with the shipped cases run through it at their own time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use siyi_api::app::{App, AppError, Mode};
use siyi_api::case::file::Disk;
use siyi_api::case::run::Report;
use siyi_api::case::{Case, CaseError, Pace, Surprise};
use siyi_domain::moment::{Moment, NotAMoment};
use siyi_log::clock::{Clock, SetClock};
use tempfile::TempDir;

/// Where the clock of a new world stands: before the first act of every case of 2026.
pub const BEGINS_AT: &str = "2026-01-01T08:00:00+08:00";

/// A whole engine in a temporary folder, removed when it is dropped.
pub struct World {
    /// The engine.
    pub app: Arc<App>,
    /// Its clock.
    pub clock: Arc<SetClock>,
    folder: TempDir,
}

/// Why a world could not be made or a case did not run.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// No temporary folder.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The engine did not open.
    #[error(transparent)]
    App(#[from] AppError),
    /// A case file cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Something became of an act that the case does not expect.
    #[error(transparent)]
    Surprise(#[from] Surprise),
    /// A time is malformed.
    #[error(transparent)]
    Moment(#[from] NotAMoment),
}

/// The folder of the shipped cases.
#[must_use]
pub fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/cases")
}

/// The shipped case files, sorted by name.
///
/// # Errors
/// [`WorldError::Io`].
pub fn case_files() -> Result<Vec<PathBuf>, WorldError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(cases())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml" || extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A case for tests only: events that no shipped case records.
#[must_use]
pub fn rare_case() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/rare.toml")
}

impl World {
    /// An empty engine at [`BEGINS_AT`].
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn new() -> Result<Self, WorldError> {
        let folder = TempDir::new()?;
        let begins_at: Moment = BEGINS_AT.parse()?;
        let clock = Arc::new(SetClock::starting_at(begins_at));
        let app = App::open(folder.path(), Arc::<SetClock>::clone(&clock) as Arc<dyn Clock>, Mode::Demo).await?;
        Ok(Self { app: Arc::new(app), clock, folder })
    }

    /// An engine with all shipped cases run.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn with_cases() -> Result<Self, WorldError> {
        let world = Self::new().await?;
        world.run(&case_files()?).await?;
        Ok(world)
    }

    /// Runs case files and waits until the read models show them. In an empty engine the clock is turned back to the first act
    /// first: some cases are of earlier years.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn run(&self, files: &[PathBuf]) -> Result<Report, WorldError> {
        let cases = files.iter().map(|path| Case::read(path, &Disk)).collect::<Result<Vec<_>, _>>()?;
        if let (Ok(None), Some(first)) = (self.app.store.head().await, cases.iter().filter_map(Case::begins_at).min()) {
            self.clock.turn_to(first.min(self.clock.now()));
        }
        let pace = Pace::Case(Arc::clone(&self.clock));
        let report = siyi_api::case::run(&self.app.handler, &cases, &pace, |_, _| ()).await?;
        if let Some(position) = report.position {
            self.app.models.wait_for(position, std::time::Duration::from_secs(60)).await;
        }
        Ok(report)
    }

    /// Its data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
