// The portal as people use it: with and without script, by keyboard, at three widths.
import {expect, fitsTheWidth, isAccessible, note, test, watch, widths} from './people.mjs';

test.beforeEach(({page}) => watch(page));

const service = '/leistung/99008001012000?ars=053150000000';
const states = {
  start: '/',
  'a door at a place': '/?audience=business&place=Dortmund',
  results: '/?q=personalausweis&place=K%C3%B6ln',
  'results with filters': '/?q=ausweis&place=K%C3%B6ln&online=true&topic=mobilitaet_reisen',
  'a mended word': '/?q=perosnalausweis&place=K%C3%B6ln',
  'which place': '/?q=personalausweis&place=Neuenkirchen',
  'nothing found': '/?q=qxqxqxqx&place=K%C3%B6ln&exact=true',
  'behind the last page': '/?q=ausweis&page=99',
  'a service': service,
  English: '/?q=passport&place=K%C3%B6ln&lang=en',
  Impressum: '/impressum',
  Datenschutz: '/datenschutz',
  Barrierefreiheit: '/barrierefreiheit',
  'Leichte Sprache': '/leichte-sprache',
  Gebärdensprache: '/gebaerdensprache?lang=en',
};

for (const width of widths) {
  test(`at ${width} px every state is accessible and fits`, async ({page}) => {
    await page.setViewportSize({width, height: 800});
    for (const path of Object.values(states)) {
      await page.goto(path);
      await fitsTheWidth(page);
      if (width === 360) await isAccessible(page);
    }
  });
}

test('in the dark every state is accessible', async ({page}) => {
  await page.emulateMedia({colorScheme: 'dark'});
  for (const path of Object.values(states)) {
    await page.goto(path);
    await isAccessible(page);
  }
});

test('errors and the description of the API are accessible', async ({page}) => {
  page.removeAllListeners('console');
  for (const path of ['/nichts', '/?q=a&place=Xyzdorf&size=1000', '/leistung/99999999999999', '/api']) {
    await page.goto(path);
    await isAccessible(page);
    await fitsTheWidth(page);
  }
});

test('text of twice the size and forced colours hold', async ({page}) => {
  await page.emulateMedia({forcedColors: 'active'});
  for (const [width, path] of [360, 1280].flatMap((size) =>
    [states.start, states.results, states['a service']].map((path) => [size, path]))) {
    await page.setViewportSize({width, height: 900});
    await page.goto(path);
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await fitsTheWidth(page);
    await isAccessible(page);
    const search = page.getByRole('button', {name: 'Suchen'});
    if (width === 1280) await expect(search).toBeInViewport();
    await search.focus();
    expect(await search.evaluate((button) => getComputedStyle(button).outlineStyle)).not.toBe('none');
  }
});

test('the search is typed, chosen and started by keyboard alone', async ({page}) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', {name: 'Zum Inhalt'})).toBeFocused();
  const words = page.getByRole('combobox', {name: 'Was möchten Sie erledigen?'});
  for (let i = 0; i < 10 && !(await words.evaluate((field) => field === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.type('bewohner');
  const list = page.getByRole('listbox', {name: 'Vorschläge'});
  await expect(list).toBeVisible();
  await expect(words).toHaveAttribute('aria-expanded', 'true');
  await isAccessible(page);
  await expect(words).not.toHaveAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowDown');
  const first = list.getByRole('option').first();
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(words).toHaveAttribute('aria-activedescendant', await first.getAttribute('id'));
  await isAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(words).toHaveValue('bewohner');

  await page.keyboard.press('Tab');
  await page.keyboard.type('dortm');
  const places = page.getByRole('listbox', {name: 'Orte'});
  await expect(places.getByRole('option').first()).toContainText('Dortmund');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=bewohner&place=Dortmund/);
  await expect(page.getByRole('heading', {level: 1})).toContainText('für Dortmund');
});

test('what was typed is searched, whatever is suggested; a chosen service opens its page', async ({page}) => {
  await page.goto('/?place=K%C3%B6ln');
  const words = page.getByRole('combobox', {name: 'Was möchten Sie erledigen?'});
  await words.pressSequentially('personalausw');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=personalausw&place=K%C3%B6ln/);
  await words.fill('');
  await words.pressSequentially('bewohnerparkausweis');
  await page.getByRole('option').filter({hasText: 'Bewohnerparkausweis beantragen'}).click();
  await page.waitForURL(/\/leistung\/\d{14}\?place=K%C3%B6ln/);
  await expect(page.getByRole('heading', {level: 1})).toHaveText('Bewohnerparkausweis beantragen');
});

