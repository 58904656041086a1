// The dashboard as people use it: with and without script, by keyboard, at three widths.
import {expect, fitsTheWidth, isAccessible, test, watch, widths} from './people.mjs';

test.beforeEach(({page}) => watch(page));

const cologne = '/dashboard?ars=053150000000';
const states = {
  Germany: '/dashboard?ars=00',
  'a Kreis': '/dashboard?ars=05334',
  'a town': cologne,
  'a topic in English': `${cologne}&topic=mobilitaet_reisen&offer=own&lang=en`,
  'no data': '/dashboard?ars=097610000000',
  'two towns': `${cologne}&with=059130000000`,
};

for (const width of widths) {
  test(`at ${width} px every state fits`, async ({page}) => {
    await page.setViewportSize({width, height: 800});
    for (const path of ['/dashboard', '/dashboard?level=kreis', ...Object.values(states)]) {
      await page.goto(path);
      await fitsTheWidth(page);
    }
  });
}

for (const [name, path] of Object.entries(states)) {
  test(`${name} is accessible, in the dark and with open definitions too`, async ({page}) => {
    await page.setViewportSize({width: 360, height: 800});
    await page.goto(path);
    await isAccessible(page);
    await page.emulateMedia({colorScheme: 'dark'});
    await page.evaluate(() => { for (const fold of document.querySelectorAll('details')) fold.open = true; });
    await isAccessible(page);
  });
}

test('an unknown place is told, and asked again', async ({page}) => {
  page.removeAllListeners('console');
  const answer = await page.goto('/dashboard?place=Xyzdorf');
  expect(answer.status()).toBe(404);
  await expect(page.locator('h1')).toHaveText('Unbekannter Ort');
  await isAccessible(page);
  await page.getByLabel('Ort, Kreis oder Land').fill('Kleve');
  await page.getByRole('button', {name: 'Anzeigen'}).click();
  await expect(page.locator('h1')).toContainText('Kleve');
});

test('text of twice the size and forced colours hold', async ({page}) => {
  await page.emulateMedia({forcedColors: 'active'});
  await page.setViewportSize({width: 1280, height: 900});
  for (const path of [states['a Kreis'], states['two towns']]) {
    await page.goto(path);
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await fitsTheWidth(page);
    await isAccessible(page);
  }
  // Classes are told apart by how full a dot is, whatever its colour.
  await page.goto('/dashboard?ars=05');
  const shares = await page.evaluate(() => [2, 3, 4, 5].map((kind) => {
    const [ring, inner] = document.querySelector(`a.db-dot--${kind}`).querySelectorAll('circle');
    return inner.r.baseVal.value / ring.r.baseVal.value;
  }));
  expect(shares[3]).toBeCloseTo(1);
  for (let i = 1; i < 4; ++i) expect(shares[i]).toBeGreaterThan(shares[i - 1] + 0.05);
});

test('a mayor goes from the Land to the town, starts a service and compares', async ({page}) => {
  await page.goto('/dashboard?ars=05');
  await page.getByRole('navigation', {name: 'Aufteilen nach'}).getByRole('link', {name: 'Kreise'}).click();
  await expect(page.locator('table[data-sortable] tbody tr')).toHaveCount(53);
  await page.locator('table[data-sortable]').getByRole('link', {name: 'Kreis Kleve'}).click();
  await page.locator('table[data-sortable]').getByRole('link', {name: 'Goch', exact: true}).click();
  await expect(page.locator('h1')).toHaveText('Was ist online? Goch');
  await expect(page.getByRole('navigation', {name: 'Sie sind hier'}).getByRole('link'))
    .toHaveText(['Deutschland', 'Nordrhein-Westfalen', 'Regierungsbezirk Düsseldorf', 'Kreis Kleve']);

  await page.getByRole('link', {name: /mit eigenem Angebot/}).click();
  const first = page.locator('.db-services li').first();
  await expect(first).toContainText('eigenes Angebot');
  await expect(first.getByRole('link', {name: /^Online erledigen: /})).toHaveAttribute('href', /^https:/);

  await page.getByLabel('Themenfeld', {exact: true}).selectOption('Familie & Kind');
  await page.getByRole('button', {name: 'Anzeigen'}).click();
  await expect(page).toHaveURL(/ars=051540016016/);
  await expect(page.locator('main')).toContainText('Nur das Themenfeld Familie & Kind');

  await page.getByLabel('Goch vergleichen mit').fill('47533');
  await page.getByRole('button', {name: 'Vergleichen'}).click();
  await expect(page.locator('h1')).toHaveText('Goch und Kleve im Vergleich');
  const [left, right] = await page.getByRole('row', {name: /^Online /}).getByRole('cell').allTextContents();
  const lists = page.locator('#unterschied ~ .db-pair > div');
  const both = Number(/\d+/.exec(await page.locator('#unterschied + p').textContent())[0]);
  expect(await lists.nth(0).locator('li').count()).toBe(Number(left) - both);
  expect(await lists.nth(1).locator('li').count()).toBe(Number(right) - both);
});

