//! Witnesses: the rules of C2SP tlog-witness one by one, over HTTP, and three of them around a log.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use axum::{
    body::{Body, to_bytes},
    http::{Request, header::CONTENT_TYPE},
};
use common::{Near, ORIGIN, all, append, log_key, policy, sealed, store_of, witness_key};
use siyi_log::{clock::SetClock, memory::MemoryStore};
use siyi_tlog::{
    AddCheckpoint, Cosignature, Hash, KeyKind, NoteSignature, PolicyWitness, SignedCheckpoint, Signer, TlogError,
    TrustPolicy, prove_tree, sha256, tree_hash,
};
use siyi_transparency::{
    sealer::{Sealer, SealerOptions},
    witness::{HttpWitness, NotConfirmed, Witness, WitnessBook, witness_routes},
};
use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};
use tempfile::{TempDir, tempdir};
use tower::ServiceExt;
use zeroize::Zeroizing;

/// A log of 560 leaves and its beginnings.
struct Log {
    folder: TempDir,
    signed: SignedCheckpoint,
}

impl Log {
    async fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let folder = tempdir().unwrap();
        let sealer = sealed(&store_of(numbers).await, folder.path()).await;
        let signed = sealer.log().published().unwrap().signed.clone();
        Self { folder, signed }
    }

    fn root(&self, size: u64) -> Hash {
        let files = siyi_transparency::TileFolder::new(self.folder.path());
        tree_hash(size, &files.tree(self.signed.checkpoint().size, self.signed.checkpoint().root).unwrap()).unwrap()
    }

    fn signed(&self, size: u64) -> SignedCheckpoint {
        SignedCheckpoint::of(log_key(7).sign_checkpoint(size, self.root(size)).unwrap()).unwrap()
    }

    fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
        let files = siyi_transparency::TileFolder::new(self.folder.path());
        let tree = files.tree(self.signed.checkpoint().size, self.signed.checkpoint().root).unwrap();
        prove_tree(new, old, &tree).unwrap()
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint { old, proof: self.proof(old, new), checkpoint: self.signed(new) }
    }
}

fn book(folder: &Path) -> Arc<WitnessBook> {
    let logs = vec![log_key(7).verifier().clone(), log_key(9).verifier().clone()];
    Arc::new(WitnessBook::open(folder, witness_key(0), logs, None).unwrap())
}

