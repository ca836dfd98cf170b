// Checks a matter in the reader's own browser: that its events are in the public log, that the log and its witnesses signed,
// and that each decision follows from its own figures and rule. Nothing but WebCrypto; no style, no inline script.
//
// Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy; tree hashes RFC 6962.

const TILE = 256;
const MAX_SIZE = 2 ** 48;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_LEAVES = 2000;
const text = new TextEncoder();

class Unproven extends Error {}

function fail(words) {
  throw new Unproven(words);
}

function same(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Standard base64 in its one canonical spelling.
function base64(string) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(string)) fail("not base64");
  const binary = atob(string);
  if (btoa(binary) !== string) fail("not canonical base64");
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

function utf8(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

// A canonical number of at most 2^48.
function count(string) {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(string)) fail("not a number");
  const number = Number(string);
  if (number > MAX_SIZE) fail("too large");
  return number;
}

const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

// ---- keys, notes, policies --------------------------------------------------------------------------------------------------

const LOG = 0x01;
const COSIGNER = 0x04;

async function keyOf(vkey, kind) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? fail("not a key");
  const bytes = base64(encoded);
  if (bytes.length !== 33 || bytes[0] !== kind) fail("a key of the wrong kind");
  const digest = await sha256(text.encode(`${name}\n`), bytes);
  if (hex(digest.subarray(0, 4)) !== id) fail("the id is not the one of the key");
  return { name, kind, id: digest.slice(0, 4), point: bytes.slice(1) };
}

function parseNote(bytes) {
  if (bytes.length > 65536) fail("the note is too long");
  const whole = utf8(bytes);
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(whole)) fail("control characters in the note");
  const at = whole.lastIndexOf("\n\n");
  if (at < 0 || !whole.endsWith("\n")) fail("the note has no signatures");
  const lines = whole.slice(at + 2, -1).split("\n");
  if (lines.length > 64) fail("too many signatures");
  const signatures = lines.map((line) => {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? fail("a malformed signature line");
    const signature = base64(encoded);
    if (signature.length < 5) fail("a short signature");
    return { name, id: signature.subarray(0, 4), signature: signature.subarray(4) };
  });
  return { body: whole.slice(0, at + 1), signatures };
}

function parseCheckpoint(bytes) {
  const note = parseNote(bytes);
  const lines = note.body.slice(0, -1).split("\n");
  if (lines.length < 3 || lines.some((line) => line === "")) fail("the checkpoint is malformed");
  const root = base64(lines[2]);
  if (root.length !== 32) fail("the root is not 32 bytes");
  return { origin: lines[0], size: count(lines[1]), root, note };
}

async function signedBy(key, note) {
  const point = await crypto.subtle.importKey("raw", key.point, "Ed25519", false, ["verify"]);
  for (const line of note.signatures) {
    if (line.name !== key.name || !same(line.id, key.id)) continue;
    let [message, signature, time] = [note.body, line.signature, 0];
    if (key.kind === COSIGNER) {
      if (signature.length !== 72) continue;
      const seconds = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
      time = Number(seconds);
      message = `cosignature/v1\ntime ${seconds}\n${note.body}`;
      signature = signature.subarray(8);
    }
    if (signature.length === 64 && (await crypto.subtle.verify("Ed25519", point, signature, text.encode(message)))) {
      return { name: key.name, time };
    }
  }
  return null;
}

