// Run with `node --test core/verify/web/test/`. The log of the example has 300 entries; keys are test keys.

import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { verifyMatter, verifyProof } from "../verify.js";

const folder = new URL("example-log/", import.meta.url);
const file = async (name) => new Uint8Array(await readFile(new URL(name, folder)));
const line = async (name) => Buffer.from(await file(name)).toString().trim();
const vkeys = { log: await line("log.vkey"), witnesses: [await line("w1.vkey"), await line("w2.vkey")], quorum: 2 };

const NAMES = ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"];
const files = new Map();
for (const name of NAMES) files.set(name, await file(name));

// A log of files in memory, as `fetch` would get it.
function serving(map) {
  return async (path) => {
    const bytes = map.get(path.replace("/log/", ""));
    return bytes === undefined
      ? { ok: false, status: 404 }
      : { ok: true, arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
  };
}

const leafHash = (entry) => createHash("sha256").update(Buffer.of(0)).update(entry).digest();
const holds = (checks) => checks.length > 0 && checks.every((check) => check.ok === true);
const changed = (bytes, at, mask) => {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= mask;
  return copy;
};

test("the example holds, entries of the full and of the partial tile", async () => {
  const entry = await file("42.entry");
  const checks = await verifyMatter({
    origin: "log.village.example/wusi-2026", vkeys, leafIndexes: [42, 0, 255, 256, 299],
    expectedHashes: [leafHash(entry).toString("hex")], fetcher: serving(files),
  });
  assert.ok(holds(checks), JSON.stringify(checks, null, 1));
  assert.equal(checks.filter((check) => check.code === "entry").length, 5);
  for (const check of checks) assert.ok(check.zh.length > 5 && check.en.length > 5);
});

test("a policy in text asks the same", async () => {
  const policy = `log ${vkeys.log}\nwitness a ${vkeys.witnesses[0]}\nwitness b ${vkeys.witnesses[1]}\ngroup g all a b\nquorum g\n`;
  assert.ok(holds(await verifyMatter({ policy, leafIndexes: [1], fetcher: serving(files) })));
});

test("one key does not witness twice", async () => {
  const twice = { ...vkeys, witnesses: [vkeys.witnesses[0], vkeys.witnesses[0]] };
  const checks = await verifyMatter({ vkeys: twice, leafIndexes: [1], fetcher: serving(files) });
  assert.equal(checks.at(-1).ok, false);
});

test("another origin, another hash and an index outside are refused", async () => {
  for (const wrong of [{ origin: "other.example" }, { expectedHashes: ["00".repeat(32)] }, { leafIndexes: [300] }, { leafIndexes: [] }]) {
    const checks = await verifyMatter({ vkeys, leafIndexes: [42], fetcher: serving(files), ...wrong });
    assert.ok(!holds(checks), JSON.stringify(wrong));
  }
});

// Every byte of every tile (the tile reader of a well-known library skips some), and of the checkpoint.
for (const name of NAMES.filter((name) => !name.includes("entries"))) {
  test(`no byte of ${name} can be changed`, async () => {
    const bytes = files.get(name);
    const step = name === "tile/0/000" ? 13 : 1;
    let accepted = 0;
    for (let at = 0; at < bytes.length; at += step) {
      const forged = new Map(files).set(name, changed(bytes, at, 1 << (at % 8)));
      const checks = await verifyMatter({ vkeys, leafIndexes: [42], fetcher: serving(forged) });
      if (holds(checks)) accepted += 1;
    }
    assert.equal(accepted, 0);
  });
}

test("no byte of the entry that is looked at can be changed", async () => {
  const bytes = files.get("tile/entries/000");
  const entry = Buffer.from(await file("42.entry"));
  const begins = Buffer.from(bytes).indexOf(entry) - 2;
  let accepted = 0;
  for (let at = begins; at < begins + 2 + entry.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const forged = new Map(files).set("tile/entries/000", changed(bytes, at, 1 << bit));
      if (holds(await verifyMatter({ vkeys, leafIndexes: [42], fetcher: serving(forged) }))) accepted += 1;
    }
  }
  assert.equal(accepted, 0);
});

test("missing, cut and lengthened files are refused", async () => {
  for (const name of NAMES.filter((name) => name !== "tile/entries/001.p/44")) {
    const bytes = files.get(name);
    const missing = new Map(files);
    missing.delete(name);
    for (const forged of [missing, new Map(files).set(name, bytes.slice(0, -1)), new Map(files).set(name, Uint8Array.of(...bytes, 0))]) {
      assert.ok(!holds(await verifyMatter({ vkeys, leafIndexes: [42], fetcher: serving(forged) })), name);
    }
  }
});

test("the offline proof holds, and no byte of it or of its entry can be changed", async () => {
  const [proof, entry] = [await file("42.tlog-proof"), await file("42.entry")];
  assert.ok(holds(await verifyProof({ vkeys, proof, entry })));
  let accepted = 0;
  for (let at = 0; at < proof.length; at += 1) {
    if (holds(await verifyProof({ vkeys, proof: changed(proof, at, 1 << (at % 7)), entry }))) accepted += 1;
  }
  for (let at = 0; at < entry.length; at += 1) {
    if (holds(await verifyProof({ vkeys, proof, entry: changed(entry, at, 1) }))) accepted += 1;
  }
  assert.equal(accepted, 0);
});

