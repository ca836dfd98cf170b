// Checks real events out of a folder: `node browser.mjs FOLDER`, which holds `policy`, `leaves.json` and a log's files. Run by
// `tests/tests/verify/browser.rs`; says in JSON what came of it.

import { readFile } from "node:fs/promises";
import { verifyMatter } from "../web/verify.js";

const [folder] = process.argv.slice(2);
const fetcher = async (path) => {
  try {
    const bytes = await readFile(`${folder}/${path}`);
    return { ok: true, arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
  } catch {
    return { ok: false, status: 404 };
  }
};
const policy = await readFile(`${folder}/policy`, "utf8");
const { leafIndexes, shown } = JSON.parse(await readFile(`${folder}/leaves.json`, "utf8"));
process.stdout.write(JSON.stringify(await verifyMatter({ policy, leafIndexes, shown, base: "", fetcher })));
