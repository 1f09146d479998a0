import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const PORT = 18963;
/** Files in the folder `many`. */
const MANY = 10_000;
const ROOT = path.join(__dirname, '../..');
const pictures = path.join(__dirname, '../test-results/pictures');

/** The real service, and the stand-in for the cloud. */
test.describe.serial('a Nextcloud (stand-in) beside the notebook', () => {
  const cloud = new CloudProcess(MANY);
  let server: OwnServer;
  let page: Page;
  let panel: Locator;

  test.beforeAll(async ({ browser }) => {
    await cloud.start();
    for (const name of ['a', 'b', 'deep/c']) {
      await cloud.ask('PUT', `plants/${name}.txt`, `plant ${name}`);
    }
    await cloud.ask('PUT', 'notes.txt', 'theirs at first');
    server = new OwnServer(PORT);
    await server.start();
    const context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    const tab = page.getByRole('tab', { name: 'Storage', exact: true });
    await tab.waitFor({ timeout: 30_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await tab.click();
    panel = page.getByRole('region', { name: 'Storage', exact: true });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    await cloud.stop();
    cloud.remove();
  });

  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(pictures, `cloud-${name}.png`) });

  test('is linked on its own login page', async () => {
    await panel.getByRole('button', { name: 'Link a Nextcloud…' }).click();
    const dialog = page.getByRole('dialog');
    const address = dialog.getByRole('textbox', { name: 'Address' });
    await address.fill(cloud.about.url);
    await address.press('Enter');
    await dialog.getByText('I know this server: use it').click();
    await dialog.getByRole('button', { name: 'Continue' }).click();
    const link = dialog.getByRole('link', { name: 'Open the login page' });
    await link.waitFor();
    await picture('waiting');
    const [login] = await Promise.all([
      page.context().waitForEvent('page'),
      link.click()
    ]);
    await login.getByRole('button', { name: 'Grant access' }).click();
    await expect(login.getByText('Account connected')).toBeVisible();
    await login.close();
    await expect(dialog.getByText('is connected.')).toBeVisible({
      timeout: 20_000
    });
    await picture('linked');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(panel.getByText('cloud:', { exact: true })).toBeVisible();
  });

  test('is browsed, and a save never goes over what another has written', async () => {
    await panel
      .getByRole('button', { name: /^Browse/ })
      .last()
      .click();
    const files = page.getByRole('region', { name: 'Files of cloud' });
    await files.getByText('notes.txt').dblclick();
    const editor = page.locator('.jp-FileEditor .cm-content');
    await expect(editor).toContainText('theirs at first');
    await picture('browse');
    await editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' and mine');
    await page.keyboard.press('Control+s');
    await expect
      .poll(async () => (await cloud.ask('GET', 'notes.txt')).text)
      .toContain('and mine');
    await cloud.ask('PUT', 'notes.txt', 'theirs again');
    await editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' and more');
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('has changed in the cloud');
    await dialog.getByText('Compare').click();
    await picture('conflict');
    await dialog.getByRole('button', { name: 'Keep Both' }).click();
    await expect(page.getByRole('tab', { name: 'notes 2.txt' })).toBeVisible();
    expect((await cloud.ask('GET', 'notes.txt')).text).toBe('theirs again');
    expect((await cloud.ask('GET', 'notes%202.txt')).text).toContain(
      'and more'
    );
  });

  test('shows a folder of ten thousand files', async () => {
    const files = page.getByRole('region', { name: 'Files of cloud' });
    await files.getByText('many', { exact: true }).dblclick();
    const rows = files.locator('.jp-DirListing-item');
    await expect(rows.first()).toContainText('0', { timeout: 30_000 });
    await files.locator('.jp-DirListing-content').evaluate(list => {
      list.scrollTop = list.scrollHeight;
    });
    await expect(
      files.locator('.jp-DirListing-item', { hasText: '9999' })
    ).toBeVisible({ timeout: 30_000 });
    await picture('many');
    await files
      .getByTitle('Files of cloud')
      .or(files.locator('.jp-BreadCrumbs-home'))
      .first()
      .click();
    await expect(files.getByText('plants')).toBeVisible({ timeout: 30_000 });
  });

  test('gives a folder as a dataset that lies on this machine', async () => {
    const files = page.getByRole('region', { name: 'Files of cloud' });
    await files.getByText('plants').click({ button: 'right' });
    await picture('menu');
    await page.getByRole('menuitem', { name: /Make a Dataset/ }).click();
    const dialog = page.getByRole('dialog');
    if (await dialog.isVisible()) {
      await picture('dataset');
      await dialog.getByRole('button').last().click();
    }
    const back = page.getByRole('button', { name: /Back to/ });
    if (await back.isVisible()) {
      await back.click();
    }
    await expect(panel.getByText(/3 files/)).toBeVisible({ timeout: 30_000 });
    await picture('datasets');
    if (process.env.DEEP_PICTURES) {
      await page.screenshot({
        path: path.join(ROOT, 'docs/pictures/storage-light.png')
      });
    }
    const { violations } = await new AxeBuilder({ page })
      .include('#jp-deep-storage')
      .analyze();
    expect(violations.map(each => each.id)).toEqual([]);
    const file = path.join(
      path.dirname(server.root),
      'datasets/cloud/plants/deep/c.txt'
    );
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('plant deep/c');
  });

  test('that is unplugged is said to be away, and comes back', async () => {
    const { port } = cloud;
    await cloud.stop();
    await panel.getByRole('button', { name: /Refresh plants/ }).click();
    await expect(
      panel.getByText(/does not answer|Waiting for/i).first()
    ).toBeVisible({ timeout: 30_000 });
    await picture('unplugged');
    await cloud.start(port);
    await expect(panel.getByText(/Waiting for/)).toHaveCount(0, {
      timeout: 60_000
    });
    await picture('back');
  });
});
