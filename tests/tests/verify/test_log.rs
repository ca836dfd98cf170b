//! A log for tests: a tree in memory, signed by a key and two witnesses that everybody knows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use siyi_log::port::StoredEvent;
use siyi_tlog::TrustPolicy;
use siyi_verify::ports::Proofs;
use siyi_verify::proof::{Consistency, Inclusion};
use tlog_tiles::{Hash, HashReader, node_hash, prove_record, prove_tree, record_hash, stored_hashes, tree_hash};

const ORIGIN: &str = "log.village.example/test";

/// The hashes of a tree.
struct Hashes(Vec<Hash>);

impl HashReader for Hashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

/// A tree and the keys that sign it.
pub struct TestLog {
    hashes: Hashes,
    leaves: Vec<Vec<u8>>,
    log: Key,
    witnesses: [Key; 2],
}

struct Key {
    name: &'static str,
    kind: u8,
    key: SigningKey,
}

impl Key {
    fn new(name: &'static str, kind: u8, seed: u8) -> Self {
        Self { name, kind, key: SigningKey::from_bytes(&[seed; 32]) }
    }

    fn typed(&self) -> Vec<u8> {
        [&[self.kind][..], self.key.verifying_key().as_bytes()].concat()
    }

    fn id(&self) -> [u8; 4] {
        let digest = Sha256::digest([self.name.as_bytes(), b"\n", &self.typed()].concat());
        digest[..4].try_into().unwrap()
    }

    fn vkey(&self) -> String {
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}+{id}+{}", self.name, STANDARD.encode(self.typed()))
    }

    fn line(&self, body: &str, time: u64) -> String {
        let signature = if self.kind == 1 {
            self.key.sign(body.as_bytes()).to_bytes().to_vec()
        } else {
            let message = format!("cosignature/v1\ntime {time}\n{body}");
            [&time.to_be_bytes()[..], &self.key.sign(message.as_bytes()).to_bytes()].concat()
        };
        format!("— {} {}\n", self.name, STANDARD.encode([&self.id()[..], &signature].concat()))
    }
}

impl TestLog {
    /// A log of these leaves.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::signed_with(leaves, 7)
    }

    /// A log whose key is made of another seed: somebody else's.
    pub fn signed_with<'a>(leaves: impl IntoIterator<Item = &'a [u8]>, seed: u8) -> Self {
        let leaves: Vec<Vec<u8>> = leaves.into_iter().map(<[u8]>::to_vec).collect();
        let mut hashes = Hashes(Vec::new());
        for (index, leaf) in leaves.iter().enumerate() {
            let new = stored_hashes(index as u64, leaf, &hashes).unwrap();
            hashes.0.extend(new);
        }
        let witnesses = [Key::new("town.example/w1", 4, 20), Key::new("archive.example/w2", 4, 21)];
        Self { hashes, leaves, log: Key::new(ORIGIN, 1, seed), witnesses }
    }

    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub fn policy_text(&self) -> String {
        let [w1, w2] = &self.witnesses;
        format!(
            "log {}\nwitness w1 {}\nwitness w2 {}\ngroup both all w1 w2\nquorum both\n",
            self.log.vkey(),
            w1.vkey(),
            w2.vkey()
        )
    }

    pub fn policy() -> TrustPolicy {
        TrustPolicy::parse(&Self::of([]).policy_text()).unwrap()
    }

    /// The checkpoint of the first `size` leaves.
    pub fn checkpoint_at(&self, size: u64) -> Vec<u8> {
        let root = tree_hash(size, &self.hashes).unwrap();
        let body = format!("{ORIGIN}\n{size}\n{root}\n");
        let signatures: String =
            std::iter::once(&self.log).chain(&self.witnesses).map(|key| key.line(&body, 1_780_000_000)).collect();
        format!("{body}\n{signatures}").into_bytes()
    }

    /// The files that a site serves of it: checkpoint, tiles and entries (C2SP tlog-tiles).
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = vec![("checkpoint".to_owned(), self.checkpoint_at(self.size()))];
        for (number, leaves) in self.leaves.chunks(256).enumerate() {
            let framed = leaves.iter().flat_map(|leaf| {
                let length = u16::try_from(leaf.len()).unwrap().to_be_bytes();
                [&length[..], leaf.as_slice()].concat()
            });
            files.push((format!("tile/entries/{}", tile_name(number, leaves.len())), framed.collect()));
        }
        let mut level = 0;
        let mut hashes: Vec<Hash> = self.leaves.iter().map(|leaf| record_hash(leaf)).collect();
        while !hashes.is_empty() {
            for (number, tile) in hashes.chunks(256).enumerate() {
                let bytes = tile.iter().flat_map(|hash| hash.0).collect();
                files.push((format!("tile/{level}/{}", tile_name(number, tile.len())), bytes));
            }
            hashes = hashes.chunks_exact(256).map(rolled).collect();
            level += 1;
        }
        files
    }

    pub fn consistency_from(&self, size: u64) -> Consistency {
        let hashes = prove_tree(self.size(), size, &self.hashes).unwrap();
        Consistency { from: size, hashes: hashes.iter().map(ToString::to_string).collect() }
    }

    pub fn inclusion_of(&self, leaf: &[u8]) -> Option<Inclusion> {
        let index = self.leaves.iter().position(|other| other == leaf)? as u64;
        let hashes = prove_record(self.size(), index, &self.hashes).unwrap();
        Some(Inclusion { index, hashes: hashes.iter().map(ToString::to_string).collect() })
    }
}

fn rolled(tile: &[Hash]) -> Hash {
    let mut level = tile.to_vec();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| node_hash(pair[0], pair[1])).collect();
    }
    level[0]
}

/// A test's log has fewer than a thousand tiles.
fn tile_name(number: usize, width: usize) -> String {
    if width == 256 { format!("{number:03}") } else { format!("{number:03}.p/{width}") }
}

impl Proofs for TestLog {
    type Error = std::convert::Infallible;

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(Some(self.checkpoint_at(self.size())))
    }

    fn policy(&self) -> Option<String> {
        Some(self.policy_text())
    }

    fn inclusion(&self, event: &StoredEvent) -> Result<Option<Inclusion>, Self::Error> {
        Ok(self.inclusion_of(&event.body))
    }

    fn consistency(&self) -> Result<Vec<Consistency>, Self::Error> {
        Ok(vec![self.consistency_from(self.size() / 2)])
    }
}
