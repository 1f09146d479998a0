import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MODEL, ROOT, Workplace } from './bundle';
import { ask, type IAnswer, type IAsk } from './client';
import { observe, parametersOf } from './observe';
import { freePort, ServerProcess, startRuntime } from './server';

jest.setTimeout(60_000);

const MODULES = path.dirname(MODEL);
const BABBLE = readFileSync(
  path.join(MODULES, 'voice-activity/examples/babble.wav')
);
const TABLE = readFileSync(
  path.join(MODULES, 'penguin-species/examples/penguins.csv')
);
const PEER = path.join(ROOT, '.venv-peers/bin/deepaas-run');
const hasPeer = existsSync(PEER);
const reason = hasPeer ? '' : ': skipped, .venv-peers is missing';
const compared = hasPeer ? describe : describe.skip;

const form = (name: string, bytes: Buffer, fields: object = {}): FormData => {
  const made = new FormData();
  made.set(name, new File([new Uint8Array(bytes)], `file-${name}`));
  Object.entries(fields).forEach(([key, value]) => made.set(key, value));
  return made;
};
const audio = (fields?: object): FormData => form('audio', BABBLE, fields);
const table = (fields?: object): FormData => form('table', TABLE, fields);
const GENTOO =
  'bill_length_mm=46.1&bill_depth_mm=13.2&flipper_length_mm=211&body_mass_g=4500';

type Name = 'voice-activity' | 'penguin-species';
const to = (name: Name, request: Partial<IAsk>): IAsk => ({
  method: 'POST',
  ...request,
  path: `/v2/models/${name}/predict/${request.path ?? ''}`
});

