// The portal as people use it: with and without script, by keyboard, at three widths.
import {expect, fitsTheWidth, isAccessible, test, watch, widths} from './people.mjs';

test.beforeEach(({page}) => watch(page));

for (const width of widths) {
  test.describe(`${width} px`, () => {
    test.use({viewport: {width, height: 800}});
    test('every page is accessible and fits', async ({page}) => {
      for (const path of ['/', '/?q=personalausweis&place=K%C3%B6ln', '/leistung/99008001012000?ars=053150000000']) {
        await page.goto(path);
        await isAccessible(page);
        await fitsTheWidth(page);
      }
    });
  });
}
