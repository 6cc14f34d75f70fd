// Opens a file in Chromium, does the steps of a job from standard input, and prints what happened as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const job = JSON.parse(readFileSync(0, "utf8"));
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const browser = await chromium.launch({ executablePath: job.executable, headless: true, args: QUIET });
const context = await browser.newContext({
  viewport: { width: job.width ?? 1280, height: job.height ?? 900 },
  colorScheme: job.scheme ?? "light",
  deviceScaleFactor: job.scale ?? 1,
  reducedMotion: "reduce",
});
const page = await context.newPage();
const console_ = [], requests = [], results = [];
page.on("console", (message) => console_.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => console_.push(`error: ${error.message}`));
page.on("request", (request) => requests.push(request.url()));
const started = performance.now();
await page.goto(job.url);
await page.waitForFunction(() => document.documentElement.classList.contains("scripted")).catch((error) => {
  throw new Error(`the page's script did not run to its end: ${console_.join("; ")}`, { cause: error });
});
await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const opened = performance.now() - started;

const steps = {
  evaluate: ({ script }) => page.evaluate(script),
  click: ({ selector }) => page.locator(selector).first().click(),
  press: ({ key }) => page.keyboard.press(key),
  fill: ({ selector, text }) => page.locator(selector).first().fill(text),
  media: ({ media }) => page.emulateMedia({ media }),
  wait: ({ selector }) => page.locator(selector).first().waitFor(),
  picture: ({ path, whole, height }) => page.screenshot({ path, ...(height ? { clip: { x: 0, y: 0, width: job.width ?? 1280, height } , fullPage: true } : { fullPage: Boolean(whole) }) }).then(() => path),
  pdf: ({ path }) => page.pdf({ path, format: "A4", printBackground: true }).then(() => path),
  axe: async () => {
    await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    return found.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} ${node.any.map((one) => one.message).join(" ").slice(0, 200)}`) }));
  },
};
try {
  for (const step of job.steps ?? []) results.push((await steps[step.do](step)) ?? null);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify({ opened, console: console_, requests, results }));
