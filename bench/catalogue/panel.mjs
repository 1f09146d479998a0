/** The panel in Chromium over many modules: first paint from what it kept, and each key until the list is painted. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { at } from '../../scripts/paths.mjs';
import { findChromium } from '../../scripts/setup.mjs';
import { environmentOf } from './serviceProcess.mjs';

const { chromium } = createRequire(at('ui-tests/package.json'))(
  '@playwright/test'
);
const PORT = 18948;
const ORIGIN = `http://127.0.0.1:${PORT}`;
const WORDS = ['plants', 'image', 'detect'];

async function startLab(home) {
  const root = path.join(home, 'root');
  mkdirSync(root, { recursive: true });
  const lab = spawn(
    'jupyter',
    [
      'lab',
      '--no-browser',
      '--allow-root',
      `--port=${PORT}`,
      '--ServerApp.port_retries=0',
      '--IdentityProvider.token=',
      '--ServerApp.password=',
      '--LabApp.news_url=None',
      `--ServerApp.root_dir=${root}`
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...environmentOf(home),
        PATH: process.env.PATH,
        JUPYTER_DATA_DIR: path.join(home, 'data'),
        JUPYTER_RUNTIME_DIR: path.join(home, 'runtime'),
        JUPYTER_CONFIG_DIR: path.join(home, 'config')
      }
    }
  );
  for (let i = 0; i < 300; i++) {
    const answered = await fetch(`${ORIGIN}/api`).then(
      reply => reply.ok,
      () => false
    );
    if (answered) {
      return lab;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  lab.kill();
  throw new Error('JupyterLab did not answer within 30 s');
}

const PANEL = '#jp-deep-catalogue';
const CARD = `${PANEL} [data-deep-module]`;

/** Runs in the page: from the next press of a button until cards are painted; the promise is kept for `firstPaint`. */
function awaitFirstPaint(card) {
  window.deepFirstPaint = new Promise((resolve, reject) => {
    const begin = ({ timeStamp }) => {
      const look = () => {
        if (document.querySelector(card)) {
          // The frame after the one in which they came.
          requestAnimationFrame(() =>
            setTimeout(() => resolve(performance.now() - timeStamp))
          );
        } else if (performance.now() - timeStamp > 10_000) {
          reject(new Error('Nothing was painted within 10 s'));
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    };
    addEventListener('pointerdown', begin, { capture: true, once: true });
  });
}

async function firstPaint(page) {
  await page.evaluate(awaitFirstPaint, CARD);
  await tabOf(page).click();
  return page.evaluate(() => window.deepFirstPaint);
}

const tabOf = page => page.getByRole('tab', { name: 'DEEP catalogue' });

/** Runs in the page: puts text into the box as typing does, waits until the list that answers it is painted. */
function timeKey([panel, text]) {
  return new Promise((resolve, reject) => {
    setTimeout(
      () => reject(new Error('The list did not answer within 10 s')),
      10_000
    );
    const box = document.querySelector(`${panel} input[type="search"]`);
    const set = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    ).set;
    const start = performance.now();
    set.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => {
      const list = document.querySelector(`${panel} [data-deep-text]`);
      if (list?.dataset.deepText === text) {
        requestAnimationFrame(() =>
          setTimeout(() => resolve(performance.now() - start))
        );
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}

async function openLab(page) {
  await page.goto(`${ORIGIN}/lab`);
  await page
    .locator('#jupyterlab-splash')
    .waitFor({ state: 'detached', timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  if (await page.isVisible(PANEL)) {
    // As the visit before left it.
    await tabOf(page).click();
  }
}

/**
 * @param {string} home - With a store that knows the modules.
 * @returns medians are the caller's: `firstPaintMs` of each visit, `keystrokeMs` of each key.
 */
export async function measurePanel(home, visits) {
  const lab = await startLab(home);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  });
  try {
    const firstPaintMs = [];
    const keystrokeMs = [];
    for (let visit = 0; visit <= visits; visit++) {
      const page = await browser.newPage();
      await openLab(page);
      if (await page.isVisible(CARD)) {
        throw new Error('The panel was open before it was measured');
      }
      const paint = await firstPaint(page);
      // The first visit fills what the others find.
      if (visit > 0) {
        firstPaintMs.push(paint);
      }
      await page.waitForSelector(`${PANEL} [data-running="false"]`);
      for (const word of visit === visits ? ['x', ...WORDS] : []) {
        for (let end = 1; end <= word.length; end++) {
          const ms = await page.evaluate(timeKey, [PANEL, word.slice(0, end)]);
          // The first search builds the index.
          if (word !== 'x') {
            keystrokeMs.push(ms);
          }
        }
      }
      await page.evaluate(timeKey, [PANEL, '']);
      await tabOf(page).click();
      // Lab keeps where its panels are.
      await page.waitForTimeout(2000);
      await page.close();
    }
    return { firstPaintMs, keystrokeMs };
  } finally {
    await browser.close();
    lab.kill();
    await new Promise(resolve => lab.once('exit', resolve));
  }
}