// ---- a log of our own, of events that decide something ---------------------------------------------------------------------

const seeded = (byte) => {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  return { key, point: createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32) };
};

function signer(name, byte) {
  const { key, point } = seeded(byte);
  const typed = Buffer.concat([Buffer.of(1), point]);
  const id = createHash("sha256").update(`${name}\n`).update(typed).digest().subarray(0, 4);
  return {
    vkey: `${name}+${id.toString("hex")}+${typed.toString("base64")}`,
    signed: (body) => `${body}\n— ${name} ${Buffer.concat([id, sign(null, Buffer.from(body), key)]).toString("base64")}\n`,
  };
}

const node = (a, b) => createHash("sha256").update(Buffer.of(1)).update(a).update(b).digest();
const treeHash = (hashes) => {
  if (hashes.length === 1) return hashes[0];
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return node(treeHash(hashes.slice(0, half)), treeHash(hashes.slice(half)));
};

function logOf(events) {
  const log = signer("log.example/test", 9);
  const entries = events.map((event) => Buffer.from(JSON.stringify(event)));
  const hashes = entries.map(leafHash);
  const framed = entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 255), entry]);
  const body = `log.example/test\n${entries.length}\n${treeHash(hashes).toString("base64")}\n`;
  const map = new Map([
    ["checkpoint", new Uint8Array(Buffer.from(log.signed(body)))],
    [`tile/0/000.p/${entries.length}`, new Uint8Array(Buffer.concat(hashes))],
    [`tile/entries/000.p/${entries.length}`, new Uint8Array(Buffer.concat(framed))],
  ]);
  return { vkeys: { log: log.vkey }, leafIndexes: entries.map((_, index) => index), fetcher: serving(map) };
}

const basis = { law: "VL-2025", article: "30", certainty: "found" };
const stream = "consultation-1";
const share = (what, part, whole, num, den, op, of, met) => ({ what, part, whole, num, den, op, of, basis, met });
const quorum = share("quorum", 44, 51, 2, 3, "ge", "due", true);
const meeting = () => [
  { stream, type: "motion-put.v1", data: { meeting: 1, motion: 1, due: 51, present: 44, tests: [quorum] } },
  { stream, type: "hands-counted.v1", data: { meeting: 1, motion: 1, counts: { for: 40, against: 3, abstain: 1, blank: 0, spoiled: 0 } } },
  {
    stream, type: "decision-made.v1",
    data: {
      meeting: 1, motion: 1, due: 51, present: 44, not_voting: 0, outcome: "carried", quorum,
      counts: { for: 40, against: 3, abstain: 1, blank: 0, spoiled: 0 },
      threshold: share("threshold", 40, 44, 1, 2, "gt", "present", true),
    },
  },
];
const shown = [{ index: 2, due: 51, present: 44, for: 40, against: 3, abstain: 1, outcome: "carried" }];

test("a decision that follows holds, with its arithmetic in words", async () => {
  const checks = await verifyMatter({ ...logOf(meeting()), shown });
  assert.ok(holds(checks), JSON.stringify(checks, null, 1));
  assert.ok(checks.some((check) => check.zh.includes("44×3=132 ≥ 102=51×2")));
  assert.equal(checks.filter((check) => check.code === "counted").length, 2);
});

const lies = {
  "an outcome that does not follow": ([, , decision]) => (decision.data.outcome = "lost"),
  "a quorum that is not met": ([, , decision]) => {
    decision.data.quorum = share("quorum", 33, 51, 2, 3, "ge", "due", true);
    decision.data.present = 33;
  },
  "more votes than people": ([, , decision]) => (decision.data.counts.for = 41),
  "another part than the votes": ([, , decision]) => (decision.data.threshold.part = 43),
  "a smaller whole": ([, , decision]) => (decision.data.threshold.whole = 40),
  "figures that are not those that were counted": ([, hands]) => (hands.data.counts.for = 39),
  "other people due than when the motion was put": ([put]) => (put.data.due = 52),
  "a figure that is no number": ([, , decision]) => (decision.data.quorum.part = "44"),
  "a rule that divides by nothing": ([, , decision]) => (decision.data.quorum.den = 0),
};
for (const [name, lie] of Object.entries(lies)) {
  test(`${name} is found, though it is in the log`, async () => {
    const events = meeting().map((event) => structuredClone(event));
    lie(events);
    const checks = await verifyMatter(logOf(events));
    assert.ok(!holds(checks), JSON.stringify(checks, null, 1));
    assert.ok(checks.filter((check) => check.code === "entry").every((check) => check.ok));
  });
}

test("a page that shows other figures is found", async () => {
  for (const [key, value] of Object.entries({ due: 50, for: 41, outcome: "lost", spoiled: 1 })) {
    const checks = await verifyMatter({ ...logOf(meeting()), shown: [{ ...shown[0], [key]: value }] });
    assert.equal(checks.at(-1).ok, false);
    assert.ok(checks.at(-1).zh.includes(key));
  }
});
