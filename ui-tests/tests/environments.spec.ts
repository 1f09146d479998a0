import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { homedir } from 'node:os';
import path from 'node:path';
import { OwnServer } from './ownServer';

const PORT = 18968;
const pictures = path.join(__dirname, '../test-results/pictures');
/** Making one downloads what was not downloaded before. */
const MADE_MS = 240_000;

/** The real service; one environment is really made, and a notebook runs in it. */
test.describe.serial('environments', () => {
  let server: OwnServer;
  let page: Page;
  let region: Locator;
  let onnx: Locator;

  test.beforeAll(async ({ browser }) => {
    server = new OwnServer(PORT);
    // What was fetched once is not fetched again.
    server.setEnvironment(
      'XDG_CACHE_HOME',
      process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache')
    );
    await server.start();
    const context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    region = page.getByRole('region', { name: 'Environments', exact: true });
    onnx = region.getByRole('listitem').filter({
      has: page.getByRole('heading', { name: 'ONNX', exact: true })
    });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
  });

  async function shut(): Promise<void> {
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  /** By its card in the Launcher, as people find it. */
  async function open(): Promise<void> {
    await shut();
    const card = page.locator('.jp-LauncherCard[title^="PyTorch, TensorFlow"]');
    await expect(async () => {
      await card.click({ timeout: 3000 });
      await expect(region).toBeVisible({ timeout: 3000 });
    }).toPass();
    await expect(onnx).toBeVisible();
  }

  test('say what this machine has, and what each takes before it is made', async () => {
    await open();
    const machine = region.getByRole('region', { name: 'This machine' });
    for (const term of ['CPU', 'Memory', 'GPU', 'Disk', 'Python']) {
      await expect(machine.getByText(term, { exact: true })).toBeVisible();
    }
    for (const name of ['PyTorch', 'TensorFlow and Keras', 'scikit-learn']) {
      await expect(
        region.getByRole('heading', { name, exact: true })
      ).toBeVisible();
    }
    await expect(onnx).toContainText('not made yet');
    await expect(onnx).toContainText(/onnxruntime \d/);
    await expect(onnx).toContainText(/MB to download.*packages/);
  });

  test('are made, with progress and a log, and a notebook runs in them', async () => {
    test.setTimeout(MADE_MS + 60_000);
    await onnx.getByRole('button', { name: 'Create ONNX' }).click();
    await expect(onnx).toContainText('being made');
    await expect(
      onnx.getByRole('progressbar', { name: 'Making ONNX' })
    ).toBeVisible();
    await onnx.getByText('Log', { exact: true }).click();
    await page.screenshot({
      path: path.join(pictures, 'environments-making.png')
    });
    await expect(onnx.locator('.jp-DeepEnvironments-state')).toHaveText(
      /ready/,
      { timeout: MADE_MS }
    );
    await expect(
      onnx.getByRole('region', { name: 'Log of ONNX' })
    ).toContainText('It is there.');
    await onnx.getByText('Packages', { exact: true }).click();
    await expect(
      onnx.getByText('onnxruntime', { exact: false }).last()
    ).toBeVisible();
    await onnx.getByRole('button', { name: 'New notebook with ONNX' }).click();
    await expect(
      page.getByRole('button', { name: 'ONNX (DEEP) | Idle' })
    ).toBeVisible({ timeout: 60_000 });
    await page
      .locator('.jp-NotebookPanel .jp-Cell .cm-content')
      .first()
      .fill(
        'import onnx, sys; print("in", sys.prefix.split("/")[-2], onnx.__version__)'
      );
    await page.keyboard.press('Shift+Enter');
    await expect(page.locator('.jp-OutputArea-output').first()).toHaveText(
      /in deep-onnx \d/,
      { timeout: 60_000 }
    );
    await page.screenshot({
      path: path.join(pictures, 'environments-notebook.png')
    });
  });

  test('are not removed while a notebook uses them', async () => {
    await page.getByRole('tab', { name: 'Environments', exact: true }).click();
    await onnx.getByRole('button', { name: 'Remove ONNX' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Notebooks stay');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(region.getByRole('alert')).toContainText(
      'ONNX is in use: a kernel or another program runs in it.'
    );
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`are readable in the ${theme} theme, and axe finds nothing`, async () => {
      server.setTheme(theme);
      // Which tabs were open is written down a moment later only.
      await page.goto(`${server.origin}/lab?reset`);
      await open();
      await expect(onnx).toContainText('ready');
      await region.screenshot({
        path: path.join(pictures, `environments-${theme}.png`)
      });
      const { violations } = await new AxeBuilder({ page })
        .include('#jp-deep-environments')
        .analyze();
      expect(violations.map(each => [each.id, each.nodes[0].html])).toEqual([]);
    });
  }

  test('fit into 240 px', async () => {
    await region.evaluate(node => (node.style.maxWidth = '240px'));
    const overflow = await region
      .locator('.jp-DeepEnvironments')
      .evaluate(node => node.scrollWidth - node.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await region.screenshot({
      path: path.join(pictures, 'environments-narrow.png')
    });
    await region.evaluate(node => (node.style.maxWidth = ''));
  });

  test('are removed by the keyboard once their kernels are shut down', async () => {
    await page.getByRole('menuitem', { name: 'Kernel', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Shut Down All/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Shut Down All' })
      .click();
    const remove = onnx.getByRole('button', { name: 'Remove ONNX' });
    await expect(async () => {
      // Kernels take a moment to end, and so does deleting.
      if (await remove.isVisible()) {
        await remove.focus();
        await page.keyboard.press('Enter');
        await page
          .getByRole('dialog')
          .getByRole('button', { name: 'Remove' })
          .click();
      }
      await expect(onnx).toContainText('not made yet', { timeout: 3000 });
    }).toPass();
  });
});
