/** The whole way of somebody who develops: a notebook becomes a module, is described, checked and shared; a colleague uses it and follows it. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { CloudProcess } from './cloudProcess';
import { Person } from './person';

const ROOT = path.join(__dirname, '../..');
const shots = path.join(__dirname, '../test-results/flow');
/** Of the documentation; made anew with DEEP_PICTURES set. */
const docs = path.join(__dirname, '../../docs/pictures');
const START_MS = 150_000;
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 800, height: 900 };

const CELLS = [
  'import json\nfrom pathlib import Path',
  '# Length and width of kernels in millimetres.\nKINDS = json.loads(Path("kernels.json").read_text())',
  `def distance(kind, length, width):
    return ((KINDS[kind][0] - length) ** 2 + (KINDS[kind][1] - width) ** 2) ** 0.5`,
  `def predict(length: float = 6.1, width: float = 3.2):
    """Name a kernel of grain by its measures."""
    far = {kind: distance(kind, length, width) for kind in KINDS}
    return {"kind": min(far, key=far.get), "distances": far}`,
  `def train(data: str, rounds: int = 1):
    """Learn the measures of each kind from a CSV file."""
    rows = [line.split(",") for line in Path(data).read_text().splitlines()]
    for kind, length, width in rows:
        KINDS[kind] = [float(length), float(width)]
    return {"kinds": len(KINDS)}`
];
const KERNELS = { barley: [8.4, 3.1], rye: [7.2, 2.4], wheat: [6.2, 3.3] };