// tlog-policy, or `{ log, witnesses, quorum }` with vkeys and a number of witnesses.
async function readPolicy(policy, vkeys) {
  if (policy === undefined) {
    const witnesses = vkeys.witnesses ?? [];
    const quorum = vkeys.quorum ?? witnesses.length;
    if (!Number.isInteger(quorum) || quorum < 0 || quorum > witnesses.length) fail("a malformed quorum");
    const names = witnesses.map((_, index) => `w${index + 1}`);
    const lines = [`log ${vkeys.log}`, ...witnesses.map((vkey, index) => `witness ${names[index]} ${vkey}`)];
    if (quorum > 0) lines.push(`group all-of-them ${quorum} ${names.join(" ")}`);
    return readPolicy([...lines, `quorum ${quorum > 0 ? "all-of-them" : "none"}`].join("\n"));
  }
  const read = { log: null, witnesses: new Map(), groups: [], quorum: undefined };
  const names = new Set();
  const define = (name) => {
    if (name === "none" || names.has(name)) fail("a name is defined twice");
    names.add(name);
  };
  for (const line of policy.split("\n")) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || words[0].startsWith("#")) continue;
    if (words[0] === "log" && read.log === null && (words.length === 2 || words.length === 3)) {
      read.log = await keyOf(words[1], LOG);
    } else if (words[0] === "witness" && (words.length === 3 || words.length === 4)) {
      const key = await keyOf(words[2], COSIGNER);
      // One key is one witness, whatever its names.
      if ([...read.witnesses.values()].some((other) => same(other.point, key.point))) fail("two witnesses have one key");
      define(words[1]);
      read.witnesses.set(words[1], key);
    } else if (words[0] === "group" && words.length > 3) {
      const members = words.slice(3);
      const least = words[2] === "any" ? 1 : words[2] === "all" ? members.length : count(words[2]);
      if (new Set(members).size !== members.length || members.some((member) => !names.has(member))) fail("a malformed group");
      if (least < 1 || least > members.length) fail("a malformed group");
      define(words[1]);
      read.groups.push({ name: words[1], least, members });
    } else if (words[0] === "quorum" && words.length === 2 && read.quorum === undefined) {
      read.quorum = words[1];
    } else {
      fail("a malformed line of the policy");
    }
  }
  if (read.log === null || read.quorum === undefined) fail("the policy lacks a log or a quorum");
  if (read.quorum !== "none" && !names.has(read.quorum)) fail("the quorum names nobody");
  return read;
}

// ---- trees ------------------------------------------------------------------------------------------------------------------

// The root of a whole subtree of 2^k hashes.
async function rolled(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const above = [];
    for (let index = 0; index < level.length; index += 2) above.push(await nodeHash(level[index], level[index + 1]));
    level = above;
  }
  return level[0];
}

// The roots of the whole subtrees that `hashes` are made of, the largest first.
async function subtrees(hashes) {
  const roots = [];
  let at = 0;
  for (let bit = 128; bit >= 1; bit /= 2) {
    if (hashes.length & bit) {
      roots.push(await rolled(hashes.slice(at, at + bit)));
      at += bit;
    }
  }
  return roots;
}

// `x001/x234/067`
function groups(number) {
  const digits = String(number);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const parts = padded.match(/.{3}/g);
  return parts.map((part, index) => (index + 1 < parts.length ? `x${part}` : part)).join("/");
}

function tilePath(level, index, width) {
  return `tile/${level}/${groups(index)}${width < TILE ? `.p/${width}` : ""}`;
}

// Reads tiles of one tree. Every tile is authenticated as a whole: the partial ones together make the signed root, and each
// full one is a hash of the tile above it.
class Tree {
  constructor(head, get) {
    this.head = head;
    this.get = get;
    this.edge = new Map();
    this.full = new Map();
  }

  async tile(level, index, width) {
    const bytes = await this.get(tilePath(level, index, width));
    if (bytes.length !== width * 32) fail(`tile ${level}/${index} has not ${width} hashes`);
    return Array.from({ length: width }, (_, at) => bytes.slice(at * 32, at * 32 + 32));
  }

