//! A village's log with three witnesses, exported with receipts: what the interop test and a reader's own tools look at.

use serde_json::json;
use siyi_log::{
    memory::MemoryStore,
    port::{EventStore, Expected, NewEvent, StreamName},
};
use siyi_tlog::{
    AddCheckpoint, KeyKind, NoteSignature, PolicyWitness, SignedCheckpoint, Signer, TrustPolicy, VerifierKey,
    prove_tree,
};
use siyi_transparency::{
    export,
    sealer::{Sealer, SealerOptions},
    witness::{NotConfirmed, Refusal, Witness, WitnessBook},
};
use std::{error::Error, fs, path::Path, sync::Arc};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The log's name.
pub const ORIGIN: &str = "log.village.example/wusi-2026";

/// The witnesses' names.
pub const WITNESSES: [&str; 3] = ["town-office.example/w1", "county-archive.example/w2", "committee.example/w3"];

/// The leaves of which a receipt is written.
pub const RECEIPTS: [u64; 6] = [0, 1, 42, 255, 256, 699];

/// The leaves of the earlier checkpoint and of the exported one.
pub const SIZES: (u64, u64) = (300, 700);

type Failure = Box<dyn Error + Send + Sync>;

/// A key that anybody can make again: for examples only.
///
/// # Errors
/// Where `name` cannot be a key's.
pub fn key(name: &str, kind: KeyKind, seed: u8) -> Result<Signer, Failure> {
    Ok(Signer::from_seed(name, kind, &Zeroizing::new([seed; 32]))?)
}

struct InProcess {
    key: VerifierKey,
    book: WitnessBook,
}

#[async_trait::async_trait]
impl Witness for InProcess {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Vec<NoteSignature>, NotConfirmed> {
        self.book.add_checkpoint(&request.to_string(), 1_767_000_000).map_err(|refusal| match refusal {
            Refusal::Stale { size } => NotConfirmed::Stale { size },
            Refusal::Inconsistent => NotConfirmed::Inconsistent,
            other => NotConfirmed::Refused { status: other.status() },
        })
    }

    async fn latest(&self, origin: &str) -> Result<Option<SignedCheckpoint>, NotConfirmed> {
        Ok(self.book.latest(origin))
    }
}

async fn append(store: &MemoryStore, first: u64, end: u64, word: &str) -> Result<(), Failure> {
    let stream = StreamName::new(format!("account-{}", Uuid::nil()))?;
    for number in first..end {
        let body = json!({ "number": number, "type": "vote-counted.v1", "村": word });
        let event = NewEvent::new(Uuid::from_u128(u128::from(number) + 1), "vote-counted.v1", &body)?;
        store.append(&stream, Expected::Any, vec![event]).await?;
    }
    Ok(())
}

/// Writes to `folder`: `log/`, an export with `checkpoint.old`, `consistency` and `proofs/`; and `trust/`, what a reader
/// must know from elsewhere: `log.vkey`, `witnesses` and `quorum`. `word` stands in every event.
///
/// # Errors
/// What the log and the disk say.
pub async fn write(folder: &Path, word: &str) -> Result<(), Failure> {
    let (sealed, log, trust) = (folder.join("sealed"), folder.join("log"), folder.join("trust"));
    let signer = key(ORIGIN, KeyKind::Log, 7)?;
    let log_key = signer.verifier().clone();
    let mut listed = Vec::new();
    let mut witnesses: Vec<Arc<dyn Witness>> = Vec::new();
    for (name, seed) in WITNESSES.into_iter().zip(0x14..) {
        let signer = key(name, KeyKind::Witness, seed)?;
        let witness = signer.verifier().clone();
        let home = folder.join("witnesses").join(seed.to_string());
        let book = WitnessBook::open(home, signer, vec![log_key.clone()], None)?;
        witnesses.push(Arc::new(InProcess { key: witness.clone(), book }));
        listed.push(PolicyWitness { name: format!("w{seed}"), key: witness, url: None });
    }
    let policy = TrustPolicy::majority([&log_key], &listed)?;
    let store = Arc::new(MemoryStore::new());
    let options = SealerOptions::new(&sealed);
    let mut sealer = Sealer::open(store.clone(), signer, policy, witnesses, options).await?;
    append(&store, 0, SIZES.0, word).await?;
    sealer.seal_all().await?;
    let old = fs::read_to_string(sealed.join("checkpoint"))?;
    append(&store, SIZES.0, SIZES.1, word).await?;
    sealer.seal_all().await?;
    export(&sealed, &log)?;
    fs::write(log.join("checkpoint.old"), old)?;
    let reader = sealer.log();
    let published = reader.published().ok_or("nothing was published")?;
    let tree = reader.folder().tree(published.checkpoint().size, published.checkpoint().root)?;
    let proof = prove_tree(SIZES.1, SIZES.0, &tree)?;
    fs::write(log.join("consistency"), proof.iter().map(|hash| format!("{hash}\n")).collect::<String>())?;
    fs::create_dir_all(log.join("proofs"))?;
    for leaf in RECEIPTS {
        fs::write(log.join(format!("proofs/{leaf}.tlog-proof")), reader.proof_for_leaf(leaf)?.to_string())?;
    }
    fs::create_dir_all(&trust)?;
    fs::write(trust.join("log.vkey"), format!("{log_key}\n"))?;
    fs::write(trust.join("witnesses"), listed.iter().map(|witness| format!("{}\n", witness.key)).collect::<String>())?;
    fs::write(trust.join("quorum"), "2\n")?;
    Ok(())
}
