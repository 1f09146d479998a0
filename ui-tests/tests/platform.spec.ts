/** A platform that is signed in to: what its form asks for, a batch job from its order to its end; a place and a TOSCA file of one's own. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type IPapi, startPapi } from '../../stand-in/papi/server';
import { noSeriousProblems } from './axe';
import { CatalogueServer } from './catalogueServer';
import { OwnServer } from './ownServer';

const PORT = 18_977;
const ROOT = path.join(__dirname, '../..');
const data = process.env.DEEP_TEST_DATA ?? path.join(ROOT, '../shared');
const openapi = path.join(data, 'samples/papi/openapi.json');
const shots = path.join(__dirname, '../test-results/platform');
const VO = 'vo.ai4eosc.eu';
const TOSCA = `tosca_definitions_version: tosca_simple_yaml_1_0
metadata: { display_name: One machine }
topology_template:
  inputs:
    num_cpus: { type: integer, default: 2 }
  node_templates:
    machine: { type: tosca.nodes.Compute }
`;

test.describe.serial('a platform', () => {
  test.skip(!existsSync(openapi), 'needs samples/papi/openapi.json');

  let papi: IPapi;
  let provider: ChildProcess;
  let sources: CatalogueServer;
  let server: OwnServer;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    papi = await startPapi(openapi);
    // Whoever has signed in is the one user; the stand-in verifies no tokens.
    papi.users.get = () => ({ sub: 'ada', levels: { [VO]: 'ap-u' } });
    sources = new CatalogueServer();
    await sources.start(data);
    const program = path.join(ROOT, 'stand-in/oidc/provider.mjs');
    provider = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const lines = createInterface({ input: provider.stdout! });
    const [line] = (await once(lines, 'line')) as [string];
    server = new OwnServer(PORT, [], {
      ...sources.settings,
      accounts: {
        providers: [
          {
            id: 'example',
            title: 'Example Login',
            purpose: 'The platform',
            ...JSON.parse(line)
          }
        ]
      },
      targets: {
        more: [
          {
            id: 'lab',
            kind: 'papi',
            title: 'The platform',
            address: papi.url,
            account: 'example',
            organisations: [VO]
          }
        ]
      }
    });
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 }
    });
    page = await context.newPage();
    await page.goto(`${server.origin}/lab`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    await sources?.stop();
    provider?.kill('SIGKILL');
    await papi?.close();
  });

  const panel = (): Locator =>
    page.getByRole('region', { name: 'Deployments', exact: true });
  const dialog = (): Locator => page.getByRole('dialog');
  const picture = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(shots, `${name}.png`) });

  /** Its page names everything; from there everything works without looks. */
  async function signIn(): Promise<void> {
    await page
      .getByRole('button', { name: 'Sign in at Example Login' })
      .first()
      .click();
    const [login] = await Promise.all([
      page.context().waitForEvent('page'),
      dialog().getByRole('link', { name: 'Open the sign-in page' }).click()
    ]);
    await login.getByRole('button', { name: 'Continue' }).click();
    await login.getByPlaceholder('Enter any login').fill('ada');
    await login.getByPlaceholder('and password').fill('any');
    await login.getByRole('button', { name: 'Sign-in' }).click();
    await login.getByRole('button', { name: 'Continue' }).click();
    await login.close();
    await expect(
      dialog().getByText('You are signed in as Ada Lovelace')
    ).toBeVisible();
    await dialog().getByRole('button', { name: 'Close' }).click();
  }

  /** A module of the catalogue that the platform has, once the catalogue was read. */
  async function demo(): Promise<{ id: string; title: string }> {
    let found: { id: string; title: string } | undefined;
    await expect(async () => {
      // Asked by the page: the door refuses who has no origin.
      const { modules } = await page.evaluate(async () =>
        (await fetch('/deep/catalogue/modules?text=demo&limit=50')).json()
      );
      found = modules.find(({ id }: { id: string }) =>
        id.endsWith('/ai4os-demo-app')
      );
      expect(found).toBeDefined();
    }).toPass({ timeout: 60_000 });
    return found!;
  }

  async function openPanel(): Promise<void> {
    if (!(await panel().isVisible())) {
      await page.getByRole('tab', { name: 'Deployments', exact: true }).click();
    }
    await expect(
      panel().getByRole('region', { name: 'The platform', exact: true })
    ).toBeVisible({ timeout: 60_000 });
  }

  test('a batch job is ordered from the Deploy dialog, and is a run to its end', async () => {
    const { id, title } = await demo();
    await openPanel();
    await panel()
      .getByRole('button', { name: 'Sign in for The platform' })
      .click();
    await signIn();
    await openPanel();
    await panel()
      .getByRole('button', { name: 'Check The platform', exact: true })
      .click();
    await expect(
      panel().getByRole('button', { name: 'Sign in for The platform' })
    ).toHaveCount(0);
    await panel()
      .getByRole('button', { name: 'Deploy a module…' })
      .first()
      .click();
    await dialog().getByLabel('Where').selectOption('papi:lab');
    const module = dialog().getByLabel('Module');
    await expect(module).toHaveAttribute('placeholder', /part of its name/);
    await module.fill(`${title} (${id})`);
    await expect(dialog().getByLabel('CPUs')).toBeVisible({ timeout: 30_000 });
    await picture('service');
    await dialog().getByLabel('A batch job', { exact: false }).check();
    const script = dialog().getByRole('textbox', {
      name: 'Script',
      exact: true
    });
    await expect(script).toBeVisible({ timeout: 30_000 });
    await script.fill('python train.py --epochs 3\n');
    await dialog().getByLabel('CPUs').fill('2');
    await dialog()
      .getByLabel(/^Storage URL/)
      .fill('https://share.example.org/remote.php/dav/files/ada');
    await dialog().getByLabel(/^User/).fill('ada');
    await dialog().getByRole('button', { name: 'Deploy' }).click();
    await expect(dialog().getByText('Give a value.')).toBeVisible();
    await picture('job');
    await noSeriousProblems(page, '.jp-Dialog-content');
    await dialog()
      .getByRole('textbox', { name: /^Password/ })
      .fill('Ab1-cD2');
    await dialog().getByRole('button', { name: 'Deploy' }).click();
    await expect(dialog()).toHaveCount(0);
    const row = page
      .locator('.jp-DeepActivity-runs > li')
      .filter({ hasText: 'python train.py --epochs 3' })
      .first();
    await expect(row).toContainText('It waits in the queue');
    const [job] = papi.jobs.all;
    expect([papi.jobs.all.length, job.kind, job.script]).toEqual([
      1,
      'batch',
      'python train.py --epochs 3\n'
    ]);
    job.status = 'running';
    await expect(row).toContainText('It runs at the platform');
    await row.getByText('Script', { exact: true }).click();
    await row.getByText('What happened').click();
    await expect(row).toContainText(`It is ${job.id} at The platform`);
    await picture('run');
    await noSeriousProblems(page, '.jp-DeepActivity-runs');
    job.status = 'complete';
    await expect(row).toContainText('Done');
    await expect(row).not.toContainText('Ab1-cD2');
  });

  test('a place of one’s own is added, says what answered, and is removed', async () => {
    await openPanel();
    await panel().getByRole('button', { name: 'Add a place…' }).click();
    await picture('add-place');
    await dialog().getByLabel('Kind').selectOption('im');
    await dialog().getByLabel('Address').fill('http://10.0.0.1/im');
    await dialog().getByLabel('Short name').fill('mine');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await dialog().getByLabel('I know this place: add it').check();
    await picture('add-place-private');
    await noSeriousProblems(page, '.jp-Dialog-content');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    const place = panel().getByRole('region', { name: '10.0.0.1' });
    await expect(place).toContainText('wants to know who you are');
    await picture('place');
  });

  test('a TOSCA file of the file browser becomes a template, which is listed and forgotten', async () => {
    writeFileSync(path.join(server.root, 'machine.yaml'), TOSCA);
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    const file = page
      .locator('.jp-DirListing-item')
      .filter({ hasText: 'machine.yaml' });
    await expect(async () => {
      await page
        .getByRole('button', { name: /^Refresh/ })
        .first()
        .click();
      await expect(file).toBeVisible({ timeout: 2000 });
    }).toPass();
    await file.click({ button: 'right' });
    await page
      .getByRole('menuitem', { name: 'Deploy with Infrastructure Manager…' })
      .click();
    await expect(dialog().getByLabel('Where')).toHaveValue('im:mine');
    await dialog().getByText('Your TOSCA files (1)').click();
    await picture('templates');
    await noSeriousProblems(page, '.jp-Dialog-content');
    await dialog()
      .getByRole('button', { name: 'Forget the template One machine' })
      .click();
    await expect(dialog().getByText('Your TOSCA files (0)')).toBeVisible();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await openPanel();
    await panel()
      .getByRole('button', { name: 'Remove the place 10.0.0.1' })
      .click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await expect(panel().getByRole('region', { name: '10.0.0.1' })).toHaveCount(
      0
    );
  });

  test('is shown in the dark, and in a panel of 240 px', async () => {
    server.setTheme('dark');
    await page.reload();
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await openPanel();
    await panel().getByRole('button', { name: 'Add a place…' }).click();
    await picture('add-place-dark');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await panel().evaluate(node => {
      node.style.width = '240px';
    });
    await picture('narrow-dark');
  });
});
