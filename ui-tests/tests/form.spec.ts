import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import { openClassifier, uploadPhotos } from './classifier';

async function chooseCoffee(
  page: IJupyterLabPageFixture,
  folder: string
): Promise<void> {
  await page.getByRole('button', { name: 'Choose from Jupyter…' }).click({
    timeout: 60_000
  });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem', { name: /coffee\.jpg/ }).click();
  await dialog.getByRole('button', { name: /Select|Open/ }).click();
  await expect(page.locator('.jp-DeepInference-chosen')).toContainText(
    `${folder}/coffee.jpg`
  );
}

const topK = (page: IJupyterLabPageFixture) => page.getByLabel('Top k');

test.describe('a form and a cell', () => {
  for (const [kernel, language] of [
    ['python3', 'Python'],
    ['deep-typescript', 'TypeScript']
  ] as const) {
    test(`hold the same values, in a notebook of ${language}`, async ({
      page,
      tmpPath
    }) => {
      await uploadPhotos(page, tmpPath);
      await page.filebrowser.openDirectory(tmpPath);
      const notebook = 'of mine.ipynb';
      await page.notebook.createNew(notebook, { kernel });
      await openClassifier(page);
      await chooseCoffee(page, tmpPath);
      await page.getByText('More options').click();
      await topK(page).fill('3');
      await page
        .getByRole('button', { name: 'Insert into notebook' })
        .first()
        .click();
      const cell = page.locator('.jp-Notebook .jp-CodeCell').last();
      await expect(cell).toContainText('"image": "coffee.jpg"');
      await expect(cell).toContainText('"top_k": 3');
      await expect(cell).toContainText(
        language === 'Python' ? 'json.loads' : 'await m.predict'
      );

      await page.getByRole('tab', { name: 'Image classifier' }).click();
      await topK(page).fill('7');
      await page.getByRole('button', { name: 'Remove coffee.jpg' }).click();
      await page.notebook.activate(notebook);
      await cell.click();
      if (language === 'Python') {
        await cell.getByRole('button', { name: /^Open as form/ }).click();
      } else {
        // Lab hides the toolbar of a cell whose first line is long.
        await cell.click({ button: 'right' });
        await page.getByRole('menuitem', { name: 'Open as Form' }).click();
      }
      await expect(page.locator('.jp-DeepInference-chosen')).toContainText(
        `${tmpPath}/coffee.jpg`
      );
      await expect(topK(page)).toHaveValue('3');

      await page.notebook.activate(notebook);
      await page.notebook.run();
      await expect(
        page.locator('.jp-OutputArea-output').filter({ hasText: 'espresso' })
      ).not.toHaveCount(0, { timeout: 60_000 });
    });
  }
});