test('without the server the field is a field', async ({page}) => {
  page.removeAllListeners('console');
  await page.goto('/');
  await page.route('**/api/**', (route) => route.abort());
  const words = page.getByRole('combobox', {name: 'Was möchten Sie erledigen?'});
  await words.pressSequentially('hund');
  await page.waitForTimeout(200);
  await expect(words).toHaveAttribute('aria-expanded', 'false');
  await words.press('Enter');
  await page.waitForURL(/q=hund/);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({javaScriptEnabled});

    test('from the door to the button, and back', async ({page}) => {
      await page.goto('/');
      await page.getByLabel('Wo?').fill('50667');
      await page.getByLabel('Was möchten Sie erledigen?').fill('personalausweis');
      await page.getByRole('button', {name: 'Suchen'}).click();
      await expect(page.getByRole('heading', {level: 1})).toContainText('für Köln');
      const first = page.getByRole('listitem').filter({has: page.getByRole('heading', {level: 2})}).first();
      await expect(first.getByRole('heading', {level: 2})).toHaveText('Personalausweis beantragen');
      await expect(first).toContainText(/In \d+ von 396 Kommunen online/);
      const start = first.getByRole('link', {name: /^Online erledigen/});
      await expect(start).toHaveAttribute('href', /^https:/);
      await expect(first.getByRole('link', {name: 'Link melden'}).first())
        .toHaveAttribute('href', /^mailto:portal@example.de\?subject=Link%20melden/);
      await first.getByRole('link', {name: 'Personalausweis beantragen', exact: true}).click();
      await expect(page.getByRole('heading', {level: 1})).toHaveText('Personalausweis beantragen');
      await expect(page.getByRole('heading', {name: 'Zuständige Stelle'})).toBeVisible();
      await expect(page.getByText('Leistungsschlüssel')).toBeVisible();
      await page.goBack();
      await expect(page.getByLabel('Wo?')).toHaveValue(/Köln|50667/);
    });

    test('facets narrow down to what they say, and are taken off', async ({page}) => {
      await page.goto('/?q=ausweis&place=K%C3%B6ln');
      const before = await page.getByRole('heading', {level: 1}).textContent();
      const fold = page.locator('summary', {hasText: 'Eingrenzen'});
      const facets = page.getByRole('complementary', {name: 'Eingrenzen'});
      if (!(await facets.getByRole('heading').first().isVisible())) await fold.click();
      const topic = facets.getByRole('listitem').filter({hasText: 'Mobilität'}).first();
      const count = (await topic.textContent()).match(/(\d+)\s*$/)[1];
      await topic.getByRole('link').click();
      await expect(page.getByRole('heading', {level: 1})).toContainText(`${count} Leistungen zu „ausweis“ im Themenfeld`);
      await page.getByRole('link', {name: /Filter entfernen/}).first().click();
      await expect(page.getByRole('heading', {level: 1})).toHaveText(before);
      await page.goBack();
      await expect(page.getByRole('heading', {level: 1})).toContainText('im Themenfeld');
    });

    test('the doors lead to topics of their own, those to services of the place', async ({page}) => {
      await page.goto('/?place=Dortmund');
      await page.getByRole('link', {name: 'Digitales Gewerbeamt'}).click();
      await expect(page.getByRole('heading', {name: 'Themenfelder: Digitales Gewerbeamt'})).toBeVisible();
      await expect(page.getByText('online sind').first()).toContainText('Dortmund');
      const topic = page.getByRole('listitem').filter({has: page.getByRole('heading', {name: /Unternehmensführung/})});
      await expect(topic).toContainText(/Leistungen: \d+, online: \d+/);
      await topic.locator('summary').press('Enter');
      await topic.getByRole('listitem').getByRole('link').first().press('Enter');
      await expect(page.getByRole('heading', {level: 1})).toContainText('für Dortmund');
      await expect(page).toHaveURL(/audience=business/);
    });

    test('pages are turned, and the back button turns them back', async ({page}) => {
      await page.goto('/?q=ausweis&place=K%C3%B6ln');
      const first = await page.getByRole('heading', {level: 2}).allTextContents();
      await page.getByRole('link', {name: 'Nächste Seite'}).click();
      await expect(page.getByText(/Seite 2 von \d+/)).toBeVisible();
      expect(await page.getByRole('heading', {level: 2}).allTextContents()).not.toEqual(first);
      await page.goBack();
      await expect(page.getByText(/Seite 1 von \d+/)).toBeVisible();
    });

    test('a misspelt word is mended, with a way back', async ({page}) => {
      await page.goto('/?q=perosnalausweis&place=K%C3%B6ln');
      await expect(page.getByText('Ergebnisse für Personalausweis')).toBeVisible();
      await page.getByRole('link', {name: 'Stattdessen nach „perosnalausweis“ suchen'}).click();
      await expect(page.getByText('Gesucht genau nach')).toBeVisible();
    });

    test('nothing found helps on', async ({page}) => {
      await page.goto('/?q=qxqxqxqx&place=K%C3%B6ln&exact=true');
      await expect(page.getByRole('link', {name: '115'})).toHaveAttribute('href', 'tel:115');
      await page.getByRole('main').getByRole('link', {name: 'Bildung'}).click();
      await expect(page.getByRole('heading', {level: 1})).toContainText('im Themenfeld Bildung für Köln');
    });

    test('English stays English', async ({page}) => {
      await page.goto('/');
      await page.getByRole('link', {name: 'English'}).click();
      await page.getByLabel('What do you want to do?').fill('passport');
      await page.getByLabel('Where?').fill('Köln');
      await page.getByRole('button', {name: 'Search'}).click();
      await expect(page.getByRole('heading', {level: 1})).toContainText('in Köln');
      await page.getByRole('main').getByRole('heading', {level: 2}).getByRole('link').first().click();
      await expect(page).toHaveURL(/lang=en/);
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      await expect(page.getByRole('heading', {name: 'About this information'})).toBeVisible();
    });
  });
}

