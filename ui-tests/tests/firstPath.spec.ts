import { expect, test } from '@jupyterlab/galata';
import AxeBuilder from '@axe-core/playwright';
import path from 'node:path';
import { openClassifier, predict, uploadPhotos } from './classifier';

test.describe('from the sidebar to a notebook', () => {
  test('Try shows its own example already filled in, and what is on it', async ({
    page
  }) => {
    await openClassifier(page);
    await expect(page.getByText('Ready on this machine.')).toBeVisible({
      timeout: 60_000
    });
    await expect(
      page.getByText('Your data stays on this machine.')
    ).toBeVisible();
    const table = await predict(page);
    await expect(table.getByRole('row').nth(1)).toContainText('Egyptian');

    await page.getByRole('tab', { name: 'JSON' }).click();
    const answer = JSON.parse(
      (await page.getByLabel('Answer', { exact: true }).textContent())!
    );
    expect(answer.labels[0]).toContain('Egyptian');
    expect(answer.probabilities[0]).toBeGreaterThan(0.5);
  });

  test('a photo dragged from the file browser is classified', async ({
    page,
    tmpPath
  }) => {
    await uploadPhotos(page, tmpPath);
    await page.filebrowser.openDirectory(tmpPath);
    await openClassifier(page);
    await page.sidebar.openTab('filebrowser');
    const zone = page.locator('.jp-DeepInference-dropZone');
    await zone.waitFor();
    const from = (await page
      .getByRole('listitem', { name: /coffee\.jpg/ })
      .boundingBox())!;
    const to = (await zone.boundingBox())!;
    await page.mouse.move(from.x + 20, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 30, { steps: 5 });
    await page.mouse.move(to.x + 40, to.y + 20, { steps: 15 });
    await page.mouse.up();
    await expect(zone).toContainText('coffee.jpg');
    const table = await predict(page);
    await expect(table.getByRole('row').nth(1)).toContainText('espresso');
  });

  test('a photo of the computer is uploaded and classified', async ({
    page
  }) => {
    await openClassifier(page);
    await page
      .getByLabel('File of this computer')
      .setInputFiles(path.join(__dirname, '../../examples/photos/coffee.jpg'), {
        timeout: 60_000
      });
    const table = await predict(page);
    await expect(table.getByRole('row').nth(1)).toContainText('espresso');
  });

  for (const [language, stem] of [
    ['TypeScript', 'image-classifier'],
    ['Python', 'image-classifier-python']
  ] as const) {
    test(`Open as notebook writes a ${language} notebook that runs top to bottom`, async ({
      page,
      tmpPath
    }) => {
      await page.filebrowser.openDirectory(tmpPath);
      await openClassifier(page);
      for (const name of [`${stem}.ipynb`, `${stem}-2.ipynb`]) {
        await page.getByRole('tab', { name: 'Image classifier' }).click();
        await page.getByRole('button', { name: 'Open as notebook' }).click();
        await page.getByRole('menuitem', { name: language }).click();
        await expect(page.getByRole('tab', { name })).toBeVisible({
          timeout: 30_000
        });
      }
      await page.notebook.activate(`${stem}-2.ipynb`);
      await page.notebook.run();
      const last = page
        .locator('.jp-Notebook:visible .jp-OutputArea-output')
        .filter({ hasText: 'Egyptian' })
        .last();
      await expect(last).toBeVisible({ timeout: 60_000 });
      const saved = await page.contents.getContentMetadata(
        `${tmpPath}/${stem}.ipynb`
      );
      expect(saved).not.toBeNull();
    });
  }
});

test('search finds with a typo, and says when nothing is there', async ({
  page
}) => {
  await page.sidebar.openTab('jp-deep-catalogue');
  const panel = page.getByRole('region', { name: 'DEEP catalogue' });
  await panel.getByRole('searchbox').fill('imagnet');
  await expect(panel.locator('[data-deep-module]')).toHaveCount(1);
  await panel.getByRole('searchbox').fill('zzzzzz');
  await expect(panel.getByText('No module matches')).toBeVisible();
  await panel.getByRole('button', { name: 'Clear filters' }).click();
  await expect(panel.locator('[data-deep-module]')).toHaveCount(3);
  await expect(panel.getByText(/Service \d+\.\d+\.\d+/)).toBeVisible();
});

for (const theme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing serious in the ${theme.toLowerCase()} theme`, async ({
    page
  }) => {
    await page.theme[theme === 'Dark' ? 'setDarkTheme' : 'setLightTheme']();
    await openClassifier(page);
    await predict(page);
    for (const region of ['#jp-deep-catalogue', '.jp-DeepInference-page']) {
      const { violations } = await new AxeBuilder({ page })
        .include(region)
        .analyze();
      const serious = violations.filter(({ impact }) =>
        ['serious', 'critical'].includes(impact ?? '')
      );
      expect(
        serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
      ).toEqual([]);
    }
  });
}

test('opening JupyterLab does not start the service', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', request => {
    if (new URL(request.url()).pathname.startsWith('/deep/')) {
      asked.push(request.url());
    }
  });
  await page.reload();
  await page.sidebar.openTab('filebrowser');
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual([]);
});
