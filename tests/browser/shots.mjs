// Pictures of pages for people to look at: node shots.mjs URL FOLDER [path…]
import { mkdirSync } from "node:fs";
import { withBrowser } from "./browser.mjs";

const [base, folder, ...paths] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

await withBrowser(async (browser) => {
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, deviceScaleFactor: 1 });
    const page = await context.newPage();
    for (const path of paths) {
      await page.goto(base + path);
      const name = path.replace(/[^0-9A-Za-z]+/g, "_");
      await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
      if (width === 1280 && path.includes("/notice/")) {
        await page.pdf({ path: `${folder}/${name}.pdf`, preferCSSPageSize: true, printBackground: false });
      }
    }
    await context.close();
  }
});
