// A passkey in Chromium, with an authenticator that Chromium itself plays: node passkey.mjs URL NAME PASSWORD CHALLENGE
// Signs in by password, sets a passkey up, signs out, signs in with it, and signs an act; prints the signature as JSON.
// On the way every page is looked at with axe, and every target measured.
import AxeBuilder from "@axe-core/playwright";
import { withBrowser } from "./browser.mjs";

const [base, name, password, challenge] = process.argv.slice(2);
const must = (holds, what) => {
  if (!holds) throw new Error(what);
};

await withBrowser(async (browser) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, locale: "zh-CN" });
  const page = await context.newPage();
  page.on("pageerror", (error) => must(false, error.message));
  page.on("console", (message) => must(!/Content.Security.Policy/i.test(message.text()), message.text()));
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });

  await page.goto(`${base}/sign-in`);
  await look(browser, context, page);
  await page.fill("#name", name);
  await page.fill("#password", password);
  await page.press("#password", "Enter");
  await page.waitForURL("**/account");
  await look(browser, context, page);

  await page.click("[data-passkey=add] button");
  await page.waitForFunction(() => document.querySelectorAll("[aria-labelledby=means] .held li").length === 2);
  const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
  must(credentials.length === 1, "the authenticator holds one credential");

  await page.click("form[action='/sign-out'] button");
  await page.waitForURL("**/sign-in");
  await page.goto(`${base}/account`);
  must(page.url().endsWith("/sign-in"), "who signed out is asked to sign in");

  // Who is not verified does not come in.
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.fill("#name", name);
  await page.click("[data-passkey=sign-in] button");
  await page.waitForSelector("[data-passkey=sign-in] [role=alert]:not([hidden])");
  must(page.url().endsWith("/sign-in"), "an unverified passkey does not sign in");

  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.click("[data-passkey=sign-in] button");
  await page.waitForURL("**/account");

  const signed = await page.evaluate((challenge) => {
    const { form } = document.querySelector("[data-passkey]").dataset;
    return globalThis.siyiSign(form, challenge);
  }, challenge);

  await page.goto(`${base}/join`);
  await look(browser, context, page);
  console.log(Buffer.from(signed, "base64url").toString());
});

// In both languages and in large type; forms must be large enough to touch and the page no wider than the window.
async function look(browser, context, page) {
  const path = new URL(page.url()).pathname;
  const other = await browser.newContext({
    viewport: { width: 360, height: 800 },
    bypassCSP: true,
    storageState: await context.storageState(),
  });
  for (const query of ["", "?lang=en", "?type=large"]) {
    const looked = await other.newPage();
    await looked.goto(base + path + query);
    const { violations } = await new AxeBuilder({ page: looked })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      .analyze();
    must(violations.length === 0, `${path}${query}: ${JSON.stringify(violations.map(({ id, nodes }) => [id, nodes[0].html]))}`);
    const wide = await looked.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    must(wide <= 0, `${path}${query} is ${wide} px wider than the window`);
    const small = await looked.evaluate(() =>
      [...document.querySelectorAll("button:not([hidden]), input:not([type=hidden])")]
        .filter((target) => target.getBoundingClientRect().height < 43.5)
        .map((target) => target.outerHTML),
    );
    must(small.length === 0, `${path}${query}: targets under 44 px: ${small[0]}`);
    await looked.close();
  }
  await other.close();
}
