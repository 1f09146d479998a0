import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const PORTS = { ada: 18985, grace: 18986 };
const ROOT = path.join(__dirname, '../..');
const MODULE = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');
const pictures = path.join(__dirname, '../test-results/pictures');

/** A person with a Jupyter of their own, linked to the stand-in for the cloud. */
class Person {
  constructor(
    readonly name: keyof typeof PORTS,
    private readonly _cloud: CloudProcess
  ) {
    this.server = new OwnServer(PORTS[name]);
  }

  readonly server: OwnServer;
  page!: Page;

  async come(page: Page): Promise<void> {
    this.page = page;
    await this.server.start();
    await this._open('/lab');
    const begun = await this.post('storage/logins', {
      address: this._cloud.about.url,
      allowPrivate: true,
      id: 'cloud'
    });
    await this._cloud.grant(this.name);
    await expect
      .poll(async () => (await this.get(`storage/logins/${begun.id}`)).state)
      .toBe('done');
  }

  /** As the page itself asks. */
  ask(method: string, route: string, data?: object) {
    return this.page.evaluate(
      async given => {
        const [, token = ''] = /_xsrf=([^;]+)/.exec(document.cookie) ?? [];
        const reply = await fetch(`/deep/${given.route}`, {
          method: given.method,
          headers: {
            'content-type': 'application/json',
            'x-xsrftoken': decodeURIComponent(token)
          },
          body: given.data && JSON.stringify(given.data)
        });
        const text = await reply.text();
        return { status: reply.status, json: text && JSON.parse(text) };
      },
      { method, route, data }
    );
  }

  async post(route: string, data: object) {
    const { status, json } = await this.ask('POST', route, data);
    expect(JSON.stringify([status, json])).toMatch(/^\[20/);
    return json;
  }

  async get(route: string) {
    return (await this.ask('GET', route)).json;
  }

  /** By a link, as people send them. */
  async openModule(id: string): Promise<void> {
    const query = new URLSearchParams({ 'deep-module': id });
    await this._open(`/lab?${query}`);
  }

  private async _open(address: string): Promise<void> {
    const { page } = this;
    await page.goto(`${this.server.origin}${address}`);
    const tab = page.getByRole('tab', { name: 'Storage', exact: true });
    await tab.waitFor({ timeout: 60_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  picture(name: string): Promise<Buffer> {
    return this.page.screenshot({
      path: path.join(pictures, `sharing-${name}.png`)
    });
  }
}

/** Two people, two Jupyters, one stand-in for a Nextcloud. */
test.describe.serial('a module that is shared', () => {
  const cloud = new CloudProcess(0);
  const ada = new Person('ada', cloud);
  const grace = new Person('grace', cloud);
  let id = '';

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(180_000);
    await cloud.start();
    grace.server.setTheme('dark');
    for (const person of [ada, grace]) {
      const context = await browser.newContext();
      await person.come(await context.newPage());
    }
  });

  test.afterAll(async () => {
    for (const person of [ada, grace]) {
      await person.page?.close();
      await person.server.stop();
    }
    await cloud.stop();
    cloud.remove();
  });

  const violationsIn = async (page: Page, selector: string) => {
    const { violations } = await new AxeBuilder({ page })
      .include(selector)
      .analyze();
    return violations.map(each => `${each.id}: ${each.nodes[0].html}`);
  };

  test('is published from its page, with a group that was searched for', async () => {
    const { page } = ada;
    await ada.openModule('builtin/penguin-species');
    await page.getByRole('button', { name: 'Share…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('data only')).toBeVisible();
    await expect(dialog.getByText('signed by Ada')).toBeVisible();
    await dialog.getByRole('searchbox').fill('bot');
    await dialog.getByRole('button', { name: 'botany (group)' }).click();
    await dialog.getByRole('textbox', { name: 'Version' }).fill('1.1.0');
    await dialog.getByRole('textbox', { name: 'A note' }).fill('For all of us');
    await dialog.getByRole('checkbox').check();
    await ada.picture('dialog');
    expect(await violationsIn(page, '.jp-DeepSharing-dialog')).toEqual([]);
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(
      page.getByText('Share Penguin species 1.1.0: done')
    ).toBeVisible({ timeout: 30_000 });
  });

  test('is seen by a colleague with who signed it, and tried', async () => {
    const { page } = grace;
    await grace.post('catalogue/refresh', { source: 'shared' });
    await expect
      .poll(async () => (await grace.get('sharing/received')).modules.length)
      .toBe(1);
    [{ id }] = (await grace.get('sharing/received')).modules;
    await grace.openModule(id);
    await expect(
      page.getByRole('heading', { name: 'Shared by Ada' })
    ).toBeVisible();
    await expect(page.getByText('a model: data only')).toBeVisible();
    await grace.picture('received');
    expect(await violationsIn(page, '.jp-DeepInference-about')).toEqual([]);
    await expect(page.getByText('For all of us')).toBeVisible();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await grace.picture('trying');
    await page.getByText('More options').click({ timeout: 60_000 });
    for (const [name, value] of [
      ['bill_length_mm', '46.1'],
      ['bill_depth_mm', '13.2'],
      ['flipper_length_mm', '211'],
      ['body_mass_g', '4500']
    ]) {
      await page
        .getByLabel(new RegExp(name.replaceAll('_', '[_ ]'), 'i'))
        .first()
        .fill(value, { timeout: 60_000 });
    }
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await expect(page.getByText('Gentoo').first()).toBeVisible({
      timeout: 60_000
    });
    await grace.picture('tried');
  });

  test('has a newer version, of which is said once', async () => {
    cpSync(MODULE, path.join(ada.server.root, 'penguin-species'), {
      recursive: true
    });
    const published = await ada.post('sharing/publications', {
      folder: { from: 'jupyter', path: 'penguin-species' },
      to: { account: 'cloud' },
      with: [{ kind: 'group', with: 'botany' }],
      version: '1.2.0'
    });
    await expect
      .poll(async () => (await ada.get(`runs/${published.id}`)).state)
      .toBe('succeeded');
    await grace.post('catalogue/refresh', { source: 'shared' });
    await expect(
      grace.page.getByText('Ada shares version 1.2.0 of “Penguin species”')
    ).toBeVisible({ timeout: 30_000 });
    await grace.picture('update');
  });

  test('is taken back by its owner', async () => {
    const { page } = ada;
    await page.keyboard.press('Control+Shift+C');
    await page.getByPlaceholder('SEARCH', { exact: true }).fill('Modules I Sh');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('botany (group)')).toBeVisible();
    await ada.picture('mine');
    await page.setViewportSize({ width: 420, height: 700 });
    await ada.picture('mine-narrow');
    expect(await violationsIn(page, '.jp-DeepSharing-dialog')).toEqual([]);
    await dialog
      .getByRole('button', { name: 'Withdraw “Penguin species”', exact: true })
      .click();
    await dialog
      .getByRole('alert')
      .getByRole('button', { name: 'Withdraw', exact: true })
      .click();
    await expect(dialog.getByText('You share nothing yet')).toBeVisible({
      timeout: 20_000
    });
    await grace.post('catalogue/refresh', { source: 'shared' });
    await expect
      .poll(async () => (await grace.get('sharing/received')).modules[0].state)
      .toBe('withdrawn');
    await grace.openModule(id);
    await expect(
      grace.page.getByText('Ada does not share it any more').first()
    ).toBeVisible();
    await grace.picture('withdrawn');
  });
});
