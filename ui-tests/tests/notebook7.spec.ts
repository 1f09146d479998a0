import { expect, type Page, test } from '@playwright/test';
import { OwnServer } from './ownServer';

/** What Notebook's start page logs as errors. */
async function errorsAtStart(page: Page, server: OwnServer): Promise<string[]> {
  const errors: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error') {
      errors.push(message.text());
    }
  });
  page.on('pageerror', error => errors.push(error.message));
  await page.goto(`${server.origin}/tree`);
  await expect(page.getByRole('menuitem', { name: 'New' })).toBeVisible({
    timeout: 60_000
  });
  await page.waitForLoadState('networkidle');
  return errors.map(withoutPort);
}

const withoutPort = (text: string) =>
  text.replace(/127\.0\.0\.1:\d+/g, 'server').replace(/[0-9a-f]{16,}/g, 'hash');

const extensionsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const config = document.getElementById('jupyter-config-data');
    const { federated_extensions } = JSON.parse(config!.textContent!);
    return federated_extensions.map((each: { name: string }) => each.name);
  });

test('Notebook 7 starts with the extension, and no error is on its console that is not there without it', async ({
  browser
}) => {
  const withUs = new OwnServer(18953);
  const without = new OwnServer(18954, ['jupyterlab-deep']);
  try {
    await Promise.all([withUs.start(), without.start()]);
    const page = await browser.newPage();
    const errors = await errorsAtStart(page, withUs);
    expect(await extensionsOf(page)).toContain('jupyterlab-deep');
    const bare = await browser.newPage();
    const known = await errorsAtStart(bare, without);
    const firstLines = (all: string[]) => all.map(each => each.split('\n')[0]);
    expect(
      firstLines(errors).filter(each => !firstLines(known).includes(each))
    ).toEqual([]);
  } finally {
    await Promise.all([withUs.stop(), without.stop()]);
  }
});
