// Pictures of the main states, light and dark, at three widths: var/screenshots, by script/screenshots.
import {test} from '@playwright/test';
import {widths} from './people.mjs';

const states = {
  start: (page) => page.goto('/?place=K%C3%B6ln'),
  suggestions: async (page) => {
    await page.goto('/?place=K%C3%B6ln');
    await page.getByRole('combobox').first().pressSequentially('bewohner');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
  },
  results: (page) => page.goto('/?q=personalausweis&place=K%C3%B6ln'),
  filters: (page) => page.goto('/?q=ausweis&place=K%C3%B6ln&online=true&topic=mobilitaet_reisen'),
  empty: (page) => page.goto('/?q=qxqxqxqx&place=K%C3%B6ln&exact=true'),
  service: (page) => page.goto('/leistung/99008001012000?ars=053150000000'),
  english: (page) => page.goto('/?q=passport&place=K%C3%B6ln&lang=en'),
  embed: (page) => page.goto('/einbinden'),
  dashboard: (page) => page.goto('/dashboard'),
  'dashboard-town': (page) => page.goto('/dashboard?ars=053150000000'),
  'dashboard-two': (page) => page.goto('/dashboard?ars=053150000000&with=059130000000'),
};

for (const width of widths) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${width} ${colorScheme}`, async ({browser}) => {
      test.setTimeout(120_000);
      const context = await browser.newContext({viewport: {width, height: 900}, colorScheme, baseURL: process.env.VSM_SERVER});
      const page = await context.newPage();
      for (const [name, show] of Object.entries(states)) {
        await show(page);
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({path: `../../var/screenshots/${name}-${width}-${colorScheme}.png`, animations: 'disabled'});
      }
      await context.close();
    });
  }
}
