/** Descriptions of modules: typed, wrong, mended in the form, migrated, prepared. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noSeriousProblems } from './axe';
import { OwnServer } from './ownServer';

const PORT = 18_974;
const shots = path.join(__dirname, '../test-results/metadata');

const SECOND = `# Ours.
metadata_version: 2.3.0
title: Plants   # short
summary: Names plants on pictures
description: A text about plants.
links:
  source_code: https://github.com/lab/plants
tags: [plants]
tasks:
  - Computer Vision   # first
categories:
  - AI4 inference
libraries:
  - TensorFlow
`;

const FIRST = `# Of the old catalogue.
title: Trees
summary: Names trees on pictures
description: [One line., Another.]
license: MIT
keywords: [trainable, tensorflow]
date_creation: '2020-01-31'
sources:
  code: https://github.com/lab/trees
  dockerfile_repo: https://github.com/lab/docker
  docker_registry_repo: lab/trees
`;

test.describe.serial('metadata', () => {
  let server: OwnServer;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    server = new OwnServer(PORT);
    for (const [name, text] of Object.entries({
      plants: SECOND,
      trees: FIRST
    })) {
      mkdirSync(path.join(server.root, name));
      writeFileSync(path.join(server.root, name, 'ai4-metadata.yml'), text);
    }
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 }
    });
    page = await context.newPage();
    await open(page, 'plants/ai4-metadata.yml');
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
  });

  /** As by a double click in the file browser: the editor is the file's default. */
  async function open(where: Page, file: string): Promise<void> {
    await where.goto(
      `${server.origin}/lab/workspaces/${Date.now()}/tree/${file}`
    );
    await where.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await expect(headline(where)).toHaveText(/Valid|note|problem/, {
      timeout: 60_000
    });
  }

  const problems = (where = page): Locator =>
    where.getByRole('region', { name: 'Problems' });
  const headline = (where = page): Locator =>
    problems(where).getByRole('status').first();
  const text = (): Locator => page.locator('.jp-DeepMetadata-text .cm-content');
  const saved = (name: string): string =>
    readFileSync(path.join(server.root, name, 'ai4-metadata.yml'), 'utf8');
  const picture = (name: string, where = page): Promise<Buffer> =>
    where.screenshot({ path: path.join(shots, `${name}.png`) });

  async function save(): Promise<void> {
    await page.keyboard.press('Control+s');
    await expect(
      page.locator('.lm-TabBar-tab.jp-mod-current.jp-mod-dirty')
    ).toHaveCount(0);
  }

  test('are checked while they are typed, and a problem leads to its line', async () => {
    await expect(headline()).toHaveText('Valid by schema 2.3.0.');
    await noSeriousProblems(page, '.jp-DeepMetadata');
    await text().getByText('- TensorFlow').click();
    await page.keyboard.press('End');
    await page.keyboard.type('\n- Torch');
    await expect(headline()).toHaveText('1 problem');
    const problem = problems().getByRole('button', { name: /Torch/ });
    await expect(problem).toContainText('Line 15');
    await text().getByText('# Ours.').click();
    await picture('problem');
    await problem.click();
    await page.keyboard.press('Control+Shift+k');
    await expect(headline()).toHaveText('Valid by schema 2.3.0.');
    await expect(text()).toBeFocused();
  });

  test('are changed by the form, line by line', async () => {
    const form = page.getByRole('form', { name: 'Description of the module' });
    await form.getByRole('textbox', { name: 'Title' }).fill('Green plants');
    await expect(text()).toContainText('title: Green plants   # short');
    await form.getByRole('checkbox', { name: 'Classification' }).focus();
    await page.keyboard.press('Space');
    await expect(text()).toContainText('Classification');
    await form.getByRole('textbox', { name: 'Weights' }).fill('nothing');
    await expect(headline()).toHaveText('1 note');
    await form.getByRole('textbox', { name: 'Weights' }).fill('');
    await expect(headline()).toHaveText('Valid by schema 2.3.0.');
    await text().getByText('# Ours.').click();
    await picture('form');
    await save();
    expect(saved('plants')).toBe(
      SECOND.replace('title: Plants', 'title: Green plants').replace(
        '# first\n',
        '# first\n  - Classification\n'
      )
    );
  });

  test('are prepared for the maintainers, and what is missing is written', async () => {
    await problems()
      .getByRole('button', { name: 'Prepare for AI4EOSC…' })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('There is no LICENSE');
    await expect(dialog).toContainText('New module: Green plants');
    await noSeriousProblems(page, '.jp-DeepMetadata-dialog');
    await picture('prepare');
    const files = dialog.getByRole('region', {
      name: 'Files that can be written'
    });
    await expect(files.getByText('LICENSE', { exact: true })).toHaveCount(0);
    const licence = dialog.getByLabel('Licence of the module');
    await licence.selectOption('AGPL 3.0');
    await expect(
      dialog.getByRole('link', { name: /agpl-3\.0\.txt$/ })
    ).toBeVisible();
    await licence.selectOption('MIT');
    await files.getByText('LICENSE', { exact: true }).click();
    await expect(files.getByLabel('LICENSE', { exact: true })).toContainText(
      'the authors of Green plants'
    );
    await licence.scrollIntoViewIfNeeded();
    await noSeriousProblems(page, '.jp-DeepMetadata-dialog');
    await picture('prepare-licence');
    await dialog.getByRole('button', { name: /^Write all/ }).click();
    await expect(
      dialog.getByRole('heading', { name: 'Files that can be written' })
    ).toHaveCount(0);
    expect(
      readFileSync(path.join(server.root, 'plants/Dockerfile'), 'utf8')
    ).toContain('deepaas-run');
    expect(
      readFileSync(path.join(server.root, 'plants/LICENSE'), 'utf8')
    ).toMatch(/^MIT License/);
    await expect(licence).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  test('of version 1 are migrated, and it is said what was lost', async () => {
    await open(page, 'trees/ai4-metadata.yml');
    await expect(
      page.getByText('This is version 1.', { exact: false })
    ).toBeVisible();
    await page.getByRole('button', { name: 'Migrate to version 2' }).click();
    await expect(text()).toContainText('metadata_version');
    await expect(page.getByText('After the migration')).toBeVisible();
    await expect(headline()).toHaveText(/^\d+ notes?$/);
    await picture('migrated');
    await text().click();
    await save();
    expect(saved('trees')).toMatch(/^# Of the old catalogue\./);
    expect(saved('trees')).toContain('AI4 trainable');
  });

  test('can be read in the dark theme, and where it is narrow', async () => {
    server.setTheme('dark');
    const context = await page
      .context()
      .browser()!
      .newContext({ viewport: { width: 1200, height: 900 } });
    const other = await context.newPage();
    await open(other, 'trees/ai4-metadata.yml');
    await noSeriousProblems(other, '.jp-DeepMetadata');
    await picture('dark', other);
    await other.setViewportSize({ width: 760, height: 900 });
    const side = await other.locator('.jp-DeepMetadata-side').boundingBox();
    const code = await other.locator('.jp-DeepMetadata-text').boundingBox();
    expect(code!.y).toBeGreaterThanOrEqual(side!.y + side!.height - 1);
    await picture('narrow', other);
    await context.close();
  });
});
