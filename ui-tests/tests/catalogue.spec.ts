import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CatalogueServer } from './catalogueServer';
import { OwnServer } from './ownServer';

const PORT = 18956;
const data = process.env.DEEP_TEST_DATA ?? '';
const pictures = process.env.DEEP_PICTURES
  ? path.join(__dirname, '../../docs/pictures')
  : path.join(__dirname, '../test-results/pictures');
const isThere = data !== '' && existsSync(path.join(data, 'catalogue'));

test.describe('the catalogue of the platform', () => {
  test.skip(!isThere, 'DEEP_TEST_DATA names no folder with `catalogue`');

  const sources = new CatalogueServer();
  let server: OwnServer;

  test.beforeAll(async () => {
    await sources.start(data);
    server = new OwnServer(PORT, [], sources.settings);
    await server.start();
  });

  test.afterAll(async () => {
    await server?.stop();
    await sources.stop();
  });

  async function open(page: Page): Promise<Locator> {
    await page.goto(`${server.origin}/lab`);
    const panel = page.getByRole('region', { name: 'DEEP catalogue' });
    const tab = page.getByRole('tab', { name: 'DEEP catalogue' });
    await tab.waitFor({ timeout: 60_000 });
    // The splash goes when the layout of the last visit is back.
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    if (!(await panel.isVisible())) {
      await tab.click();
    }
    await expect(panel.getByRole('status').first()).toHaveText(/modules$/, {
      timeout: 60_000
    });
    return panel;
  }

  /** The panel without what an earlier test left in its search. */
  async function openFresh(page: Page): Promise<Locator> {
    const panel = await open(page);
    const clear = panel.getByRole('button', { name: 'Clear filters' });
    if (await clear.isVisible()) {
      await clear.click();
    }
    return panel;
  }

  const picture = (panel: Locator, name: string): Promise<Buffer> =>
    panel.screenshot({ path: path.join(pictures, `${name}.png`) });

  const cards = (panel: Locator): Locator =>
    panel.locator('[data-deep-module]');

  test('lists every real module, and broken ones with their reason', async ({
    page
  }) => {
    const panel = await openFresh(page);
    await expect(panel.getByText(/reading/)).toHaveCount(0, {
      timeout: 60_000
    });
    await panel.getByRole('searchbox').fill('plankton');
    await cards(panel)
      .filter({ hasText: 'VLIZ' })
      .first()
      .getByRole('button')
      .first()
      .click();
    await expect(
      page.getByText(/Broken in AI4OS Hub: ai4-metadata.yml/)
    ).toBeVisible();
    await expect(page.getByText(/line 14/i).first()).toBeVisible();
  });

  test('finds by beginnings and with a typo, narrows, and keeps both', async ({
    page
  }) => {
    let panel = await openFresh(page);
    await panel.getByRole('searchbox').fill('plnts');
    await expect(
      cards(panel)
        .filter({ hasText: /plants/i })
        .first()
    ).toBeVisible();
    await panel.getByRole('searchbox').fill('');
    await panel.getByRole('button', { name: /Trainable/ }).click();
    await expect(panel.getByRole('status').first()).toHaveText(
      /^\d+ of \d+ modules$/
    );
    await panel.getByRole('button', { name: /^More/ }).click();
    await panel.getByRole('button', { name: /^Audio/ }).click();
    await expect(cards(panel).first()).toContainText('audio');
    await page.waitForTimeout(1500);
    panel = await open(page);
    await expect(
      panel.getByRole('button', { name: /Trainable/ })
    ).toHaveAttribute('aria-pressed', 'true');
    await panel.getByRole('button', { name: 'Clear filters' }).click();
    await expect(panel.getByRole('status').first()).toHaveText(/^\d+ modules$/);
  });

  test('keeps favourites, and opens a page by a link', async ({ page }) => {
    const panel = await openFresh(page);
    await panel.getByRole('searchbox').fill('dogs');
    await panel
      .getByRole('button', { name: 'Favourite: Dogs breed detector' })
      .first()
      .click();
    await panel.getByRole('searchbox').fill('');
    await panel.getByRole('button', { name: /^More/ }).click();
    await panel
      .getByRole('button', { name: 'Favourites', exact: true })
      .click();
    await expect(cards(panel)).toHaveCount(1);
    await panel.getByRole('button', { name: 'All', exact: true }).click();
    await page.goto(
      `${server.origin}/lab?deep-module=ai4os/dogs-breed-detector`
    );
    await expect(
      page.getByRole('heading', { name: 'Dogs breed detector' })
    ).toBeVisible({ timeout: 60_000 });
    expect(page.url()).not.toContain('deep-module');
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious in the ${theme} theme, with every facet open`, async ({
      page
    }) => {
      server.setTheme(theme);
      const panel = await openFresh(page);
      await expect(page.locator('body')).toHaveAttribute(
        'data-jp-theme-light',
        String(theme === 'light')
      );
      await picture(panel, `catalogue-${theme}`);
      await panel.getByRole('button', { name: /^More/ }).click();
      const facets = panel.getByRole('group', { name: 'Licence' });
      await facets.scrollIntoViewIfNeeded();
      await expect(facets).toBeInViewport();
      await picture(panel, `facets-${theme}`);
      const { violations } = await new AxeBuilder({ page })
        .include('#jp-deep-catalogue')
        .analyze();
      const serious = violations.filter(({ impact }) =>
        ['serious', 'critical'].includes(impact ?? '')
      );
      expect(serious).toEqual([]);
    });
  }

  test('shows what it had when no source answers, and says since when', async ({
    page
  }) => {
    await sources.fault('down');
    const panel = await openFresh(page);
    await page
      .getByRole('button', { name: 'Read the catalogues again' })
      .click();
    await expect(panel.getByText(/offline since/).first()).toBeVisible({
      timeout: 60_000
    });
    await panel.getByRole('searchbox').fill('posenet');
    await expect(cards(panel).first()).toContainText(/pose/i);
    await sources.fault('');
    await panel.getByRole('searchbox').fill('');
  });
});
