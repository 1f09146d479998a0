/** Galata on the system's Chromium; Playwright's own browser download is not used. */
const baseConfig = require('@jupyterlab/galata/lib/playwright-config');

const port = process.env.GALATA_PORT ?? '18931';
const url = `http://127.0.0.1:${port}`;
// Galata's own requests read TARGET_URL; the browser reads baseURL. Both must name the port.
process.env.TARGET_URL = url;
process.env.GALATA_PORT = port;

module.exports = {
  ...baseConfig,
  testDir: 'tests',
  workers: 1,
  // Twice more: what is right then is told as flaky.
  retries: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    ...baseConfig.use,
    baseURL: url,
    trace: 'off',
    // Recording a video needs the ffmpeg that comes with Playwright's own browsers.
    video: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: {
    command: 'node start-server.mjs',
    url: `${url}/api`,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    reuseExistingServer: false
  }
};