  // The tiles at the right edge, from the top to the leaves.
  async open() {
    const levels = [];
    for (let level = 0, hashes = this.head.size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE)) {
      levels.unshift({ level, index: Math.floor(hashes / TILE), width: hashes % TILE });
    }
    let roots = [];
    for (const { level, index, width } of levels) {
      if (width === 0) continue;
      const tile = await this.tile(level, index, width);
      this.edge.set(level, { index, tile });
      roots = roots.concat(await subtrees(tile));
    }
    let root = roots.pop() ?? (await sha256());
    while (roots.length > 0) root = await nodeHash(roots.pop(), root);
    if (!same(root, this.head.root)) fail("the tiles do not make the signed root");
  }

  // A tile that is known to be of the tree.
  async authenticated(level, index) {
    const edge = this.edge.get(level);
    if (edge !== undefined && edge.index === index) return edge.tile;
    const key = `${level}/${index}`;
    if (!this.full.has(key)) {
      const above = await this.authenticated(level + 1, Math.floor(index / TILE));
      const due = above[index % TILE] ?? fail("the tile lies outside the tree");
      const tile = await this.tile(level, index, TILE);
      if (!same(await rolled(tile), due)) fail(`tile ${key} is not of the tree`);
      this.full.set(key, tile);
    }
    return this.full.get(key);
  }

  async entry(index) {
    if (!Number.isInteger(index) || index < 0 || index >= this.head.size) fail("the index lies outside the tree");
    const number = Math.floor(index / TILE);
    const width = Math.min(TILE, this.head.size - number * TILE);
    const bundle = await this.get(`tile/entries/${groups(number)}${width < TILE ? `.p/${width}` : ""}`);
    const entry = entriesOf(bundle, width)[index % TILE];
    const tile = await this.authenticated(0, number);
    if (!same(await leafHash(entry), tile[index % TILE])) fail(`entry ${index} is not the one in the tree`);
    return entry;
  }
}

// Each entry behind its length, 16 bits, the high byte first.
function entriesOf(bundle, width) {
  const entries = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) fail("the entries are cut off");
    const length = bundle[at] * 256 + bundle[at + 1];
    if (at + 2 + length > bundle.length) fail("the entries are cut off");
    entries.push(bundle.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length !== width) fail("another number of entries");
  return entries;
}

// RFC 9162 section 2.1.3.2.
async function included(head, index, hashes, entry) {
  if (index >= head.size) return false;
  let [first, last, hash] = [index, head.size - 1, await leafHash(entry)];
  for (const beside of hashes) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      hash = await nodeHash(beside, hash);
      while (first % 2 === 0 && first !== 0) [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
    } else {
      hash = await nodeHash(hash, beside);
    }
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(hash, head.root);
}

function parseProof(bytes) {
  const whole = utf8(bytes);
  const at = whole.indexOf("\n\n");
  const lines = (at < 0 ? fail("the proof has no checkpoint") : whole.slice(0, at)).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") fail("not a proof");
  if (lines[0]?.startsWith("extra ")) base64(lines.shift().slice(6));
  const index = /^index (\d+)$/.exec(lines.shift() ?? "") ?? fail("the proof has no index");
  if (lines.length > 63) fail("the proof is too long");
  const hashes = lines.map((line) => {
    const hash = base64(line);
    return hash.length === 32 ? hash : fail("a hash is not 32 bytes");
  });
  return { index: count(index[1]), hashes, checkpoint: text.encode(whole.slice(at + 2)) };
}

// ---- what an event says of itself -----------------------------------------------------------------------------------------

const figure = (value) => (Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : fail("a figure is no number"));

// Part against whole by the rule, in whole numbers.
function judged(test) {
  const [left, right] = [figure(test.part) * figure(test.den), figure(test.whole) * figure(test.num)];
  if (figure(test.den) === 0n) fail("a rule divides by nothing");
  const met = test.op === "ge" ? left >= right : test.op === "gt" ? left > right : fail("an unknown comparison");
  const sign = test.op === "ge" ? (met ? "≥" : "<") : met ? ">" : "≤";
  return { met, sum: `${test.part}×${test.den}=${left} ${sign} ${right}=${test.whole}×${test.num}` };
}