test('the map is one stop for the Tab key, and arrows go where they point', async ({page}) => {
  await page.goto('/dashboard?ars=05');
  await expect(page.locator('a.db-dot')).toHaveCount(396);
  await expect(page.locator('a.db-dot[tabindex="0"]')).toHaveCount(1);
  await page.locator('a.db-dot', {hasText: 'Köln:'}).focus();
  await expect(page.locator('[data-now]')).toContainText('Köln: ');
  const at = () => page.evaluate(() => {
    const {cx, cy} = document.activeElement.querySelector('circle');
    return {x: cx.baseVal.value, y: cy.baseVal.value};
  });
  const cologneAt = await at();
  await page.keyboard.press('ArrowUp');
  expect((await at()).y).toBeLessThan(cologneAt.y);
  await page.keyboard.press('ArrowRight');
  const name = await page.evaluate(() => document.activeElement.textContent.trim().split(':')[0]);
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toHaveText(`Was ist online? ${name}`);
});

test('the table is sorted by its heads, with the same order without script', async ({page, browser}) => {
  const names = (of) => of.locator('table[data-sortable] tbody th a').allTextContents();
  await page.goto('/dashboard?ars=05334');
  const before = await names(page);
  await page.locator('table[data-sortable]').getByRole('link', {name: 'Eigene'}).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('table[data-sortable] th', {hasText: /^Eigene$/})).toHaveAttribute('aria-sort', 'descending');
  await expect(page.getByRole('status').filter({hasText: 'Sortiert nach Eigene'})).toHaveCount(1);
  const own = (await page.locator('table[data-sortable] tbody td:nth-child(4)').allTextContents()).map(Number);
  expect(own).toEqual([...own].sort((a, b) => b - a));
  const sorted = await names(page);
  expect(sorted).not.toEqual(before);
  expect([...sorted].sort()).toEqual([...before].sort());

  const context = await browser.newContext({javaScriptEnabled: false, baseURL: process.env.VSM_SERVER});
  const plain = await context.newPage();
  await plain.goto('/dashboard?ars=05334');
  await plain.locator('table[data-sortable]').getByRole('link', {name: 'Eigene'}).click();
  expect(await names(plain)).toEqual(sorted);
  await expect(plain.locator('a.db-dot')).toHaveCount(before.length);
  // The map and the table say the same.
  const title = await plain.locator('a.db-dot').filter({hasText: `${sorted[0]}:`}).textContent();
  expect(title).toContain(`${own[0]} davon eigene`);
  await context.close();
});

test('a definition is opened by keyboard', async ({page}) => {
  await page.goto(cologne);
  const fold = page.locator('.db-figures details').first();
  await fold.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(fold.locator('p')).toBeVisible();
  await expect(fold.locator('p')).toContainText('Leistungskatalogs');
});

test('sample data are named where they are counted, and only there', async ({page}) => {
  await page.goto(cologne);
  await expect(page.locator('.sample-note')).toContainText('erfundenen Beispieldaten');
  await page.goto('/dashboard?ars=097610000000');
  await expect(page.locator('.sample-note')).toHaveCount(0);
  await expect(page.locator('main')).toContainText('keine Daten');
  await expect(page.locator('.db-figures')).toHaveCount(0);
});

test('places are suggested in the field', async ({page}) => {
  await page.goto(states['no data']);
  const field = page.getByLabel('Ort, Kreis oder Land');
  await field.fill('');
  await field.pressSequentially('Waren');
  await expect(page.getByRole('option').first()).toContainText('Waren');
  await isAccessible(page);
});
