/** The whole way of a model: trained in a notebook, deployed by the wizard to this machine and into a container; and a cloud. The service is killed on each way. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { BASE, PodmanHere } from '../../stand-in/podmanHere';
import {
  ImServer,
  missing as missingIm
} from '../../service/src/deployments/targets/im/__tests__/imServer';
import { CatalogueServer } from './catalogueServer';
import { OwnServer } from './ownServer';

const PORT = 18_969;
const ROOT = path.join(__dirname, '../..');
const DATA = process.env.DEEP_TEST_DATA ?? path.join(ROOT, '../shared');
const shots = path.join(__dirname, '../test-results/deployPath');

const RUNTIME = path.join(ROOT, 'jupyterlab_deep/node/module-runtime.mjs');
const HERE = 'This machine';
const CONTAINERS = 'Containers on this machine';
const CLOUD = 'Clouds of the lab';
const COLUMNS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const VIRGINICA = [6.6, 3, 5.6, 2];

const noPodman = PodmanHere.whyNot();
const noIm =
  missingIm ||
  (existsSync(path.join(DATA, 'catalogue'))
    ? ''
    : 'catalogue (DEEP_TEST_DATA)');

/** Fits a line between three kinds of flowers by plain descent, and writes what it found as ONNX. */
const TRAINING = `
import numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(7)
centres = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
kinds = rng.integers(0, 3, 600)
rows = centres[kinds] + rng.normal(0, 0.2, (600, 4))
weights, bias = np.zeros((4, 3)), np.zeros(3)
for _ in range(3000):
    scores = rows @ weights + bias
    chances = np.exp(scores - scores.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    error = (chances - np.eye(3)[kinds]) / len(rows)
    weights -= 0.5 * rows.T @ error
    bias -= 0.5 * error.sum(0)
right = ((rows @ weights + bias).argmax(1) == kinds).mean()
graph = helper.make_graph(
    [helper.make_node("Gemm", ["features", "weights", "bias"], ["scores"]),
     helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1)],
    "flowers",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["rows", 4])],
    [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["rows", 3])],
    [numpy_helper.from_array(weights.astype("float32"), "weights"),
     numpy_helper.from_array(bias.astype("float32"), "bias")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), "flowers.onnx")
print(f"{right:.0%} of the flowers are named rightly")
`.trim();

const notebookOf = (source: string): object => ({
  cells: [
    {
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source
    }
  ],
  metadata: {
    kernelspec: {
      name: 'python3',
      display_name: 'Python 3 (ipykernel)',
      language: 'python'
    },
    language_info: { name: 'python' }
  },
  nbformat: 4,
  nbformat_minor: 5
});

/** A machine of the provider Dummy. In a public network it waits for an address that never comes, and its configuration fails. */
const machine = (types: string, network: string, api: string): string => `
tosca_definitions_version: tosca_simple_yaml_1_0
imports:
  - grycap_custom_types: ${types}
description: A machine in the ${network} network
metadata:
  display_name: ${network} machine
topology_template:
  inputs:
    docker_image: { type: string }
    num_cpus: { type: integer, default: 2, constraints: [ { in_range: [ 1, 4 ] } ] }
    mem_size: { type: scalar-unit.size, default: 4 GB }
  node_templates:
    machine:
      type: tosca.nodes.indigo.Compute
      capabilities:
        endpoint: { properties: { network_name: ${network} } }
        host:
          properties:
            num_cpus: { get_input: num_cpus }
            mem_size: { get_input: mem_size }
        os: { properties: { type: linux, distribution: ubuntu, version: 22.04 } }
  outputs:
    deepaas_endpoint: { value: '${api}' }
`;

