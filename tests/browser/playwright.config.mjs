import {defineConfig} from '@playwright/test';

export const screenshots = Boolean(process.env.VSM_SCREENSHOTS);

export default defineConfig({
  testDir: '.',
  testMatch: screenshots ? 'screenshots.mjs' : '*.spec.mjs',
  outputDir: '../../var/browser',
  fullyParallel: true,
  workers: 2,
  // Slow machines are no failure: tests here judge no times.
  timeout: 60_000,
  expect: {timeout: 15_000},
  reporter: [['line']],
  use: {
    baseURL: process.env.VSM_SERVER,
    locale: 'de-DE',
    launchOptions: {executablePath: '/usr/bin/chromium', args: ['--no-sandbox']},
  },
});
