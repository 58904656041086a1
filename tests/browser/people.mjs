// What the tests of all pages share.
import {mkdirSync, writeFileSync} from 'node:fs';
import {AxeBuilder} from '@axe-core/playwright';
import {expect} from '@playwright/test';

export {expect};
export {test} from '@playwright/test';

export const widths = [360, 768, 1280];

/** No violation of WCAG 2.2 up to level AA in the page as it is now. */
export async function isAccessible(page) {
  const {violations} = await new AxeBuilder({page})
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

/** Nothing sticks out to the side, which would have to be scrolled in two directions. */
export async function fitsTheWidth(page) {
  const [content, window] = await page.evaluate(() =>
    [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content).toBeLessThanOrEqual(window);
}

/** Fails the test for what a page logs as an error, and for what it asks of others. */
export function watch(page) {
  const base = process.env.VSM_SERVER;
  page.on('console', (message) => { if (message.type() === 'error') throw new Error(message.text()); });
  page.on('pageerror', (error) => { throw error; });
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:'))
      throw new Error(`the page asks ${request.url()}`);
  });
}

/** Keeps figures of a page, to be read and compared: var/browser-figures/NAME.json. */
export function note(name, figures) {
  const folder = new URL('../../var/browser-figures/', import.meta.url);
  mkdirSync(folder, {recursive: true});
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(figures, null, 2)}\n`);
}
