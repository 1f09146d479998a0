/** Runs of topologies as people meet them: steered, killed, refused, failed in parts; with pictures, code of others and a cloud. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { noSeriousProblems } from './axe';
import { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const PORT = 18_973;
const ROOT = path.join(__dirname, '../..');
/** So many that a run can be met in its middle. */
const PICTURES = 200;
const CLOUD_PICTURES = 80;
const START_MS = 60_000;
const shots = path.join(__dirname, '../test-results/topology-runs');

const survey = {
  format: 'jupyterlab-deep-topology',
  title: 'Survey',
  nodes: {
    photos: { kind: 'files', pattern: 'many/*.jpg' },
    classifier: {
      kind: 'module',
      module: 'builtin/image-classifier',
      arguments: { top_k: 2 },
      concurrency: 1
    },
    small: { kind: 'resize', width: 64, height: 48, manner: 'cover' },
    lines: { kind: 'json-lines', file: 'classes.jsonl' },
    thumbs: { kind: 'folder', folder: 'thumbs' }
  },
  edges: [
    'photos.file -> classifier.image',
    'photos.file -> small.picture',
    'classifier.answer -> lines.in',
    'small.picture -> thumbs.in'
  ],
  layout: {
    photos: { x: 0, y: 80 },
    classifier: { x: 260, y: 0 },
    small: { x: 260, y: 180 },
    lines: { x: 520, y: 0 },
    thumbs: { x: 520, y: 180 }
  }
};

const words = {
  format: 'jupyterlab-deep-topology',
  nodes: {
    words: { kind: 'csv-column', file: 'words.csv', column: 'word' },
    shout: { kind: 'module', module: 'python/shout', arguments: { times: 2 } },
    lines: { kind: 'json-lines', file: 'loud.jsonl' }
  },
  edges: ['words.value -> shout.word', 'shout.answer -> lines.in'],
  layout: {
    words: { x: 0, y: 0 },
    shout: { x: 260, y: 0 },
    lines: { x: 520, y: 0 }
  }
};

const mixed = {
  format: 'jupyterlab-deep-topology',
  nodes: {
    pictures: { kind: 'files', pattern: 'mixed/*.jpg' },
    classifier: {
      kind: 'module',
      module: 'builtin/image-classifier',
      arguments: {}
    },
    table: { kind: 'csv', file: 'mixed.csv' }
  },
  edges: ['pictures.file -> classifier.image', 'classifier.answer -> table.in'],
  layout: {
    pictures: { x: 0, y: 0 },
    classifier: { x: 260, y: 0 },
    table: { x: 520, y: 0 }
  }
};

const cloudy = {
  format: 'jupyterlab-deep-topology',
  nodes: {
    pictures: { kind: 'dataset', dataset: 'account:folder' },
    classifier: {
      kind: 'module',
      module: 'builtin/image-classifier',
      arguments: {},
      concurrency: 1
    },
    table: { kind: 'csv', file: 'cloudy.csv' }
  },
  edges: ['pictures.file -> classifier.image', 'classifier.answer -> table.in'],
  layout: {
    pictures: { x: 0, y: 0 },
    classifier: { x: 260, y: 0 },
    table: { x: 520, y: 0 }
  }
};

const SHOUT = `from webargs import fields


def get_metadata():
    return {"name": "shout", "version": "1.0"}


def get_predict_args():
    return {"word": fields.Str(required=True), "times": fields.Int(load_default=1)}


def predict(word, times):
    if word == "bad":
        raise ValueError("this word is not said")
    return {"loud": (word.upper() + "!") * times}
`;
const PROJECT = `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "shout"
version = "1.0"
dependencies = ["deepaas==2.6.0"]

[project.entry-points."deepaas.v2.model"]
shout = "shout"

[tool.setuptools]
py-modules = ["shout"]
`;