describe('A module-runtime over the built-in folders', () => {
  let workplace: Workplace;
  const servers = new Map<Name, ServerProcess>();

  beforeAll(async () => {
    workplace = new Workplace();
    for (const name of ['voice-activity', 'penguin-species'] as const) {
      const model = path.join(MODULES, name);
      const server = startRuntime(workplace, name, { model });
      servers.set(name, server);
      await server.ready();
    }
  });

  afterAll(async () => {
    await Promise.all([...servers.values()].map(server => server.stop()));
    workplace?.remove();
  });

  const asked = (name: Name, request: Partial<IAsk>): Promise<IAnswer> =>
    ask(servers.get(name)!.address, to(name, request));

  it('finds speech, as JSON and as CSV', async () => {
    const found = await asked('voice-activity', { body: audio() });
    expect(found.json.predictions.segments).toHaveLength(3);
    const path = '?accept=text/csv';
    const csv = await asked('voice-activity', { path, body: audio() });
    expect(csv.headers['content-type']).toBe('text/csv');
    expect(csv.text.split('\n')[0]).toBe('start_s,end_s,probability');
    expect(csv.text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('names penguins one by one and by the table', async () => {
    const one = await asked('penguin-species', { path: `?${GENTOO}` });
    expect(one.json.predictions.labels[0]).toBe('Gentoo');
    const many = await asked('penguin-species', { body: table() });
    expect(many.json.predictions).toHaveLength(12);
    expect(many.json.predictions[6]).toMatchObject({ row: 7, label: 'Gentoo' });
    const path = '?accept=text/csv';
    const csv = await asked('penguin-species', { path, body: table() });
    expect(csv.text).toMatch(/^row,label,probability\n1,"Adelie",0\.\d+\n/);
  });

  it.each([
    [
      'voice-activity',
      { body: form('audio', Buffer.from('no sound')) },
      'audio',
      'not a sound file'
    ],
    [
      'voice-activity',
      { body: audio({ threshold: '2' }) },
      'threshold',
      'less than or equal to 1'
    ],
    [
      'penguin-species',
      { path: '?bill_length_mm=1' },
      'body_mass_g',
      'Missing data for required field.'
    ],
    [
      'penguin-species',
      { body: form('table', Buffer.from('a;b\n1;2')) },
      'table',
      'lacks the columns'
    ],
    [
      'penguin-species',
      { path: `?${GENTOO}`, body: table() },
      'table',
      'not both'
    ]
  ] as const)(
    'refuses, for %s, what is wrong at its argument',
    async (name, request, field, words) => {
      const answer = await asked(name, request);
      expect(answer.status).toBe(422);
      expect(answer.json[field][0]).toContain(words);
    }
  );

  it('describes the answer of its task', async () => {
    const { address } = servers.get('voice-activity')!;
    const { json } = await ask(address, { path: '/swagger.json' });
    const { predictions } = json.definitions.Prediction.properties;
    expect(predictions.$ref).toBe('#/definitions/VoiceActivity');
  });

  compared(`and deepaas-run 2.6.0 over the same${reason}`, () => {
    const peers = new Map<Name, ServerProcess>();

    beforeAll(async () => {
      const entryPoints = path.join(
        workplace.folder,
        'deep_peers-1.0.dist-info'
      );
      mkdirSync(entryPoints);
      writeFileSync(
        path.join(entryPoints, 'METADATA'),
        'Metadata-Version: 2.1\nName: deep-peers\nVersion: 1.0\n'
      );
      writeFileSync(
        path.join(entryPoints, 'entry_points.txt'),
        '[deepaas.v2.model]\nvoice-activity = deep_peers:voice\npenguin-species = deep_peers:penguins\n'
      );
      const code = path.join(__dirname, 'peers');
      const env = {
        PYTHONPATH: `${workplace.folder}${path.delimiter}${code}`,
        PYTHONDONTWRITEBYTECODE: '1',
        PEER_MODULES: MODULES,
        ORT_DISABLE_TELEMETRY: '1'
      };
      for (const name of servers.keys()) {
        const address = { host: '127.0.0.1', port: await freePort() };
        const args = [
          '--listen-ip',
          address.host,
          '--listen-port',
          String(address.port),
          '--model-name',
          name
        ];
        const peer = new ServerProcess(PEER, args, address, env);
        peers.set(name, peer);
        await peer.ready();
      }
    });

    afterAll(() => Promise.all([...peers.values()].map(peer => peer.stop())));

    const both = (name: Name, request: Partial<IAsk>): Promise<IAnswer[]> =>
      Promise.all(
        [servers, peers].map(side =>
          ask(side.get(name)!.address, to(name, request))
        )
      );

    it.each(['voice-activity', 'penguin-species'] as const)(
      'describe the arguments of %s alike',
      async name => {
        const documents = await Promise.all(
          [servers, peers].map(side =>
            ask(side.get(name)!.address, { path: '/swagger.json' })
          )
        );
        const [ours, theirs] = documents.map(
          ({ json }) => json.paths[`/v2/models/${name}/predict/`].post
        );
        expect(parametersOf(ours.parameters)).toEqual(
          parametersOf(theirs.parameters)
        );
        expect(ours.produces).toEqual(theirs.produces);
      }
    );

    it.each<[string, Name, Partial<IAsk>]>([
      ['no sound', 'voice-activity', {}],
      [
        'a number that is none',
        'voice-activity',
        { body: audio({ threshold: 'loud' }) }
      ],
      ['an empty number', 'voice-activity', { body: audio({ threshold: '' }) }],
      [
        'a number that is too large',
        'voice-activity',
        { body: audio({ threshold: '1.5' }) }
      ],
      ['infinity', 'voice-activity', { body: audio({ threshold: 'inf' }) }],
      ['no number', 'voice-activity', { body: audio({ threshold: 'nan' }) }],
      [
        'a truth value that is none',
        'voice-activity',
        { body: audio({ frames: 'perhaps' }) }
      ],
      [
        'an empty truth value',
        'voice-activity',
        { body: audio({ frames: '' }) }
      ],
      [
        'JSON with a truth value for a number',
        'voice-activity',
        { body: { threshold: true } }
      ],
      [
        'JSON with a list for a truth value',
        'voice-activity',
        { body: { frames: [true] } }
      ],
      [
        'JSON with 2 for a truth value',
        'voice-activity',
        { body: { frames: 2 } }
      ],
      [
        'several things at once',
        'voice-activity',
        {
          body: new URLSearchParams({
            threshold: '9',
            frames: 'x',
            min_speech_ms: '-1'
          })
        }
      ],
      ['a negative number', 'penguin-species', { path: '?body_mass_g=-1' }],
      [
        'a number with a comma',
        'penguin-species',
        { path: '?body_mass_g=3,5' }
      ],
      ['null in JSON', 'penguin-species', { body: { body_mass_g: null } }]
    ])('refuse %s alike', async (_what, name, request) => {
      const [ours, theirs] = await both(name, request);
      expect(theirs.status).toBe(422);
      expect(observe(ours)).toEqual(observe(theirs));
    });

    it.each(['yes', 'On', '1', 'TRUE', 't'])(
      'take %s for true',
      async frames => {
        const [ours, theirs] = await both('voice-activity', {
          body: audio({ frames })
        });
        expect([ours.status, theirs.status]).toEqual([200, 200]);
        const [mine, real] = [ours, theirs].map(
          ({ json }) => json.predictions.frame_probabilities
        );
        expect(mine).toHaveLength(real.length);
        mine.forEach((value: number, n: number) =>
          expect(Math.abs(value - real[n])).toBeLessThan(1e-4)
        );
      }
    );

    it.each(['4.5e3', ' 4500 ', '+4500.', '4500'])(
      'take %s for a number, and answer the same',
      async mass => {
        const path = `?${GENTOO.replace('4500', encodeURIComponent(mass))}`;
        const [ours, theirs] = await both('penguin-species', { path });
        const best = ours.json.predictions.probabilities[0];
        expect(
          Math.abs(best - theirs.json.predictions.probabilities[0])
        ).toBeLessThan(1e-4);
      }
    );

    it('answer the same table alike', async () => {
      const [ours, theirs] = await both('penguin-species', { body: table() });
      const mine = ours.json.predictions.map(
        (row: { probability: number }) => row.probability
      );
      mine.forEach((value: number, n: number) =>
        expect(
          Math.abs(value - theirs.json.predictions.probabilities[n])
        ).toBeLessThan(1e-4)
      );
    });
  });
});