const votes = (counts) =>
  ["for", "against", "abstain", "blank", "spoiled"].reduce((sum, key) => sum + Number(figure(counts[key] ?? 0)), 0);

function check(code, ok, zh, en) {
  return { code, ok, zh, en };
}

function ofTest(code, test, what) {
  const { met, sum } = judged(test);
  const [law, article] = [test.basis?.law ?? "?", test.basis?.article ?? "?"];
  const ok = met === test.met;
  const zh = `${what[0]}：${sum}，${met ? "够" : "不够"}（${law} 第${article}条）${ok ? "" : "，但记录写反了"}`;
  const en = `${what[1]}: ${sum}, ${met ? "enough" : "not enough"} (${law} art. ${article})${ok ? "" : ", but the record says otherwise"}`;
  return check(code, ok, zh, en);
}

// A decision: the quorum and the threshold anew, and whether the outcome follows.
function ofDecision(data) {
  const { quorum, threshold, counts, due, present, outcome } = data;
  const checks = [
    ofTest("quorum", quorum, ["到会人数够不够", "Were enough people there"]),
    ofTest("threshold", threshold, ["同意票够不够", "Were enough votes in favour"]),
  ];
  const whole = threshold.of === "due" ? due : present;
  const figures =
    quorum.part === present &&
    quorum.whole === due &&
    threshold.part === counts.for &&
    threshold.whole === whole &&
    present <= due &&
    votes(counts) + data.not_voting === present;
  checks.push(
    check(
      "figures",
      figures,
      figures
        ? `应到 ${due} 人，到会 ${present} 人，各种票加起来正好是到会人数`
        : `应到 ${due} 人，到会 ${present} 人，与票数对不上`,
      figures
        ? `${due} were due, ${present} came, and the votes add up to those who came`
        : `${due} were due, ${present} came, and the votes do not add up`,
    ),
  );
  const follows = judged(quorum).met && judged(threshold).met ? "carried" : "lost";
  const [zh, en] = follows === "carried" ? ["通过", "carried"] : ["未通过", "lost"];
  checks.push(
    check(
      "outcome",
      follows === outcome,
      follows === outcome ? `照这些数，结论就是“${zh}”` : `照这些数应当是“${zh}”，记录却写了别的`,
      follows === outcome ? `by these figures it is ${en}` : `by these figures it is ${en}, but the record says otherwise`,
    ),
  );
  return checks;
}

// The count before a decision, and the quorum at the moment of putting the motion.
function ofWhole(events) {
  const checks = [];
  const of = (event) => `${event.stream}/${event.data.meeting}/${event.data.motion}`;
  for (const decision of events.filter((event) => event.type === "decision-made.v1")) {
    for (const other of events.filter((event) => event !== decision && of(event) === of(decision))) {
      let ok = null;
      if (other.type === "motion-put.v1") {
        const { due, present } = decision.data;
        ok = other.data.due === due && other.data.present === present;
      } else if (other.type === "roll-called.v1") {
        const said = (choice) => other.data.votes.filter((vote) => vote.choice === choice).length;
        const distinct = new Set(other.data.votes.map((vote) => vote.person)).size === other.data.votes.length;
        const { counts } = decision.data;
        ok = distinct && said("for") === counts.for && said("against") === counts.against && said("abstain") === counts.abstain;
      } else if (other.type === "hands-counted.v1" || other.type === "papers-counted.v1") {
        const keys = ["for", "against", "abstain", "blank", "spoiled"];
        ok = keys.every((key) => (other.data.counts[key] ?? 0) === (decision.data.counts[key] ?? 0));
      }
      if (ok !== null) {
        const zh = ok ? "结论用的数，就是当场点出来的数" : "结论用的数，和当场点出来的数不一样";
        const en = ok ? "the decision uses the figures that were counted" : "the decision uses other figures than were counted";
        checks.push(check("counted", ok, zh, en));
      }
    }
  }
  return checks;
}

