// A reader checks a matter in the browser: what is true holds, what somebody changed on the way does not.
import { pagesFrom, withBrowser } from "./browser.mjs";

const base = (process.argv[2] ?? "http://127.0.0.1:8420").replace(/\/$/, "");
let failures = 0;
const expect = (what, holds, told) => {
  if (holds) return;
  failures += 1;
  console.error(`${what}\n  ${told}`);
};

async function check(browser, path, meddle) {
  const context = await browser.newContext({ viewport: { width: 390, height: 900 } });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  if (meddle) await page.route("**/log/**", meddle);
  await page.goto(base + path);
  const begun = Date.now();
  await page.click("#verify-begin");
  await page.waitForFunction(() => document.getElementById("verify-sum").className !== "", null, { timeout: 30_000 });
  const sum = await page.textContent("#verify-sum");
  const lines = await page.locator("#verify-checks li").allTextContents();
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname));
  if (process.env.SIYI_SHOTS) await page.screenshot({ path: `${process.env.SIYI_SHOTS}/verify${meddle ? "-changed" : ""}.png`, fullPage: true });
  await context.close();
  return { sum, lines, asked, errors, ms: Date.now() - begun };
}

await withBrowser(async (browser) => {
  const pages = await pagesFrom(browser, base);
  const notice = pages.find((path) => /^\/c\/[^/]+\/notice\//.test(path));
  const matter = notice.split("/notice/")[0];
  const address = `${matter}/verify`;

  const honest = await check(browser, address);
  expect("an honest matter", honest.sum.startsWith("全部相符"), `${honest.sum}: ${honest.lines.join(" / ")}`);
  expect("the script", honest.errors.length === 0, honest.errors.join(" / "));
  expect("only files of the log are asked for", honest.asked.every((path) => /^\/(log|static)\//.test(path)), honest.asked.join(" "));

  const page = await browser.newPage();
  await page.goto(base + notice);
  const hash = await page.textContent(".proof code.hash");
  expect("the notice's code", (await page.locator(".qr svg").count()) === 1, "there is no QR code on the notice");
  await page.close();
  const paper = await check(browser, `${address}?event=${hash}`);
  expect("a paper notice", paper.lines.some((line) => line.startsWith("✓ 纸上公告")), paper.lines.join(" / "));
  const forgedPaper = await check(browser, `${address}?event=${"0".repeat(64)}`);
  expect("a forged paper", !forgedPaper.sum.startsWith("全部相符"), forgedPaper.sum);

  // Single bytes of what is fetched are others.
  const changed = await check(browser, address, async (route) => {
    const answer = await route.fetch();
    const body = Buffer.from(await answer.body());
    if (route.request().url().includes("/tile/entries/")) for (let at = 40; at < body.length; at += 200) body[at] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  expect("a changed entry", changed.sum.startsWith("有不相符"), changed.sum);
  // Another key signs.
  const otherKey = await check(browser, address, async (route) => {
    const answer = await route.fetch();
    let text = (await answer.body()).toString("latin1");
    if (route.request().url().endsWith("/log/checkpoint")) text = text.replace(/^(\d+)$/m, (size) => String(Number(size) - 1));
    await route.fulfill({ response: answer, body: Buffer.from(text, "latin1") });
  });
  expect("a changed checkpoint", otherKey.sum.startsWith("有不相符"), otherKey.sum);
  console.log(`5 verifications in the browser, the honest one in ${honest.ms} ms, ${failures} faults`);
});
process.exit(failures === 0 ? 0 : 1);
