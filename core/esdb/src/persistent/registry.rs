//! All groups of a face: creating, changing and deleting them, and finding the task of one.

use super::{
    info, parked,
    run::{Command, Group},
    settings::{GroupId, Settings},
};
use crate::{
    engine::{Bound, Engine, StreamPage},
    face::failure,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, mpsc, oneshot},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Status;

/// Where the groups are kept: the newest event tells all of them.
const CONFIG: &str = "$persistentSubscriptionConfig";

/// The most groups.
const MAX_GROUPS: usize = 1000;

/// How many commands may wait for a group.
const COMMANDS: usize = 64;

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    groups: Vec<(GroupId, Settings)>,
}

struct Running {
    settings: Settings,
    commands: mpsc::Sender<Command>,
}

/// The groups.
pub(crate) struct Groups {
    engine: Arc<Engine>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// A group outlives the connection that created it, and the thread that serves this.
    home: Handle,
    running: Mutex<BTreeMap<GroupId, Running>>,
    count: AtomicUsize,
}

impl Groups {
    /// Starts the groups that are kept.
    pub(crate) async fn open(engine: Arc<Engine>, stop: CancellationToken) -> Result<Self, Refusal> {
        let kept = kept(&engine).await?;
        let (tasks, running) = (TaskTracker::new(), Mutex::default());
        let groups = Self { engine, stop, tasks, home: Handle::current(), running, count: AtomicUsize::new(0) };
        let mut running = groups.running.lock().await;
        for (id, settings) in kept.groups {
            let started = groups.start(id.clone(), settings).await?;
            running.insert(id, started);
        }
        groups.count.store(running.len(), Ordering::SeqCst);
        drop(running);
        Ok(groups)
    }

    /// How many groups have a task.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Waits until the tasks have ended, behind the stop.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn start(&self, id: GroupId, settings: Settings) -> Result<Running, Refusal> {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let group = Group::begin(Arc::clone(&self.engine), id, settings.clone()).await?;
        self.tasks.spawn_on(group.run(inbox, self.stop.clone()), &self.home);
        Ok(Running { settings, commands })
    }

    pub(super) async fn create(&self, id: GroupId, settings: Settings) -> Result<(), Status> {
        let mut running = self.running.lock().await;
        if running.contains_key(&id) {
            return Err(info::taken(&id));
        }
        if running.len() >= MAX_GROUPS {
            return Err(Status::resource_exhausted(format!("at most {MAX_GROUPS} subscription groups are kept")));
        }
        self.keep(&running, Some((&id, &settings)), None).await?;
        let started = self.start(id.clone(), settings).await.map_err(|refusal| failure(&refusal))?;
        running.insert(id, started);
        self.count.store(running.len(), Ordering::SeqCst);
        Ok(())
    }

    /// Changes the settings; the consumers have to come again. A group that has a checkpoint goes on from there.
    pub(super) async fn update(&self, id: GroupId, mut settings: Settings) -> Result<(), Status> {
        let mut running = self.running.lock().await;
        let Some(old) = running.get(&id) else { return Err(info::missing(&id)) };
        settings.filter = old.settings.filter.clone();
        end(old, info::dropped(&id)).await;
        self.keep(&running, Some((&id, &settings)), None).await?;
        let started = self.start(id.clone(), settings).await.map_err(|refusal| failure(&refusal))?;
        running.insert(id, started);
        Ok(())
    }

    pub(super) async fn delete(&self, id: &GroupId) -> Result<(), Status> {
        let mut running = self.running.lock().await;
        if !running.contains_key(id) {
            return Err(info::missing(id));
        }
        self.keep(&running, None, Some(id)).await?;
        if let Some(old) = running.remove(id) {
            end(&old, info::dropped(id)).await;
        }
        self.count.store(running.len(), Ordering::SeqCst);
        parked::clear(&self.engine, id).await.map_err(|refusal| failure(&refusal))
    }

    /// Starts all groups anew; the consumers have to come again.
    pub(super) async fn restart(&self) -> Result<(), Status> {
        let mut running = self.running.lock().await;
        for (id, group) in running.iter_mut() {
            end(group, info::dropped(id)).await;
            let started = self.start(id.clone(), group.settings.clone()).await;
            *group = started.map_err(|refusal| failure(&refusal))?;
        }
        Ok(())
    }

    /// Asks the task of a group.
    pub(super) async fn ask<T>(
        &self,
        id: &GroupId,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, Status> {
        let (answer, answered) = oneshot::channel();
        let commands = self.commands(id).await?;
        commands.send(command(answer)).await.map_err(|_| info::missing(id))?;
        answered.await.map_err(|_| info::missing(id))
    }

    pub(super) async fn commands(&self, id: &GroupId) -> Result<mpsc::Sender<Command>, Status> {
        let running = self.running.lock().await;
        running.get(id).map(|group| group.commands.clone()).ok_or_else(|| info::missing(id))
    }

    pub(super) async fn ids(&self) -> Vec<GroupId> {
        self.running.lock().await.keys().cloned().collect()
    }

    async fn keep(
        &self,
        running: &BTreeMap<GroupId, Running>,
        with: Option<(&GroupId, &Settings)>,
        without: Option<&GroupId>,
    ) -> Result<(), Status> {
        let changed = with.map(|(id, _)| id).or(without);
        let same = running.iter().filter(|(id, _)| Some(*id) != changed);
        let groups = same.map(|(id, group)| (id.clone(), group.settings.clone()));
        let groups = groups.chain(with.map(|(id, settings)| (id.clone(), settings.clone()))).collect();
        let data = serde_json::to_vec(&Kept { groups }).map_err(|error| Status::internal(error.to_string()))?;
        let written = parked::write(&self.engine, CONFIG.into(), "$PersistentConfig", data, Vec::new()).await;
        written.map_err(|refusal| failure(&refusal))
    }
}

async fn end(group: &Running, why: Status) {
    let (done, ended) = oneshot::channel();
    if group.commands.send(Command::End { why, done }).await.is_ok() {
        // A task that has ended already says nothing.
        let _ = ended.await;
    }
}

async fn kept(engine: &Engine) -> Result<Kept, Refusal> {
    let StreamPage::Found(page) = engine.read_stream(CONFIG, Bound::End, true, 1).await? else {
        return Ok(Kept::default());
    };
    let Some(event) = page.events.first() else { return Ok(Kept::default()) };
    serde_json::from_slice(&event.data)
        .map_err(|error| Refusal::Corrupt(format!("the persistent subscriptions do not read: {error}")))
}
