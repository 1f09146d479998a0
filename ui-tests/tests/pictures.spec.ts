/** What the features look like. With DEEP_PICTURES set, the pictures of the README are made anew; else they only have to work. */
import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import path from 'node:path';
import { openClassifier, predict, uploadPhotos } from './classifier';

const folder = process.env.DEEP_PICTURES
  ? path.join(__dirname, '../../docs/pictures')
  : path.join(__dirname, '../test-results/pictures');

async function picture(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

async function narrowSidebar(page: IJupyterLabPageFixture): Promise<void> {
  await page.evaluate(() => {
    const panel = document.querySelector<HTMLElement>('#jp-left-stack')!;
    panel.style.minWidth = '240px';
  });
  await page.sidebar.setWidth(240, 'left');
}

test.use({ viewport: { width: 1280, height: 800 } });

for (const theme of ['light', 'dark'] as const) {
  test(`the module page in the ${theme} theme, beside a narrow sidebar`, async ({
    page,
    tmpPath
  }) => {
    if (theme === 'dark') {
      await page.theme.setDarkTheme();
    }
    await uploadPhotos(page, tmpPath);
    await openClassifier(page);
    await narrowSidebar(page);
    const sidebar = page.getByRole('region', { name: 'DEEP catalogue' });
    const { width } = (await sidebar.boundingBox())!;
    expect(width).toBeLessThan(260);
    const isCut = await sidebar.evaluate(
      node => node.scrollWidth > node.clientWidth
    );
    expect(isCut).toBe(false);
    await predict(page);
    await expect(
      page.getByAltText('The picture that was classified')
    ).toBeVisible();
    await picture(page, `try-${theme}`);
    await page.getByRole('tab', { name: 'About' }).click();
    await picture(page, `about-${theme}`);
  });
}

test('a notebook that does the same in cells', async ({ page, tmpPath }) => {
  await page.filebrowser.openDirectory(tmpPath);
  await openClassifier(page);
  await page.getByRole('button', { name: 'Open as notebook' }).click();
  await page.getByRole('menuitem', { name: 'TypeScript' }).click();
  await expect(
    page.getByRole('tab', { name: 'image-classifier.ipynb' })
  ).toBeVisible();
  await page.notebook.run();
  await expect(
    page
      .locator('.jp-OutputArea-output')
      .filter({ hasText: 'Egyptian' })
      .first()
  ).toBeVisible({ timeout: 60_000 });
  await picture(page, 'notebook');
});