const notebook = {
  cells: CELLS.map((source, index) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${index}`,
    metadata: {},
    outputs: [],
    source
  })),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
};

test.describe
  .serial('from a notebook to a module that a colleague uses', () => {
  test.skip(
    !existsSync(path.join(ROOT, '.venv/bin/uv')),
    'Python environments need uv in .venv'
  );
  test.setTimeout(START_MS + 60_000);
  const cloud = new CloudProcess(0);
  const ada = new Person('ada', 18_991, cloud);
  const grace = new Person('grace', 18_992, cloud);

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    await cloud.start();
    for (const person of [ada, grace]) {
      // Wheels that were fetched once are not fetched again.
      person.server.setEnvironment(
        'UV_CACHE_DIR',
        process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
      );
      const context = await browser.newContext({ viewport: WIDE });
      context.setDefaultTimeout(30_000);
      await person.come(await context.newPage());
    }
    const write = (name: string, content: object) =>
      writeFileSync(
        path.join(ada.server.root, name),
        JSON.stringify(content, null, 1)
      );
    write('grain.ipynb', notebook);
    write('kernels.json', KERNELS);
    await ada.open('/lab/tree/grain.ipynb');
    await ada.page
      .getByRole('dialog')
      .getByRole('button', { name: 'No Kernel' })
      .click();
  });

  test.afterAll(async () => {
    for (const person of [ada, grace]) {
      await person.page?.close();
      await person.server.stop();
    }
    await cloud.stop();
    cloud.remove();
  });

  const form = (): Locator =>
    ada.page.getByRole('region', { name: 'New module', exact: true });
  const live = (): Locator =>
    ada.page.getByRole('region', { name: 'Serving grain', exact: true });

  async function forDocs(person: Person, name: string): Promise<void> {
    if (process.env.DEEP_PICTURES) {
      await person.page.setViewportSize({ width: 1280, height: 800 });
      await person.picture(`${name}-light`, docs);
      await person.page.setViewportSize(WIDE);
    }
  }

  /** As it is seen in each of these ways. */
  async function station(person: Person, name: string): Promise<void> {
    const { page } = person;
    await person.picture(name, shots);
    await page.setViewportSize(NARROW);
    await person.picture(`${name}-narrow`, shots);
    await page.setViewportSize(WIDE);
    await setTheme(page, 'Dark');
    await person.picture(`${name}-dark`, shots);
    await setTheme(page, 'Light');
  }

  async function setTheme(page: Page, theme: 'Light' | 'Dark'): Promise<void> {
    await page.evaluate(
      name =>
        (
          window as unknown as {
            jupyterapp: {
              commands: { execute(id: string, args: object): unknown };
            };
          }
        ).jupyterapp.commands.execute('apputils:change-theme', {
          theme: `JupyterLab ${name}`
        }),
      theme
    );
    await expect(page.locator('body')).toHaveAttribute(
      'data-jp-theme-light',
      String(theme === 'Light')
    );
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  async function mark(cell: number, entry: string): Promise<void> {
    const { page } = ada;
    await page
      .locator('.jp-NotebookPanel .jp-CodeCell')
      .nth(cell)
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: entry }).click();
  }

  test('the notebook says what it becomes', async () => {
    await mark(3, 'Mark as predict');
    await mark(4, 'Mark as train');
    const marks = ada.page.locator('.jp-CodeCell[data-deep-mark="train"]');
    await expect(marks).toHaveCount(1);
    await ada.picture('1-notebook', shots);
    await forDocs(ada, 'marked');
    await ada.page
      .locator('.jp-NotebookPanel-toolbar')
      .getByRole('button', { name: 'Make a module from this notebook' })
      .click();
    await expect(form().getByText('length (number, 6.1)')).toBeVisible({
      timeout: 60_000
    });
    await form().getByLabel('Author').fill('Ada');
    await station(ada, '1-form');
    await forDocs(ada, 'new-module');
  });

  test('the module is served beside its code', async () => {
    await form().getByRole('button', { name: 'Create' }).click();
    await expect(live().getByText(/^. Serving\. Each save/)).toBeVisible({
      timeout: START_MS
    });
    await station(ada, '2-serving');
    await live().getByRole('button', { name: 'Predict' }).click();
    await expect(live().getByRole('region', { name: 'Result' })).toContainText(
      'wheat',
      { timeout: 30_000 }
    );
    await station(ada, '2-predicted');
    await forDocs(ada, 'serving');
  });

  const metadata = (): Locator => ada.page.locator('.jp-DeepMetadata');
  const step = (name: string): Promise<void> =>
    live()
      .getByRole('navigation', { name: 'Next steps' })
      .getByRole('button', { name })
      .click();

  test('it is described as form and text, until no problem is left', async () => {
    const { page } = ada;
    await step('Describe…');
    const headline = metadata()
      .getByRole('region', { name: 'Problems' })
      .getByRole('status')
      .first();
    await expect(headline).toHaveText(/problem|note|Valid/, {
      timeout: 60_000
    });
    await station(ada, '3-metadata');
    const write = (name: string, text: string) =>
      metadata().getByRole('textbox', { name, exact: true }).fill(text);
    await write('Title', 'Kernels of grain');
    await write('Summary', 'Names a kernel of grain by its measures');
    await write('Description', 'By **length** and **width** in millimetres.');
    await write('Source code', 'https://git.example.net/ada/grain');
    await expect(headline).toHaveText('Valid by schema 2.3.0.');
    await ada.picture('3-metadata-valid', shots);
    await page.keyboard.press('Control+s');
    await expect(
      page.locator('.lm-TabBar-tab.jp-mod-current.jp-mod-dirty')
    ).toHaveCount(0);
  });

  test('it is checked, and its description did not start it anew', async () => {
    await expect(live().getByText(/^. Serving\. Each save/)).toBeVisible();
    await step('Check');
    await expect(
      ada.page
        .getByRole('region', { name: /^Check of/ })
        .getByText(/^0 failed,/)
    ).toBeVisible({ timeout: 60_000 });
    await station(ada, '4-checked');
    await forDocs(ada, 'checked');
  });

  async function share(version: string): Promise<void> {
    const { page } = ada;
    await step('Share…');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('signed by Ada')).toBeVisible();
    await expect(dialog.getByRole('textbox', { name: 'Licence' })).toHaveValue(
      'MIT'
    );
    await ada.picture(`5-asked-${version}`, shots);
    await dialog.getByRole('searchbox').fill('gra');
    await dialog.getByRole('button', { name: 'Grace' }).click();
    await dialog.getByRole('textbox', { name: 'Version' }).fill(version);
    await station(ada, `5-share-${version}`);
    await forDocs(ada, 'share');
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(dialog).toBeHidden();
    const toast = page.locator('.Toastify__toast').filter({
      hasText: `${version}: done`
    });
    await expect(toast).toBeInViewport({ ratio: 1, timeout: 60_000 });
    await ada.picture(`5-shared-${version}`, shots);
  }

  test('it is shared with a colleague', () => share('1.0.0'));

  const catalogue = (): Locator =>
    grace.page.getByRole('region', { name: 'DEEP catalogue' });
  const card = (): Locator =>
    catalogue().locator('[data-deep-module]').filter({ hasText: 'Grain' });

  async function readAgain(): Promise<void> {
    await grace.page
      .getByRole('button', { name: 'Read the catalogues again' })
      .click();
  }

  /** What is asked before the code of somebody else runs. */
  async function agree(picture: string): Promise<void> {
    const { page } = grace;
    await page
      .getByRole('button', { name: 'Review and decide…' })
      .click({ timeout: 60_000 });
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('Digest of its files')).toBeVisible({
      timeout: 60_000
    });
    await station(grace, picture);
    await dialog.locator('.jp-mod-accept').click();
  }

  async function predict(answer: string): Promise<void> {
    const { page } = grace;
    const button = page.getByRole('button', { name: 'Predict', exact: true });
    await button.click({ timeout: START_MS });
    await expect(page.getByRole('region', { name: 'Result' })).toContainText(
      answer,
      { timeout: START_MS }
    );
  }

  test('she finds it with who made it, and tries it after she agreed', async () => {
    const { page } = grace;
    await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
    await readAgain();
    await expect(card()).toContainText('v1.0.0 by Ada', { timeout: 30_000 });
    await station(grace, '6-card');
    await card().getByRole('button').first().click();
    await expect(
      page.getByRole('heading', { name: 'Shared by Ada' })
    ).toBeVisible();
    await expect(page.getByText('Python code: you are asked')).toBeVisible();
    await station(grace, '6-page');
    await forDocs(grace, 'shared');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await agree('6-consent');
    await predict('wheat');
    await station(grace, '6-tried');
  });

  test('she follows it to its next version', async () => {
    const { page } = ada;
    await page.getByRole('tab', { name: 'cells.py' }).click();
    await page.locator('.jp-FileEditor .cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nKINDS["oat"] = [10.6, 2.7]\n');
    await page.keyboard.press('Control+s');
    await expect(live().getByText(/Serving what you saved last/)).toBeVisible({
      timeout: 60_000
    });
    await share('1.1.0');
    await readAgain();
    const notice = grace.page.getByText('Ada shares version 1.1.0');
    await expect(notice).toBeVisible({ timeout: 30_000 });
    await grace.picture('7-notice', shots);
    await grace.page.getByRole('tab', { name: 'About' }).click();
    await expect(
      grace.page.getByText('1.1.0, newer than 1.0.0 which you used')
    ).toBeVisible();
    await station(grace, '7-page');
    await forDocs(grace, 'update');
    await grace.page.getByRole('button', { name: 'Use version 1.1.0' }).click();
    await agree('7-consent');
    await predict('oat');
    await expect(grace.page.getByText('what runs is 1.0.0')).toHaveCount(0);
    await grace.picture('7-tried', shots);
  });

  test('its author takes it back', async () => {
    const { page } = ada;
    await ada.command('Modules I Share');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('Grace')).toBeVisible();
    await station(ada, '8-mine');
    await dialog
      .getByRole('button', { name: /^Withdraw “Kernels of grain”$/ })
      .click();
    await dialog
      .getByRole('alert')
      .getByRole('button', { name: 'Withdraw', exact: true })
      .click();
    await expect(dialog.getByText('You share nothing yet')).toBeVisible();
    await readAgain();
    await grace.page.getByRole('tab', { name: 'About' }).click();
    await expect(
      grace.page.getByText('Ada does not share it any more').first()
    ).toBeVisible();
    await station(grace, '8-withdrawn');
  });
});
