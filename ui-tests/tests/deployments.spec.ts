/** What runs, in a panel: deployed from a dialog to a process of this machine, its log, orders, and two Labs at once. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { noSeriousProblems } from './axe';
import { OwnServer } from './ownServer';

const PORT = 18_963;
const shots = path.join(__dirname, '../test-results/deployments');
const CHOICE = 'Image classifier (builtin/image-classifier)';

test.describe.serial('deployments', () => {
  let server: OwnServer;
  let page: Page;
  let other: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    server = new OwnServer(PORT);
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 }
    });
    page = await context.newPage();
    other = await context.newPage();
    for (const each of [page, other]) {
      await each.goto(`${server.origin}/lab`);
      await each.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    }
    await page.bringToFront();
  });

  test.afterAll(async () => {
    await page?.close();
    await other?.close();
    await server?.stop();
  });

  const panelOf = (where: Page): Locator =>
    where.getByRole('region', { name: 'Deployments', exact: true });
  const rowOf = (where: Page): Locator =>
    panelOf(where)
      .locator('.jp-DeepDeployments-row')
      .filter({ hasText: 'Image classifier' })
      .first();
  const stateOf = (where: Page): Locator =>
    rowOf(where).locator('.jp-DeepDeployments-state');
  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(shots, `${name}.png`) });

  async function openPanel(where: Page): Promise<void> {
    // A click on the tab of an open sidebar closes it, and Lab may open it by itself in the same moment.
    await expect(async () => {
      if (!(await panelOf(where).isVisible())) {
        await where
          .getByRole('tab', { name: 'Deployments', exact: true })
          .click();
      }
      await expect(
        panelOf(where).getByRole('region', {
          name: 'This machine',
          exact: true
        })
      ).toBeVisible({ timeout: 5000 });
    }).toPass({ timeout: 60_000 });
  }

  test('a module is deployed from the panel, which says first what will happen', async () => {
    await openPanel(page);
    await expect(
      panelOf(page).getByText(/^Nothing runs\. Trying/)
    ).toBeVisible();
    await picture('empty');
    await panelOf(page)
      .getByRole('button', { name: 'Deploy a module…' })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: 'Deploy' })).toBeDisabled();
    const module = dialog.getByLabel('Module');
    await expect(module).toHaveAttribute('placeholder', /part of its name/);
    await module.fill(CHOICE);
    await expect(
      dialog.getByRole('region', { name: 'What will happen' })
    ).toBeVisible();
    await picture('dialog');
    await noSeriousProblems(page, '.jp-Dialog-content');
    await dialog.getByRole('button', { name: 'Deploy' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(stateOf(page)).toHaveText('ready', { timeout: 60_000 });
  });

  test('another Lab sees it, and both see its end', async () => {
    await openPanel(other);
    await expect(stateOf(other)).toHaveText('ready');
    await rowOf(other).hover();
    await rowOf(other)
      .getByRole('button', { name: 'Stop Image classifier' })
      .click();
    await expect(stateOf(other)).toHaveText('stopped', { timeout: 20_000 });
    await expect(stateOf(page)).toHaveText('stopped');
    await page.bringToFront();
    await rowOf(page).hover();
    await rowOf(page)
      .getByRole('button', { name: 'Start Image classifier' })
      .click();
    await expect(stateOf(page)).toHaveText('ready', { timeout: 60_000 });
    await picture('ready');
    await noSeriousProblems(page, '.jp-DeepDeployments');
  });

  test('its log follows, is searched and saved into Jupyter', async () => {
    await rowOf(page).hover();
    await rowOf(page)
      .getByRole('button', { name: 'Log Image classifier' })
      .click();
    const log = page.getByRole('region', {
      name: 'Log of Image classifier',
      exact: true
    });
    await expect(log).toContainText('ready', { timeout: 20_000 });
    await page.getByLabel('Search the log').fill('no such words');
    await expect(page.getByText('0 lines')).toBeVisible();
    await page.getByLabel('Search the log').fill('');
    await page.getByRole('button', { name: 'Save to Jupyter' }).click();
    await expect(
      page.getByText(/^Saved as Image-classifier-.*\.log/)
    ).toBeVisible();
    await picture('log');
    await noSeriousProblems(page, '.jp-DeepDeployments-logPanel');
  });

  test('is worked by keys alone, also at 240 px', async () => {
    const title = rowOf(page).getByRole('button', {
      name: 'Image classifier',
      exact: true
    });
    await title.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await expect(title).toBeFocused();
    await page.keyboard.press('Tab');
    const first = rowOf(page).getByRole('button', { name: /^Try / });
    await expect(first).toBeFocused();
    await expect(first).toBeInViewport();
    await page.keyboard.press('Escape');
    await expect(title).toBeFocused();
    const { width, scroll } = await panelOf(page).evaluate(node => {
      const inner = node.querySelector<HTMLElement>(
        '.jp-DeepDeployments-panel'
      )!;
      inner.style.width = '240px';
      return { width: inner.clientWidth, scroll: inner.scrollWidth };
    });
    expect(scroll).toBeLessThanOrEqual(width);
    await picture('narrow');
  });

  test('can be read in the dark theme', async () => {
    server.setTheme('dark');
    await other.reload();
    await other.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await other.bringToFront();
    await expect(other.locator('body')).toHaveAttribute(
      'data-jp-theme-light',
      'false'
    );
    // Both Labs write down which panel is open, and the last one counts.
    await openPanel(other);
    await expect(stateOf(other)).toHaveText('ready');
    await rowOf(other).hover();
    await other.screenshot({ path: path.join(shots, 'dark.png') });
    await noSeriousProblems(other, '.jp-DeepDeployments');
    await page.bringToFront();
  });

  test('removing asks while it runs, and leaves nothing', async () => {
    await rowOf(page).hover();
    await rowOf(page)
      .getByRole('button', { name: 'More for Image classifier' })
      .click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('It runs: it is stopped first.');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(stateOf(page).getByText('ready')).toHaveCount(0, {
      timeout: 20_000
    });
    await expect.poll(() => server.modulePids).toEqual([]);
  });
});
