// axe over the pages of a running server: WCAG 2.2 A and AA and axe's own best practices, in both languages, wide and narrow,
// and in large type. Exits non-zero if anything is violated, if a page scrolls sideways, or if a target is under 44 pixels high.
import AxeBuilder from "@axe-core/playwright";
import { pagesFrom, withBrowser } from "./browser.mjs";

const base = (process.argv[2] ?? "http://127.0.0.1:8420").replace(/\/$/, "");
const VARIANTS = [
  { name: "zh, 1280 px", query: "", width: 1280 },
  { name: "zh, 360 px", query: "", width: 360 },
  { name: "en, 1280 px", query: "?lang=en", width: 1280 },
  { name: "zh, large type, 390 px", query: "?type=large", width: 390 },
];
// Two pages of each kind are looked at in every variant, of the others so many once. A matter is told by many templates, each
// of which only some matters use; all of them are looked at.
const MATTERS = /^\/c\/[^/]+$/;
const KINDS = [/^\/$/, /^\/j\/\d{12}$/, /\/flags$/, MATTERS, /\/notice\//, /^\/procedures\//];
const IN_EVERY_VARIANT = 2;
const ONCE = 8;

let failures = 0;
const fail = (where, what) => {
  failures += 1;
  console.error(`${where}\n  ${what}`);
};

await withBrowser(async (browser) => {
  const pages = [...(await pagesFrom(browser, base)), "/j/000000000000"];
  const seen = new Map();
  const views = pages.flatMap((path) => {
    const kind = KINDS.findIndex((pattern) => pattern.test(path));
    const times = seen.get(kind) ?? 0;
    seen.set(kind, times + 1);
    if (times < IN_EVERY_VARIANT) return VARIANTS.map((variant) => ({ path, variant }));
    const looked = times < IN_EVERY_VARIANT + ONCE || MATTERS.test(path);
    return looked ? [{ path, variant: VARIANTS[0] }] : [];
  });
  const checks = views.length;
  // axe keeps one core busy; as many at once as the smallest machine has.
  const looking = Array.from({ length: 2 }, async () => {
    for (let view = views.shift(); view; view = views.shift()) await check(browser, view.path, view.variant);
  });
  await Promise.all(looking);
  console.log(`${checks} pages looked at, ${failures} faults`);
});
process.exit(failures === 0 ? 0 : 1);

async function check(browser, path, variant) {
  // Without scripts, as the pages promise; axe itself is let in by the browser.
  const context = await browser.newContext({
    viewport: { width: variant.width, height: 900 },
    bypassCSP: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const where = `${path} (${variant.name})`;
  await page.goto(base + path + variant.query);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // The pages have no frames, which the slower way is for; and what passes need not be told.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] }).withTags(tags);
  const { violations } = await axe.analyze();
  for (const violation of violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`);
    fail(where, `${violation.id}: ${violation.help}\n    ${nodes.join("\n    ")}`);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) fail(where, `the page is ${overflow} px wider than the window`);
  const small = await page.evaluate(() => {
    // Links within a sentence, a table or a definition are exempt (WCAG 2.2, 2.5.8, inline).
    const inline = "p:not(.more):not(.links) a, td a, th a, dd a, h3 a, li > small a, .plain a";
    return [...document.querySelectorAll("a[href], summary")]
      .filter((target) => !target.matches(inline) && !target.matches(".skip"))
      .filter((target) => target.getBoundingClientRect().height < 43.5)
      .map((target) => target.textContent.trim().slice(0, 30));
  });
  if (small.length > 0) fail(where, `targets under 44 px: ${small.slice(0, 5).join(" | ")}`);
  await context.close();
}
