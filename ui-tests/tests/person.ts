import { expect, type Page } from '@playwright/test';
import path from 'node:path';
import type { CloudProcess } from './cloudProcess';
import { OwnServer } from './ownServer';

const pictures = path.join(__dirname, '../test-results/pictures');

/** Somebody with a Jupyter of their own, linked to the stand-in for a Nextcloud. */
export class Person {
  /** @param name Of one of the stand-in's users. */
  constructor(
    readonly name: string,
    port: number,
    private readonly _cloud: CloudProcess
  ) {
    this.server = new OwnServer(port);
  }

  readonly server: OwnServer;
  page!: Page;

  async come(page: Page): Promise<void> {
    this.page = page;
    await this.server.start();
    await this.open('/lab');
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
    await this.open(`/lab?${query}`);
  }

  async open(address: string): Promise<void> {
    const { page } = this;
    await page.goto(`${this.server.origin}${address}`);
    const tab = page.getByRole('tab', { name: 'Storage', exact: true });
    await tab.waitFor({ timeout: 60_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  /** From the palette; once more where something took the focus and hid it. */
  async command(label: string): Promise<void> {
    const { page } = this;
    const search = page.getByPlaceholder('SEARCH', { exact: true });
    await expect(async () => {
      if (!(await search.isVisible())) {
        await page.keyboard.press('Control+Shift+C');
      }
      await search.fill(label, { timeout: 3_000 });
      await page
        .locator('.lm-CommandPalette-item')
        .filter({ hasText: label })
        .click({ timeout: 3_000 });
    }).toPass();
  }

  picture(name: string, folder = pictures): Promise<Buffer> {
    return this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }
}
