/** From a notebook to a module that is served while it is edited: marks, project, an error at its line, Try, Check. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { OwnServer } from './ownServer';

const PORT = 18_946;
const ROOT = path.join(__dirname, '../..');
const shots = path.join(__dirname, '../test-results/develop');
const START_MS = 150_000;

const NOTEBOOK = {
  cells: [
    'GREETINGS = {"en": "Hello", "de": "Hallo"}',
    'name = "Ada"\nlanguage = "en"',
    'f"{GREETINGS[language]}, {name}!"'
  ].map((source, index) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${index}`,
    metadata: index === 1 ? { tags: ['parameters'] } : {},
    outputs: [],
    source
  })),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
};

test.describe.serial('a module that is developed', () => {
  test.skip(
    !existsSync(path.join(ROOT, '.venv/bin/uv')),
    'Python environments need uv in .venv'
  );
  test.setTimeout(START_MS + 60_000);
  const server = new OwnServer(PORT);
  const cells = path.join(server.root, 'greetings/greetings/cells.py');
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    writeFileSync(
      path.join(server.root, 'greetings.ipynb'),
      JSON.stringify(NOTEBOOK)
    );
    // Wheels that were fetched once are not fetched again.
    server.setEnvironment(
      'UV_CACHE_DIR',
      process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
    );
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 }
    });
    page = await context.newPage();
    await page.goto(`${server.origin}/lab/tree/greetings.ipynb`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'No Kernel' })
      .click();
  });

  test.afterAll(async () => {
    await page?.close();
    await server.stop();
  });

  const form = (): Locator =>
    page.getByRole('region', { name: 'New module', exact: true });
  const live = (): Locator =>
    page.getByRole('region', { name: 'Serving greetings', exact: true });
  const editor = (): Locator => page.locator('.jp-FileEditor .cm-content');

  async function expectClean(name: string): Promise<void> {
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepDevelop')
      .analyze();
    expect(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    ).toEqual([]);
  }

  test('says of a notebook without marks what to do, and reads it again', async () => {
    await page
      .locator('.jp-NotebookPanel-toolbar')
      .getByRole('button', { name: 'Make a module from this notebook' })
      .click();
    await expect(form().getByRole('alert')).toContainText(
      'No cell is marked “predict”',
      { timeout: 60_000 }
    );
    await expect(form().getByRole('button', { name: 'Create' })).toBeDisabled();
    await expectClean('1-unmarked');
    await page.getByRole('tab', { name: 'greetings.ipynb' }).click();
    const cell = page.locator('.jp-NotebookPanel .jp-CodeCell').nth(2);
    await cell.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Mark as predict' }).click();
    await page.getByRole('tab', { name: 'New module' }).click();
    await form().getByRole('button', { name: 'Save and look again' }).click();
    await expect(
      form().getByText('name (text, "Ada"), language (text, "en")')
    ).toBeVisible();
    await expectClean('2-marked');
  });

  test('writes the project, and serves it beside the editor', async () => {
    await form().getByLabel('Author').fill('Ada');
    await form().getByRole('button', { name: 'Create' }).click();
    await expect(form()).toHaveCount(0);
    await expect(editor()).toContainText('def predict(name=');
    await expect(live().getByText(/^. Serving\. Each save/)).toBeVisible({
      timeout: START_MS
    });
    await live().getByRole('button', { name: 'Predict' }).click();
    await expect(live().getByRole('region', { name: 'Result' })).toContainText(
      'Hello, Ada!',
      { timeout: 30_000 }
    );
    await expectClean('3-serving');
  });

  test('leads from an error to its line, and goes on when that is mended', async () => {
    await editor().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('raise ValueError("the weights are gone")');
    await page.keyboard.press('Control+s');
    const alert = live().getByRole('alert');
    await expect(alert).toContainText('ValueError: the weights are gone', {
      timeout: 60_000
    });
    await expectClean('4-failed');
    const lines = readFileSync(cells, 'utf8').split('\n');
    const line = lines.findIndex(each => each.startsWith('raise')) + 1;
    await page.keyboard.press('Control+Home');
    await alert
      .getByRole('button', { name: `greetings/cells.py, line ${line}` })
      .click();
    await expect(editor()).toBeFocused();
    await expect(page.getByText(`Ln ${line}, Col 1`)).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+s');
    await expect(live().getByText(/Serving what you saved last/)).toBeVisible({
      timeout: 60_000
    });
    await expect(alert).toHaveCount(0);
  });

  test('is checked from its panel', async () => {
    await live().getByRole('button', { name: 'Check', exact: true }).click();
    const report = page.getByRole('region', { name: /^Check of/ });
    await expect(report.getByText(/^0 failed,/)).toBeVisible({
      timeout: 60_000
    });
    await expectClean('5-checked');
    await page.setViewportSize({ width: 700, height: 900 });
    await page.screenshot({ path: path.join(shots, '5-checked-narrow.png') });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('ends with its panel', async () => {
    await page
      .getByRole('tab', { name: 'Serving greetings' })
      .locator('.lm-TabBar-tabCloseIcon')
      .click();
    await expect(live()).toHaveCount(0);
    await expect
      .poll(() =>
        page.evaluate(async () => {
          const reply = await fetch('/deep/develop/sessions');
          return (await reply.json()).developments;
        })
      )
      .toEqual([]);
  });

  test('is begun from the Launcher, in the dark too', async () => {
    server.setTheme('dark');
    await page.goto(`${server.origin}/lab?reset`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page
      .locator('.jp-LauncherCard')
      .filter({ hasText: 'New module' })
      .click();
    await form().getByLabel('Name').fill('Leaves');
    await expect(form().getByLabel('Folder')).toHaveValue('leaves');
    await expectClean('6-launcher-dark');
  });
});
