import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { type IClassification, type IModel, loadModel } from '..';
import { buildWorkers, Scratch } from './surroundings';
import {
  installStandIn,
  saveGraphModel,
  saveLayersModel,
  writeJson
} from './tfjsModels';

jest.setTimeout(60_000);

const scratch = new Scratch();
const home = process.cwd();
let count = 0;
let folder: string;

beforeAll(buildWorkers);
beforeEach(() => {
  folder = scratch.file(`m${count++}`);
});
afterEach(() => process.chdir(home));
afterAll(() => scratch.remove());

async function withModel<R>(work: (model: IModel) => Promise<R>): Promise<R> {
  const model = await loadModel(folder);
  try {
    return await work(model);
  } finally {
    await model.release();
  }
}

const refusal = (): Promise<{ key: string; message: string }> =>
  loadModel(folder).then(
    async model => {
      await model.release();
      throw new Error('it was loaded');
    },
    error => error
  );

const grey = (level: number): Promise<Buffer> =>
  sharp({
    create: {
      width: 20,
      height: 20,
      channels: 3,
      background: { r: level, g: level, b: level }
    }
  })
    .png()
    .toBuffer();

describe('A TensorFlow.js folder', () => {
  it('of layers classifies pictures, and its probabilities stay as they are', async () => {
    await saveLayersModel(folder);
    await withModel(async model => {
      const image = await grey(191);
      const found = (await model.predict({ image })) as IClassification;
      // 191 / 255 is 0.498 between -1 and 1: softmax of ± 3 · 4 · 0.498.
      const wanted = 1 / (1 + Math.exp(-24 * (2 * (191 / 255) - 1)));
      expect(found.labels[0]).toBe('bright');
      expect(found.probabilities[0]).toBeCloseTo(wanted, 4);
      const dark = (await model.predict({
        image: await grey(20)
      })) as IClassification;
      expect(dark.labels[0]).toBe('dark');
    });
  });

  it('sees colours where they are', async () => {
    await saveLayersModel(folder);
    await withModel(async model => {
      const answers = await Promise.all(
        [10, 250, 30, 240].map(async level =>
          model.predict({ image: await grey(level) })
        )
      );
      expect(answers.map(one => (one as IClassification).labels[0])).toEqual([
        'dark',
        'bright',
        'dark',
        'bright'
      ]);
    });
  });

  it('of a graph answers tables', async () => {
    saveGraphModel(folder);
    await withModel(async model => {
      const found = (await model.predict({
        a: 0.1,
        b: 0.2
      })) as IClassification;
      expect(found.labels).toEqual(['up', 'down']);
      expect(found.probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
      const table = Buffer.from('a,b\n1,1\n-1,0');
      expect(await model.predict({ table })).toMatchObject([
        { label: 'up' },
        { label: 'down' }
      ]);
    });
  });

  it('whose numbers are logits gets its softmax here', async () => {
    saveGraphModel(folder, 'Identity');
    await withModel(async model => {
      const found = (await model.predict({
        a: 0.1,
        b: 0.2
      })) as IClassification;
      expect(found.probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    });
  });

  it('leaves the event loop free while it computes', async () => {
    saveGraphModel(folder);
    await withModel(async model => {
      const table = Buffer.from(`a,b\n${'1,1\n'.repeat(50_000)}`);
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 5);
      await model.predict({ table });
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(5);
    });
  });
});

describe('The backend of a TensorFlow.js folder', () => {
  it('is WebAssembly here, and it says why not a better one', async () => {
    saveGraphModel(folder);
    process.chdir(scratch.path);
    await withModel(async model => {
      expect(model.backend).toBe('tfjs-wasm');
      expect(model.detail).toBe(
        'tfjs-node-gpu is not installed; tfjs-node is not installed'
      );
    });
  });

  it('is plain JavaScript for what WebAssembly lacks, which is named', async () => {
    saveGraphModel(folder, 'Einsum');
    process.chdir(scratch.path);
    await withModel(async model => {
      expect(model.backend).toBe('tfjs-cpu');
      expect(model.detail).toContain('tfjs-node is not installed');
      expect(model.detail).toContain(
        "Kernel 'Einsum' not registered for backend 'wasm'"
      );
      await model.predict({ a: 0.1, b: 0.2 });
    });
  });

  const GPU =
    'module.exports = { ...tf, backend: () => ({ isUsingGpuDevice: true }) };';
  const NO_GPU = GPU.replace('true', 'false');
  const place = (): string => {
    const notebooks = scratch.file(`n${count}`);
    mkdirSync(notebooks);
    process.chdir(notebooks);
    return notebooks;
  };

  it.each([
    ['tfjs-node-gpu', GPU, 'it found a GPU'],
    [
      'tfjs-node-gpu',
      NO_GPU,
      'tfjs-node-gpu found no GPU and computes on the CPU'
    ],
    ['tfjs-node', NO_GPU, 'tfjs-node-gpu is not installed']
  ] as const)(
    'is %s (a stand-in) where it is installed beside the notebook',
    async (name, body, detail) => {
      saveGraphModel(folder);
      installStandIn(place(), name, body);
      await withModel(async model => {
        expect(model.backend).toBe(name);
        expect(model.detail).toBe(detail);
        const found = (await model.predict({ a: 1, b: 1 })) as IClassification;
        expect(found.labels[0]).toBe('up');
      });
    }
  );

  it('finds the parts of util that Node removed', async () => {
    saveGraphModel(folder);
    const check =
      "if (!require('util').isNullOrUndefined(null)) { throw new Error(); }";
    installStandIn(place(), 'tfjs-node', `${check}\n${NO_GPU}`);
    await withModel(async model => expect(model.backend).toBe('tfjs-node'));
  });

  it('says why an installed package did not start, and takes the next', async () => {
    saveGraphModel(folder);
    const notebooks = place();
    installStandIn(
      notebooks,
      'tfjs-node-gpu',
      "throw new Error('libcudart.so.12: cannot open shared object file');"
    );
    installStandIn(notebooks, 'tfjs-node', NO_GPU);
    await withModel(async model => {
      expect(model.backend).toBe('tfjs-node');
      expect(model.detail).toBe(
        'tfjs-node-gpu did not start (libcudart.so.12: cannot open shared object file)'
      );
    });
  });

  it('is never a package inside the model folder: that would be code of its author', async () => {
    saveGraphModel(folder);
    const trace = scratch.file('ran');
    installStandIn(
      folder,
      'tfjs-node',
      `require('fs').writeFileSync(${JSON.stringify(trace)}, '');`
    );
    process.chdir(folder);
    await withModel(async model => {
      expect(model.backend).toBe('tfjs-wasm');
      expect(model.detail).toContain('tfjs-node lies inside the model folder');
    });
    expect(existsSync(trace)).toBe(false);
  });
});

describe('A TensorFlow.js folder is refused', () => {
  const change = (
    work: (json: {
      weightsManifest: { paths: string[] }[];
      modelTopology: unknown;
    }) => void
  ): void => {
    const json = JSON.parse(
      readFileSync(path.join(folder, 'model.json'), 'utf8')
    );
    work(json);
    writeJson(folder, 'model.json', json);
  };
  beforeEach(() => saveGraphModel(folder));

  it.each([
    '../secret.bin',
    '/etc/passwd',
    'a/../../secret.bin',
    'file:///etc/passwd',
    'https://example.org/w.bin',
    '..\\secret.bin'
  ])('when its weights lie in %s', async location => {
    change(json => (json.weightsManifest[0].paths = [location]));
    const error = await refusal();
    expect(error.key).toBe('model-invalid');
    expect(error.message).toContain(
      `refers to "${location}", which is not a path inside`
    );
  });

  it('when its weights lie behind a link that leads outside', async () => {
    const outside = scratch.file(`outside${count}.bin`);
    writeFileSync(outside, Buffer.alloc(16));
    rmSync(path.join(folder, 'weights.bin'));
    symlinkSync(outside, path.join(folder, 'weights.bin'));
    expect((await refusal()).message).toContain(
      'weights.bin of the model folder leads outside'
    );
  });

  it('when its weights are missing, or cut off', async () => {
    truncateSync(path.join(folder, 'weights.bin'), 8);
    expect((await refusal()).message).toContain(
      'weights.bin have 8 bytes; model.json says 16'
    );
    rmSync(path.join(folder, 'weights.bin'));
    expect((await refusal()).message).toContain('has no weights.bin');
  });

  it('when its network is damaged, or no network', async () => {
    change(
      json =>
        (json.modelTopology = {
          node: [{ name: 'x', op: 'NoSuchOperation', input: ['y'], attr: {} }]
        })
    );
    expect((await refusal()).key).toBe('model-invalid');
    writeFileSync(path.join(folder, 'model.json'), '{"half":');
    expect((await refusal()).message).toContain('model.json is not valid JSON');
    writeFileSync(path.join(folder, 'model.json'), '{}');
    expect((await refusal()).message).toContain('model.json is not valid at');
  });

  it('when it does not take the columns of its manifest', async () => {
    writeJson(folder, 'module.json', {
      name: 'x',
      task: 'tabular-classification',
      features: [{ name: 'a' }]
    });
    expect((await refusal()).message).toContain(
      'does not run on one row of 1 numbers'
    );
  });

  it('when it is a SavedModel: that counts as code', async () => {
    rmSync(path.join(folder, 'model.json'));
    writeFileSync(path.join(folder, 'saved_model.pb'), 'x');
    const error = await refusal();
    expect(error.key).toBe('model-invalid');
    expect(error.message).toContain('SavedModel');
    expect(error.message).toContain('counts as code');
    expect(error.message).toContain('tf2onnx');
  });
});
