/** A catalogue model learns a person's own classes: dataset of a cloud, curves, the new model in Try. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const PORT = 18_961;
const EACH = 12;
const PHOTOS = path.join(__dirname, '../../examples/photos');
const shots = path.join(__dirname, '../test-results/training');

/** Parts of the example photographs. */
async function* parts(): AsyncGenerator<{ name: string; bytes: Buffer }> {
  for (const label of ['cat', 'coffee']) {
    const file = path.join(PHOTOS, `${label}.jpg`);
    const { width, height } = await sharp(file).metadata();
    const size = Math.floor(Math.min(width, height) * 0.7);
    for (let index = 0; index < EACH; index++) {
      const left = Math.floor(((width - size) * index) / EACH);
      const top = Math.floor(((height - size) * ((index * 7) % EACH)) / EACH);
      const bytes = await sharp(file)
        .extract({ left, top, width: size, height: size })
        .resize(240, 240)
        .jpeg()
        .toBuffer();
      yield { name: `${label}/${index}.jpg`, bytes };
    }
  }
}

test.describe.serial('a training', () => {
  const cloud = new CloudProcess(0);
  let server: OwnServer;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    await cloud.start();
    server = new OwnServer(PORT);
    server.setEnvironment(
      'DEEP_STORAGE_FOLDER',
      path.join(server.root, 'datasets')
    );
    for await (const { name, bytes } of parts()) {
      await cloud.ask('PUT', `pets/${name}`, bytes);
      const file = path.join(server.root, 'animals', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    mkdirSync(path.join(server.root, 'empty'));
    cpSync(PHOTOS, path.join(server.root, 'new'), { recursive: true });
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 }
    });
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    await cloud.stop();
    cloud.remove();
  });

  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(shots, `${name}.png`) });

  const trained = (): Locator =>
    page.getByRole('region', { name: 'Result', exact: true });

  async function openTrain(): Promise<void> {
    const card = page.getByRole('button', { name: /^Image classifier/ });
    // A click on the tab of an open sidebar closes it.
    if ((await card.count()) === 0) {
      await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
    }
    await card.click();
    await page.getByRole('tab', { name: 'Train', exact: true }).click();
    await page
      .getByRole('button', { name: 'Start', exact: true })
      .waitFor({ timeout: 60_000 });
  }

  test('learns from a dataset of the cloud, shows its curves, and its model can be tried at once', async () => {
    await page.getByRole('tab', { name: 'Storage', exact: true }).click();
    await page.getByRole('button', { name: 'Link a cloud storage…' }).click();
    const dialog = page.getByRole('dialog');
    const address = dialog.getByRole('textbox', { name: 'Address' });
    await address.fill(cloud.about.url);
    await address.press('Enter');
    await dialog.getByText('I know this server: use it').click();
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByRole('link', { name: 'Open the login page' }).waitFor();
    await cloud.grant('ada');
    await expect(dialog.getByText('is connected.')).toBeVisible({
      timeout: 20_000
    });
    await dialog.getByRole('button', { name: 'Close' }).click();
    const panel = page.getByRole('region', { name: 'Storage', exact: true });
    await panel
      .getByRole('button', { name: /^Browse/ })
      .last()
      .click();
    const files = page.getByRole('region', { name: 'Files of cloud' });
    await files.getByText('pets', { exact: true }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: /Make a Dataset/ }).click();
    await page.getByRole('button', { name: /Back to/ }).click();
    await expect(panel.getByText(/as in the cloud/)).toBeVisible({
      timeout: 20_000
    });

    await openTrain();
    await picture('opened');
    const data = page.getByLabel(/^Data/).last();
    const option = data.locator('option').nth(1);
    await expect(option).toHaveText(/^cloud:pets — 24 files, \d+ kB$/);
    await data.selectOption({ index: 1 });
    await picture('form');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(trained().getByText(/Done · val_accuracy/)).toBeVisible({
      timeout: 60_000
    });
    await expect(trained().locator('canvas').first()).toBeVisible();
    await expect(trained()).toContainText('cloud:pets — 24 files');
    await expect(
      trained().getByText('What it was (rows), and what was found (columns)')
    ).toBeVisible();
    await picture('done');
    if (process.env.DEEP_PICTURES) {
      await page.screenshot({
        path: path.join(__dirname, '../../docs/pictures/train-light.png')
      });
    }
    await trained().getByText('Log', { exact: true }).click();
    await expect(trained().getByText(/24 pictures of 2 classes/)).toBeVisible();

    await trained().getByRole('button', { name: 'As notebook' }).click();
    await page.getByRole('menuitem', { name: 'TypeScript' }).click();
    const cells = page.locator('.jp-Notebook:visible .jp-Cell');
    await expect(cells.nth(3)).toContainText('storage.dataset("cloud:pets")', {
      timeout: 20_000
    });
    await page
      .getByRole('tab', { name: 'Image classifier', exact: true })
      .click();
    await trained().getByRole('button', { name: 'Try pets' }).click();
    const zone = page.getByRole('button', { name: /Choose from Jupyter/ });
    await zone.last().waitFor({ timeout: 60_000 });
    await page
      .getByLabel('File of this computer')
      .last()
      .setInputFiles(path.join(PHOTOS, 'coffee.jpg'));
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    const labels = page.getByRole('table').filter({ hasText: 'Probability' });
    await expect(labels.last().getByRole('row').nth(1)).toContainText(
      'coffee',
      { timeout: 60_000 }
    );
    await picture('try');
  });

  test('says what is wrong with data that do not fit, and is cancelled', async () => {
    await openTrain();
    const data = page.getByLabel(/^Data/).last();
    // What was chosen before is still there.
    await data.selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByText('Give a value.')).toBeVisible();
    await data.selectOption({ index: 1 });
    await expect(page.getByText('Give a value.')).toHaveCount(0);
    await page.getByLabel(/^Epochs/).fill('1000');
    const form = page.getByRole('region', { name: 'Training', exact: true });
    await form.getByText(/^More options/).click();
    await page.getByLabel(/^Patience/).fill('0');
    await page.getByLabel(/^Batch size/).fill('1');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(trained().getByText(/of 1,000 epochs/)).toBeVisible({
      timeout: 30_000
    });
    await picture('going');
    await trained().getByRole('button', { name: 'Cancel' }).click();
    await expect(trained().getByText(/Cancelled/)).toBeVisible();
    await trained().getByRole('button', { name: 'Start again' }).click();
    await expect(trained().getByText(/of 1,000 epochs/)).toBeVisible({
      timeout: 30_000
    });
    await trained().getByRole('button', { name: 'Cancel' }).click();
    await expect(trained().getByText(/Cancelled/)).toBeVisible();
  });

  test('is listed among the runs of its module, and opens from there', async () => {
    await page.getByRole('tab', { name: 'Runs', exact: true }).last().click();
    const rows = page.locator('.jp-DeepActivity-runs > li');
    await expect(rows).toHaveCount(3);
    await expect(rows.last()).toContainText(/Done · val_accuracy/);
    await expect(
      rows.last().getByRole('button', { name: /^Start again/ })
    ).toBeVisible();
    await picture('runs');
    await rows.last().getByLabel('Compare').check();
    await rows.first().getByLabel('Compare').check();
    const compared = page.getByRole('region', { name: 'Trainings compared' });
    await expect(compared.locator('canvas').first()).toBeVisible();
    const epochs = compared.getByRole('row', { name: /^epochs/ });
    await expect(epochs.first()).toHaveText(/^epochs ≠100020$/);
    await picture('compared');
    await compared.getByRole('table').last().scrollIntoViewIfNeeded();
    await picture('compared-table');
    await rows.last().getByRole('button').first().click();
    await expect(trained().getByText(/Done · val_accuracy/)).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepInference-page')
      .analyze();
    expect(
      violations
        .filter(({ impact }) => ['serious', 'critical'].includes(impact ?? ''))
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    ).toEqual([]);
  });

  test('is evaluated on labelled data: how often it is right, what it took for what', async () => {
    await trained()
      .getByRole('button', { name: /^Evaluate pets/ })
      .click();
    const form = page.getByRole('region', { name: 'Test data', exact: true });
    const found = page.getByRole('region', { name: 'Evaluation', exact: true });
    const start = form.getByRole('button', { name: 'Start', exact: true });
    await expect(start).toBeDisabled({ timeout: 60_000 });
    await form.getByLabel(/^Data/).selectOption({ index: 1 });
    await start.click();
    await expect(found.getByText(/right: \d+ of 24 files/)).toBeVisible({
      timeout: 60_000
    });
    await expect(
      found.getByRole('region', { name: 'Confusion matrix' })
    ).toBeVisible();
    await expect(
      found.getByRole('heading', { name: 'Worst mistakes' })
    ).toBeVisible();
    await found.getByText('Class by class').click();
    await picture('evaluated');
    await page.setViewportSize({ width: 640, height: 860 });
    await picture('evaluated-narrow');
    await page.setViewportSize({ width: 1280, height: 860 });
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepInference-page')
      .analyze();
    expect(
      violations
        .filter(({ impact }) => ['serious', 'critical'].includes(impact ?? ''))
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    ).toEqual([]);
  });

  test('that ends while Lab is closed is told of at the next start', async () => {
    await openTrain();
    const form = page.getByRole('region', { name: 'Training', exact: true });
    await form.getByLabel(/^Data/).selectOption({ index: 1 });
    await form.getByLabel(/^Epochs/).fill('1000');
    await form.getByText(/^More options/).click();
    await page.getByLabel(/^Patience/).fill('0');
    await page.getByLabel(/^Batch size/).fill('4');
    // Lab writes its state down a moment later.
    const kept = page.waitForRequest(
      request =>
        request.method() === 'PUT' &&
        /"jupyterlab-deep:activity:watched":\["/.test(request.postData() ?? '')
    );
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await kept;
    await expect(trained().getByText(/of 1,000 epochs/)).toBeVisible({
      timeout: 30_000
    });
    await page.goto('about:blank');
    await expect
      .poll(
        async () => {
          const answer = await page.request.get(
            `${server.origin}/deep/runs?limit=1`,
            // Jupyter asks where a request comes from.
            { headers: { Referer: `${server.origin}/lab` } }
          );
          return (await answer.json()).runs[0].state;
        },
        { timeout: 60_000 }
      )
      .toBe('succeeded');
    await page.goto(`${server.origin}/lab`);
    const told = page.getByText(/^Image classifier: cloud:pets — Done/);
    await expect(told.first()).toBeVisible({ timeout: 30_000 });
    await picture('told');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(trained().getByText(/Done · val_accuracy/)).toBeVisible({
      timeout: 30_000
    });
  });
});