test('the place lives in the address and nowhere else', async ({page, context}) => {
  await page.goto('/?q=personalausweis&place=K%C3%B6ln');
  await page.getByRole('link', {name: 'Verwaltungssuchmaschine'}).click();
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

test('a service is linked data and prints without what is for the screen', async ({page}) => {
  await page.goto(service);
  const data = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent());
  expect(JSON.stringify(data)).toContain('GovernmentService');
  await page.emulateMedia({media: 'print'});
  await expect(page.getByRole('search')).toBeHidden();
  await expect(page.getByRole('contentinfo')).toBeHidden();
  await expect(page.getByRole('heading', {level: 1})).toBeVisible();
});

test('a cold load is small, and the first result soon there', async ({page}) => {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const sizes = new Map();
  network.on('Network.responseReceived', ({requestId, type}) => sizes.set(requestId, {type, bytes: 0}));
  network.on('Network.loadingFinished', ({requestId, encodedDataLength}) => {
    if (sizes.has(requestId)) sizes.get(requestId).bytes = encodedDataLength;
  });
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
  });
  await page.goto('/', {waitUntil: 'networkidle'});
  const loaded = [...sizes.values()].filter(({bytes}) => bytes > 0);
  const needed = loaded.filter(({type}) => type !== 'Font');
  const bytes = (list) => list.reduce((sum, one) => sum + one.bytes, 0);
  const shift = await page.evaluate(() => window.shift);
  expect(needed.length).toBeLessThanOrEqual(4);
  expect(bytes(needed)).toBeLessThanOrEqual(150_000);
  expect(shift).toBeLessThan(0.1);

  const begin = Date.now();
  await page.getByLabel('Was möchten Sie erledigen?').fill('personalausweis');
  await page.getByRole('button', {name: 'Suchen'}).click();
  await expect(page.getByRole('heading', {level: 2}).first()).toBeVisible();
  note('portal', {
    requests: needed.length, bytes: bytes(needed), fontBytes: bytes(loaded) - bytes(needed), layoutShift: shift,
    firstResultMilliseconds: Date.now() - begin,
  });
});
