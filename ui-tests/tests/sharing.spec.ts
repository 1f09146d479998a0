import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { CloudProcess } from './cloudProcess';
import { Person } from './person';

const PORTS = { ada: 18985, grace: 18986 };
const ROOT = path.join(__dirname, '../..');
const MODULE = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');

/** Parts of the example photographs, to learn two classes from. */
async function makePets(folder: string): Promise<void> {
  for (const label of ['cat', 'coffee']) {
    mkdirSync(path.join(folder, label), { recursive: true });
    const photo = path.join(ROOT, `examples/photos/${label}.jpg`);
    for (let index = 0; index < 8; index++) {
      const bytes = await sharp(photo)
        .extract({ left: index * 4, top: index * 3, width: 200, height: 200 })
        .toBuffer();
      writeFileSync(path.join(folder, label, `${index}.jpg`), bytes);
    }
  }
}

/** Two people, two Jupyters, one stand-in for a Nextcloud. */
test.describe.serial('a module that is shared', () => {
  const cloud = new CloudProcess(0);
  const ada = new Person('ada', PORTS.ada, cloud);
  const grace = new Person('grace', PORTS.grace, cloud);
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
    await ada.picture('sharing-dialog');
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
    await grace.picture('sharing-received');
    expect(await violationsIn(page, '.jp-DeepInference-about')).toEqual([]);
    await expect(page.getByText('For all of us')).toBeVisible();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await grace.picture('sharing-trying');
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
    await grace.picture('sharing-tried');
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
    await grace.picture('sharing-update');
  });

  test('is shared from the menu of its folder', async () => {
    const { page } = ada;
    await ada.open('/lab?reset');
    const folder = page
      .getByRole('listitem', { name: /^Name: penguin-species/ })
      .first();
    await folder.click({ button: 'right' });
    const entry = page.getByRole('menuitem', { name: 'Share as a module…' });
    await expect(entry).toBeVisible();
    await ada.picture('sharing-menu');
    await entry.click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('data only')).toBeVisible();
    await expect(
      dialog.getByText('Shared already, and never changed: 1.2.0, 1.1.0')
    ).toBeVisible();
    await expect(dialog.getByRole('textbox', { name: 'Version' })).toHaveValue(
      '1.3.0'
    );
    await page.setViewportSize({ width: 420, height: 700 });
    await ada.picture('sharing-dialog-narrow');
    await page.setViewportSize({ width: 1280, height: 720 });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  });

  test('is opened by its link, after the host was confirmed and the password given', async () => {
    const { page } = grace;
    const [{ url }] = (await ada.get('sharing/publications')).publications;
    const [{ id: share }] = (
      await ada.get(
        'storage/shares/cloud?path=Shared%20modules%2Fpenguin-species'
      )
    ).shares.filter(({ kind }: { kind: string }) => kind === 'link');
    await ada.ask('PUT', `storage/shares/cloud/${share}`, {
      password: 'feathers-of-ada'
    });
    await grace.open('/lab?reset');
    await page.getByRole('tab', { name: 'DEEP catalogue' }).click();
    const button = page.getByRole('button', {
      name: 'Open a share that somebody sent you by its link'
    });
    await expect(button).toBeVisible();
    await button.click();
    const dialog = page.getByRole('dialog');
    const open = dialog.getByRole('button', { name: 'Open', exact: true });
    await expect(open).toBeDisabled();
    await dialog.getByRole('textbox').fill(url);
    await open.click();
    await dialog.getByText('I know this machine').click();
    await open.click();
    const password = dialog.getByLabel('Its password: its sender has told you');
    await password.fill('a guess');
    await open.click();
    await expect(dialog.getByText('does not take this password')).toBeVisible();
    await grace.picture('sharing-link');
    expect(await violationsIn(page, '.jp-DeepSharing-dialog')).toEqual([]);
    await page.setViewportSize({ width: 420, height: 700 });
    await grace.picture('sharing-link-narrow');
    await page.setViewportSize({ width: 1280, height: 720 });
    await password.fill('feathers-of-ada');
    await open.click();
    await expect(dialog).toBeHidden();
    await expect(
      page.getByText('nobody but its author says who that is')
    ).toBeVisible();
    await grace.picture('sharing-by-link');
    expect(await violationsIn(page, '.jp-DeepInference-about')).toEqual([]);
    await page.getByRole('button', { name: 'Forget the link' }).click();
    await expect
      .poll(async () => (await grace.get('sharing/links')).links)
      .toEqual([]);
  });

  test('is signed with a key that goes to another machine under a passphrase', async () => {
    const { page } = ada;
    await ada.open('/lab?reset');
    await ada.command('Modules I Share');
    const mine = page.getByRole('dialog');
    await mine.getByText('Your key', { exact: true }).click();
    const form = mine.getByRole('form', { name: 'Export the key' });
    await form.getByLabel(/^New passphrase/).fill('a hedge with roses');
    await form.getByLabel('The same again').fill('a hedge with roses');
    const download = page.waitForEvent('download');
    await form.getByRole('button', { name: 'Export the key…' }).click();
    const file = await (await download).path();
    expect(readFileSync(file, 'utf8')).toContain('"deep-author-key"');
    await expect(mine.getByText('The key was exported as')).toBeVisible();
    await ada.picture('sharing-key');
    expect(await violationsIn(page, '.jp-DeepSharing-dialog')).toEqual([]);
    await mine.getByRole('button', { name: 'Close' }).click();

    const before = (await grace.get('sharing/key')).key;
    const { key } = await ada.get('sharing/key');
    await grace.open('/lab?reset');
    await grace.command('Modules I Share');
    const hers = grace.page.getByRole('dialog');
    await hers.getByText('Your key', { exact: true }).click();
    const bring = hers.getByRole('form', { name: 'Import a key' });
    await bring.getByLabel('File with a key of yours').setInputFiles(file);
    await bring.getByLabel('Its passphrase').fill('a hedge with roses');
    await bring.getByRole('button', { name: 'Import the key…' }).click();
    await expect(
      hers.getByText(`Sign with ${key} from now on, in place of ${before}?`)
    ).toBeVisible();
    await grace.picture('sharing-key-question');
    await hers.getByRole('button', { name: `Replace ${before}` }).click();
    await expect(hers.getByText(`${key} signs from now on.`)).toBeVisible();
    await hers.getByRole('button', { name: 'Close' }).click();
  });

  test('is shared from the run of a training that made it', async () => {
    test.setTimeout(120_000);
    const { page } = ada;
    await makePets(path.join(ada.server.root, 'pets'));
    const { id: run } = await ada.post('training/trainings', {
      module: 'builtin/image-classifier',
      arguments: { epochs: 2 },
      data: { data: { from: 'jupyter', path: 'pets' } }
    });
    await expect
      .poll(async () => (await ada.get(`runs/${run}`)).state, {
        timeout: 90_000
      })
      .toBe('succeeded');
    await ada.openModule('builtin/image-classifier');
    await page.getByRole('tab', { name: 'Runs', exact: true }).last().click();
    const rows = page.locator('.jp-DeepActivity-runs > li');
    await rows.first().getByRole('button').first().click();
    await ada.picture('sharing-runs');
    await page.getByRole('button', { name: /^Share .*…$/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('data only')).toBeVisible();
    await ada.picture('sharing-dialog-training');
    await dialog.getByRole('searchbox').fill('gra');
    await dialog.getByRole('button', { name: 'Grace' }).click();
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText(/^Share .*: done$/)).toBeVisible({
      timeout: 30_000
    });
  });

  test('is taken back by its owner', async () => {
    const { page } = ada;
    await ada.command('Modules I Share');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('botany (group)')).toBeVisible();
    await ada.picture('sharing-mine');
    await page.setViewportSize({ width: 420, height: 700 });
    await ada.picture('sharing-mine-narrow');
    expect(await violationsIn(page, '.jp-DeepSharing-dialog')).toEqual([]);
    await dialog
      .getByRole('button', { name: 'Withdraw “Penguin species”', exact: true })
      .click();
    await dialog
      .getByRole('alert')
      .getByRole('button', { name: 'Withdraw', exact: true })
      .click();
    await expect(dialog.getByText('botany (group)')).toBeHidden({
      timeout: 20_000
    });
    await grace.post('catalogue/refresh', { source: 'shared' });
    await expect
      .poll(async () =>
        (await grace.get('sharing/received')).modules.map(
          (each: { id: string; state: string }) => [each.id === id, each.state]
        )
      )
      .toContainEqual([true, 'withdrawn']);
    await grace.openModule(id);
    await expect(
      grace.page.getByText('Ada does not share it any more').first()
    ).toBeVisible();
    await grace.picture('sharing-withdrawn');
  });
});
