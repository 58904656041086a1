// The widget on the website of a made-up town, and the page that puts its lines together.
import {readFileSync} from 'node:fs';
import {expect, fitsTheWidth, isAccessible, note, test, watch, widths} from './people.mjs';
import {municipality} from './municipality.mjs';

const search = process.env.VSM_SERVER;
const api = `${search}/api/v1/**`;
let town;
test.beforeAll(async () => { town = await municipality(search); });
test.afterAll(() => town.close());

/** Fails for what the page logs, so also for what its rules forbid, and for what it asks of others than the two. */
function watchTown(page, allowed = /(?!)/) {
  page.on('console', (message) => {
    if (message.type() === 'error' && !allowed.test(message.text())) throw new Error(message.text());
  });
  page.on('pageerror', (error) => { throw error; });
  page.on('request', (request) => {
    if (![town.address, search, 'data:'].some((known) => request.url().startsWith(known)))
      throw new Error(`the page asks ${request.url()}`);
  });
}

const widgetPage = (widgets, more = {}) => `${town.address}?${new URLSearchParams({widgets, ...more})}`;
const field = (page, name = 'Was möchten Sie erledigen?') => page.getByRole('combobox', {name});

async function find(page, words) {
  await field(page).fill(words);
  await field(page).press('Enter');
}

/** Answers of the API that are not of the server. */
const answer = (page, path, body, status = 200) => page.route(`${search}/api/v1/${path}?**`, (route) =>
  route.fulfill({status, json: body, headers: {'Access-Control-Allow-Origin': '*'}}));