async fn post(book: &Arc<WitnessBook>, body: impl Into<Body>) -> (u16, String, String) {
    let request = Request::post("/add-checkpoint").body(body.into()).unwrap();
    let response = witness_routes(Arc::clone(book), Arc::new(SetClock::default())).oneshot(request).await.unwrap();
    let content = response.headers().get(CONTENT_TYPE).map_or(String::new(), |value| value.to_str().unwrap().into());
    let status = response.status().as_u16();
    (status, content, String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn a_checkpoint_and_its_continuation_are_confirmed() {
    let (log, home) = (Log::of(0..700).await, tempdir().unwrap());
    let book = book(home.path());
    for (old, new) in [(0, 1), (1, 1), (1, 256), (256, 300), (300, 300), (300, 560)] {
        let request = log.request(old, new);
        let (status, content, body) = post(&book, request.to_string()).await;
        assert_eq!((status, content.as_str()), (200, "text/plain; charset=utf-8"), "{old} to {new}");
        let [line] = NoteSignature::parse_lines(&body).unwrap().try_into().unwrap();
        Cosignature::check(&line, witness_key(0).verifier(), &request.checkpoint.note().text).unwrap();
        assert_eq!(book.latest(ORIGIN).unwrap().checkpoint(), request.checkpoint.checkpoint());
    }
}

#[tokio::test]
async fn each_refusal_has_its_status_and_changes_nothing() {
    let (log, home) = (Log::of(0..700).await, tempdir().unwrap());
    let other = Log::of(1..701).await;
    let book = book(home.path());
    assert_eq!(post(&book, log.request(0, 300).to_string()).await.0, 200);
    let known = book.latest(ORIGIN).unwrap();
    let valid = log.request(300, 560);
    let with = |change: &dyn Fn(&mut AddCheckpoint)| {
        let mut request = valid.clone();
        change(&mut request);
        request.to_string()
    };
    let stranger = Signer::from_seed("elsewhere.example/log", KeyKind::Log, &Zeroizing::new([1; 32])).unwrap();
    let strange = SignedCheckpoint::of(stranger.sign_checkpoint(560, log.root(560)).unwrap()).unwrap();
    let unsigned = SignedCheckpoint::of(log_key(8).sign_checkpoint(560, log.root(560)).unwrap()).unwrap();
    let forged = valid.to_string().replace("\n560\n", "\n559\n");
    let mut long = valid.clone();
    long.proof = vec![Hash([1; 32]); 64];
    let rows: Vec<(&str, u16, String)> = vec![
        ("empty", 400, String::new()),
        ("no old line", 400, valid.to_string().replacen("old 300\n", "", 1)),
        ("leading zero", 400, valid.to_string().replacen("old 300\n", "old 0300\n", 1)),
        ("not canonical", 400, valid.to_string().replacen("=\n", "=\r\n", 1)),
        ("64 hashes", 400, long.to_string()),
        ("no newline at the end", 400, valid.to_string().trim_end().into()),
        ("old larger than new", 400, with(&|request| request.old = 561)),
        ("unknown log", 404, with(&|request| request.checkpoint = strange.clone())),
        ("unknown key", 403, with(&|request| request.checkpoint = unsigned.clone())),
        ("forged size", 403, forged),
        ("old smaller than known", 409, log.request(256, 560).to_string()),
        ("old of 0", 409, log.request(0, 560).to_string()),
        ("old larger than known", 409, log.request(400, 560).to_string()),
        (
            "same size, other root",
            409,
            with(&|request| {
                request.proof = vec![];
                request.checkpoint = other.signed(300);
            }),
        ),
        ("other history", 422, with(&|request| request.checkpoint = other.signed(560))),
        (
            "other history, its own proof",
            422,
            with(&|request| {
                request.proof = other.proof(300, 560);
                request.checkpoint = other.signed(560);
            }),
        ),
        ("no proof", 422, with(&|request| request.proof.clear())),
        ("a hash too many", 422, with(&|request| request.proof.push(Hash([0; 32])))),
        ("a wrong hash", 422, with(&|request| request.proof[1].0[0] ^= 1)),
        ("proof for the same size", 422, {
            let mut same = log.request(300, 300);
            same.proof = vec![Hash([0; 32])];
            same.to_string()
        }),
    ];
    for (what, expected, body) in rows {
        let (status, content, answer) = post(&book, body).await;
        assert_eq!(status, expected, "{what}: {answer}");
        if expected == 409 {
            assert_eq!((content.as_str(), answer.as_str()), ("text/x.tlog.size", "300\n"), "{what}");
        }
        assert_eq!(book.latest(ORIGIN).unwrap(), known, "{what}");
    }
    assert_eq!(post(&book, vec![0xFF; 10]).await.0, 400);
    assert_eq!(post(&book, vec![b'a'; AddCheckpoint::MAX_BYTES + 1]).await.0, 413);
    assert_eq!(post(&book, valid.to_string()).await.0, 200);
}

#[tokio::test]
async fn a_new_witness_takes_no_proof_for_what_it_does_not_know() {
    let (log, home) = (Log::of(0..700).await, tempdir().unwrap());
    let book = book(home.path());
    let mut request = log.request(0, 300);
    request.proof = vec![Hash([0; 32])];
    assert_eq!(post(&book, request.to_string()).await.0, 422);
    assert_eq!(post(&book, log.request(256, 300).to_string()).await.0, 409);
    assert!(book.latest(ORIGIN).is_none());
}

#[tokio::test]
async fn monitors_read_what_was_confirmed_also_after_a_restart() {
    let (log, home) = (Log::of(0..700).await, tempdir().unwrap());
    let first = book(home.path());
    post(&first, log.request(0, 560).to_string()).await;
    let twice = WitnessBook::open(home.path(), witness_key(0), vec![], None).unwrap_err();
    assert_eq!(twice.code(), "witness-in-use");
    drop(first);
    let book = book(home.path());
    let hash = sha256(ORIGIN.as_bytes()).hex();
    let get = async |path: String| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = witness_routes(Arc::clone(&book), Arc::new(SetClock::default())).oneshot(request).await.unwrap();
        (answer.status().as_u16(), to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec())
    };
    let (status, body) = get(format!("/{hash}/checkpoint")).await;
    assert_eq!(status, 200);
    let known = SignedCheckpoint::parse(&String::from_utf8(body).unwrap()).unwrap();
    assert_eq!(known.witnesses([witness_key(0).verifier()]).unwrap().len(), 1);
    known.log_key([log_key(7).verifier()]).unwrap();
    assert_eq!(get(format!("/{}/checkpoint", hash.to_uppercase())).await.0, 404);
    assert_eq!(get("/lock/checkpoint".into()).await.0, 404);
    assert_eq!(get("/..%2f..%2fetc/checkpoint".into()).await.0, 404);
}

#[tokio::test]
async fn a_book_that_was_changed_is_refused() {
    let (log, home) = (Log::of(0..700).await, tempdir().unwrap());
    let first = book(home.path());
    post(&first, log.request(0, 560).to_string()).await;
    drop(first);
    let path = home.path().join(sha256(ORIGIN.as_bytes()).hex());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\n560\n", "\n100\n")).unwrap();
    let logs = vec![log_key(7).verifier().clone()];
    assert_eq!(WitnessBook::open(home.path(), witness_key(0), logs, None).unwrap_err().code(), "witness-damaged");
}

#[test]
fn the_witness_does_not_sign_with_a_logs_key() {
    let home = tempdir().unwrap();
    assert_eq!(WitnessBook::open(home.path(), log_key(7), vec![], None).unwrap_err().code(), "witness-key");
}

async fn open(store: &Arc<MemoryStore>, folder: &Path, witnesses: &[Arc<Near>]) -> Sealer {
    let key = log_key(7);
    let policy = policy(key.verifier());
    let mut options = SealerOptions::new(folder);
    options.witness_timeout = Duration::from_millis(400);
    Sealer::open(store.clone(), key, policy, all(witnesses), options).await.unwrap()
}

#[tokio::test]
async fn three_witnesses_confirm_and_two_are_enough() {
    let (folder, homes) = (tempdir().unwrap(), tempdir().unwrap());
    let (witnesses, store) = (Near::three(homes.path()), store_of(0..100).await);
    let policy = policy(log_key(7).verifier());
    let mut sealer = open(&store, folder.path(), &witnesses).await;
    let log = sealer.log();
    sealer.seal_all().await.unwrap();
    assert_eq!(log.published().unwrap().confirmed.len(), 3);
    witnesses[1].is_away.store(true, SeqCst);
    append(&*store, 100..400).await;
    sealer.seal_all().await.unwrap();
    assert_eq!(log.published().unwrap().confirmed.len(), 2);
    assert!(log.published().unwrap().quorum_met);
    let proof = log.proof_for_leaf(200).unwrap();
    assert_eq!(proof.verify(&policy, &log.entry(200).unwrap()).unwrap().witnesses.len(), 2);
    witnesses[2].is_away.store(true, SeqCst);
    append(&*store, 400..420).await;
    sealer.seal_all().await.unwrap();
    // The log goes on and says plainly what is missing.
    assert_eq!(log.published().unwrap().checkpoint().size, 336);
    assert!(!log.published().unwrap().quorum_met);
    let refused = log.proof_for_leaf(200).unwrap().verify(&policy, &log.entry(200).unwrap()).unwrap_err();
    assert_eq!(refused, TlogError::Quorum { quorum: "two".into(), confirmed: "town-office.example/w1".into() });
}

#[tokio::test]
async fn a_witness_that_was_away_catches_up() {
    let (folder, homes) = (tempdir().unwrap(), tempdir().unwrap());
    let (witnesses, store) = (Near::three(homes.path()), store_of(0..100).await);
    drop(open(&store, folder.path(), &witnesses[..1]).await.seal_all().await);
    append(&*store, 100..700).await;
    let mut sealer = open(&store, folder.path(), &witnesses).await;
    sealer.seal_all().await.unwrap();
    assert_eq!(sealer.log().published().unwrap().confirmed.len(), 3);
    // The witness's own state is behind what the log believes: its answer tells, and the second try holds.
    let home = tempdir().unwrap();
    let fresh = [Near::open(0, home.path()), witnesses[1].clone(), witnesses[2].clone()];
    append(&*store, 700..800).await;
    drop(sealer);
    let mut sealer = open(&store, folder.path(), &fresh).await;
    sealer.seal_all().await.unwrap();
    append(&*store, 800..810).await;
    sealer.seal_all().await.unwrap();
    assert_eq!(sealer.log().published().unwrap().confirmed.len(), 3);
    assert_eq!(fresh[0].book.latest(ORIGIN).unwrap().checkpoint().size, 648);
}

/// A slow witness costs one wait, and then none until it is asked again.
#[tokio::test(start_paused = true)]
async fn a_witness_that_does_not_answer_is_left_alone_for_a_while() {
    let (folder, homes) = (tempdir().unwrap(), tempdir().unwrap());
    let (witnesses, store) = (Near::three(homes.path()), store_of(0..10).await);
    let mut sealer = open(&store, folder.path(), &witnesses).await;
    for witness in &witnesses {
        witness.is_away.store(true, SeqCst);
    }
    let before = tokio::time::Instant::now();
    let mut end = 10;
    for _ in 0..10 {
        append(&*store, end..end + 3).await;
        end += 3;
        sealer.seal_all().await.unwrap();
    }
    assert!(before.elapsed() < Duration::from_millis(500), "{:?}", before.elapsed());
    assert_eq!(witnesses[0].asked.load(SeqCst), 1);
    for witness in &witnesses {
        witness.is_away.store(false, SeqCst);
    }
    tokio::time::advance(Duration::from_secs(6)).await;
    // Nothing new was recorded; the checkpoint that lacks a quorum is confirmed now.
    sealer.seal_all().await.unwrap();
    assert_eq!(sealer.log().published().unwrap().confirmed.len(), 3);
}

/// A witness may lie; it cannot stop the log with anything that this log did not sign.
#[tokio::test]
async fn a_lying_witness_stops_nothing() {
    struct Liar(Signer, NotConfirmed, Option<SignedCheckpoint>);

    #[async_trait::async_trait]
    impl Witness for Liar {
        fn key(&self) -> &siyi_tlog::VerifierKey {
            self.0.verifier()
        }

        async fn add_checkpoint(&self, _: &AddCheckpoint) -> Result<Vec<NoteSignature>, NotConfirmed> {
            Err(self.1.clone())
        }

        async fn latest(&self, _: &str) -> Result<Option<SignedCheckpoint>, NotConfirmed> {
            Ok(self.2.clone())
        }
    }

    let mut note = log_key(8).sign_checkpoint(9999, Hash([3; 32])).unwrap();
    note.signatures.push(witness_key(0).cosign(&note.text, 5).unwrap());
    let forged = SignedCheckpoint::of(note).unwrap();
    let unwitnessed = SignedCheckpoint::of(log_key(7).sign_checkpoint(9999, Hash([3; 32])).unwrap()).unwrap();
    for latest in [None, Some(forged), Some(unwitnessed)] {
        for said in [NotConfirmed::Stale { size: 9999 }, NotConfirmed::Stale { size: 3 }, NotConfirmed::Inconsistent] {
            let (folder, store) = (tempdir().unwrap(), store_of(0..10).await);
            let liar: Arc<dyn Witness> = Arc::new(Liar(witness_key(0), said, latest.clone()));
            let key = log_key(7);
            let policy = policy(key.verifier());
            let options = SealerOptions::new(folder.path());
            let mut sealer = Sealer::open(store.clone(), key, policy, vec![liar], options).await.unwrap();
            sealer.seal_all().await.unwrap();
            assert_eq!(sealer.log().size(), 8);
            assert!(sealer.log().published().unwrap().confirmed.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_are_asked_over_http() {
    let (folder, homes, store) = (tempdir().unwrap(), tempdir().unwrap(), store_of(0..300).await);
    let mut listed = Vec::new();
    for number in 0..3 {
        let logs = vec![log_key(7).verifier().clone()];
        let book = WitnessBook::open(homes.path().join(number.to_string()), witness_key(number), logs, None).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = witness_routes(Arc::new(book), Arc::new(siyi_log::clock::WallClock));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let key = witness_key(number).verifier().clone();
        listed.push(PolicyWitness { name: format!("w{number}"), key, url: Some(url) });
    }
    let policy = TrustPolicy::majority([log_key(7).verifier()], &listed).unwrap();
    let witnesses = || -> Vec<Arc<dyn Witness>> {
        let witnesses = HttpWitness::of_policy(&policy, &[]).unwrap();
        witnesses.into_iter().map(|witness| Arc::new(witness) as Arc<dyn Witness>).collect()
    };
    let options = SealerOptions::new(folder.path());
    let mut sealer = Sealer::open(store.clone(), log_key(7), policy.clone(), witnesses(), options).await.unwrap();
    sealer.seal_all().await.unwrap();
    append(&*store, 300..900).await;
    sealer.seal_all().await.unwrap();
    let published = sealer.log().published().unwrap();
    assert!(published.quorum_met);
    assert_eq!(published.confirmed.len(), 3);
    drop(sealer);
    // A second history meets 409 and what the witness holds.
    let (fork, other) = (tempdir().unwrap(), store_of(1..2000).await);
    let options = SealerOptions::new(fork.path());
    let refused = Sealer::open(other, log_key(7), policy.clone(), witnesses(), options).await.unwrap_err();
    assert_eq!(refused.code(), "log-rewritten");
    // Nobody there.
    let nobody = HttpWitness::new(witness_key(0).verifier().clone(), "http://127.0.0.1:9", &[]).unwrap();
    assert!(matches!(nobody.latest(ORIGIN).await, Err(NotConfirmed::Unavailable { .. })));
}
