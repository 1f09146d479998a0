/** Modules composed by drawing: from nothing by mouse, from nothing by keys, refused with the reason, run, damaged. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OwnServer } from './ownServer';

const PORT = 18_972;
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
    page.on('console', message => console.log(message.type(), message.text().slice(0, 600)));
    page.on('pageerror', error => console.log('pageerror', error.stack));
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

  test('look', async () => {
    await newTopology('Empty');
    await picture('empty');
    await newTopology('detector');
    await expect(node(/^Crop/)).toBeVisible();
    await picture('detect');
    await node(/^Crop/).click();
    await expect(inspector()).toBeVisible();
    await page.waitForTimeout(1500);
    await picture('crop2');
  });
});
