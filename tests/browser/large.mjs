// How long a browser takes for a matter of 60 events in a log of ten million leaves, and how many files it reads of it.
// `node large.mjs EVENTS.jsonl`, with the events of one or more matters as `siyi export` writes them. The tree is made of one
// leaf that stands everywhere and the matter's events far apart in it, so that only the tiles on their way differ.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { withBrowser } from "./browser.mjs";

const SIZE = 10_000_000;
const EVENTS = 60;
const ORIGIN = "large.example/log";
const GOAL_MS = 5_000;

const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafHash = (entry) => sha256(Buffer.of(0), entry);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

const lines = (await readFile(process.argv[2], "utf8")).trimEnd().split("\n");
const matter = lines.map((line) => JSON.parse(line).stream).find((stream) => stream.startsWith("consultation-"));
const entries = lines.filter((line) => JSON.parse(line).stream === matter).slice(0, EVENTS).map((line) => Buffer.from(line));
const step = Math.floor(SIZE / entries.length);
const indexes = entries.map((_, at) => at * step + ((at * 7919) % step));
const byIndex = new Map(indexes.map((index, at) => [index, entries[at]]));

const filler = Buffer.from('{"filler":true}');
const fillerHash = [leafHash(filler)];
for (let level = 1; level < 24; level += 1) fillerHash.push(nodeHash(fillerHash[level - 1], fillerHash[level - 1]));

// The hash over the 2^level leaves from index * 2^level on.
const known = new Map();
function subtree(level, index) {
  const [from, to] = [index * 2 ** level, (index + 1) * 2 ** level];
  if (!indexes.some((at) => from <= at && at < to)) return fillerHash[level];
  if (level === 0) return leafHash(byIndex.get(index));
  const key = `${level}/${index}`;
  if (!known.has(key)) known.set(key, nodeHash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1)));
  return known.get(key);
}

function root(size) {
  const peaks = [];
  let from = 0;
  for (let level = 23; level >= 0; level -= 1) {
    if (size & (2 ** level)) {
      peaks.push(subtree(level, from / 2 ** level));
      from += 2 ** level;
    }
  }
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

// A file below the log's prefix by its path (C2SP tlog-tiles).
function file(path) {
  const found = /^tile\/(\d|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
  if (!found) return null;
  const number = Number(found[2].replaceAll(/[x/]/g, ""));
  const level = found[1] === "entries" ? 0 : Number(found[1]);
  const there = Math.floor(SIZE / 256 ** level) - number * 256;
  const width = Number(found[3] ?? 256);
  if (width > Math.min(there, 256)) return null;
  const places = Array.from({ length: width }, (_, at) => number * 256 + at);
  if (found[1] !== "entries") return Buffer.concat(places.map((place) => subtree(8 * level, place)));
  return Buffer.concat(places.flatMap((place) => {
    const entry = byIndex.get(place) ?? filler;
    return [Buffer.of(entry.length >> 8, entry.length & 255), entry];
  }));
}

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const typed = Buffer.concat([Buffer.of(1), publicKey.export({ type: "spki", format: "der" }).subarray(-32)]);
const id = sha256(Buffer.from(`${ORIGIN}\n`), typed).subarray(0, 4);
const policy = `log ${ORIGIN}+${id.toString("hex")}+${typed.toString("base64")}\nquorum none\n`;
const body = `${ORIGIN}\n${SIZE}\n${root(SIZE).toString("base64")}\n`;
const signature = Buffer.concat([id, sign(null, Buffer.from(body), privateKey)]).toString("base64");
const checkpoint = `${body}\n— ${ORIGIN} ${signature}\n`;

const script = await readFile(new URL("../../core/verify/web/verify.js", import.meta.url));
let read = 0;
const server = createServer((request, response) => {
  const path = request.url;
  const answer = (type, bytes) => response.writeHead(200, { "content-type": type }).end(bytes);
  if (path === "/") return answer("text/html", "<!doctype html><title>log</title>");
  if (path === "/verify.js") return answer("text/javascript", script);
  read += 1;
  if (path === "/log/checkpoint") return answer("text/plain", checkpoint);
  const bytes = file(path.replace("/log/", ""));
  return bytes ? answer("application/octet-stream", bytes) : response.writeHead(404).end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

let failed = true;
await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const said = await page.evaluate(async ({ policy, leafIndexes }) => {
    const { verifyMatter } = await import("/verify.js");
    const begun = performance.now();
    const checks = await verifyMatter({ policy, leafIndexes, base: "/log/" });
    return { ms: performance.now() - begun, checks };
  }, { policy, leafIndexes: indexes });
  const proven = said.checks.filter((check) => check.code === "entry" && check.ok).length;
  const wrong = said.checks.filter((check) => !check.ok);
  failed = proven !== entries.length;
  console.log(`${proven} of ${entries.length} events proven in a log of ${SIZE} leaves: ${Math.round(said.ms)} ms ` +
    `(${(said.ms / GOAL_MS).toFixed(2)} of the goal of ${GOAL_MS} ms), ${read} files read`);
  if (wrong.length > 0) console.log(wrong.slice(0, 3));
});
server.close();
process.exit(failed ? 1 : 0);
