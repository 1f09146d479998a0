/** A model's file becomes a module: from the file browser, by keyboard, in both themes; and from a notebook's toolbar. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { OwnServer } from './ownServer';

const PORT = 18_967;
const ROOT = path.join(__dirname, '../..');
const MODELS = path.join(
  ROOT,
  'kernel-helpers/src/models/__tests__/madeModels.py'
);
const shots = path.join(__dirname, '../test-results/wizard');

test.describe.serial('the wizard of a model', () => {
  const server = new OwnServer(PORT);
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    execFileSync(path.join(ROOT, '.venv/bin/python'), [
      MODELS,
      path.join(server.root, 'models')
    ]);
    await sharp({
      create: { width: 90, height: 60, channels: 3, background: 'blue' }
    })
      .png()
      .toFile(path.join(server.root, 'models/blue.png'));
    writeFileSync(
      path.join(server.root, 'models/notes.ipynb'),
      JSON.stringify({
        cells: [],
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5
      })
    );
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 }
    });
    page = await context.newPage();
    await page.goto(`${server.origin}/lab/tree/models`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  });

  test.afterAll(async () => {
    await page?.close();
    await server.stop();
  });

  const wizard = (): Locator =>
    page.getByRole('region', { name: 'Deploy a model', exact: true });
  const heading = (name: string): Locator =>
    wizard().getByRole('heading', { level: 1, name });
  const press = (name: string): Promise<void> =>
    wizard().getByRole('button', { name, exact: true }).click();
  const file = (name: string): Locator =>
    page.getByRole('listitem', { name: new RegExp(`Name: ${name}`) });

  async function expectClean(name: string): Promise<void> {
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepWizard')
      .analyze();
    expect(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    ).toEqual([]);
  }

  test('is offered for model files alone', async () => {
    await file('blue.png').click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
    await expect(
      page.getByRole('menuitem', { name: 'Deploy model…' })
    ).toHaveCount(0);
    await page.keyboard.press('Escape');
    await file('torch.onnx').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Deploy model…' }).click();
    await expect(heading('Model')).toBeVisible();
    await expect(wizard().getByText(/tells 3 classes apart/)).toBeVisible();
    await expectClean('1-model');
  });

  test('asks for labels, and goes on by keyboard', async () => {
    await press('Next');
    await expect(heading('Labels and preparation')).toBeFocused();
    await press('Next');
    await expect(wizard().getByText('Name its classes.')).toBeVisible();
    await expectClean('2-missing');
    await wizard().getByLabel('Name *').fill('Colours of leaves');
    await wizard().getByLabel('Names of its classes').fill('red\ngreen\nblue');
    await wizard().getByLabel('Preparation').selectOption({ label: '0 to 1' });
    await expectClean('2-filled');
    await wizard().getByRole('button', { name: 'Next' }).focus();
    await page.keyboard.press('Enter');
    await expect(heading('Try it here')).toBeFocused({ timeout: 30_000 });
  });

  test('tries the draft with a picture that is dropped', async () => {
    const zone = wizard().getByRole('group', { name: 'Image' });
    await expect(zone).toBeVisible({ timeout: 30_000 });
    await file('blue.png').hover();
    await page.mouse.down();
    const box = (await zone.boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 20, { steps: 12 });
    await page.mouse.up();
    await expect(zone.getByText('blue.png').first()).toBeVisible();
    await press('Predict');
    const answer = wizard().getByRole('region', { name: 'Result' });
    await expect(answer.getByRole('row', { name: /blue/ })).toBeVisible({
      timeout: 30_000
    });
    await expectClean('3-tried');
  });

  test('keeps everything on the way back, and asks before it throws it away', async () => {
    await press('Back');
    await expect(wizard().getByLabel('Names of its classes')).toHaveValue(
      'red\ngreen\nblue'
    );
    await wizard().getByLabel('Name *').press('Escape');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Go on editing' }).click();
    await press('Next');
    await expect(heading('Try it here')).toBeVisible();
  });

  test('deploys on this machine, and the module is tried on its page', async () => {
    await press('Next');
    await expect(heading('Where')).toBeVisible();
    await expect(
      wizard().getByRole('radio', { name: /This machine/ })
    ).toBeChecked();
    await expectClean('4-where');
    await press('Deploy');
    await expect(
      wizard().getByText(/Colours of leaves is being deployed/)
    ).toBeVisible({ timeout: 30_000 });
    await expectClean('4-deployed');
    await press('Open its page');
    await expect(
      page.getByRole('heading', { level: 1, name: 'Colours of leaves' })
    ).toBeVisible();
    await expect(wizard()).toHaveCount(0);
  });

  test('says in a notebook’s toolbar which models it has, in the dark too', async () => {
    server.setTheme('dark');
    await page.goto(`${server.origin}/lab/tree/models/notes.ipynb?reset`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'No Kernel' })
      .click();
    await page
      .locator('.jp-NotebookPanel-toolbar')
      .getByRole('button', { name: 'Deploy model' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox').selectOption('zipMap.onnx');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await expect(
      wizard().getByText(/options=\{'zipmap': False\}/)
    ).toBeVisible();
    await expect(wizard().getByRole('button', { name: 'Next' })).toBeDisabled();
    await expectClean('1-refused-dark');
    await wizard().getByRole('button', { name: 'Cancel' }).click();
    await expect(wizard()).toHaveCount(0);
  });
});
