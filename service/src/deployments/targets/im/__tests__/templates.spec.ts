import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { makeModule } from '../../../../catalogue/__tests__/made';
import { addressesOf, checkAddresses } from '../imports';
import { formOf } from '../inputs';
import { planFor } from '../plan';
import { filledTemplate, ITemplate, markOf, readTemplate } from '../template';
import { Templates } from '../templates';
import { tosca } from './imServer';

const withSamples = existsSync(tosca) ? it : it.skip;
const suffix = existsSync(tosca)
  ? ''
  : ' (skipped: needs samples/tosca, DEEP_TEST_DATA)';

const seeds = makeModule('deep', 'seeds', { image: 'deephdc/seeds:cpu' });
const own = async (): Promise<ITemplate[]> =>
  (await new Templates({ folders: [] }).read()).templates;

const template = (inputs: string, more = ''): ITemplate =>
  readTemplate(
    'made',
    `tosca_definitions_version: tosca_simple_yaml_1_0
${more}
topology_template:
  inputs:
${inputs}
  node_templates:
    machine: { type: tosca.nodes.Compute }
`,
    'made.yml'
  );

const sample = (file: string): ITemplate =>
  readTemplate('sample', readFileSync(path.join(tosca, file), 'utf8'), file);

function compiled(schema: object) {
  const ajv = new Ajv({ strict: true, strictRequired: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

describe('TOSCA templates', () => {
  it('of ours ask for an image, sizes and nothing secret twice', async () => {
    const templates = await own();
    expect(templates.map(({ id }) => id)).toEqual([
      'container',
      'machine',
      'model'
    ]);
    const [container] = templates;
    const { properties, required } = formOf(container, seeds);
    expect(required).toEqual(['docker_image']);
    expect(properties).toMatchObject({
      docker_image: { title: 'Docker image', default: 'deephdc/seeds:cpu' },
      num_cpus: { type: 'number', minimum: 0.1, maximum: 64, default: 2 },
      mem_size: { type: 'string', default: '4 GB' }
    });
  });

  withSamples(`of DEEP become forms that check what is given${suffix}`, () => {
    const folder = path.join(tosca, 'deep-oc');
    const files = readdirSync(folder);
    expect(files.length).toBe(16);
    for (const file of files) {
      const read = sample(`deep-oc/${file}`);
      const { properties, required, unaskable } = formOf(read, seeds);
      const schema = { type: 'object', properties, required };
      expect(() => compiled(schema)).not.toThrow();
      expect(unaskable).toEqual([]);
      for (const [name, { format }] of Object.entries(properties)) {
        expect([name, format === 'password']).toEqual([
          name,
          /password|token/.test(name)
        ]);
      }
    }
  });

  withSamples(`bring their constraints along${suffix}`, () => {
    const { properties } = formOf(sample('simple-node.yml'), seeds);
    const check = compiled({ type: 'object', properties });
    expect(check({ num_cpus: 2, mem_size: '4 GB', os_version: '16.04' })).toBe(
      true
    );
    for (const wrong of [
      { num_cpus: 3 },
      { mem_size: '8 GB' },
      { os_distribution: 'plan9' }
    ]) {
      expect(check(wrong)).toBe(false);
    }
    expect(properties.os_version).toMatchObject({
      enum: ['16.04', '7'],
      default: '16.04'
    });
  });

  withSamples(`with passwords that everybody knows say so${suffix}`, () => {
    const read = sample('deep-oc/kubernetes_cluster_deepaas.yaml');
    const { properties, warnings } = formOf(read, seeds);
    expect(properties.admin_token.default).toBeUndefined();
    expect(warnings).toEqual([
      'Choose your own Admin token: the one of the template is public.'
    ]);
  });

  it('may have all constraints that JSON Schema knows', () => {
    const { properties } = formOf(
      template(`
    one: { type: integer, constraints: [ { greater_than: 1 }, { less_or_equal: 9 } ] }
    two: { type: string, constraints: [ { min_length: 2 }, { max_length: 4 }, { pattern: '[a-z]+' } ] }
    three: { type: list, entry_schema: { type: integer }, constraints: [ { max_length: 2 } ] }
    four: { type: float, constraints: [ { in_range: [ 0.5, UNBOUNDED ] } ] }
    five: { type: map, entry_schema: { type: string } }
    six: { type: string, constraints: [ { pattern: '(?P<name>x)' } ] }
    seven: { type: string, constraints: [ { equal: on } ] }`),
      seeds
    );
    const check = compiled({ type: 'object', properties });
    const good = {
      one: 2,
      two: 'abc',
      three: [1, 2],
      four: 0.5,
      five: { a: 'b' },
      six: 'y',
      seven: 'true'
    };
    expect([check(good), check.errors]).toEqual([true, null]);
    for (const wrong of [
      { one: 1 },
      { one: 10 },
      { two: 'a' },
      { two: 'abcde' },
      { two: 'A1' },
      { three: [1, 2, 3] },
      { three: ['a'] },
      { four: 0.4 },
      { five: { a: 1 } },
      { seven: 'off' }
    ]) {
      expect([wrong, check({ ...good, ...wrong })]).toEqual([wrong, false]);
    }
  });

  it('are left out with the reason when an input cannot be asked for', () => {
    const odd = template('    where: { type: tosca.datatypes.Credential }');
    const plan = planFor({
      target: 'im:test',
      host: 'im.example.org',
      what: { module: { ...seeds, image: 'x/y' } },
      templates: [{ ...odd, text: `${odd.text}# x/y` }],
      unusable: [{ file: 'a.yml', reason: 'it is empty.' }]
    });
    expect(plan.isPossible).toBe(false);
    expect(plan.warnings).toEqual([
      'a.yml is not used: it is empty.',
      'made is left out: its input where is of a kind that cannot be asked for here.'
    ]);
  });

  it('ask for one template first, and then for what it needs', async () => {
    const plan = planFor({
      target: 'im:test',
      host: 'im.example.org',
      what: { module: seeds },
      templates: await own(),
      unusable: []
    });
    const check = compiled(plan.options as object);
    expect(
      check({ template: 'container', docker_image: 'a/b', num_cpus: 0.5 })
    ).toBe(true);
    expect(
      check({ template: 'machine', docker_image: 'a/b', num_cpus: 0.5 })
    ).toBe(false);
    expect(check({ docker_image: 'a/b' })).toBe(false);
    expect(check({ template: 'container' })).toBe(false);
    expect(check({ template: 'model', base_image: 'a/b' })).toBe(false);
  });

  it('with an image of their own are for that module alone', async () => {
    const fixed = template('    cpus: { type: integer, default: 1 }');
    const text = `${fixed.text}    # image: docker.io/deephdc/seeds:gpu`;
    const options = (image: string) =>
      planFor({
        target: 'im:test',
        host: 'im.example.org',
        what: { module: { ...seeds, image } },
        templates: [{ ...fixed, text }],
        unusable: []
      }).isPossible;
    expect(options('deephdc/seeds')).toBe(true);
    expect(options('deephdc/plants')).toBe(false);
  });

  it('cannot run code of this machine', async () => {
    const plan = planFor({
      target: 'im:test',
      host: 'im.example.org',
      what: {
        module: makeModule('mine', 'code', { runtime: 'python' }),
        folder: '/home/ada/code'
      },
      templates: await own(),
      unusable: [],
      wheel: 'https://example.org/a.whl'
    });
    expect([plan.isPossible, plan.reason]).toEqual([
      false,
      'code is code on this machine and has no container image: a cloud cannot run it. Build an image of it first.'
    ]);
  });

  it('keep everything but the values and the mark', () => {
    const made = template(
      `    # of the author
    version: { type: version, default: 22.10 }
    name: { type: string }`,
      'metadata: { icon: a.png }'
    );
    const text = filledTemplate(made, { name: 'no' }, 'abc123');
    expect(text).toContain('# of the author');
    expect(text).toContain('22.10');
    expect(markOf(text)).toBe('abc123');
    expect(parse(text, { version: '1.1' })).toMatchObject({
      metadata: { icon: 'a.png', infra_name: 'deep-abc123' },
      topology_template: { inputs: { name: { default: 'no' } } }
    });
  });

  it.each([
    ['a: [b', 'Flow sequence in block collection'],
    ['- a', 'it holds no names with values'],
    ['a: 1', '`tosca_definitions_version` is missing'],
    ['tosca_definitions_version: heat', 'its version is heat'],
    [
      'tosca_definitions_version: tosca_simple_yaml_1_0',
      'its `topology_template` has no `node_templates`'
    ]
  ])('that are none are refused: %s', (text, why) => {
    expect(() => readTemplate('x', text, 'x.yml')).toThrow(why);
  });

  it('of a user are kept as files, and broken files are named', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tosca-'));
    const templates = new Templates({ folders: [folder], userFolder: folder });
    const [container] = await own();
    await templates.add('My Cluster.YAML', container.text);
    writeFileSync(path.join(folder, 'broken.yml'), 'a: 1');
    const { templates: all, unusable } = await templates.read();
    expect(all.map(({ id }) => id)).toContain('my-cluster');
    expect(unusable).toEqual([
      {
        file: path.join(folder, 'broken.yml'),
        reason: expect.stringContaining('`tosca_definitions_version`')
      }
    ]);
    await expect(
      new Templates({ folders: [] }).add('a.yml', container.text)
    ).rejects.toThrow('takes the templates of its administrator only');
    rmSync(folder, { recursive: true });
  });
});

describe('what a template lets the Infrastructure Manager fetch', () => {
  const fetching = (imports: string, nodes = ''): ITemplate =>
    readTemplate(
      'made',
      `tosca_definitions_version: tosca_simple_yaml_1_0
imports: ${imports}
topology_template:
  node_templates:
    machine: { type: tosca.nodes.Compute, ${nodes} }
`,
      'made.yml'
    );

  it('is found wherever it stands', () => {
    const made = fetching(
      '[ "https://a.org/1", { types: "https://a.org/2" }, { more: { file: "https://a.org/3" } } ]',
      `interfaces: { Standard: { configure: { implementation: "https://a.org/4" }, create: { implementation: { primary: "https://a.org/5", dependencies: [ "https://a.org/6" ] } } } },
       artifacts: { image: { file: "deephdc/seeds", type: x }, script: { file: "http://a.org/7", type: y } }`
    );
    expect(addressesOf(made)).toEqual(
      [1, 2, 3, 4, 5, 6].map(n => `https://a.org/${n}`).concat('http://a.org/7')
    );
  });

  it.each([
    ['http://127.0.0.1:5000/types.yml', 'it does not begin with https://.'],
    ['https://127.0.0.1/types.yml', '127.0.0.1 is not a public address.'],
    ['https://localhost/types.yml', 'localhost is not a public address.'],
    ['https://[::1]/types.yml', '::1 is not a public address.'],
    ['https://a:b@example.org/t.yml', 'it holds a name or a password.'],
    ['ftp://example.org/types.yml', 'it does not begin with https://.'],
    ['file:///etc/passwd', 'it does not begin with https://.'],
    ['../../etc/passwd', 'it is a path on that machine, not an address.']
  ])('may not be %s', async (address, why) => {
    await expect(
      checkAddresses(fetching(`[ "${address}" ]`), [])
    ).rejects.toMatchObject({
      key: 'address-refused',
      detail: `The template made (made.yml) lets the Infrastructure Manager fetch ${address}: ${why}`
    });
  });

  it('may be private where the administrator names the host', async () => {
    const made = fetching('[ "http://127.0.0.1:5000/types.yml" ]');
    await checkAddresses(made, ['127.0.0.1:5000']);
    await expect(checkAddresses(made, ['127.0.0.1:5001'])).rejects.toThrow();
  });
});
