import { expect, type Page, test } from '@playwright/test';
import { OwnServer } from './ownServer';

let server: OwnServer;

test.beforeAll(async () => {
  server = new OwnServer(18951);
  await server.start();
});
test.afterAll(() => server.stop());

/** Opens *Try*, waits until the module answers. */
async function waitingForm(page: Page): Promise<void> {
  await page.goto(`${server.origin}/lab?reset`);
  await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
  await page.getByRole('button', { name: /^Image classifier/ }).click();
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(page.getByText('Ready on this machine.')).toBeVisible({
    timeout: 60_000
  });
  // Its fields come from the module, after its state.
  await expect(
    page.getByRole('button', { name: 'Predict', exact: true })
  ).toBeVisible();
}

async function predictsAgain(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await expect(page.getByText('Done.', { exact: true })).toBeVisible({
    timeout: 60_000
  });
  await expect(
    page.getByRole('table').filter({ hasText: 'Probability' })
  ).toContainText('Egyptian');
}

test('a killed module is said, and predicting starts it again', async ({
  page
}) => {
  await waitingForm(page);
  const [pid] = server.modulePids;
  process.kill(pid, 'SIGKILL');
  await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
  await predictsAgain(page);
  expect(server.modulePids).not.toContain(pid);
});

test('a killed service comes back by itself and takes up its module', async ({
  page
}) => {
  await waitingForm(page);
  const service = server.servicePid;
  const modules = server.modulePids;
  process.kill(service, 'SIGKILL');
  await predictsAgain(page);
  expect(server.servicePid).not.toBe(service);
  expect(server.modulePids).toEqual(modules);
});

test('a killed Jupyter is said, and the waiting form goes on when it is back', async ({
  page
}) => {
  await waitingForm(page);
  const service = server.servicePid;
  await server.kill();
  await expect(page.getByText(/Offline since/).first()).toBeVisible({
    timeout: 30_000
  });
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  const box = page.getByText('Jupyter does not answer');
  await expect(box.first()).toBeVisible();
  await server.start();
  await expect(page.getByText(/Offline since/)).toHaveCount(0, {
    timeout: 60_000
  });
  await expect(box).toHaveCount(0);
  expect(server.servicePid).toBe(service);
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  if (await dismiss.isVisible()) {
    await dismiss.click();
  }
  await predictsAgain(page);
});
