// Checks an exported log with WebCrypto alone, as a browser has it.
//
// Usage: node check.mjs LOG TRUST. Exit code 0: everything holds; 1: refused, with the reason; 2: not run.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [log, trust] = process.argv.slice(2);
const subtle = globalThis.crypto.subtle;
const utf8 = new TextEncoder();
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

class Refused extends Error {}
function need(holds, why) {
  if (!holds) throw new Refused(why);
}

function read(name) {
  need(existsSync(join(log, name)), `${name} is missing`);
  return new Uint8Array(readFileSync(join(log, name)));
}

function decode(base64) {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  need(Buffer.from(bytes).toString("base64") === base64, `not canonical base64: ${base64}`);
  return bytes;
}

const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));
const leafHash = (bytes) => sha256(concat([0], bytes));
const nodeHash = (left, right) => sha256(concat([1], left, right));

async function key(vkey) {
  const [name, , ...rest] = vkey.split("+");
  const bytes = decode(rest.join("+"));
  const id = (await sha256(concat(utf8.encode(`${name}\n`), bytes))).slice(0, 4);
  return { name, id, key: await subtle.importKey("raw", bytes.slice(1), "Ed25519", true, ["verify"]) };
}

const trusted = (name) => readFileSync(join(trust, name), "utf8").trim().split("\n");
const logKey = await key(trusted("log.vkey")[0]);
const witnesses = await Promise.all(trusted("witnesses").map(key));
const quorum = Number(trusted("quorum")[0]);

async function open(note) {
  const cut = note.lastIndexOf("\n\n");
  need(cut >= 0 && note.endsWith("\n"), "no note");
  const [body, lines] = [note.slice(0, cut + 1), note.slice(cut + 2, -1).split("\n")];
  let signed = false;
  const confirmed = new Set();
  for (const line of lines) {
    const [dash, name, base64, more] = line.split(" ");
    need(dash === "\u2014" && base64 && more === undefined, "a line is no signature");
    const bytes = decode(base64);
    const claims = (known) => known.name === name && same(known.id, bytes.slice(0, 4));
    if (claims(logKey)) {
      need(await subtle.verify("Ed25519", logKey.key, bytes.slice(4), utf8.encode(body)), "the log's signature is wrong");
      signed = true;
    }
    for (const witness of witnesses.filter(claims)) {
      need(bytes.length === 76, "a cosignature has a wrong length");
      const time = new DataView(bytes.buffer).getBigUint64(4);
      const message = utf8.encode(`cosignature/v1\ntime ${time}\n${body}`);
      need(await subtle.verify("Ed25519", witness.key, bytes.slice(12), message), `the cosignature of ${name} is wrong`);
      confirmed.add(witness);
    }
  }
  need(signed, "not signed by the log");
  need(confirmed.size >= quorum, `${confirmed.size} of ${quorum} witnesses`);
  const [origin, size, root, end, more] = body.split("\n");
  need(origin === logKey.name && /^(0|[1-9][0-9]*)$/.test(size) && end === "" && more === undefined, "no checkpoint");
  return { size: Number(size), root: decode(root) };
}

function place(n, width) {
  let path = String(n % 1000).padStart(3, "0");
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) path = `x${String(n % 1000).padStart(3, "0")}/${path}`;
  return width === 256 ? path : `${path}.p/${width}`;
}

function entries(size) {
  const all = [];
  for (let n = 0; n * 256 < size; n++) {
    const width = Math.min(256, size - n * 256);
    const bytes = read(`tile/entries/${place(n, width)}`);
    let at = 0;
    for (let i = 0; i < width; i++) {
      need(at + 2 <= bytes.length, "a bundle is cut off");
      const end = at + 2 + (bytes[at] << 8 | bytes[at + 1]);
      need(end <= bytes.length, "a bundle is cut off");
      all.push(bytes.slice(at + 2, end));
      at = end;
    }
    need(at === bytes.length, "a bundle is too long");
  }
  return all;
}

async function root(hashes) {
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(await root(hashes.slice(0, split)), await root(hashes.slice(split)));
}

// RFC 6962 section 2.1.1, from the leaf up.
async function rootOf(hash, index, size, proof) {
  if (size === 1) {
    need(proof.length === 0, "the proof is too long");
    return hash;
  }
  need(proof.length > 0, "the proof is too short");
  let split = 1;
  while (split * 2 < size) split *= 2;
  const [rest, last] = [proof.slice(0, -1), proof.at(-1)];
  if (index < split) return nodeHash(await rootOf(hash, index, split, rest), last);
  return nodeHash(last, await rootOf(hash, index - split, size - split, rest));
}

// RFC 6962 section 2.1.2: both roots from one proof.
async function rootsOf(old, size, oldRoot, proof, whole) {
  if (old === size) {
    if (whole) {
      need(proof.length === 0, "the proof is too long");
      return [oldRoot, oldRoot];
    }
    need(proof.length === 1, "the proof has a wrong length");
    return [proof[0], proof[0]];
  }
  need(proof.length > 0, "the proof is too short");
  let split = 1;
  while (split * 2 < size) split *= 2;
  const [rest, last] = [proof.slice(0, -1), proof.at(-1)];
  if (old <= split) {
    const [before, after] = await rootsOf(old, split, oldRoot, rest, whole);
    return [before, await nodeHash(after, last)];
  }
  const [before, after] = await rootsOf(old - split, size - split, oldRoot, rest, false);
  return [await nodeHash(last, before), await nodeHash(last, after)];
}

async function check() {
  const [now, old] = [await open(text(read("checkpoint"))), await open(text(read("checkpoint.old")))];
  const all = entries(now.size);
  let hashes = await Promise.all(all.map(leafHash));
  const leaves = hashes;
  need(same(await root(hashes), now.root), "the entries have another root");
  for (let level = 0; hashes.length > 0; level++) {
    const above = [];
    for (let n = 0; n * 256 < hashes.length; n++) {
      const part = hashes.slice(n * 256, n * 256 + 256);
      const name = `tile/${level}/${place(n, part.length)}`;
      need(same(read(name), concat(...part)), `${name} is not what the entries make`);
      if (part.length === 256) above.push(await root(part));
    }
    hashes = above;
  }
  const consistency = text(read("consistency")).trimEnd().split("\n").map(decode);
  const [before, after] = await rootsOf(old.size, now.size, old.root, consistency, true);
  need(same(before, old.root) && same(after, now.root), "the old checkpoint is of another history");
  const proofs = readdirSync(join(log, "proofs"));
  need(proofs.length > 0, "no proofs");
  for (const name of proofs) {
    const proof = text(read(`proofs/${name}`));
    const cut = proof.indexOf("\n\n");
    const [header, index, ...lines] = proof.slice(0, cut).split("\n");
    const wanted = name.replace(".tlog-proof", "");
    need(header === "c2sp.org/tlog-proof@v1" && index === `index ${wanted}`, `${name}: header or index`);
    const covered = await open(proof.slice(cut + 2));
    need(Number(wanted) < covered.size, `${name}: no such leaf`);
    const found = await rootOf(leaves[Number(wanted)], Number(wanted), covered.size, lines.map(decode));
    need(same(found, covered.root), `${name}: the proof does not lead to the root`);
  }
  console.log(`node: ${now.size} leaves, ${proofs.length} proofs`);
}

try {
  await check();
} catch (error) {
  if (!(error instanceof Refused || error instanceof TypeError || error.name === "OperationError")) throw error;
  console.log(`refused: ${error.message}`);
  process.exit(1);
}
