import {
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { MODEL, Workplace } from './bundle';
import { externalModel } from './onnxFile';
import { startRuntime } from './server';

const MB = 1024 ** 2;
jest.setTimeout(60_000);

let workplace: Workplace;

beforeAll(() => {
  workplace = new Workplace();
});

afterAll(() => workplace.remove());

describe('a model folder that cannot be served', () => {
  let copies = 0;
  type Damage = (inFolder: (name: string) => string) => void;

  const DAMAGES: [string, string, Damage][] = [
    ['no config', 'config.json', at => rmSync(at('config.json'))],
    ['no model', 'onnx/model.onnx', at => rmSync(at('onnx/model.onnx'))],
    [
      'no preprocessor config',
      'preprocessor_config.json',
      at => rmSync(at('preprocessor_config.json'))
    ],
    [
      'an empty model',
      'onnx/model.onnx',
      at => truncateSync(at('onnx/model.onnx'))
    ],
    [
      'half a model',
      'onnx/model.onnx',
      at => truncateSync(at('onnx/model.onnx'), 9 * MB)
    ],
    [
      'a model that is a text',
      'onnx/model.onnx',
      at => writeFileSync(at('onnx/model.onnx'), 'not a model')
    ],
    [
      'a model whose weights are damaged in the middle',
      'onnx/model.onnx',
      at => {
        const bytes = readFileSync(at('onnx/model.onnx'));
        writeFileSync(at('onnx/model.onnx'), bytes.fill(0xff, 0, 4096));
      }
    ],
    [
      'damaged JSON',
      'config.json',
      at => truncateSync(at('config.json'), 1000)
    ],
    [
      'a manifest with a wrong type',
      'module.json',
      at => writeFileSync(at('module.json'), '{"name": 3}')
    ],
    ['no labels', 'config.json', at => writeFileSync(at('config.json'), '{}')],
    [
      'a link that leads outside',
      'config.json',
      at => {
        rmSync(at('config.json'));
        symlinkSync(path.join(MODEL, 'config.json'), at('config.json'));
      }
    ],
    [
      'a model link that leads outside',
      'onnx/model.onnx',
      at => {
        rmSync(at('onnx/model.onnx'));
        symlinkSync(path.join(MODEL, 'onnx/model.onnx'), at('onnx/model.onnx'));
      }
    ],
    [
      'weights in a file outside',
      '../../../../etc/passwd',
      at =>
        writeFileSync(
          at('onnx/model.onnx'),
          externalModel('../../../../etc/passwd')
        )
    ],
    [
      'weights in a file at an absolute path',
      '/etc/passwd',
      at => writeFileSync(at('onnx/model.onnx'), externalModel('/etc/passwd'))
    ],
    [
      'weights in a link that leads outside',
      'onnx/weights.bin',
      at => {
        symlinkSync('/etc/passwd', at('onnx/weights.bin'));
        writeFileSync(at('onnx/model.onnx'), externalModel('weights.bin'));
      }
    ],
    [
      'weights in a file that is not there',
      'onnx/weights.bin',
      at => writeFileSync(at('onnx/model.onnx'), externalModel('weights.bin'))
    ]
  ];

  it.each(DAMAGES)(
    'for %s: exit code 2 and one line that names %s',
    async (_what, name, damage) => {
      const model = workplace.copyModel(`m${++copies}`);
      damage(file => path.join(model, file));
      const server = startRuntime(workplace, `m${copies}`, { model });
      expect(await server.ended).toBe(2);
      const lines = server.stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      const problem = JSON.parse(lines[0]);
      expect(problem.type).toBe('urn:jupyterlab-deep:model-invalid');
      expect(problem.detail).toContain(name);
      expect(server.stdout).toBe('');
      rmSync(model, { recursive: true });
    }
  );

  it('for no folder: exit code 2 and one line that names it', async () => {
    const missing = path.join(workplace.folder, 'nowhere');
    const server = startRuntime(workplace, 'nowhere', { model: missing });
    expect(await server.ended).toBe(2);
    expect(JSON.parse(server.stderr).detail).toContain(missing);
  });

  it('for a wrong command line: exit code 2 and the usage', async () => {
    const server = startRuntime(workplace, 'usage', {
      more: ['--workers', 'many']
    });
    expect(await server.ended).toBe(2);
    expect(JSON.parse(server.stderr).hint).toContain('Usage:');
  });
});
