import { expect, type Locator, type Page, test } from '@playwright/test';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const PORT = 18964;
const pictures = path.join(__dirname, '../test-results/pictures');

const notebook = (source: string): string =>
  JSON.stringify({
    cells: [
      {
        cell_type: 'code',
        execution_count: null,
        id: 'a',
        metadata: {},
        outputs: [],
        source
      }
    ],
    metadata: {
      kernelspec: {
        display_name: 'Python 3',
        language: 'python',
        name: 'python3'
      }
    },
    nbformat: 4,
    nbformat_minor: 5
  });

/** The real service, and the stand-in for the cloud, as people use them. */
test.describe.serial('a linked Nextcloud (stand-in) in use', () => {
  const cloud = new CloudProcess(3);
  let server: OwnServer;
  let page: Page;
  let panel: Locator;

  test.beforeAll(async ({ browser }) => {
    await cloud.start();
    await cloud.ask('PUT', 'plants/leaf.txt', 'a leaf');
    await cloud.ask(
      'PUT',
      'plants/analysis.ipynb',
      notebook(
        "from pathlib import Path; print('/'.join(Path.cwd().parts[-3:]), Path('leaf.txt').read_text())"
      )
    );
    await cloud.ask('PUT', 'reports/report.ipynb', notebook('print(6 * 7)'));
    await cloud.ask('PUT', 'reports/data.txt', 'data');
    server = new OwnServer(PORT);
    server.setEnvironment(
      'DEEP_STORAGE_FOLDER',
      path.join(server.root, 'datasets')
    );
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write']
    });
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    const tab = page.getByRole('tab', { name: 'Storage', exact: true });
    await tab.waitFor({ timeout: 30_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await tab.click();
    panel = page.getByRole('region', { name: 'Storage', exact: true });
    await link('ada');
    await link('grace');
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    await cloud.stop();
    cloud.remove();
  });

  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(pictures, `use-${name}.png`) });

  /** The first becomes cloud, the second cloud-2. */
  async function link(user: string): Promise<void> {
    await page.getByRole('button', { name: 'Link a cloud storage…' }).click();
    const dialog = page.getByRole('dialog');
    const address = dialog.getByRole('textbox', { name: 'Address' });
    await address.fill(cloud.about.url);
    await address.press('Enter');
    await dialog.getByText('I know this server: use it').click();
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByRole('link', { name: 'Open the login page' }).waitFor();
    await cloud.grant(user);
    await expect(dialog.getByText('is connected.')).toBeVisible({
      timeout: 20_000
    });
    await dialog.getByRole('button', { name: 'Close' }).click();
  }

  async function browse(account: string): Promise<Locator> {
    const back = page.getByRole('button', { name: /Back to/ });
    if (await back.isVisible()) {
      await back.click();
    }
    await panel
      .locator(`[data-deep-account="${account}"]`)
      .getByRole('button', { name: /^Browse/ })
      .last()
      .click();
    return page.getByRole('region', { name: `Files of ${account}` });
  }

  const goBack = (): Promise<void> =>
    page.getByRole('button', { name: /Back to/ }).click();

  async function menu(row: Locator, item: RegExp): Promise<void> {
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: item }).click();
  }

  /** Also while its kernel still starts. */
  async function runFirst(said: string): Promise<void> {
    const shown = page.locator('.jp-Notebook:visible');
    await expect(async () => {
      await shown.locator('.jp-Cell').first().click();
      await page.keyboard.press('Shift+Enter');
      await expect(
        shown.locator('.jp-OutputArea-output').first()
      ).toContainText(said, { timeout: 5000 });
    }).toPass({ timeout: 40_000 });
  }

  async function textOf(file: string): Promise<string> {
    return (await cloud.ask('GET', file)).text;
  }

  test('shares a folder with a person and by a link, and the person sees it', async () => {
    const files = await browse('cloud');
    await menu(
      files.getByText('plants', { exact: true }),
      /Share in the Cloud/
    );
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('searchbox').fill('gra');
    await dialog.getByRole('button', { name: /Grace/ }).click();
    await expect(dialog.getByText('Grace', { exact: true })).toBeVisible();
    await dialog.getByText('Share by link…').click();
    await dialog.getByLabel('Password (optional)').fill('a long password');
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    await expect(dialog.getByText('with password')).toBeVisible();
    await picture('shared');
    await dialog
      .getByRole('button', { name: /Stop sharing with Link/ })
      .click();
    await expect(dialog.getByText('with password')).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await goBack();
    const refresh = page.getByRole('button', { name: 'Refresh', exact: true });
    await refresh.first().click();
    await panel.getByText(/^Shared with me \(1\)/).click();
    await expect(panel.getByText(/from Ada · cloud-2/)).toBeVisible();
    await picture('received');
  });

  test('uses a dataset in a cell, and runs a notebook of the cloud where its files are', async () => {
    await page.locator('.jp-LauncherCard[title*="Python 3"]').first().click();
    await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible({
      timeout: 30_000
    });
    const files = await browse('cloud');
    await menu(files.getByText('plants', { exact: true }), /Make a Dataset/);
    await goBack();
    await expect(panel.getByText(/as in the cloud/)).toBeVisible({
      timeout: 20_000
    });
    await panel.getByRole('button', { name: /^Use in cell/ }).click();
    const cells = page.locator('.jp-Notebook:visible .jp-Cell');
    await expect(cells.last()).toContainText("storage.dataset('cloud:plants')");
    await cells.last().click();
    await page.keyboard.press('Shift+Enter');
    const table = page.locator('.jp-Notebook:visible .jp-OutputArea table');
    await expect(table).toContainText('2 files', { timeout: 20_000 });
    await picture('cell');

    const again = await browse('cloud');
    await again.getByText('plants', { exact: true }).dblclick();
    await again.getByText('analysis.ipynb').dblclick();
    await expect(page.getByText(/Opened from its dataset/).first()).toBeVisible(
      { timeout: 20_000 }
    );
    await runFirst('datasets/cloud/plants a leaf');
    await picture('notebook');
    if (process.env.DEEP_PICTURES) {
      await page.screenshot({
        path: path.join(
          __dirname,
          '../../docs/pictures/storage-notebook-light.png'
        )
      });
    }
  });

  test('offers a working copy of a notebook, and what is saved there comes to the cloud', async () => {
    await expect(page.getByText(/Opened from its dataset/)).toHaveCount(0, {
      timeout: 15_000
    });
    await goBack();
    const files = await browse('cloud');
    await files.getByText('reports', { exact: true }).dblclick();
    await files.getByText('report.ipynb').dblclick();
    await page
      .getByRole('button', { name: 'Open a working copy that syncs back' })
      .click({ timeout: 20_000 });
    await expect(page.getByText(/Opened from its dataset/).first()).toBeVisible(
      { timeout: 20_000 }
    );
    await picture('working-copy');
    await runFirst('42');
    await page.keyboard.press('Control+s');
    await expect
      .poll(() => textOf('reports/report.ipynb'), { timeout: 45_000 })
      .toContain('42');
  });

  test('uploads a large file, and brings a folder here and back', async () => {
    await goBack();
    const files = await browse('cloud');
    const content = Buffer.alloc(20_000_000, 7);
    const big = path.join(server.root, 'big.bin');
    writeFileSync(big, content);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      files.getByRole('button', { name: /Upload/ }).click()
    ]);
    await chooser.setFiles(big);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(files.getByText('big.bin')).toBeVisible({ timeout: 30_000 });
    await expect
      .poll(async () => (await textOf('big.bin')).length)
      .toBe(content.length);
    await menu(files.getByText('many', { exact: true }), /Copy to Jupyter/);
    await picture('copy-here');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button').last().click();
    await expect
      .poll(() => existsSync(path.join(server.root, 'many')), {
        timeout: 20_000
      })
      .toBe(true);
    await menu(files.getByText('big.bin'), /Move to Trash|Delete/);
    await page.getByRole('dialog').getByRole('button').last().click();
    await expect(files.getByText('big.bin')).toHaveCount(0);
    expect((await cloud.ask('GET', 'big.bin')).status).toBe(404);
  });

  test('shows logs, gives rclone settings, forgets and disconnects', async () => {
    await goBack();
    await panel.getByText(/^Transfers/).click();
    await panel.getByRole('button', { name: /^Log/ }).first().click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(/Ended: \d+ file/);
    await picture('log');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await panel
      .getByRole('button', { name: /^Copy rclone/ })
      .first()
      .click();
    await dialog.getByRole('link', { name: 'Open the login page' }).waitFor();
    await cloud.grant('ada');
    await expect(dialog).toContainText('keep them as a password', {
      timeout: 20_000
    });
    await dialog.getByRole('button', { name: 'Copy' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^\[cloud\]\ntype = webdav\n/m);
    await picture('rclone');
    await dialog.getByRole('button').last().click();
    await panel.getByRole('button', { name: 'Forget… reports' }).click();
    await picture('forget');
    await dialog.getByRole('button', { name: 'Forget' }).click();
    await expect(panel.getByText('cloud:reports')).toHaveCount(0);
    await panel
      .getByRole('button', { name: /^Disconnect/ })
      .last()
      .click();
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await expect(panel.getByText('cloud-2:')).toHaveCount(0);
    await expect(panel.getByText(/^Shared with me \(0\)/)).toBeVisible();
  });
});