// What the page shows against what the decision says.
function ofShown(shown, event) {
  const { counts, due, present, outcome } = event.data;
  const said = { due, present, outcome, ...counts };
  const wrong = Object.keys(shown).find((key) => key !== "index" && shown[key] !== said[key]);
  const ok = wrong === undefined;
  return check(
    "shown",
    ok,
    ok ? "这一页写的数，和记录里的一样" : `这一页写的“${wrong}”是 ${shown[wrong]}，记录里是 ${said[wrong]}`,
    ok ? "this page shows what the record says" : `this page shows ${wrong} ${shown[wrong]}, the record says ${said[wrong]}`,
  );
}

function ofEvent(event) {
  switch (event.type) {
    case "decision-made.v1":
      return ofDecision(event.data);
    case "motion-put.v1":
      return event.data.tests.map((test) => ofTest("put", test, ["付诸表决时", "When the motion was put"]));
    case "meeting-found-inquorate.v1": {
      const test = ofTest("quorum", event.data.quorum, ["到会人数够不够", "Were enough people there"]);
      return [{ ...test, ok: test.ok && !event.data.quorum.met }];
    }
    case "owners-decided.v1": {
      const tests = event.data.tests.map((test) => ofTest("owners", test, ["业主人数或面积", "Owners, by number or area"]));
      const carried = event.data.tests.every((test) => judged(test).met);
      const ok = (event.data.outcome === "carried") === carried;
      return [...tests, check("outcome", ok, ok ? "业主的结论与数相符" : "业主的结论与数不符", ok ? "the owners' outcome follows" : "the owners' outcome does not follow")];
    }
    default:
      return [];
  }
}

// ---- doors ------------------------------------------------------------------------------------------------------------------

function eventOf(entry) {
  const event = JSON.parse(utf8(entry));
  return event !== null && typeof event === "object" && typeof event.type === "string" ? event : fail("an entry is no event");
}

async function ofSignatures(checkpoint, policy) {
  const log = checkpoint.origin === policy.log.name ? await signedBy(policy.log, checkpoint.note) : null;
  const satisfied = new Set();
  for (const [name, key] of policy.witnesses) if (await signedBy(key, checkpoint.note)) satisfied.add(name);
  const seen = satisfied.size;
  for (const group of policy.groups) {
    if (group.members.filter((member) => satisfied.has(member)).length >= group.least) satisfied.add(group.name);
  }
  const enough = policy.quorum === "none" || satisfied.has(policy.quorum);
  return [
    check(
      "log-signature",
      log !== null,
      log !== null ? "总账有签名，是认得的那本" : "总账的签名不对，不是认得的那本",
      log !== null ? "the log is signed with the key you know" : "the log is not signed with the key you know",
    ),
    check(
      "witnesses",
      enough,
      enough ? `有 ${seen} 家见证人看过这本总账` : `只有 ${seen} 家见证人看过，不够`,
      enough ? `${seen} witnesses have seen the log` : `only ${seen} witnesses have seen the log, too few`,
    ),
  ];
}

