// Opens a report page in the system's Chromium and looks for what only a
// browser can tell: that it asks for nothing, that its policy lets its own
// style and script through, that it can be read and walked through by
// everybody, that it fits its window, and that it prints.
//
//   node check.mjs PAGE.html [FOLDER FOR SCREENSHOTS]

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page_file, shots] = process.argv.slice(2);
if (!page_file) {
  console.error("usage: node check.mjs PAGE.html [FOLDER]");
  process.exit(2);
}
const url = pathToFileURL(resolve(page_file)).href;
const name = basename(page_file, ".html");
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WIDTHS = [360, 800, 1400];
/// No report needs more paper than this; one that does has lost its layout.
const MOST_PAPER = 40;

if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? (process.env.PLAYWRIGHT_BUNDLED ? undefined : "/usr/bin/chromium"),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

/// A window on the page, and all it asked for and complained of.
async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on("request", (r) => {
    if (r.url() !== url && !r.url().startsWith("data:")) seen.requests.push(r.url());
  });
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && seen.complaints.push(m.text()));
  page.on("pageerror", (e) => seen.complaints.push(e.message));
  await page.goto(url, { waitUntil: "load" });
  return { context, page, seen };
}

const size = (width, more = {}) => ({ viewport: { width, height: 900 }, ...more });

async function shoot(page, what, options = { fullPage: true }) {
  if (shots) await page.screenshot({ path: join(shots, `${name}-${what}.png`), ...options });
}

async function quiet(scheme) {
  const { context, page, seen } = await open(size(1400, { colorScheme: scheme }));
  await shoot(page, scheme);
  assert.deepEqual(seen, { requests: [], complaints: [] });
  await context.close();
}

// The page's policy keeps foreign scripts out, axe too: for it alone it is lifted.
async function accessible(scheme, width) {
  const { context, page } = await open(size(width, { colorScheme: scheme, bypassCSP: true }));
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.failureSummary}`));
  assert.deepEqual(told, [], `${scheme} at ${width} px`);
  await context.close();
}

async function fits(width) {
  const { context, page } = await open(size(width));
  await shoot(page, `${width}`);
  const over = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await over(), 0, `wider than its window of ${width} px`);
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  assert.equal(await over(), 0, `opened, wider than its window of ${width} px`);
  await context.close();
}

async function walk() {
  const { context, page, seen } = await open(size(1400));
  // Pages over many calls have no timeline, and nothing to walk through.
  if (!(await page.locator("#plot").count())) return context.close();
  const count = await page.locator("#plot .mark").count();
  const focused = () => page.evaluate(() => document.activeElement.id);
  if (count) {
    await page.locator("#plot .mark[tabindex='0']").focus();
    assert.equal(await focused(), "t1");
    for (let k = 2; k <= Math.min(count, 30); k += 1) {
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(), `t${k}`);
      assert.notEqual(await page.locator("#readout").textContent(), "");
    }
    await page.keyboard.press("End");
    assert.equal(await focused(), `t${count}`);
    await shoot(page, "focus", {});
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(), `t${count}`, "there is nothing after the last");
    await page.keyboard.press("Home");
    assert.equal(await page.locator("#plot .mark[tabindex='0']").count(), 1);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.closest("#e1"));
    assert.ok(await page.locator("#events").evaluate((d) => d.open));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "t1");
  }
  const wide = () => page.locator("#plot").evaluate((svg) => svg.getBoundingClientRect().width);
  const before = await wide();
  await page.getByRole("button", { name: "Zoom in" }).click();
  assert.ok(before * 1.5 < (await wide()));
  await page.getByRole("button", { name: "Whole call" }).click();
  assert.ok((await wide()) <= before + 1);
  assert.deepEqual(seen, { requests: [], complaints: [] });
  await context.close();
}

async function skips() {
  const { context, page } = await open(size(800));
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "report");
  await context.close();
}

async function without_script() {
  const { context, page } = await open(size(1400, { javaScriptEnabled: false }));
  assert.ok(await page.locator("#report").isVisible());
  if (!(await page.locator("#plot").count())) return context.close();
  assert.ok(await page.locator("#plot").isVisible());
  assert.equal(await page.locator(".zoom").isVisible(), false);
  const first = page.locator("#plot .mark").first();
  if (await first.count()) {
    await first.focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#e1").isVisible(), "the list opens by itself");
  }
  await context.close();
}

async function prints() {
  const { context, page } = await open(size(1000, { colorScheme: "dark" }));
  const pdf = await page.pdf({ format: "A4", path: shots && join(shots, `${name}.pdf`), printBackground: true });
  const pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
  const most = process.env.MOST_PAPER ?? MOST_PAPER;
  assert.ok(0 < pages && pages <= most, `${pages} sheets of paper`);
  console.log(`prints on ${pages} sheets`);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)");
  await context.close();
}

const checks = [
  ["asks for nothing and complains of nothing, light", () => quiet("light")],
  ["the same, dark", () => quiet("dark")],
  ["can be walked through with the keyboard", walk],
  ["has a way past its head", skips],
  ["works without its script", without_script],
  ["prints", prints],
  ...WIDTHS.map((width) => [`fits ${width} px`, () => fits(width)]),
  ["is accessible, light", () => accessible("light", 1400)],
  ["is accessible, dark", () => accessible("dark", 1400)],
  ["is accessible, narrow", () => accessible("light", 360)],
];

let failed = 0;
for (const [title, check] of checks) {
  try {
    await check();
    console.log(`ok    ${title}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${title}\n${error.message}`);
  }
}
await browser.close();
process.exitCode = failed ? 1 : 0;
