import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';

import { Bundles } from '../../__tests__/bundles';
import { TestHome } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { IMachine, lacksOf, lackSentences } from '../needs';

jest.setTimeout(60_000);

const GIBI = 1024 ** 3;
const MACHINE: IMachine = {
  cpus: 4,
  memoryBytes: 16e9,
  gpus: [{ memoryBytes: 8 * GIBI }, { memoryBytes: 24 * GIBI }],
  diskFreeBytes: 12.3e9
};

describe('what a module needs and this machine lacks', () => {
  const lacks = (resources: object, more: Partial<IMachine> = {}) =>
    lacksOf(resources, { ...MACHINE, ...more });

  it('is nothing where it says nothing, or as much as there is', () => {
    expect(lacksOf(undefined, MACHINE)).toEqual([]);
    expect(
      lacks({
        cpu: 4,
        gpu: 1,
        memoryMb: 16_000,
        gpuMemoryMb: 24_000,
        storageMb: 12_300
      })
    ).toEqual([]);
  });

  it('is the memory of as many GPUs as it wants', () => {
    expect(lacks({ gpu: 1, gpuMemoryMb: 16_000 })).toEqual([]);
    expect(lacks({ gpu: 2, gpuMemoryMb: 16_000 })).toEqual([
      { what: 'gpuMemory', needed: 16_000, present: 8590 }
    ]);
    expect(lacks({ gpuMemoryMb: 40_000 })).toEqual([
      { what: 'gpuMemory', needed: 40_000, present: 25_770 }
    ]);
  });

  it('is a GPU where it wants memory of one and there is none', () => {
    expect(lacks({ gpuMemoryMb: 1000 }, { gpus: [] })).toEqual([
      { what: 'gpu', needed: 1, present: 0 }
    ]);
    expect(lacks({ gpu: 0, gpuMemoryMb: 1000 }, { gpus: [] })).toEqual([]);
  });

  it('is not guessed of a card that does not tell its memory', () => {
    expect(lacks({ gpuMemoryMb: 16_000 }, { gpus: [{}] })).toEqual([]);
  });

  it('is said in sentences', () => {
    const all = lacks(
      {
        cpu: 8,
        gpu: 3,
        memoryMb: 64_000,
        storageMb: 500_000
      },
      { diskFreeBytes: 0.7e9 }
    );
    expect(lackSentences('Leaves', all)).toEqual([
      'Leaves needs 8 CPUs; this machine has 4.',
      'Leaves needs 3 GPUs; this machine has 2.',
      'Leaves needs 64 GB of memory; this machine has 16 GB.',
      'Leaves needs 500 GB of disk; 700 MB are free here.'
    ]);
    const gpu = lacks({ gpu: 2, gpuMemoryMb: 16_000 });
    expect(lackSentences('Leaves', gpu)).toEqual([
      'Leaves needs 16 GB of GPU memory; this machine’s GPU has 8.6 GB.'
    ]);
  });
});

/** Real metadata, where DEEP_TEST_DATA names a folder with them; else the same needs. */
const REAL = path.join(
  process.env.DEEP_TEST_DATA ?? '/nowhere',
  'catalogue/ai4-v2.0.0/ai4os-demo-app.yml'
);
const NEEDS = `resources:
  inference:
    cpu: 2
    gpu: 1
    memory_MB: 1000
    gpu_memory_MB: 1000
    storage_MB: 1000
`;

describe('a module in the catalogue', () => {
  const home = new TestHome();
  const programs = path.join(home.folder, 'bin');
  let bundles: Bundles;
  let service: ServiceProcess;

  /** A Python module that says what it needs. */
  function write(name: string, needs: string): void {
    const folder = path.join(home.modules, name);
    mkdirSync(folder, { recursive: true });
    const text = existsSync(REAL)
      ? readFileSync(REAL, 'utf8').replace(
          /^resources:[\s\S]*?(?=^\S|(?![\s\S]))/m,
          ''
        )
      : 'metadata_version: 2.0.0\ntitle: Demo\nlinks: {source_code: https://example.org/x}\ncategories: []\n';
    writeFileSync(path.join(folder, 'ai4-metadata.yml'), `${text}\n${needs}`);
    writeFileSync(
      path.join(folder, 'pyproject.toml'),
      `[project]\nname = "${name}"\nversion = "1"\n[project.entry-points."deepaas.v2.model"]\n${name} = "${name}"\n`
    );
  }

  beforeAll(async () => {
    mkdirSync(programs);
    const smi = path.join(programs, 'nvidia-smi');
    writeFileSync(smi, '#!/bin/sh\necho "Small Card, 8192, 0, 550.54"\n');
    chmodSync(smi, 0o755);
    write('fits', NEEDS);
    write(
      'large',
      NEEDS.replace('gpu_memory_MB: 1000', 'gpu_memory_MB: 16000')
    );
    write('wide', NEEDS.replace('storage_MB: 1000', 'storage_MB: 900000000'));
    write('trained', `${NEEDS}  training:\n    gpu: 4\n`);
    bundles = new Bundles();
    service = await ServiceProcess.start(bundles.service, home, {
      PATH: `${programs}:${process.env.PATH}`
    });
  });

  afterAll(async () => {
    await service?.stop();
    bundles?.remove();
    home.remove();
  });

  const fitOf = async (name: string) =>
    (await service.get(`/catalogue/modules/builtin/${name}`)).json.fit;

  it('says by nvidia-smi and the disk what it lacks here', async () => {
    expect((await fitOf('fits')).lacks).toEqual([]);
    expect(await fitOf('large')).toEqual({
      state: 'lacking',
      lacks: [{ what: 'gpuMemory', needed: 16_000, present: 8590 }]
    });
    expect(await fitOf('wide')).toEqual({
      state: 'lacking',
      lacks: [
        { what: 'disk', needed: 900_000_000, present: expect.any(Number) }
      ]
    });
  });

  it('says what it lacks to be trained, and predicts all the same', async () => {
    const fit = await fitOf('trained');
    expect(fit.state).not.toBe('lacking');
    expect([fit.lacks, fit.trainingLacks]).toEqual([
      [],
      [{ what: 'gpu', needed: 4, present: 1 }]
    ]);
  });

  it('warns before it is deployed here', async () => {
    const { json } = await service.post('/deployments/targets/process/plan', {
      module: 'builtin/large'
    });
    expect(json.warnings).toEqual([
      expect.stringMatching(
        /needs 16 GB of GPU memory; this machine’s GPU has 8\.6 GB\.$/
      )
    ]);
  });
});
