import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { OwnServer } from './ownServer';

const PORT = 18967;
const ROOT = path.join(__dirname, '../..');
const pictures = path.join(__dirname, '../test-results/pictures');

/** The real service, and a real provider of OpenID Connect in a process of its own. */
test.describe.serial('accounts', () => {
  let provider: ChildProcess;
  let server: OwnServer;
  let page: Page;
  let region: Locator;

  test.beforeAll(async ({ browser }) => {
    const program = path.join(ROOT, 'stand-in/oidc/provider.mjs');
    provider = spawn(process.execPath, [program, '--opaque'], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const lines = createInterface({ input: provider.stdout! });
    const [line] = (await once(lines, 'line')) as [string];
    server = new OwnServer(PORT, [], {
      network: { privateHosts: ['127.0.0.1'] },
      catalogue: { disabled: ['ai4eosc', 'ai4os', 'deep'] },
      accounts: {
        providers: [
          {
            id: 'test',
            title: 'Example Login',
            purpose: 'Clouds of the example federation',
            ...JSON.parse(line)
          }
        ]
      }
    });
    await server.start();
    const context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    region = page.getByRole('region', { name: 'Accounts', exact: true });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    provider.kill('SIGKILL');
  });

  /** By the palette, as people find it. */
  async function open(): Promise<void> {
    await page
      .getByRole('tab', { name: 'Storage', exact: true })
      .waitFor({ timeout: 30_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    // Lab gives the focus to its launcher late, which closes the palette.
    await expect(async () => {
      await page.keyboard.press('Control+Shift+c');
      const input = page.locator('.lm-CommandPalette-input');
      await input.fill('DEEP: Accounts', { timeout: 2000 });
      await input.press('Enter', { timeout: 2000 });
      await expect(region).toBeVisible({ timeout: 3000 });
    }).toPass();
    await expect(region.getByText('EGI Check-in').first()).toBeVisible();
  }

  test('say where one can sign in, and why one cannot', async () => {
    await open();
    await expect(
      region.getByText('Nobody can sign in at EGI Check-in yet')
    ).toBeVisible();
    await expect(
      region.getByRole('button', { name: 'Sign in at EGI Check-in' })
    ).toHaveCount(0);
  });

  test('sign in by a code on the page of the provider', async () => {
    await region.getByRole('button', { name: 'Sign in at Example' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(/^[A-Z]{4}-[A-Z]{4}$/)).toBeVisible();
    await expect(
      dialog.getByRole('link', { name: 'Open the sign-in page' })
    ).toBeFocused();
    await page.screenshot({ path: path.join(pictures, 'accounts-code.png') });
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepAccounts-dialog')
      .analyze();
    expect(violations.map(each => [each.id, each.nodes[0].html])).toEqual([]);
    const [login] = await Promise.all([
      page.context().waitForEvent('page'),
      dialog.getByRole('link', { name: 'Open the sign-in page' }).click()
    ]);
    const confirm = login.getByRole('button', { name: 'Continue' });
    await confirm.waitFor();
    expect(await login.evaluate(() => window.opener)).toBeNull();
    await confirm.click();
    await login.getByPlaceholder('Enter any login').fill('ada');
    await login.getByPlaceholder('and password').fill('any');
    await login.getByRole('button', { name: 'Sign-in' }).click();
    await login.getByRole('button', { name: 'Continue' }).click();
    await login.close();
    await expect(
      dialog.getByText('You are signed in as Ada Lovelace')
    ).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(region.getByText('ada@example.org')).toBeVisible();
    await expect(region.getByText('is renewed by itself')).toBeVisible();
  });

  test('keep credentials of an Infrastructure Manager', async () => {
    await region.getByRole('button', { name: /Add credentials/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add a cloud' }).click();
    await dialog.getByRole('combobox', { name: 'Type' }).fill('OpenStack');
    await dialog.getByLabel('Its id in your templates').fill('ost');
    await dialog.getByLabel('Value of host').fill('https://ost.example.org');
    await page.screenshot({ path: path.join(pictures, 'accounts-im.png') });
    const { violations } = await new AxeBuilder({ page })
      .include('.jp-DeepAccounts-dialog')
      .analyze();
    expect(violations.map(each => [each.id, each.nodes[0].html])).toEqual([]);
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await expect(dialog.getByText('They are kept.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(region.getByText('Entries (2)')).toBeVisible();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`are readable in the ${theme} theme, and axe finds nothing`, async () => {
      server.setTheme(theme);
      await page.reload();
      await open();
      await expect(region.getByText('ada@example.org')).toBeVisible();
      await region.getByText('Roles and organisations').click();
      await region.screenshot({
        path: path.join(pictures, `accounts-${theme}.png`)
      });
      const { violations } = await new AxeBuilder({ page })
        .include('#jp-deep-accounts')
        .analyze();
      expect(violations.map(each => [each.id, each.nodes[0].html])).toEqual([]);
    });
  }

  test('fit into 240 px', async () => {
    await region.evaluate(node => (node.style.maxWidth = '240px'));
    const overflow = await region
      .locator('.jp-DeepAccounts')
      .evaluate(node => node.scrollWidth - node.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await region.screenshot({
      path: path.join(pictures, 'accounts-narrow.png')
    });
    await region.evaluate(node => (node.style.maxWidth = ''));
  });

  test('are reached and left by the keyboard', async () => {
    const check = region.getByRole('button', { name: 'Check Example Login' });
    await check.focus();
    await page.keyboard.press('Tab');
    const disconnect = region.getByRole('button', {
      name: 'Disconnect… Example Login'
    });
    await expect(disconnect).toBeFocused();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Disconnect Example Login?');
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await expect(
      region.getByRole('button', { name: 'Sign in at Example Login' })
    ).toBeVisible();
  });
});
