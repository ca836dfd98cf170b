// One Chromium for a script: offline, with a profile of its own that is thrown away.
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export async function withBrowser(work) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

// Every page that the front page leads to within two clicks, without the wishes for language and type.
export async function pagesFrom(browser, base) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const found = new Set(["/"]);
  for (const path of ["/", ...(await links(page, base, "/"))]) {
    found.add(path);
    if (path.startsWith("/j/")) for (const next of await links(page, base, path)) found.add(next);
  }
  await context.close();
  return [...found];
}

async function links(page, base, path) {
  await page.goto(base + path);
  const hrefs = await page.$$eval("main a[href]", (all) => all.map((a) => a.getAttribute("href")));
  return [...new Set(hrefs.map((href) => href.split(/[?#]/)[0]))].filter(
    (href) => /^\/(j|c|procedures)\//.test(href) && !href.endsWith(".atom"),
  );
}
