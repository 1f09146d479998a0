/** A folder of pictures from the page: progress, a killed service, results, the list of all runs. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { linkSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OwnServer } from './ownServer';

const FILES = 200;
let server: OwnServer;

test.beforeAll(async () => {
  server = new OwnServer(18954);
  const folder = path.join(server.root, 'many');
  mkdirSync(folder);
  for (let index = 0; index < FILES; index++) {
    linkSync(
      path.join(server.root, 'photos/coffee.jpg'),
      path.join(folder, `${String(index).padStart(4, '0')}.jpg`)
    );
  }
  await server.start();
});
test.afterAll(() => server.stop());

async function openFolder(page: Page): Promise<void> {
  await page.goto(`${server.origin}/lab?reset`);
  await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
  await page.getByRole('button', { name: /^Image classifier/ }).click();
  await page.getByRole('tab', { name: 'Folder', exact: true }).click();
}

test('a folder goes on by itself after the service was killed, and every file is in the results once', async ({
  page
}) => {
  await openFolder(page);
  await page.getByLabel('Folder of Jupyter').fill('many', { timeout: 60_000 });
  await expect(page.getByText(`${FILES} files fit.`)).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText(new RegExp(`of ${FILES} files`))).toBeVisible({
    timeout: 60_000
  });
  const pid = server.servicePid;
  process.kill(pid, 'SIGKILL');
  const done = page.getByText(new RegExp(`${FILES} of ${FILES} files`));
  await expect(done.first()).toBeVisible({ timeout: 80_000 });
  expect(server.servicePid).not.toBe(pid);
  const open = page.getByRole('button', { name: 'Open JSON Lines' });
  const file = (await open.getAttribute('title'))!;
  const lines = readFileSync(path.join(server.root, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(new Set(lines.map(line => line.path)).size).toBe(FILES);
  expect(lines).toHaveLength(FILES);
  await expect(page.getByText('Page 1 of 5')).toBeVisible();
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(page.getByText('Page 2 of 5')).toBeVisible();
});

test('the gallery shows its pictures in the viewer of Lab', async ({
  page
}) => {
  await openFolder(page);
  await page.getByRole('button', { name: 'Open gallery' }).click();
  const gallery = page.frameLocator('.jp-HTMLViewer iframe');
  const pictures = gallery.locator('figure img');
  await expect(pictures).toHaveCount(FILES, { timeout: 30_000 });
  await expect
    .poll(() =>
      pictures.first().evaluate((each: HTMLImageElement) => each.naturalWidth)
    )
    .toBeGreaterThan(50);
});

test('Activity lists the runs of all modules, and axe finds nothing serious in it', async ({
  page
}) => {
  await openFolder(page);
  await page.keyboard.press('Control+Shift+c');
  await page.locator('.lm-CommandPalette-input').fill('DEEP: Activity');
  await page.keyboard.press('Enter');
  const list = page.getByRole('region', { name: 'Activity' });
  await expect(list.getByText(/^Image classifier: many/)).toBeVisible();
  await expect(list.getByText(`${FILES} of ${FILES} files`)).toBeVisible();
  const { violations } = await new AxeBuilder({ page })
    .include('.jp-DeepActivity')
    .analyze();
  expect(
    violations
      .filter(({ impact }) => ['serious', 'critical'].includes(impact ?? ''))
      .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
  ).toEqual([]);
});
