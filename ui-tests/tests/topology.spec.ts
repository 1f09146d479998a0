/** Modules composed by drawing: from nothing by mouse, from nothing by keys, refused with the reason, run, damaged. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { noSeriousProblems } from './axe';
import { OwnServer } from './ownServer';

const PORT = 18_972;
/** A table that an earlier test wrote is there already, which is a note. */
const RUNNABLE = /^(▸ )?(No problems\.|1 note)$/;
const shots = path.join(__dirname, '../test-results/topology');

test.describe.serial('topologies', () => {
  let server: OwnServer;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    server = new OwnServer(PORT);
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1400, height: 860 },
      permissions: ['clipboard-read', 'clipboard-write']
    });
    page = await context.newPage();
    await open(page);
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
  });

  async function open(where: Page): Promise<void> {
    await where.goto(`${server.origin}/lab`);
    await where.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(shots, `${name}.png`) });
  const canvas = (): Locator =>
    page.getByRole('group', { name: 'Canvas' }).locator('visible=true');
  const node = (name: string | RegExp): Locator =>
    canvas().getByRole('button', { name });
  const inspector = (): Locator =>
    page.getByRole('region', { name: 'Inspector' }).locator('visible=true');
  const port = (owner: Locator, name: string): Locator =>
    owner.locator(`[data-handleid="${name}"]`);

  /** From the Launcher, as a person does. */
  async function newTopology(template: string): Promise<void> {
    const card = page
      .locator('.jp-LauncherCard', { hasText: 'New Topology' })
      .locator('visible=true');
    if (!(await card.count())) {
      await page.getByRole('button', { name: 'New Launcher' }).first().click();
    }
    await card.click();
    await page.getByRole('combobox', { name: 'Begin with' }).fill(template);
    await page.keyboard.press('Enter');
    await expect(canvas()).toBeVisible({ timeout: 60_000 });
  }

  /** From the middle of one to the middle of the other, as a hand moves. */
  async function drag(
    from: Locator,
    to: { x: number; y: number } | Locator
  ): Promise<void> {
    const start = await middle(from);
    const end = 'x' in to ? to : await middle(to);
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 8, start.y + 8, { steps: 2 });
    await page.mouse.move(end.x, end.y, { steps: 8 });
    await page.mouse.up();
  }

  async function middle(of: Locator): Promise<{ x: number; y: number }> {
    // What is just being drawn has no place for a moment, or another one.
    let box: Awaited<ReturnType<Locator['boundingBox']>> = null;
    await expect(async () => {
      const before = box;
      box = await of.boundingBox();
      expect(box).not.toBeNull();
      expect(box).toEqual(before);
    }).toPass({ intervals: [100] });
    const { x, y, width, height } = box!;
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** A click on the tab of what is shown would hide it. */
  async function showFiles(): Promise<void> {
    const files = page.locator('.jp-FileBrowser-filelist, .jp-DirListing');
    if (!(await files.first().isVisible())) {
      await page.getByRole('tab', { name: /^File Browser/ }).click();
    }
  }

  async function placeOf(
    right: number,
    down: number
  ): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await canvas().boundingBox())!;
    return { x: x + width * right, y: y + height * down };
  }

  const read = (name: string) =>
    JSON.parse(readFileSync(path.join(server.root, name), 'utf8'));

  test('are drawn from nothing by mouse, and what does not fit is refused with the reason', async () => {
    await newTopology('Empty');
    await picture('empty');
    await drag(
      page.locator('.jp-DirListing-item', { hasText: 'photos' }),
      await placeOf(0.05, 0.2)
    );
    await expect(node(/^Files\./)).toBeVisible();
    await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
    await drag(
      page
        .locator('[data-deep-module="builtin/image-classifier"] button')
        .first(),
      await placeOf(0.4, 0.2)
    );
    const classifier = node(/^Image classifier\./);
    // The module is asked what it takes.
    await expect(classifier).toContainText('image *', { timeout: 60_000 });
    await drag(
      page
        .getByRole('region', { name: 'Nodes to add' })
        .getByRole('button', { name: 'CSV table' }),
      await placeOf(0.75, 0.2)
    );
    const table = node(/^CSV table\./);
    await expect(table).toBeVisible();
    await drag(port(node(/^Files\./), 'file'), port(classifier, 'top_k'));
    const refused = 'A file comes out, but a value is taken.';
    await expect(page.locator('.jp-DeepTopologies-refusal')).toHaveText(
      refused
    );
    await expect(page.locator('.jp-DeepTopologies-said')).toHaveText(refused);
    await picture('refused');
    await drag(port(node(/^Files\./), 'file'), port(classifier, 'image'));
    await drag(port(classifier, 'answer'), port(table, 'in'));
    await expect(page.locator('.jp-DeepTopologies-refusal')).toHaveCount(0);
    await expect(classifier).toHaveAttribute(
      'aria-label',
      /image from Files, answer to CSV table/
    );
    await expect(
      page.getByRole('button', { name: 'No problems.' })
    ).toBeVisible({ timeout: 30_000 });
    await classifier.click();
    await expect(inspector().getByLabel(/Top k/)).toBeVisible();
    await inspector().getByLabel(/Top k/).fill('2');
    await picture('drawn');
    await noSeriousProblems(page, '.jp-DeepTopologies');
  });

  test('run, show their data on an edge, and are found again', async () => {
    await page.getByRole('button', { name: 'Save and run' }).click();
    const bar = page.locator('.jp-DeepTopologies-run');
    await expect(bar).toHaveAttribute('data-state', 'succeeded', {
      timeout: 60_000
    });
    await picture('ran');
    expect(read('untitled.topology').nodes['image-classifier']).toMatchObject({
      arguments: { top_k: 2 }
    });
    await node(/^CSV table\./).click();
    await inspector()
      .getByRole('button', { name: /^Show what goes through/ })
      .click();
    const rows = inspector().locator('.jp-DeepTopologies-item');
    await expect(rows).not.toHaveCount(0);
    await rows.first().locator('summary').click();
    await expect(rows.first()).toContainText('predictions');
    await picture('edge');
    await noSeriousProblems(page, '.jp-DeepTopologies-inspector');
    await page.reload();
    await expect(bar).toHaveAttribute('data-state', 'succeeded', {
      timeout: 60_000
    });
    await bar.getByRole('button', { name: 'Open results' }).click();
    await expect(page.getByRole('tab', { name: 'results.csv' })).toBeVisible();
  });

  test('are served as a module that is tried, and exported beside their file', async () => {
    copyFileSync(
      path.join(__dirname, '../../examples/topologies/label-photo.topology'),
      path.join(server.root, 'label-photo.topology')
    );
    await showFiles();
    await page
      .locator('.jp-DirListing-item', { hasText: 'label-photo.topology' })
      .dblclick();
    await expect(node(/^Image classifier\./)).toBeVisible({ timeout: 60_000 });
    const tool = (name: RegExp): Locator =>
      page
        .locator('.jp-Toolbar')
        .getByRole('button', { name })
        .locator('visible=true');
    await tool(/^Export/).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('As').selectOption('elyra');
    await dialog.getByRole('button', { name: 'Export' }).click();
    await expect(dialog).toContainText('has to lie beside the pipeline');
    await picture('exported');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(
      page.getByRole('tab', { name: 'label-photo.pipeline' })
    ).toBeVisible();
    expect(readdirSync(path.join(server.root, 'label-photo-steps'))).toContain(
      'classifier.py'
    );
    await page.getByRole('tab', { name: 'label-photo.topology' }).click();
    await tool(/^Make/).click();
    await picture('serve');
    await dialog.getByRole('button', { name: 'Make the module' }).click();
    const photo = page.getByRole('group', { name: /image/i });
    await expect(photo.first()).toBeVisible({ timeout: 60_000 });
    await picture('served');
    expect(
      JSON.parse(
        readFileSync(
          path.join(server.root, '../data/deep/models/label-photo/module.json'),
          'utf8'
        )
      )
    ).toMatchObject({ task: 'topology', title: 'Label a photo' });
  });

  test('are drawn from nothing by keys alone', async () => {
    const press = (...keys: string[]) =>
      keys.reduce(
        (before, key) => before.then(() => page.keyboard.press(key)),
        Promise.resolve()
      );
    const choose = async (words: string) => {
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByRole('combobox')).toBeFocused();
      await page.keyboard.type(words);
      await expect(dialog.getByRole('option').first()).toContainText(words, {
        ignoreCase: true
      });
      await press('Enter');
      await expect(dialog).toHaveCount(0);
    };
    // Lab gives the focus to its launcher late, which closes the palette.
    await expect(async () => {
      await press('Control+Shift+C');
      const palette = page.locator('.lm-CommandPalette-input');
      await palette.fill('New Topology', { timeout: 2000 });
      await expect(
        page.locator('.lm-CommandPalette-item').first()
      ).toContainText('New Topology');
      await palette.press('Enter', { timeout: 2000 });
      await expect(page.getByRole('dialog')).toBeVisible({ timeout: 5000 });
    }).toPass();
    await choose('Empty');
    await expect(canvas()).toBeFocused();
    await press('a');
    await choose('Files');
    await expect(node(/^Files\./)).toBeFocused();
    await press('Enter');
    await expect(inspector().getByLabel('Files')).toBeFocused();
    await press('Control+A');
    await page.keyboard.type('photos/*.jpg');
    await press('Escape');
    await expect(node(/^Files\./)).toBeFocused();
    await press('a');
    await choose('Image classifier');
    const classifier = node(/^Image classifier\./).first();
    await expect(classifier).toBeFocused();
    await expect(port(classifier, 'image')).toBeVisible({ timeout: 60_000 });
    await press('c');
    await choose('from Files');
    await expect(classifier).toHaveAttribute('aria-label', /image from Files/);
    await press('a');
    await choose('CSV table');
    await expect(node(/^CSV table\./)).toBeFocused();
    await press('c');
    await choose('from Image classifier');
    await expect(page.getByRole('button', { name: RUNNABLE })).toBeVisible({
      timeout: 30_000
    });
    await press('ArrowLeft');
    await expect(classifier).toBeFocused();
    await press('Shift+ArrowDown', 'Shift+ArrowDown', 'Control+S');
    const saved = () => read('untitled1.topology');
    await expect
      .poll(() => Object.keys(saved().nodes))
      .toEqual(['csv', 'files', 'image-classifier']);
    const { layout } = saved();
    expect(layout['image-classifier'].y).toBe(layout.files.y + 40);
    await press('Control+C', 'Control+V');
    await expect(node(/^Image classifier\./)).toHaveCount(2);
    await press('Control+Z');
    await expect(node(/^Image classifier\./)).toHaveCount(1);
    await classifier.focus();
    await press('Delete');
    await expect(node(/^Image classifier\./)).toHaveCount(0);
    await press('Control+Z');
    await expect(classifier).toHaveAttribute(
      'aria-label',
      /image from Files, answer to CSV table/
    );
    await press('l');
    await expect(page.locator('.jp-DeepTopologies-said').last()).toHaveText(
      'Arranged.'
    );
    await press('Control+S');
    await expect
      .poll(() => saved().layout['image-classifier'].y)
      .not.toBe(layout['image-classifier'].y);
    await picture('keys');
    await press('Control+Enter');
    await expect(
      page.locator('.jp-DeepTopologies-run').locator('visible=true')
    ).toHaveAttribute('data-state', 'succeeded', { timeout: 60_000 });
  });

  test('can be read in the dark theme, and where it is narrow', async () => {
    server.setTheme('dark');
    const context = await page
      .context()
      .browser()!
      .newContext({
        viewport: { width: 1400, height: 860 },
        reducedMotion: 'reduce'
      });
    const other = await context.newPage();
    await other.goto(`${server.origin}/lab/workspaces/dark`);
    await other.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await expect(other.locator('body')).toHaveAttribute(
      'data-jp-theme-light',
      'false'
    );
    await other
      .locator('.jp-DirListing-item', { hasText: 'untitled1.topology' })
      .dblclick();
    const drawn = other.locator('[data-deep-node="image-classifier"]');
    await expect(drawn).toBeVisible({ timeout: 60_000 });
    await expect(other.getByRole('button', { name: RUNNABLE })).toBeVisible({
      timeout: 30_000
    });
    await drawn.click();
    await expect(other.getByLabel(/Title/)).toBeVisible();
    await other.screenshot({ path: path.join(shots, 'dark.png') });
    await noSeriousProblems(other, '.jp-DeepTopologies');
    await other.setViewportSize({ width: 640, height: 760 });
    await expect(
      other.getByRole('region', { name: 'Nodes to add' })
    ).toBeHidden();
    await expect(drawn).toBeVisible();
    await other.screenshot({ path: path.join(shots, 'narrow.png') });
    await context.close();
  });

  test('that are damaged or newer are shown with the reason, and can be opened as text', async () => {
    writeFileSync(path.join(server.root, 'damaged.topology'), '{ "format": ');
    writeFileSync(
      path.join(server.root, 'newer.topology'),
      JSON.stringify({ format: 'jupyterlab-deep-topology', version: 99 })
    );
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    await showFiles();
    await page
      .getByRole('button', { name: 'Refresh the file browser.' })
      .click();
    const show = async (name: string) => {
      await page.locator('.jp-DirListing-item', { hasText: name }).dblclick();
      return page.getByRole('alert').locator('visible=true');
    };
    await expect(await show('newer.topology')).toContainText('version 99');
    const alert = await show('damaged.topology');
    await expect(alert).toContainText('no JSON');
    await picture('damaged');
    await alert.getByRole('button', { name: 'Open as text' }).click();
    await expect(
      page.locator('.jp-FileEditor').locator('visible=true')
    ).toContainText('"format"');
  });
});