test.describe('on the page of a town', () => {
  for (const width of widths) {
    test(`at ${width} px it is accessible and fits: empty, open list, results, nothing found, error`, async ({page}) => {
      watchTown(page, /404/);
      await page.setViewportSize({width, height: 800});
      await page.goto(town.address);
      await expect(field(page)).toBeVisible();
      const fine = async () => {
        await fitsTheWidth(page);
        if (width === 360) await isAccessible(page);
      };
      await fine();
      await field(page).fill('hund');
      await expect(page.getByRole('option').first()).toBeVisible();
      await page.keyboard.press('ArrowDown');
      await fine();
      await page.keyboard.press('Escape');
      await find(page, 'hund anmelden');
      await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
      await fine();
      await find(page, 'qxqxqxqx');
      await expect(page.getByText('Dazu haben wir keine Leistung gefunden')).toBeVisible();
      await fine();
      await answer(page, 'search', {title: 'Unbekannter Ort', status: 404, detail: 'Diesen Ort gibt es nicht.'}, 404);
      await find(page, 'hund');
      await expect(page.getByRole('alert')).toContainText('Diesen Ort gibt es nicht.');
      await fine();
    });
  }

  test('in the dark, with own colours, at 200 % text and in forced colours it can be read', async ({page}) => {
    watchTown(page);
    const both = `<vsm-search ars="05315" accent="#ffd400"></vsm-search><vsm-search theme="dark" accent="#00f" label="Zweite"></vsm-search>`;
    for (const [media, modern] of [[{colorScheme: 'light'}, {}], [{colorScheme: 'dark'}, {modern: ''}], [{forcedColors: 'active'}, {}]]) {
      await page.emulateMedia({colorScheme: null, forcedColors: null, ...media});
      await page.goto(widgetPage(both, modern));
      await find(page, 'hund');
      await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
      await isAccessible(page);
    }
    await field(page).fill('hunde');
    await page.getByRole('option').first().waitFor();
    await field(page).press('ArrowDown');
    const outline = await page.getByRole('option', {selected: true}).evaluate((option) => getComputedStyle(option).outlineStyle);
    expect(outline).toBe('solid');

    await page.emulateMedia({forcedColors: null});
    await page.setViewportSize({width: 360, height: 800});
    await page.goto(`${town.address}?large`);
    await find(page, 'hund');
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
    const {size} = await field(page).evaluate((input) => ({size: parseFloat(getComputedStyle(input).fontSize)}));
    expect(size).toBeGreaterThanOrEqual(34);
    await fitsTheWidth(page);
  });

  test('follows the page into the dark, or its attribute', async ({page}) => {
    const background = (id) => page.locator(id).evaluate((host) =>
      getComputedStyle(host.shadowRoot.querySelector('[part=box]')).backgroundColor);
    await page.emulateMedia({colorScheme: 'dark'});
    const four = ['', 'theme="auto"', 'theme="light"', 'theme="dark"'].map((theme, i) => `<vsm-search id="w${i}" ${theme}></vsm-search>`).join('');
    const [light, dark] = ['rgb(255, 255, 255)', 'rgb(20, 22, 31)'];
    await page.goto(widgetPage(four));
    expect(await Promise.all(['#w0', '#w1', '#w2', '#w3'].map(background))).toEqual([light, dark, light, dark]);
    await page.goto(widgetPage(four, {modern: ''}));
    expect(await Promise.all(['#w0', '#w1', '#w2', '#w3'].map(background))).toEqual([dark, dark, light, dark]);
  });

  test('takes the font of the page, and none of its other rules', async ({page}) => {
    await page.goto(town.address);
    const style = await field(page).evaluate((input) => {
      const {fontFamily, textTransform, textAlign} = getComputedStyle(input);
      return {fontFamily, textTransform, textAlign};
    });
    expect(style.fontFamily).toContain('Stadtschrift');
    expect(style).toMatchObject({textTransform: 'none', textAlign: 'start'});
    const radius = await page.locator('#town').evaluate((host) =>
      getComputedStyle(host.shadowRoot.querySelector('[part=box]')).borderRadius);
    expect(radius).toBe('10px');
  });

  test('by keyboard alone: a suggestion, its service, the office', async ({page}) => {
    watchTown(page);
    await page.goto(town.address);
    await expect(field(page)).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(field(page)).toBeFocused();
    await page.keyboard.type('hund anmel');
    const list = page.getByRole('listbox', {name: 'Vorschläge'}).first();
    await expect(list).toBeVisible();
    await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByRole('option').first()).toHaveText('Hund anmelden');  // of all that was typed
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option', {name: 'Hund anmelden', exact: true})).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(list).toBeHidden();
    await expect(field(page)).toHaveValue('Hund anmelden');
    await expect(page.locator('#town').getByText(/Leistungen zu „Hund anmelden“ für Köln/)).toBeVisible();
    const first = page.locator('#town').getByRole('listitem').first();
    await expect(first).toContainText('In Köln geht das noch nicht online. Zuständig ist:');
    await expect(first).toContainText('Steueramt Köln (Beispiel) Beispiel');
    await expect(first).toContainText(/In \d+ von 396 Kommunen online/);
    await page.keyboard.press('Tab');  // the button
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/leistung\/99110009104000\?ars=053150000000$/);
    await expect(page.getByRole('heading', {level: 1, name: 'Hund anmelden'})).toBeVisible();
  });

  test('two widgets keep apart: the second one is for companies, in English, and leads to the portal', async ({page}) => {
    await page.goto(town.address);
    const second = field(page, 'What does your company need?');
    await find(page, 'hund');
    await expect(page.locator('#town').getByRole('listitem').first()).toBeVisible();
    await expect(page.locator('#business').getByRole('listitem')).toHaveCount(0);
    await second.fill('gewerbe anmelden');
    await second.press('Enter');
    await page.waitForURL(`${search}/?**`);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(
      {q: 'gewerbe anmelden', place: 'Kleve', audience: 'business', lang: 'en'});
  });

  test('starts an online service, and names the telephone of an office where there is none', async ({page}) => {
    watchTown(page);
    await page.goto(town.address);
    await find(page, 'hundesteuer befreien');
    const online = page.getByRole('link', {name: /^Online erledigen ?: Von der Hundesteuer befreien lassen$/});
    await expect(online).toHaveAttribute('href', /^https:\/\//);
    await expect(online).toHaveAttribute('rel', 'noreferrer');
    await answer(page, 'search', {place: {name: 'Köln'}, total: 1, results: [{
      key: '99110009104000', title: 'Hund anmelden', level: 'gemeinde', area: {name: 'Köln'},
      onlineServices: [
        {url: 'https://tot.example', broken: true}, {url: 'https://formular.example', form: true},
        {url: 'javascript:alert(1)'}, {key: '99110009104001', url: 'https://sonderfall.example'}],
      offices: [{name: 'Steueramt', street: 'Am Platz 1', postcode: '50667', city: 'Köln', phone: '+49 (221) 115-0'}]}]});
    await find(page, 'hund');
    await expect(page.getByRole('link', {name: '+49 (221) 115-0'})).toHaveAttribute('href', 'tel:+492211150');
    await expect(page.getByText('Am Platz 1, 50667 Köln')).toBeVisible();
    await expect(page.getByText('Online erledigen')).toHaveCount(0);
  });

  test('asks which place, and takes what was chosen', async ({page}) => {
    watchTown(page);
    await page.goto(widgetPage('<vsm-search></vsm-search>'));
    const place = page.getByRole('combobox', {name: /^Wo\?/});
    await place.fill('52525');  // shared by towns
    await find(page, 'hund anmelden');
    const choice = page.getByText('Welchen Ort meinen Sie?').locator('..').getByRole('button').first();
    const name = (await choice.textContent()).replace(/ \(.*/, '');
    await choice.click();
    await expect(page.getByRole('status').filter({hasText: `für ${name}`})).toBeFocused();
    await expect(place).toHaveValue(name);
    await place.fill('Entenhausen');
    page.removeAllListeners('console');  // the browser logs each 404
    await place.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Den Ort „Entenhausen“ kennen wir nicht.');
    await isAccessible(page);
  });

  test('asks for words where there are none, and lists a topic without', async ({page}) => {
    await page.goto(widgetPage('<vsm-search ars="05315"></vsm-search>'));
    await page.getByRole('button', {name: 'Suchen'}).click();
    await expect(page.getByRole('status').filter({hasText: 'Bitte geben Sie ein'})).toBeVisible();
    await expect(field(page)).toBeFocused();
    await page.evaluate(() => document.querySelector('vsm-search').setAttribute('topic', 'umwelt'));
    await page.evaluate(() => document.querySelector('vsm-search').setAttribute('size', '3'));
    await page.getByRole('button', {name: 'Suchen'}).click();
    await expect(page.getByRole('listitem')).toHaveCount(3);
    await page.getByRole('link', {name: /Alle .* Treffer ansehen/}).click();
    await page.waitForURL(`${search}/?ars=05315&topic=umwelt`);
  });

  test('tells the page what it found', async ({page}) => {
    await page.goto(town.address);
    await expect(field(page)).toBeVisible();
    const told = page.evaluate(() => new Promise((resolve) => document.addEventListener('vsm-results', ({detail}) => resolve(detail))));
    await find(page, 'hund');
    expect(await told).toEqual({query: 'hund', total: expect.any(Number)});
  });
});

