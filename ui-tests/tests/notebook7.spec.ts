import { expect, test } from '@playwright/test';
import { OwnServer } from './ownServer';

let server: OwnServer;

test.beforeAll(async () => {
  server = new OwnServer(18953);
  await server.start();
});
test.afterAll(() => server.stop());

test('Notebook 7 starts with the extension and without an error on its console', async ({
  page
}) => {
  const errors: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error') {
      errors.push(message.text());
    }
  });
  page.on('pageerror', error => errors.push(error.message));
  await page.goto(`${server.origin}/tree`);
  await expect(page.getByRole('button', { name: /New/ })).toBeVisible({
    timeout: 60_000
  });
  await page.waitForLoadState('networkidle');
  const plugins = await page.evaluate(() => {
    const config = document.getElementById('jupyter-config-data');
    const { federated_extensions } = JSON.parse(config!.textContent!);
    return federated_extensions.map((each: { name: string }) => each.name);
  });
  expect(plugins).toContain('jupyterlab-deep');
  expect(errors).toEqual([]);
});
