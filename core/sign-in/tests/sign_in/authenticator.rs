//! An authenticator in software, which can also lie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// There, verified, and with a new credential: bits of the flags.
pub(crate) const PRESENT: u8 = 0x01;
pub(crate) const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

pub(crate) struct Authenticator {
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    pub(crate) flags: u8,
    pub(crate) kind: &'static str,
    counter: u32,
    id: [u8; 32],
    key: SigningKey,
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    pub(crate) fn new(origin: &str, rp_id: &str) -> Self {
        Self::numbered(origin, rp_id, 7)
    }

    pub(crate) fn numbered(origin: &str, rp_id: &str, number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        let (origin, rp_id, flags) = (origin.to_owned(), rp_id.to_owned(), PRESENT | VERIFIED);
        Self { origin, rp_id, flags, kind: "webauthn.get", counter: 0, id: [number ^ 0xA5; 32], key }
    }

    pub(crate) fn id_text(&self) -> String {
        encode(&self.id)
    }

    /// The public key as `COSE_Key`.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut key = vec![0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(point.x().unwrap());
        key.extend([0x22, 0x58, 0x20]);
        key.extend(point.y().unwrap());
        key
    }

    /// Answers `navigator.credentials.create`.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        let client = self.client("webauthn.create", challenge);
        let mut data = self.data(self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend(32u16.to_be_bytes());
        data.extend(self.id);
        data.extend(self.public_key());
        let mut attestation = b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        json!({ "id": self.id_text(), "rawId": self.id_text(), "type": "public-key", "extensions": {},
            "response": { "attestationObject": encode(&attestation), "clientDataJSON": encode(&client) } })
    }

    /// Answers `navigator.credentials.get`.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        let client = self.client(self.kind, challenge);
        let data = self.data(self.flags);
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({ "id": self.id_text(), "rawId": self.id_text(), "type": "public-key", "extensions": {},
            "response": { "authenticatorData": encode(&data), "clientDataJSON": encode(&client),
                "signature": encode(signature.to_der().as_bytes()), "userHandle": null } })
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let client = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        client.to_string().into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}
