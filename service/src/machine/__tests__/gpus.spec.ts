import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { reportGpus } from '../gpus';

describe('the GPUs here', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  /** A program that says this in place of nvidia-smi. */
  function program(script: string): string {
    const file = path.join(home.folder, 'nvidia-smi');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  it('are what nvidia-smi says, with what is known of each', async () => {
    const lines =
      'Tesla T4, 15360, 512, 550.54\\nOld Card, [N/A], [N/A], [N/A]';
    const said = program(`printf '${lines}\\n'`);
    expect(await reportGpus(home.folder, said)).toEqual({
      gpus: [
        {
          name: 'Tesla T4',
          memoryBytes: 15360 * 1024 ** 2,
          usedBytes: 512 * 1024 ** 2,
          driver: '550.54'
        },
        { name: 'Old Card' }
      ],
      note: 'As nvidia-smi says.'
    });
  });

  it('are what the driver says where its program is missing', async () => {
    const card = path.join(home.folder, 'proc/driver/nvidia/gpus/0000:01:00.0');
    mkdirSync(card, { recursive: true });
    writeFileSync(
      path.join(card, 'information'),
      'Model: \t\t NVIDIA A100\nIRQ: 1\n'
    );
    expect(await reportGpus(home.folder, '/nowhere/nvidia-smi')).toEqual({
      gpus: [{ name: 'NVIDIA A100' }],
      note: 'As the driver says; nvidia-smi is not installed here.'
    });
  });

  it('are none, with the reason', async () => {
    const missing = await reportGpus(home.folder, '/nowhere/nvidia-smi');
    expect(missing).toEqual({
      gpus: [],
      note: expect.stringMatching(/no driver of NVIDIA here/)
    });
    const broken = program('echo "driver mismatch" >&2; exit 9');
    const { gpus, note } = await reportGpus(home.folder, broken);
    expect([gpus, note]).toEqual([
      [],
      expect.stringMatching(/^nvidia-smi could not say: /)
    ]);
  });
});
