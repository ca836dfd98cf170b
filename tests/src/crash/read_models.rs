//! Read models held against a replay of the log.

use std::collections::BTreeMap;
use std::time::Duration;

use siyi_log::port::Position;
use siyi_projections::models::{Models, NAMES};
use siyi_projections::shelf::ShelfError;

use super::{Broken, Outcome, hold};

/// How long a model may take to reach the head, a rebuild by itself included.
const PATIENCE: Duration = Duration::from_secs(60);

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Waits until every model has reached the head, then builds it anew beside itself and compares all rows. Answers how many
/// there are.
pub async fn equal_a_replay(models: &Models, head: Option<Position>) -> Outcome<usize> {
    if let Some(head) = head {
        hold(models.wait_for(head, PATIENCE).await, || {
            format!("a read model does not reach position {head}: {:?}", models.progress())
        })?;
    }
    let followed = contents(models)?;
    for name in NAMES {
        let rebuilt = models.rebuild(name).await;
        rebuilt.ok_or_else(|| Broken::Wrong(format!("there is no read model `{name}`")))??;
    }
    let replayed = contents(models)?;
    for ((name, followed), replayed) in NAMES.iter().zip(&followed).zip(&replayed) {
        hold(followed == replayed, || {
            format!("the read model `{name}` is not a replay of the log: {}", difference(followed, replayed))
        })?;
    }
    Ok(replayed.iter().map(BTreeMap::len).sum())
}

fn contents(models: &Models) -> Result<[Rows; 4], ShelfError> {
    Ok([
        models.directory.shelf().contents()?,
        models.docket.shelf().contents()?,
        models.history.shelf().contents()?,
        models.board.shelf().contents()?,
    ])
}

fn difference(followed: &Rows, replayed: &Rows) -> String {
    let keys = followed.keys().chain(replayed.keys());
    let differing = keys.filter(|key| followed.get(*key) != replayed.get(*key));
    let first = differing.clone().next().map(|key| {
        let side = |rows: &Rows| rows.get(key).map(|value| String::from_utf8_lossy(value).into_owned());
        format!("`{}` is {:?} and should be {:?}", String::from_utf8_lossy(key), side(followed), side(replayed))
    });
    format!("{} rows differ, {}", differing.count(), first.unwrap_or_default())
}