function getter(base, fetcher) {
  return async (path) => {
    const response = await fetcher(`${base}${path}`, { redirect: "error", credentials: "omit", cache: "no-store" });
    if (!response.ok) fail(`${path}: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return bytes.length <= MAX_BYTES ? bytes : fail(`${path} is too large`);
  };
}

function broken(error, code, zh, en) {
  if (error?.name === "NotSupportedError") {
    return check("unsupported", null, "这个浏览器不会核对签名，请换一个新的", "this browser cannot check signatures, use a newer one");
  }
  return check(code, false, `${zh}（${error.message}）`, `${en} (${error.message})`);
}

// Checks the events at `leafIndexes` of the log under `base`. `expectedHashes` are their leaf hashes in hexadecimal digits, as
// the page or a printed notice shows them; `shown` the figures on the page, each with the `index` of its decision.
// Answers a list of checks `{ code, ok, zh, en }`; `ok` is null where something could not be checked.
export async function verifyMatter({ origin, policy, vkeys, leafIndexes, expectedHashes = [], shown = [], paper, base = "/log/", fetcher = fetch }) {
  const checks = [];
  let onPaper = false;
  const get = getter(base, fetcher);
  let tree;
  try {
    if (!Array.isArray(leafIndexes) || leafIndexes.length === 0 || leafIndexes.length > MAX_LEAVES) fail("no leaves");
    const read = await readPolicy(policy, vkeys);
    const checkpoint = parseCheckpoint(await get("checkpoint"));
    if (origin !== undefined && checkpoint.origin !== origin) fail("another log");
    checks.push(...(await ofSignatures(checkpoint, read)));
    if (checks.some((one) => one.ok !== true)) return checks;
    tree = new Tree(checkpoint, get);
    await tree.open();
    checks.push(check("root", true, `总账一共 ${checkpoint.size} 条，一环扣一环，对得上`, `the log has ${checkpoint.size} entries, and they fit together`));
  } catch (error) {
    checks.push(broken(error, "log", "总账核对不了", "the log cannot be checked"));
    return checks;
  }
  const events = [];
  for (const [at, index] of leafIndexes.entries()) {
    try {
      const entry = await tree.entry(index);
      const due = expectedHashes[at];
      if (due !== undefined && hex(await leafHash(entry)) !== due) fail("not the hash on the page");
      onPaper ||= paper !== undefined && hex(await sha256(entry)) === paper;
      events.push({ ...eventOf(entry), index });
      checks.push(check("entry", true, `第 ${index} 条在总账里，一字未改`, `entry ${index} is in the log, unchanged`));
    } catch (error) {
      checks.push(broken(error, "entry", `第 ${index} 条对不上`, `entry ${index} does not fit`));
    }
  }
  checks.push(...ofEvents(events, shown));
  if (paper !== undefined) {
    const [zh, en] = onPaper
      ? ["纸上公告的那一条在总账里，一字未改", "the record on the paper notice is in the log, unchanged"]
      : ["纸上公告的那一条，这件事的记录里没有", "the record on the paper notice is none of this matter's"];
    checks.push(check("paper", onPaper, zh, en));
  }
  return checks;
}

// Checks one entry with its `.tlog-proof`, without a network.
export async function verifyProof({ policy, vkeys, proof, entry }) {
  const checks = [];
  try {
    const { index, hashes, checkpoint: note } = parseProof(proof);
    const checkpoint = parseCheckpoint(note);
    checks.push(...(await ofSignatures(checkpoint, await readPolicy(policy, vkeys))));
    const ok = await included(checkpoint, index, hashes, entry);
    const [zh, en] = ok
      ? [`第 ${index} 条在总账里，一字未改`, `entry ${index} is in the log, unchanged`]
      : [`第 ${index} 条不在总账里`, `entry ${index} is not in the log`];
    checks.push(check("entry", ok, zh, en));
    if (ok) checks.push(...ofEvents([eventOf(entry)], []));
  } catch (error) {
    checks.push(broken(error, "proof", "凭证核对不了", "the proof cannot be checked"));
  }
  return checks;
}

function ofEvents(events, shown) {
  try {
    const checks = [...events.flatMap(ofEvent), ...ofWhole(events)];
    for (const figures of shown) {
      const event = events.find((one) => one.index === figures.index && one.type === "decision-made.v1");
      checks.push(
        event === undefined
          ? check("shown", false, "这一页写的表决，记录里没有", "this page shows a vote that is not in the record")
          : ofShown(figures, event),
      );
    }
    return checks;
  } catch (error) {
    return [broken(error, "arithmetic", "记录里的数算不通", "the figures of the record make no sense")];
  }
}
