import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import path from 'node:path';

/** The built-in module's *Try*, reached as a newcomer would: sidebar, card, button. */
export async function openClassifier(
  page: IJupyterLabPageFixture
): Promise<void> {
  await page.sidebar.openTab('jp-deep-catalogue');
  await page
    .getByRole('button', { name: /^Image classifier/ })
    .click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Try', exact: true }).click();
}

/** Presses *Predict*. @returns the table of labels. */
export async function predict(page: IJupyterLabPageFixture): Promise<Locator> {
  await page
    .getByRole('button', { name: 'Predict', exact: true })
    .click({ timeout: 60_000 });
  await expect(page.getByText('Done.', { exact: true })).toBeVisible({
    timeout: 60_000
  });
  return page.getByRole('table').filter({ hasText: 'Probability' });
}

/** Copies the example pictures into a folder of the test. */
export async function uploadPhotos(
  page: IJupyterLabPageFixture,
  folder: string
): Promise<void> {
  await page.contents.uploadDirectory(
    path.join(__dirname, '../../examples/photos'),
    folder
  );
}
