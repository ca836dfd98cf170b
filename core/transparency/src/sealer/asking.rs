//! Asking the witnesses, all at once and never for longer than a moment.

use crate::{
    error::SealError,
    served::TileFolder,
    witness::{NotConfirmed, Witness},
};
use futures::{StreamExt, stream::FuturesUnordered};
use siyi_tlog::{
    AddCheckpoint, Checkpoint, Cosignature, Hash, KeyList, NoteSignature, SignedCheckpoint, TlogError, TrustPolicy,
    prove_tree,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout, timeout_at};

/// Where the quorum is met, the others have this long to add themselves.
const GRACE: Duration = Duration::from_millis(200);

/// A witness that failed is left alone for so long, doubled at each further failure.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often one witness is asked for one checkpoint: once, and again from the size that it told.
const MAX_TRIES: usize = 3;

/// The witnesses of a log.
pub(super) struct Asking {
    asked: Vec<Asked>,
    timeout: Duration,
}

struct Asked {
    witness: Arc<dyn Witness>,
    /// The size that it confirmed last, as far as is known.
    known: u64,
    failures: u32,
    /// It is not asked before.
    next: Instant,
}

/// What one witness said.
struct Said {
    at: usize,
    known: u64,
    lines: Result<Vec<NoteSignature>, Trouble>,
}

enum Trouble {
    Failed(NotConfirmed),
    Fatal(SealError),
}

impl Asking {
    pub(super) fn new(witnesses: Vec<Arc<dyn Witness>>, timeout: Duration) -> Self {
        let next = Instant::now();
        let asked = |witness| Asked { witness, known: 0, failures: 0, next };
        Self { asked: witnesses.into_iter().map(asked).collect(), timeout }
    }

    /// Whether there is a witness to be asked now that has not confirmed yet.
    pub(super) fn is_due(&self, confirmed: &[Cosignature]) -> bool {
        let now = Instant::now();
        let confirms = |asked: &Asked| confirmed.iter().any(|one| one.key == *asked.witness.key());
        self.asked.iter().any(|asked| asked.next <= now && !confirms(asked))
    }

    /// How long an idle log sleeps.
    pub(super) const fn patience(&self) -> Duration {
        if self.asked.is_empty() { LONGEST_PAUSE } else { FIRST_PAUSE }
    }

    /// What each witness holds, for the opening. One that does not answer is only noted: it cannot keep the log shut.
    pub(super) async fn held(&mut self, list: &KeyList) -> Vec<(String, Checkpoint)> {
        let (origin, wait) = (list.current().name().to_owned(), self.timeout);
        let answers =
            futures::future::join_all(self.asked.iter().map(|asked| timeout(wait, asked.witness.latest(&origin))));
        let mut held = Vec::new();
        let answers = answers.await;
        for (asked, answer) in self.asked.iter_mut().zip(answers) {
            let name = asked.witness.key().name().to_owned();
            match answer {
                Ok(Ok(Some(latest))) if is_evidence(&latest, &*asked.witness, list) => {
                    asked.known = latest.checkpoint().size;
                    held.push((name, latest.checkpoint().clone()));
                }
                Ok(Ok(None)) => {}
                Ok(Ok(Some(_))) => tracing::warn!(witness = name, "holds a checkpoint that this log did not sign"),
                Ok(Err(error)) => tracing::warn!(witness = name, %error, "does not say what it holds"),
                Err(_) => tracing::warn!(witness = name, "does not say in time what it holds"),
            }
        }
        held
    }

    /// Asks those that are due, and answers their valid lines.
    pub(super) async fn ask(
        &mut self,
        signed: &SignedCheckpoint,
        files: &TileFolder,
        list: &KeyList,
        policy: &TrustPolicy,
    ) -> Result<Vec<NoteSignature>, SealError> {
        let now = Instant::now();
        let due = self.asked.iter().enumerate().filter(|(_, asked)| asked.next <= now);
        let question = Question { signed, files, list };
        let mut answers: FuturesUnordered<_> =
            due.map(|(at, asked)| question.put(at, Arc::clone(&asked.witness), asked.known)).collect();
        let mut waiting: Vec<usize> =
            self.asked.iter().enumerate().filter(|(_, asked)| asked.next <= now).map(|(at, _)| at).collect();
        let (mut end, mut lines, mut said) = (now + self.timeout, Vec::new(), Vec::new());
        while let Ok(Some(answer)) = timeout_at(end, answers.next()).await {
            waiting.retain(|at| *at != answer.at);
            if let Ok(new) = &answer.lines {
                lines.extend(new.iter().cloned());
                if is_enough(signed, &lines, policy) {
                    end = end.min(Instant::now() + GRACE);
                }
            }
            said.push(answer);
        }
        drop(answers);
        for answer in said {
            self.note(answer)?;
        }
        for at in waiting {
            let late = NotConfirmed::Unavailable { reason: "no answer in time".into() };
            self.note(Said { at, known: 0, lines: Err(Trouble::Failed(late)) })?;
        }
        Ok(lines)
    }