test.describe.serial('a model’s way', () => {
  test.setTimeout(300_000);
  const catalogue = new CatalogueServer();
  let server: OwnServer;
  let podman: PodmanHere | undefined;
  let im: ImServer | undefined;
  /** Answers where a machine of the cloud would. */
  let far: ChildProcess | undefined;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    mkdirSync(shots, { recursive: true });
    server = new OwnServer(PORT, [], noIm ? undefined : await openCloud());
    if (!noPodman) {
      podman = await PodmanHere.start();
      const nothing = `unix://${podman.folder}/nothing.sock`;
      server.setEnvironment('DOCKER_HOST', nothing);
      server.setEnvironment('CONTAINER_HOST', `unix://${podman.socket}`);
      server.setEnvironment('DEEP_TARGETS_BASE_IMAGE', BASE);
    }
    mkdirSync(path.join(server.root, 'flowers'));
    writeFileSync(
      path.join(server.root, 'flowers/flowers.ipynb'),
      JSON.stringify(notebookOf(TRAINING))
    );
    await server.start();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 }
    });
    page = await context.newPage();
    // Or a step that never comes takes the test's whole time.
    page.setDefaultTimeout(20_000);
    await page.goto(`${server.origin}/lab/tree/flowers/flowers.ipynb`);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  });

  test.afterAll(async () => {
    await page?.close();
    await server?.stop();
    await podman?.stop();
    await im?.close();
    await catalogue.stop();
    far?.kill('SIGKILL');
  });

  /** A real manager of clouds, whose machines are said to be where a module of this test answers. */
  async function openCloud(): Promise<object> {
    im = await ImServer.open();
    await catalogue.start(DATA);
    const model = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');
    far = spawn(
      process.execPath,
      [RUNTIME, '--model', model, '--name', 'penguins', '--port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    );
    const lines = createInterface(far.stdout!);
    const { endpoint } = JSON.parse(String((await once(lines, 'line'))[0]));
    const templates = mkdtempSync(path.join(tmpdir(), 'deep-tosca-'));
    for (const network of ['private', 'public']) {
      const text = machine(im.types('grycap'), network, endpoint);
      writeFileSync(path.join(templates, `${network}.yml`), text);
    }
    const more = [
      {
        id: 'lab',
        kind: 'im',
        title: 'Clouds of the lab',
        address: im.address,
        templateFolders: [templates],
        mirrors: im.mirrors
      }
    ];
    const { catalogue: known, network } = catalogue.settings;
    return {
      catalogue: { ...known, disabled: ['ai4os', 'deep'] },
      network,
      targets: { more }
    };
  }

  const panel = (): Locator =>
    page.getByRole('region', { name: 'Deployments', exact: true });
  const placeOf = (name: string): Locator =>
    panel().getByRole('region', { name, exact: true });
  const rowIn = (place: string, title: string): Locator =>
    placeOf(place)
      .locator('.jp-DeepDeployments-row')
      .filter({ hasText: title })
      .first();
  const stateIn = (place: string, title: string): Locator =>
    rowIn(place, title).locator('.jp-DeepDeployments-state');
  const wizard = (): Locator =>
    page.getByRole('region', { name: 'Deploy a model', exact: true });
  /** The tab of the main area that is in front. */
  const shown = (): Locator =>
    page.locator('.lm-DockPanel-widget:not(.lm-mod-hidden)');
  const press = (name: string): Promise<void> =>
    wizard().getByRole('button', { name, exact: true }).click();
  const shot = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(shots, `${name}.png`) });

  async function openPanel(): Promise<void> {
    if (!(await panel().isVisible())) {
      await page.getByRole('tab', { name: 'Deployments', exact: true }).click();
    }
    await expect(placeOf(HERE)).toBeVisible({ timeout: 60_000 });
  }

  /** As a machine out of memory does it: nobody is told. */
  async function killService(): Promise<void> {
    const pid = server.servicePid;
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => server.servicePid, { timeout: 30_000 })
      .not.toBe(pid);
  }

  /** Fills the form that is shown there and reads its answer. */
  async function predict(
    where: Locator,
    values: number[],
    label: string
  ): Promise<void> {
    for (const [index, column] of COLUMNS.entries()) {
      await where
        .getByLabel(new RegExp(column.replace('_', '.'), 'i'))
        .fill(String(values[index]));
    }
    await where.getByRole('button', { name: 'Predict', exact: true }).click();
    const answer = where.getByRole('region', { name: 'Result' });
    const row = new RegExp(`${label}.*(9\\d|100)(\\.\\d+)?%`);
    await expect(answer.getByRole('row', { name: row })).toBeVisible({
      timeout: 30_000
    });
  }

  test('begins in a notebook, whose cell trains it', async () => {
    // What is run before the kernel has come is not run.
    await expect(
      page.getByRole('button', { name: /Python 3 .*Idle/ })
    ).toBeVisible({ timeout: 60_000 });
    await page
      .getByRole('button', { name: /^Run this cell/ })
      .first()
      .click();
    await expect(
      page.getByText(/% of the flowers are named rightly/).last()
    ).toBeVisible({ timeout: 40_000 });
    await shot('1-notebook');
  });

  test('goes on in the wizard, which the notebook’s button opens', async () => {
    await page
      .locator('.jp-NotebookPanel-toolbar')
      .getByRole('button', { name: 'Deploy model' })
      .click();
    await expect(
      wizard().getByRole('heading', { level: 1, name: 'Model' })
    ).toBeVisible({ timeout: 30_000 });
    await shot('2-model');
    await press('Next');
    await expect(
      wizard().getByRole('heading', {
        level: 1,
        name: 'Labels and preparation'
      })
    ).toBeFocused();
    await wizard().getByLabel('Name *').fill('Flowers');
    await shot('2-labels-empty');
    await wizard()
      .getByLabel('Names of its classes')
      .fill('setosa\nversicolor\nvirginica');
    await shot('2-labels');
    await wizard().getByLabel('Names of its columns').fill(COLUMNS.join('\n'));
    await press('Next');
    await expect(
      wizard().getByRole('heading', { level: 1, name: 'Try it here' })
    ).toBeFocused({ timeout: 30_000 });
    await predict(wizard(), VIRGINICA, 'virginica');
    await shot('2-try');
    await press('Next');
    await expect(
      wizard().getByRole('radio', { name: /This machine/ })
    ).toBeChecked({ timeout: 30_000 });
    await shot('2-where');
  });

  test('runs on this machine, though the service is killed while it starts', async () => {
    await press('Deploy');
    await killService();
    await shot('3-killed');
    // Whoever has not heard whether it was taken asks again: it is one deployment.
    await expect(async () => {
      const again = wizard().getByRole('button', {
        name: 'Deploy',
        exact: true
      });
      if (await again.isVisible()) {
        await again.click();
      }
      await expect(wizard().getByText('Flowers is being deployed')).toBeVisible(
        { timeout: 5_000 }
      );
    }).toPass({ timeout: 60_000 });
    await press('Open its page');
    await openPanel();
    await expect(stateIn(HERE, 'Flowers')).toHaveText('ready', {
      timeout: 60_000
    });
    expect(server.modulePids).toHaveLength(1);
    await shot('3-ready');
    await predict(shown(), [5, 3.4, 1.5, 0.2], 'setosa');
    await shot('3-tried');
  });

  test('goes into a container, though the service is killed while its image is built', async () => {
    test.skip(Boolean(noPodman), `no container engine: ${noPodman}`);
    await rowIn(HERE, 'Flowers').hover();
    await rowIn(HERE, 'Flowers')
      .getByRole('button', { name: 'More for Flowers' })
      .click();
    await page.getByRole('menuitem', { name: 'Redeploy Elsewhere…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Where').selectOption({ label: `● ${CONTAINERS}` });
    await expect(
      dialog.getByRole('region', { name: 'What will happen' })
    ).toBeVisible({ timeout: 30_000 });
    await shot('4-dialog');
    await dialog.getByRole('button', { name: 'Deploy' }).click();
    const row = rowIn(CONTAINERS, 'Flowers');
    await expect(row).toContainText('Building the image', { timeout: 30_000 });
    await shot('4-building');
    await killService();
    await shot('4-killed');
    await expect(stateIn(CONTAINERS, 'Flowers')).toHaveText('ready', {
      timeout: 200_000
    });
    await shot('4-ready');
    const { containers } = await podman!.content();
    expect(containers).toHaveLength(1);
    await rowIn(HERE, 'Flowers').hover();
    await rowIn(HERE, 'Flowers')
      .getByRole('button', { name: 'Stop Flowers' })
      .click();
    await expect(stateIn(HERE, 'Flowers')).toHaveText('stopped', {
      timeout: 30_000
    });
    await rowIn(CONTAINERS, 'Flowers').hover();
    await rowIn(CONTAINERS, 'Flowers')
      .getByRole('button', { name: 'Try Flowers' })
      .click();
    await predict(shown(), VIRGINICA, 'virginica');
    await shot('4-tried');
    expect(server.modulePids).toEqual([]);
  });

  test('has a cloud beside it, which wants to know who one is', async () => {
    test.skip(Boolean(noIm), `no cloud: it needs ${noIm}`);
    await openPanel();
    const cloud = placeOf(CLOUD);
    await cloud.getByRole('button', { name: `Sign in for ${CLOUD}` }).click();
    const accounts = page.getByRole('region', {
      name: 'Accounts',
      exact: true
    });
    await accounts.getByRole('button', { name: /Add credentials/ }).click();
    const dialog = page.getByRole('dialog');
    await shot('5-credentials');
    await dialog.getByLabel('User name').fill('ada');
    await dialog.getByLabel('Password').fill('not a secret');
    await dialog.getByRole('button', { name: 'Add a cloud' }).click();
    await dialog.getByRole('combobox', { name: 'Type' }).fill('Dummy');
    await dialog.getByLabel('Its id in your templates').fill('dummy');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await expect(dialog.getByText('They are kept.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(cloud.getByRole('heading')).toContainText('reachable');
    await shot('5-reachable');
  });

  /** Plants of the catalogue, to a machine of the cloud in one of its networks. */
  async function deployToCloud(network: string): Promise<void> {
    await panel()
      .getByRole('button', { name: 'Deploy a module…' })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    const module = dialog.getByLabel('Module');
    await expect(module).toHaveAttribute('placeholder', /part of its name/);
    const plants = dialog.locator('datalist option[value*="plants"]');
    await module.fill((await plants.first().getAttribute('value'))!);
    await dialog.getByLabel('Where').selectOption({ label: `● ${CLOUD}` });
    await dialog
      .getByLabel('Template')
      .selectOption({ label: `${network} machine` });
    await shot(`6-dialog-${network}`);
    await dialog.getByRole('button', { name: 'Deploy' }).click();
    await expect(dialog).toHaveCount(0, { timeout: 30_000 });
  }
  const rowsInCloud = (): Locator =>
    placeOf(CLOUD).locator('.jp-DeepDeployments-row');

  test('has another module in that cloud, though the service is killed while it is made', async () => {
    test.skip(Boolean(noIm), `no cloud: it needs ${noIm}`);
    // The catalogue is read when somebody looks.
    await page
      .getByRole('tab', { name: 'DEEP catalogue', exact: true })
      .click();
    const catalogue = page.getByRole('region', { name: 'DEEP catalogue' });
    await catalogue.getByRole('searchbox').fill('plants');
    await expect(
      catalogue
        .locator('[data-deep-module]')
        .filter({ hasText: /plants/i })
        .first()
    ).toBeVisible({ timeout: 60_000 });
    await openPanel();
    await deployToCloud('private');
    const row = rowsInCloud().first();
    await expect(row).toBeVisible();
    await killService();
    await shot('6-killed');
    await expect(row.locator('.jp-DeepDeployments-state')).toHaveText('ready', {
      timeout: 200_000
    });
    const { 'uri-list': made } = JSON.parse(await im!.ask('infrastructures'));
    expect(made).toHaveLength(1);
    await shot('6-ready');
  });
});