test.describe.serial('a run of a topology', () => {
  const cloud = new CloudProcess(0);
  let server: OwnServer;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    server = new OwnServer(PORT);
    const { root } = server;
    mkdirSync(path.join(root, 'many'));
    const cat = readFileSync(path.join(root, 'photos/cat.jpg'));
    for (let index = 0; index < PICTURES; index++) {
      // What stands behind the end of a picture makes it another one for the cache.
      const content = Buffer.concat([cat, Buffer.from(String(index))]);
      writeFileSync(path.join(root, 'many', `${1000 + index}.jpg`), content);
    }
    cpSync(path.join(root, 'photos'), path.join(root, 'mixed'), {
      recursive: true
    });
    writeFileSync(path.join(root, 'mixed/broken.jpg'), 'no picture');
    mkdirSync(path.join(root, 'shout'));
    writeFileSync(path.join(root, 'shout/shout.py'), SHOUT);
    writeFileSync(path.join(root, 'shout/pyproject.toml'), PROJECT);
    writeFileSync(path.join(root, 'words.csv'), 'word\nhello\nbad\nsun\n');
    for (const [name, document] of Object.entries({
      survey,
      words,
      mixed,
      cloudy
    })) {
      writeFileSync(
        path.join(root, `${name}.topology`),
        JSON.stringify(document)
      );
    }
    // Wheels that were fetched once are not fetched again.
    server.setEnvironment(
      'UV_CACHE_DIR',
      process.env.UV_CACHE_DIR ?? path.join(homedir(), '.cache/uv')
    );
    server.setEnvironment('DEEP_STORAGE_FOLDER', path.join(root, 'datasets'));
    await Promise.all([cloud.start(), server.start()]);
    const context = await browser.newContext({
      viewport: { width: 1400, height: 860 }
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
  const node = (id: string): Locator =>
    page.locator(`[data-deep-node="${id}"]`).locator('visible=true');
  const bar = (): Locator =>
    page.locator('.jp-DeepTopologies-run').locator('visible=true');
  const inspector = (): Locator =>
    page.getByRole('region', { name: 'Inspector' }).locator('visible=true');
  const tool = (name: string): Locator =>
    page
      .locator('.jp-Toolbar')
      .getByRole('button', { name })
      .locator('visible=true');
  const problems = (): Locator =>
    page
      .locator('.jp-DeepTopologies-problems > button')
      .locator('visible=true');
  const moving = (): Locator => page.locator('.react-flow__edge.animated');

  async function openFile(name: string): Promise<void> {
    const file = page.locator('.jp-DirListing-item', {
      hasText: new RegExp(`^${name}`)
    });
    // Between the two clicks the list may be read anew, and the file lie elsewhere.
    await expect(async () => {
      await file.dblclick();
      await expect(page.getByRole('tab', { name, exact: true })).toBeVisible({
        timeout: 5000
      });
    }).toPass();
  }

  async function expectState(state: string, timeout = START_MS): Promise<void> {
    await expect(bar()).toHaveAttribute('data-state', state, { timeout });
  }

  /** How many of the sources are done. */
  const done = async (): Promise<number> =>
    Number(/(\d+) of \d+/.exec(await bar().innerText())?.[1] ?? 0);

  /** Another argument, so that nothing is known from an earlier run. */
  async function runWith(topK: number): Promise<void> {
    await node('classifier').click();
    await inspector().getByLabel(/Top k/).fill(String(topK));
    await tool('Save and run').click();
    await expectState('running');
    await expect.poll(done, { timeout: START_MS }).toBeGreaterThan(0);
  }

  async function expectAllOnce(): Promise<void> {
    await expect(bar()).toContainText(`${PICTURES} of ${PICTURES}`);
    for (const id of ['photos', 'classifier', 'small', 'lines', 'thumbs']) {
      await expect(node(id)).toContainText(`${PICTURES} done`);
    }
    const lines = readFileSync(path.join(server.root, 'classes.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).origin);
    expect(lines).toHaveLength(PICTURES);
    expect(new Set(lines.map(each => JSON.stringify(each))).size).toBe(
      PICTURES
    );
    expect(readdirSync(path.join(server.root, 'thumbs'))).toHaveLength(
      PICTURES
    );
  }

  test('is paused, resumed and cancelled from the toolbar, and its nodes say what is true', async () => {
    await openFile('survey.topology');
    // Nobody has asked the module yet: what the document says to it can be seen all the same.
    await node('classifier').click();
    await expect(inspector().getByLabel(/Top k/)).toHaveValue('2');
    await expect(
      inspector().getByRole('button', { name: 'Ask the module' })
    ).toBeVisible();
    expect(server.modulePids).toEqual([]);
    await runWith(3);
    await picture('running');
    await tool('Pause the run').click();
    await expectState('paused');
    await expect(node('classifier')).toContainText('waiting');
    await expect(node('classifier')).not.toContainText('at work');
    await expect(moving()).toHaveCount(0);
    await picture('paused');
    const before = await done();
    expect(before).toBeLessThan(PICTURES);
    await expect(tool('Save and run')).toBeDisabled();
    await tool('Resume the run').click();
    await expect.poll(done, { timeout: START_MS }).toBeGreaterThan(before);
    await tool('Cancel the run').click();
    await expectState('cancelled');
    await expect(bar()).toContainText('Cancelled');
    await expect(node('classifier')).toContainText('not done');
    await expect(node('classifier')).not.toContainText('at work');
    await expect(moving()).toHaveCount(0);
    await picture('cancelled');
    await noSeriousProblems(page, '.jp-DeepTopologies');
  });

  test('goes on after a kill of the service, and what is seen meanwhile is true', async () => {
    await runWith(4);
    const killed = server.servicePid;
    // Until it is let through again nothing is heard of the service.
    await page.route('**/deep/**', route => route.abort());
    process.kill(killed, 'SIGKILL');
    await expect(bar()).toContainText(
      'Waiting for the service. The run goes on by itself.'
    );
    await expect(tool('Pause the run')).toBeDisabled();
    await expect(moving()).toHaveCount(0);
    await picture('away');
    await page.unroute('**/deep/**');
    await expectState('succeeded', 80_000);
    expect(server.servicePid).not.toBe(killed);
    await expectAllOnce();
  });

  test('is found again in a tab that is loaded anew after a kill', async () => {
    await runWith(5);
    const killed = server.servicePid;
    process.kill(killed, 'SIGKILL');
    await page.reload();
    await expect(bar()).toHaveAttribute('data-state', /running|succeeded/, {
      timeout: START_MS
    });
    await picture('reloaded');
    await expectState('succeeded', 80_000);
    expect(server.servicePid).not.toBe(killed);
    await expectAllOnce();
  });

  test('keeps what a module takes: it is there when the document is opened, and nothing is started for it', async () => {
    await expect
      .poll(() => server.modulePids, { timeout: START_MS })
      .toEqual([]);
    await page.reload();
    await node('classifier').click({ timeout: START_MS });
    await expect(inspector().getByText(/From 1 to 1000/)).toBeVisible();
    await expect(
      inspector().getByRole('button', { name: 'Ask the module again' })
    ).toBeVisible();
    await expect(node('classifier')).toContainText('image *');
    expect(server.modulePids).toEqual([]);
  });

  test('shows pictures among its items, small in the list and whole by keys', async () => {
    await node('thumbs').click();
    await inspector()
      .getByRole('button', { name: /^Show what goes through/ })
      .click();
    const small = inspector().locator('.jp-DeepTopologies-thumbnail');
    await expect(small.first().locator('img')).toBeVisible();
    await picture('thumbnails');
    await small.nth(1).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const shown = dialog.getByRole('img');
    await expect
      .poll(() => shown.evaluate((each: HTMLImageElement) => each.naturalWidth))
      .toBe(64);
    await expect(dialog).toContainText('2 of 20');
    await page.keyboard.press('ArrowRight');
    await expect(dialog).toContainText('3 of 20');
    await expect(shown).toHaveAttribute(
      'alt',
      (await small.nth(2).getAttribute('aria-label'))!.split(' ')[1]
    );
    await picture('picture');
    await noSeriousProblems(page, '.jp-DeepTopologies-picture');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(small.nth(1)).toBeFocused();
  });

  test('begins with an example, or with a module of the catalogue by its menu', async () => {
    await page.getByRole('button', { name: 'New Launcher' }).first().click();
    await page
      .locator('.jp-LauncherCard', { hasText: 'New Topology' })
      .locator('visible=true')
      .click();
    await page.getByRole('combobox', { name: 'Begin with' }).fill('Empty');
    await page.keyboard.press('Enter');
    const begin = page.getByRole('region', { name: 'How to begin' });
    await expect(begin).toBeVisible({ timeout: START_MS });
    await picture('empty');
    await noSeriousProblems(page, '.jp-DeepTopologies');
    await begin.getByRole('button', { name: /^Classify a folder/ }).click();
    await expect(begin).toHaveCount(0);
    await expect(
      page.getByRole('group', { name: 'Canvas' }).locator('visible=true')
    ).toBeFocused();
    await expect(node('photos')).toHaveAttribute('aria-pressed', 'true');
    await expect(problems()).toContainText('No problems', { timeout: 30_000 });
    await expect(tool('Save and run')).toBeEnabled();
    await inspector().getByRole('button', { name: 'Choose a folder…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.jp-DirListing-item', { hasText: 'many' }).click();
    await dialog.getByRole('button', { name: 'Select' }).click();
    await expect(inspector().getByLabel('Files', { exact: true })).toHaveValue(
      'many'
    );
    await picture('example');
    await node('photos').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect(begin).toBeVisible();
    await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
    const card = page.locator('[data-deep-module="builtin/image-classifier"]');
    await card.getByRole('button').first().focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Add to Topology' }).waitFor();
    await picture('menu');
    await page.getByRole('menuitem', { name: 'Add to Topology' }).click();
    await expect(node('image-classifier')).toBeFocused();
    await expect(node('image-classifier')).toContainText('image *', {
      timeout: START_MS
    });
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    await page
      .getByRole('tab', { name: 'untitled.topology' })
      .locator('.lm-TabBar-tabCloseIcon')
      .click();
    await dialog.getByRole('button', { name: 'Discard' }).click();
  });

  test('asks before code of others runs: refused it says so, agreed it goes on, and what failed gives its reasons', async () => {
    test.skip(
      !existsSync(path.join(ROOT, '.venv/bin/uv')),
      'Python environments need uv in .venv'
    );
    test.setTimeout(240_000);
    const added = await page.evaluate(
      async folder => {
        const token = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
        const reply = await fetch('/deep/python/modules', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-XSRFToken': token },
          body: JSON.stringify({ folder })
        });
        return [reply.status, await reply.text()];
      },
      path.join(server.root, 'shout')
    );
    expect(added[0], String(added[1])).toBe(201);
    await openFile('words.topology');
    await expect(problems()).toContainText('1 problem', { timeout: 30_000 });
    await tool('Save and run').click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('runs on this machine as you');
    await picture('consent');
    await dialog.getByRole('button', { name: 'Do not run' }).click();
    const refused = page
      .locator('.jp-DeepShared-error')
      .locator('visible=true');
    await expect(refused).toContainText('It was not run');
    await expect(refused).toContainText('once you have agreed');
    await expect(bar()).toHaveCount(0);
    await picture('refused');
    await refused.getByRole('button', { name: 'Review and decide…' }).click();
    await dialog.getByRole('button', { name: 'Run it' }).click();
    await expect(refused).toHaveCount(0);
    await expect(problems()).toContainText('No problems');
    await expectState('succeeded', 200_000);
    await expect(bar()).toContainText('3 of 3 · 1 failed');
    await bar().getByRole('button', { name: 'Why?' }).click();
    await expect(node('shout')).toBeFocused();
    const failed = inspector().getByRole('region', { name: 'Failed items' });
    await expect(failed).toContainText('row 2');
    await expect(failed).toContainText('the module itself failed');
    await expect(inspector().getByLabel(/Times/)).toHaveValue('2');
    await expect(
      inspector().getByRole('button', { name: 'Ask the module again' })
    ).toBeVisible();
    await picture('failed');
    await noSeriousProblems(page, '.jp-DeepTopologies');
    await expect(
      bar().getByRole('button', { name: /^Retry failed/ })
    ).toBeVisible();
  });

  test('does again what failed, once it was mended', async () => {
    await openFile('mixed.topology');
    await expect(problems()).toContainText('No problems', { timeout: 30_000 });
    await tool('Save and run').click();
    await expectState('succeeded');
    await expect(bar()).toContainText('3 of 3 · 1 failed');
    await bar().getByRole('button', { name: 'Why?' }).click();
    const failed = inspector().getByRole('region', { name: 'Failed items' });
    await expect(failed).toContainText('broken.jpg');
    copyFileSync(
      path.join(server.root, 'photos/cat.jpg'),
      path.join(server.root, 'mixed/broken.jpg')
    );
    await bar()
      .getByRole('button', { name: /^Retry failed/ })
      .click();
    await expect(bar()).not.toContainText('failed', { timeout: START_MS });
    await expectState('succeeded');
    await expect(failed).toHaveCount(0);
    await expect(
      bar().getByRole('button', { name: /^Retry failed/ })
    ).toHaveCount(0);
    const table = readFileSync(path.join(server.root, 'mixed.csv'), 'utf8');
    expect(table.match(/^(broken|cat|coffee)\.jpg,/gm)).toHaveLength(3);
  });

  test('reads a dataset of a cloud to its end, also when that is disconnected meanwhile, and says so', async () => {
    test.setTimeout(180_000);
    const cat = readFileSync(path.join(server.root, 'photos/cat.jpg'));
    for (let index = 0; index < CLOUD_PICTURES; index++) {
      await cloud.ask(
        'PUT',
        `pictures/${100 + index}.jpg`,
        Buffer.concat([cat, Buffer.from(`cloud ${index}`)])
      );
    }
    await linkCloud();
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    await openFile('cloudy.topology');
    await node('pictures').click();
    await inspector()
      .getByRole('combobox', { name: 'Dataset' })
      .selectOption('cloud:pictures');
    await expect(problems()).toContainText('No problems', { timeout: 30_000 });
    await tool('Save and run').click();
    await expectState('running');
    await expect.poll(done, { timeout: START_MS }).toBeGreaterThan(0);
    await tool('Pause the run').click();
    await expectState('paused');
    expect(await done()).toBeLessThan(CLOUD_PICTURES);
    await disconnectCloud();
    await page.getByRole('tab', { name: 'cloudy.topology' }).click();
    await tool('Resume the run').click();
    await expectState('succeeded', 80_000);
    await expect(bar()).toContainText(`${CLOUD_PICTURES} of ${CLOUD_PICTURES}`);
    await expect(bar()).not.toContainText('failed');
    const table = readFileSync(path.join(server.root, 'cloudy.csv'), 'utf8');
    expect(table.trimEnd().split('\n')).toHaveLength(CLOUD_PICTURES + 1);
    await node('table').click();
    await node('pictures').click();
    await expect(inspector()).toContainText('Its account is disconnected');
    await picture('cloud-gone');
  });

  async function linkCloud(): Promise<void> {
    await page.getByRole('tab', { name: 'Storage', exact: true }).click();
    await page.getByRole('button', { name: 'Link a Nextcloud…' }).click();
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
    await files.getByText('pictures').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /Make a Dataset/ }).click();
    if (await dialog.isVisible()) {
      await dialog.getByRole('button').last().click();
    }
    await page.getByRole('button', { name: /Back to/ }).click();
    await expect(panel.getByText(`${CLOUD_PICTURES} files`)).toBeVisible({
      timeout: 30_000
    });
  }

  async function disconnectCloud(): Promise<void> {
    await page.getByRole('tab', { name: 'Storage', exact: true }).click();
    const panel = page.getByRole('region', { name: 'Storage', exact: true });
    await panel
      .getByRole('button', { name: /^Disconnect/ })
      .last()
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Disconnect' })
      .click();
    await expect(
      panel.getByRole('button', { name: 'Link a Nextcloud…' })
    ).toBeVisible();
  }
});