    fn note(&mut self, said: Said) -> Result<(), SealError> {
        let Some(asked) = self.asked.get_mut(said.at) else { return Ok(()) };
        match said.lines {
            Ok(_) => {
                asked.known = said.known;
                asked.failures = 0;
            }
            Err(Trouble::Fatal(error)) => return Err(error),
            Err(Trouble::Failed(error)) => {
                let pause = FIRST_PAUSE.saturating_mul(1 << asked.failures.min(10)).min(LONGEST_PAUSE);
                tracing::warn!(witness = asked.witness.key().name(), %error, "did not confirm the checkpoint");
                asked.failures += 1;
                asked.next = Instant::now() + pause;
            }
        }
        Ok(())
    }
}

fn is_enough(signed: &SignedCheckpoint, lines: &[NoteSignature], policy: &TrustPolicy) -> bool {
    let mut note = signed.note().clone();
    note.signatures.extend(lines.iter().cloned());
    SignedCheckpoint::of(note).and_then(|signed| signed.confirmation(policy)).is_ok()
}

/// Whether a witness can prove that this log signed that. A witness that only claims something cannot stop the log.
fn is_evidence(latest: &SignedCheckpoint, witness: &dyn Witness, list: &KeyList) -> bool {
    latest.checkpoint().origin == list.current().name()
        && latest.log_key(list.keys()).is_ok()
        && latest.witnesses([witness.key()]).is_ok_and(|cosigned| !cosigned.is_empty())
}

struct Question<'a> {
    signed: &'a SignedCheckpoint,
    files: &'a TileFolder,
    list: &'a KeyList,
}

impl Question<'_> {
    async fn put(&self, at: usize, witness: Arc<dyn Witness>, mut known: u64) -> Said {
        let new = self.signed.checkpoint();
        for _ in 0..MAX_TRIES {
            let proof = match self.proof(new, known) {
                Ok(proof) => proof,
                Err(error) => return Said { at, known, lines: Err(Trouble::Fatal(SealError::Served(error))) },
            };
            let request = AddCheckpoint { old: known, proof, checkpoint: self.signed.clone() };
            match witness.add_checkpoint(&request).await {
                Ok(lines) => {
                    let lines = valid(&lines, &*witness, &self.signed.note().text);
                    return Said { at, known: new.size, lines: lines.map_err(Trouble::Failed) };
                }
                Err(NotConfirmed::Stale { size }) if size <= new.size && size != known => known = size,
                Err(error @ (NotConfirmed::Stale { .. } | NotConfirmed::Inconsistent)) => {
                    return Said { at, known, lines: Err(self.examine(&*witness, error).await) };
                }
                Err(error) => return Said { at, known, lines: Err(Trouble::Failed(error)) },
            }
        }
        let endless = NotConfirmed::Unavailable { reason: "it tells another size each time".into() };
        Said { at, known, lines: Err(Trouble::Failed(endless)) }
    }

    fn proof(&self, new: &Checkpoint, known: u64) -> Result<Vec<Hash>, TlogError> {
        if known == 0 || known >= new.size {
            return Ok(Vec::new());
        }
        prove_tree(new.size, known, &self.files.tree(new.size, new.root)?)
    }

    /// A witness that says no must show why: a checkpoint that this log signed and that is not the beginning of this tree.
    async fn examine(&self, witness: &dyn Witness, said: NotConfirmed) -> Trouble {
        let new = self.signed.checkpoint();
        let Ok(Some(latest)) = witness.latest(&new.origin).await else { return Trouble::Failed(said) };
        if !is_evidence(&latest, witness, self.list) {
            return Trouble::Failed(said);
        }
        let held = latest.checkpoint();
        if held.size <= new.size && self.files.root(held.size, new.size).is_ok_and(|root| root == held.root) {
            return Trouble::Failed(said);
        }
        Trouble::Fatal(SealError::Forked { witness: witness.key().name().into(), size: held.size })
    }
}

/// The lines that are this witness's; the others are nobody's business.
fn valid(lines: &[NoteSignature], witness: &dyn Witness, text: &str) -> Result<Vec<NoteSignature>, NotConfirmed> {
    let valid: Vec<_> =
        lines.iter().filter(|line| Cosignature::check(line, witness.key(), text).is_ok()).take(1).cloned().collect();
    if valid.is_empty() {
        return Err(NotConfirmed::Unavailable { reason: "it answers no signature of its own".into() });
    }
    Ok(valid)
}
