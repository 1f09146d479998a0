import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import path from 'node:path';
import { OwnServer } from './ownServer';
import { answerStorage } from './storageRoutes';

const PORT = 18961;
const pictures = path.join(__dirname, '../test-results/pictures');

/** The panel over a stand-in of the service's routes for storage, inside the page. */
test.describe('the storage panel', () => {
  let server: OwnServer;

  test.beforeAll(async () => {
    server = new OwnServer(PORT);
    await server.start();
  });

  test.afterAll(async () => {
    await server?.stop();
  });

  async function open(page: Page) {
    await answerStorage(page);
    await page.goto(`${server.origin}/lab`);
    const tab = page.getByRole('tab', { name: 'Storage', exact: true });
    await tab.waitFor({ timeout: 20_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    const panel = page.getByRole('region', { name: 'Storage', exact: true });
    if (!(await panel.isVisible())) {
      await tab.click();
    }
    await expect(panel.getByText('412 GB of 500 GB')).toBeVisible({
      timeout: 20_000
    });
    return panel;
  }

  for (const theme of ['light', 'dark'] as const) {
    test(`is readable in the ${theme} theme, and axe finds nothing`, async ({
      page
    }) => {
      server.setTheme(theme);
      const panel = await open(page);
      await panel.screenshot({
        path: path.join(pictures, `storage-${theme}.png`)
      });
      const { violations } = await new AxeBuilder({ page })
        .include('#jp-deep-storage')
        .analyze();
      expect(
        violations.map(each => [each.id, each.nodes.map(n => n.html)])
      ).toEqual([]);
    });
  }

  test('fits a narrow sidebar', async ({ page }) => {
    server.setTheme('light');
    const panel = await open(page);
    await page.setViewportSize({ width: 640, height: 800 });
    const overflow = await panel
      .locator('.jp-DeepStorage-panel')
      .evaluate(node => node.scrollWidth - node.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await panel.screenshot({ path: path.join(pictures, 'storage-narrow.png') });
  });

  test('links by an address, with the login page as a link', async ({
    page
  }) => {
    const panel = await open(page);
    await panel.getByRole('button', { name: /Link a cloud storage/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByRole('textbox', { name: 'Address' })
      .fill('cloud.example.org');
    await dialog.getByRole('textbox', { name: 'Address' }).press('Enter');
    await expect(
      dialog.getByRole('link', { name: 'Open the login page' })
    ).toHaveAttribute('rel', /noopener/);
    await page.screenshot({ path: path.join(pictures, 'storage-link.png') });
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  test('browses an account, and asks at a conflict', async ({ page }) => {
    const panel = await open(page);
    await panel
      .getByRole('button', { name: /^Browse / })
      .last()
      .click();
    const files = page.getByRole('region', { name: 'Files of cloud' });
    await files.getByText('notes.txt').dblclick();
    const editor = page.locator('.jp-FileEditor .cm-content');
    await expect(editor).toContainText('theirs at first');
    await page.screenshot({ path: path.join(pictures, 'storage-browse.png') });
    await editor.click();
    await page.keyboard.type('mine ');
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('“notes.txt” has changed in the cloud');
    await dialog.getByText('Compare').click();
    await page.screenshot({
      path: path.join(pictures, 'storage-conflict.png')
    });
    await dialog.getByRole('button', { name: 'Keep Both' }).click();
    await expect(page.getByRole('tab', { name: 'notes 2.txt' })).toBeVisible();
  });
});
