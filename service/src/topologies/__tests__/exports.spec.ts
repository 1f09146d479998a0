import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import {
  emptyTopology,
  Module,
  readTopology,
  TopologyDocument
} from '@jupyterlab-deep/protocol';
import { exportTopology } from '../exports/exports';

const ROOT = path.resolve(__dirname, '../../../..');
/** Has the parser that Infrastructure Managers use. */
const PARSER = path.join(ROOT, '.venv-im/bin/python');
const TYPES = path.join(
  process.env.DEEP_TEST_DATA ?? '',
  'samples/tosca/types/custom_types_grycap.yaml'
);

function composed(): TopologyDocument {
  const { version: _version, ...byHand } = emptyTopology();
  const node = (module: string): object => ({
    kind: 'module',
    module,
    arguments: {}
  });
  return readTopology({
    ...byHand,
    title: 'Two: modules',
    nodes: {
      photos: { kind: 'files', pattern: '*.jpg' },
      first: node('ai4os/plants'),
      second: node('mine/birds'),
      third: node('ai4os/gone'),
      out: { kind: 'json-lines', file: 'out.jsonl' }
    },
    edges: [
      'photos.file -> first.image',
      'photos.file -> second.image',
      'first.answer -> out.in',
      'second.answer -> out.in'
    ]
  });
}

const MODULES = new Map<string, Module | undefined>([
  [
    'ai4os/plants',
    {
      title: 'Plants',
      image: 'example/plants:latest',
      resources: { cpu: 4, memoryMb: 8000, gpu: 1 }
    } as Module
  ],
  ['mine/birds', { title: 'Birds' } as Module],
  ['ai4os/gone', undefined]
]);

describe('a topology as TOSCA', () => {
  const made = exportTopology(
    composed(),
    '/w/my survey.topology',
    'tosca',
    MODULES
  );

  it('deploys the modules that have an image, and says which have none', () => {
    expect(made.filename).toBe('my-survey.tosca.yaml');
    const { topology_template: template } = parse(made.content);
    expect(Object.keys(template.node_templates)).toEqual([
      'ai4os_plants',
      'ai4os_plants_runtime'
    ]);
    expect(
      template.node_templates.ai4os_plants_runtime.capabilities.host.properties
    ).toMatchObject({ num_cpus: 4, mem_size: '8000 MB', num_gpus: 1 });
    expect(made.cannotSay).toEqual([
      expect.stringContaining('how data flows'),
      expect.stringContaining('Birds (mine/birds) has no container image'),
      expect.stringContaining('ai4os/gone is in no catalogue')
    ]);
  });

  const canParse = existsSync(PARSER) && existsSync(TYPES);
  const reason = existsSync(PARSER) ? 'no DEEP_TEST_DATA' : 'no .venv-im';
  const name = 'is understood by the parser of TOSCA';
  (canParse ? it : it.skip)(canParse ? name : `${name} (${reason})`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tosca-'));
    try {
      const file = path.join(folder, 'made.yaml');
      writeFileSync(file, made.content.replace(/https:\/\/\S+/, TYPES));
      const said = execFileSync(
        PARSER,
        [
          '-c',
          `import sys
from toscaparser.tosca_template import ToscaTemplate
t = ToscaTemplate(sys.argv[1])
print(sorted(n.name for n in t.nodetemplates), [i.name for i in t.inputs])`,
          file
        ],
        { encoding: 'utf8', timeout: 50_000, stdio: ['ignore', 'pipe', 'pipe'] }
      );
      expect(said.trim()).toBe(
        "['ai4os_plants', 'ai4os_plants_runtime'] ['ai4os_plants_image']"
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused where no module has an image', () => {
    const none = new Map([['mine/birds', MODULES.get('mine/birds')]]);
    expect(() => exportTopology(composed(), undefined, 'tosca', none)).toThrow(
      'No module of this topology has a container image'
    );
  });
});
