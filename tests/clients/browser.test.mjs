// A page of another origin asks the API from a browser.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";

import { chromium } from "playwright-core";

const api = process.env.VSM_SERVER + "/api/v1";

test("a page of a town's own site may search, and spare what it has already", async (t) => {
  const site = createServer((_, response) =>
    response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Musterstadt</title>"));
  await new Promise((ready) => site.listen(0, "127.0.0.1", ready));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  t.after(async () => {
    await browser.close();
    site.close();
  });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${site.address().port}/`);
  const seen = await page.evaluate(async (address) => {
    const first = await fetch(address);
    const found = await first.json();
    const etag = first.headers.get("ETag");
    const again = await fetch(address, { cache: "no-store", headers: { "If-None-Match": etag } });
    return { status: first.status, title: found.results[0].title, place: found.place.name, etag, again: again.status };
  }, `${api}/search?q=hund+anmelden&place=Bochum`);
  assert.equal(seen.status, 200);
  assert.equal(seen.place, "Bochum");
  assert.match(seen.title, /Hund/);
  assert.ok(seen.etag, "the page can read the ETag");
  assert.equal(seen.again, 304);

  const wrong = await page.evaluate(async (address) => {
    const response = await fetch(address);
    return { status: response.status, problem: await response.json() };
  }, `${api}/search`);
  assert.equal(wrong.status, 400);
  assert.equal(wrong.problem.status, 400, "a page can read what went wrong too");
});