test.describe('when things are not as they should be', () => {
  test('without JavaScript the page has the form, which finds', async ({browser}) => {
    const page = await browser.newPage({javaScriptEnabled: false});
    await page.goto(town.address);
    await page.getByLabel('Suche').fill('hund anmelden');
    await page.getByRole('button', {name: 'Suchen'}).click();
    await expect(page).toHaveURL(`${search}/?q=hund+anmelden&ars=053150000000`);
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
    await page.close();
  });

  test('with the server away from the beginning the page has the form', async ({page}) => {
    page.on('pageerror', (error) => { throw error; });
    await page.route(`${search}/**`, (route) => route.abort());
    await page.goto(town.address);
    await expect(page.getByLabel('Suche')).toBeVisible();
    await expect(page.locator('#business').getByRole('link', {name: 'Suche'})).toBeVisible();
    await isAccessible(page);
  });

  test('with the server gone later it says so, and searches again when it is back', async ({page}) => {
    page.on('pageerror', (error) => { throw error; });
    await page.goto(town.address);
    await page.route(api, (route) => route.abort());
    await expect(field(page)).toBeVisible();
    const told = page.evaluate(() => new Promise((resolve) => document.addEventListener('vsm-error', ({detail}) => resolve(detail))));
    await find(page, 'hund');
    await expect(page.getByRole('alert')).toContainText('Die Suche antwortet gerade nicht.');
    await expect(page.getByRole('alert').getByRole('link')).toHaveAttribute('href', `${search}/?q=hund&ars=053150000000`);
    expect(await told).toEqual({status: 0});
    await isAccessible(page);
    await page.unroute(api);
    await find(page, 'hund');
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('what is no answer of the server is a plain sentence', async ({page}) => {
    page.on('pageerror', (error) => { throw error; });
    await page.goto(town.address);
    const headers = {'Access-Control-Allow-Origin': '*'};
    for (const reply of [{status: 502, body: '<html>Bad Gateway', headers}, {status: 200, body: '{}', headers},
      {status: 200, body: 'null', headers}, {status: 500, json: {title: 'x', detail: 'innen'}, headers}]) {
      await page.route(api, (route) => route.fulfill(reply));
      await find(page, 'hund');
      await expect(page.getByRole('alert')).toContainText('Die Suche antwortet gerade nicht.');
      await page.unroute(api);
    }
    await answer(page, 'search', {}, 429);
    await find(page, 'hund');
    await expect(page.getByRole('alert')).toContainText('Das waren viele Anfragen auf einmal.');
  });

  test('slow answers: it says that it searches, the last search counts, and patience ends', async ({page}) => {
    await page.clock.install();
    await page.goto(town.address);
    const waiting = {};
    await page.route(`${search}/api/v1/search?**`, (route) => new Promise((resolve) => {
      waiting[new URL(route.request().url()).searchParams.get('q')] = async (title) => {
        await route.fulfill({json: {total: 1, results: [{title}]}, headers: {'Access-Control-Allow-Origin': '*'}}).catch(() => {});
        resolve();
      };
    }));
    await find(page, 'erste');
    await expect.poll(() => Object.keys(waiting)).toEqual(['erste']);
    await page.clock.fastForward(400);
    await expect(page.getByRole('status').filter({hasText: 'Die Suche läuft …'})).toBeVisible();
    await find(page, 'zweite');
    await expect.poll(() => Object.keys(waiting)).toEqual(['erste', 'zweite']);
    await waiting.zweite('Zweite');
    await expect(page.getByRole('heading', {name: 'Zweite'})).toBeVisible();
    await waiting.erste('Erste');
    await page.clock.fastForward(1_000);
    await expect(page.getByRole('heading', {name: 'Zweite'})).toBeVisible();
    await find(page, 'dritte');
    await expect.poll(() => Object.keys(waiting).length).toBe(3);
    await page.clock.fastForward(11_000);
    await expect(page.getByRole('alert')).toContainText('Die Suche antwortet gerade nicht.');
    await waiting.dritte('Dritte');
  });

  test('a stale widget before a newer server shows what it understands', async ({page}) => {
    watchTown(page);
    await page.goto(widgetPage('<vsm-search ars="053150000000"></vsm-search>'));
    const pieces = [{text: 'hund', match: true, weight: 3}];
    await answer(page, 'suggest', {generation: 9, suggestions: [
      {type: 'hologram', text: 'Hund als Hologramm', pieces, hint: {de: 'neu'}}, {type: 'service', text: 'Hund ohne Stücke', id: '1'},
      {type: 'constructor', text: 'Hund bauen', pieces}, {type: 'service', id: 'ohne-text'}]});
    await answer(page, 'search', {
      total: 2, place: {name: 'Köln', ars: '053150000000', moon: 'full'}, corrected: null, nextGeneration: {}, results: [
        {id: 'neu', key: '99110009104000', title: 'Hund anmelden', level: 'sonnensystem', area: {name: 'Milchstraße'}, mood: 'gut',
          onlineServices: [{url: 'https://koeln.example/', key: '99110009104000', level: 'quadrant', area: {name: 'Alpha'}, kinds: ['x']}],
          offices: 'see other list', availability: {online: 3, municipalities: 396, planets: 8}},
        {title: 'Nur ein Titel'}]});
    await field(page).fill('hund');
    await expect(page.getByRole('option')).toHaveText(['hund', 'Hund ohne Stücke', 'hund']);
    await page.getByRole('option').first().click();
    await expect(field(page)).toHaveValue('Hund als Hologramm');
    await expect(page.getByRole('listitem')).toHaveCount(2);
    await expect(page.getByRole('listitem').first()).toContainText('Milchstraße');
    await expect(page.getByRole('link', {name: /^Online erledigen ?: Hund anmelden$/})).toBeVisible();
    await expect(page.getByText('In 3 von 396 Kommunen online')).toBeVisible();
    await isAccessible(page);
  });

  test('hostile answers stay text', async ({page}) => {
    watchTown(page);
    await page.goto(town.address);
    const evil = '<img src=x onerror=alert(1)>';
    await answer(page, 'suggest', {suggestions: [{type: 'word', text: evil, q: evil, pieces: [{text: evil, match: true}]}]});
    await answer(page, 'search', {total: 1, place: {name: evil}, corrected: evil, results: [
      {id: `/../${evil}`, title: evil, teaser: evil, area: {name: evil}, level: evil, offices: [{name: evil, phone: evil}]}]});
    await field(page).fill('xy');
    await page.getByRole('option', {name: evil}).click();
    await expect(page.getByRole('heading', {name: evil})).toBeVisible();
    expect(await page.locator('#town').evaluate((host) => host.shadowRoot.querySelectorAll('img, script').length)).toBe(0);
  });

  test('with a checksum this release runs, and another one leaves the form', async ({page}) => {
    const asked = await page.request.get(`${search}/einbinden?pinned=true`);
    const [, script, integrity] = /src=&quot;https:\/\/suche\.example\.de(\/assets\/widget-\w+\.js)&quot; integrity=&quot;(\S+)&quot;/.exec(await asked.text());
    await page.goto(`${town.address}?${new URLSearchParams({script, integrity})}`);
    await find(page, 'hund');
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
    const refused = [];
    page.on('console', (message) => refused.push(message.text()));
    const old = '/assets/widget-0123456789.js';
    await page.goto(`${town.address}?${new URLSearchParams({script: old, integrity: `sha384-${'A'.repeat(64)}`})}`);
    await expect(page.getByLabel('Suche')).toBeVisible();
    await expect.poll(() => refused.join()).toContain('integrity');
    await page.goto(`${town.address}?${new URLSearchParams({script: old})}`);
    await expect(field(page)).toBeVisible();
  });

  test('a copy of the script on the server of the town asks the server that it is told', async ({page}) => {
    watchTown(page);
    await page.goto(widgetPage(`<div lang="en-GB"><vsm-search server="${search}/" place="Köln"></vsm-search></div>`, {copy: ''}));
    await field(page, 'What do you want to do?').fill('passport');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status').filter({hasText: 'services for “passport” in Köln'})).toBeVisible();
    await expect(page.getByRole('listitem').first()).toBeVisible();
  });

  test('weighs at most 12 kB as it is served, and is asked for again only when it changed', async ({request}) => {
    const served = await request.get('/widget.js', {headers: {'Accept-Encoding': 'gzip'}});
    const {'content-encoding': encoding, 'content-length': length, 'access-control-allow-origin': origin,
      'cross-origin-resource-policy': policy, etag} = served.headers();
    expect({encoding, origin, policy}).toEqual({encoding: 'gzip', origin: '*', policy: 'cross-origin'});
    expect(Number(length)).toBeLessThanOrEqual(12_000);
    note('widget', {bytes: Number(length)});
    expect((await request.get('/widget.js', {headers: {'If-None-Match': etag}})).status()).toBe(304);
  });
});

test.describe('the page that puts the lines together', () => {
  test.beforeEach(({page}) => watch(page));

  const code = (page) => page.locator('[data-code]');

  for (const width of widths) {
    test(`at ${width} px it is accessible and fits`, async ({page}) => {
      await page.setViewportSize({width, height: 800});
      for (const path of ['/einbinden', '/einbinden?place=52525&pinned=true&lang=en', '/einbinden?place=Entenhausen&theme=dark']) {
        await page.goto(path);
        await fitsTheWidth(page);
        if (width === 360) await isAccessible(page);
      }
      if (width !== 768) return;
      await page.emulateMedia({colorScheme: 'dark'});
      await isAccessible(page);
    });
  }

  test('text of 200 % and forced colours hold', async ({page}) => {
    await page.setViewportSize({width: 1280, height: 900});
    await page.goto('/einbinden?place=K%C3%B6ln&form=true');
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await fitsTheWidth(page);
    await isAccessible(page);
    await page.emulateMedia({forcedColors: 'active'});
    await page.goto('/einbinden?place=K%C3%B6ln&theme=dark');
    await isAccessible(page);
  });

  test('shows lines and widget for each choice at once, by keyboard', async ({page}) => {
    await page.goto('/einbinden');
    await expect(page.locator('vsm-search').getByRole('combobox', {name: /^Wo\?/})).toBeVisible();
    await expect(code(page)).toHaveText(`<script type="module" src="${search}/widget.js"></script>\n`
      + `<vsm-search><a href="${search}/">Leistungen suchen</a></vsm-search>`);
    await page.getByLabel('Ort der Suche').focus();
    await page.keyboard.type('Köln');
    await expect(page.getByRole('option').first()).toContainText('Köln');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(code(page)).toContainText(
      `<vsm-search ars="053150000000"><a href="${search}/?ars=053150000000">Leistungen suchen</a></vsm-search>`);
    await expect(page.getByText('Gewählt: Köln, Stadt, Regionalschlüssel 053150000000')).toBeVisible();
    await page.getByLabel('Themenfeld').selectOption('umwelt');
    await page.getByLabel('Für wen?').selectOption('business');
    await page.getByLabel('Treffer zeigen').selectOption('portal');
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByLabel('Farbe').fill('#aa0033');
    await expect(code(page)).toContainText(
      'ars="053150000000" topic="umwelt" audience="business" lang="en" results="portal" accent="#aa0033">');
    await expect(page.locator('vsm-search').getByRole('button', {name: 'Search'})).toHaveCSS('background-color', 'rgb(170, 0, 51)');
    await page.getByLabel('Feste Fassung').check();
    await expect(page.getByLabel('Suchformular')).toBeChecked();
    await expect(code(page)).toContainText('integrity="sha384-');
    await expect(code(page)).toContainText(`<form action="${search}/" method="get">`);
    await isAccessible(page);
    await page.reload();
    await expect(code(page)).toContainText('topic="umwelt"');
  });

  test('copies the lines', async ({page, context}) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/einbinden?place=Bochum');
    await page.getByRole('button', {name: 'Zeilen kopieren'}).click();
    await expect(page.getByText('Kopiert.')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code(page).textContent());
  });

  test('without JavaScript the form shows the lines', async ({browser}) => {
    const page = await browser.newPage({javaScriptEnabled: false, baseURL: search});
    await page.goto('/einbinden');
    await page.getByLabel('Ort der Suche').fill('52525');
    await page.getByRole('button', {name: 'Zeilen zeigen'}).click();
    await page.locator('#place-note').getByRole('link').first().click();
    await expect(code(page)).toContainText(/<vsm-search ars="\d{12}">/);
    await page.close();
  });

  test('what it shows of a request is text, and the lines hold only what the server knows', async ({page}) => {
    const evil = '"><script>alert(1)</script>';
    const query = new URLSearchParams(Object.fromEntries(
      ['place', 'topic', 'audience', 'results', 'language', 'theme', 'accent'].map((name) => [name, evil])));
    await page.goto(`/einbinden?${query}`);
    await expect(page.getByLabel('Ort der Suche')).toHaveValue(evil);
    await expect(page.getByText('Diesen Ort kennen wir nicht.')).toBeVisible();
    await expect(code(page)).toContainText('\n<vsm-search><a');
    await isAccessible(page);
  });

  test('the lines work on the page of a town as they are', async ({page}) => {
    await page.goto('/einbinden?place=K%C3%B6ln&form=true');
    const lines = await code(page).textContent();
    page.removeAllListeners('request');
    await page.goto(widgetPage(lines.slice(lines.indexOf('\n') + 1)));
    await find(page, 'hund');
    await expect(page.getByRole('link', {name: 'Hund anmelden', exact: true})).toBeVisible();
  });
});

test('docs/widget.md names every attribute, part, property and event', async () => {
  const text = readFileSync(new URL('../../docs/widget.md', import.meta.url), 'utf8');
  const source = (name) => readFileSync(new URL(`../../server/web/scripts/${name}`, import.meta.url), 'utf8');
  const script = ['widget.js', 'widget/results.js', 'parts/combobox.js'].map(source).join('\n');
  const all = (pattern, where) => [...where.matchAll(pattern)].map(([, found]) => found);
  const names = [
    ...all(/'([\w-]+)'/g, /observedAttributes = \[([^\]]*)\]/.exec(script)[1]), ...all(/part(?:: | = )'([\w-]+)'/g, script),
    ...all(/(--vsm-[\w-]+)/g, source('widget/styles.css')), ...all(/#tell\('([\w-]+)'/g, script)];
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
