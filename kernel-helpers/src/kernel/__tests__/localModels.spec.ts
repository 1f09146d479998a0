import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { wavOf } from '../../models/__tests__/soundFiles';
import { saveLayersModel } from '../../models/__tests__/tfjsModels';
import {
  drive,
  IKernelHome,
  makeKernelHome,
  missing,
  root
} from './kernelHome';

jest.setTimeout(90_000);

const MODULES = path.join(root, 'jupyterlab_deep', 'modules');
const lacking =
  missing || (existsSync(MODULES) ? '' : 'the built-in modules, built');
const inKernel = lacking ? describe.skip : describe;
const suffix = lacking ? ` (skipped: needs ${lacking})` : '';

const HELPERS = '@jupyterlab-deep/kernel-helpers';
const IMPORT = `import { display, models } from '${HELPERS}';`;
/** So long that nothing but the stop button ends it in time. */
const LONG_S = 5 * 3600;

/** A TypeScript literal. */
const text = (value: string): string => JSON.stringify(value);
const load = (name: string): string =>
  `await models.load(${text(path.join(MODULES, name))})`;

inKernel(`A model folder in a cell${suffix}`, () => {
  let home: IKernelHome;

  beforeAll(async () => {
    home = await makeKernelHome();
  });

  afterAll(() => home?.remove());

  it('predicts beside other work, and its answer is shown as a module’s is', async () => {
    const cat = path.join(MODULES, 'image-classifier', 'examples', 'cat.jpg');
    const [, , loaded, shown, typed, ticking, released] = await drive(
      home,
      home.folder,
      [
        { execute: IMPORT },
        { execute: `const model = ${load('image-classifier')};\nmodel` },
        {
          execute: `const answer = await model.predict({ image: ${text(cat)} });\ndisplay(answer)`
        },
        // The compiler knows what it is.
        {
          execute:
            'const label: string = answer.top!.label; console.log(label, answer.labels.length)'
        },
        {
          execute: [
            'let ticks = 0; const timer = setInterval(() => { ticks += 1; }, 1);',
            `for (let n = 0; n < 20; n++) { await model.predict({ image: ${text(cat)} }); }`,
            'clearInterval(timer); console.log(ticks > 40);'
          ].join('\n')
        },
        {
          execute: `await model.release();\nawait model.predict({ image: ${text(cat)} }).catch(error => console.log(error.key))`
        }
      ]
    );
    // Before it there may be a line of progress.
    expect(loaded.outputs.at(-1)?.data?.['text/plain']).toMatch(
      /^Image classifier \(image-classification\) runs on (cpu|cuda): /
    );
    expect(shown.outputs.at(-1)?.data?.['text/plain']).toContain(
      'Egyptian Mau'
    );
    expect(shown.outputs.at(-1)?.data?.['text/html']).toContain('cat.jpg');
    expect(typed.outputs).toMatchObject([{ text: 'Egyptian Mau 5\n' }]);
    expect(ticking.outputs).toMatchObject([{ text: 'true\n' }]);
    expect(released.reply.status).toBe('ok');
  });

  it('is stopped in the middle of five hours of sound, and listens to the next', async () => {
    const long = path.join(home.folder, 'long.wav');
    const format = { rateHz: 8000, bits: 8 } as const;
    const declaredBytes = LONG_S * format.rateHz;
    const head = wavOf(new Float32Array(), { ...format, declaredBytes });
    writeFileSync(long, head);
    truncateSync(long, head.length + declaredBytes);
    const babble = path.join(
      MODULES,
      'voice-activity',
      'examples',
      'babble.wav'
    );
    const [, , , stopped, next] = await drive(home, home.folder, [
      { execute: IMPORT },
      { execute: `const model = ${load('voice-activity')};` },
      {
        execute: "await model.predict({ audio: 'long.wav' })",
        interruptAfterS: 3
      },
      {
        execute: `const start = performance.now();\nconst found = await model.predict({ audio: ${text(babble)} });\nconsole.log((found.value as any).segments.length, performance.now() - start)`
      }
    ]);
    expect(stopped.reply.status).toBe('error');
    const said = stopped.outputs.map(({ text: each }) => each);
    expect(said).toContain('Interrupted.\n');
    const [segments, elapsedMs] = next.outputs.at(-1)!.text!.split(' ');
    expect(Number(segments)).toBe(3);
    // The rest of the sound takes many times as long.
    expect(Number(elapsedMs)).toBeLessThan(3000);
  });

  it('may be of TensorFlow.js, and says what computes', async () => {
    await saveLayersModel(path.join(home.folder, 'brightness'));
    const [, , loaded, table, bad, savedModel] = await drive(
      home,
      home.folder,
      [
        { execute: IMPORT },
        {
          execute:
            "const model = await models.load('brightness');\nconsole.log(model.backend, '|', model.detail)"
        },
        {
          execute: `const penguins = ${load('penguin-species')};\ndisplay(await penguins.predict({ table: ${text(path.join(MODULES, 'penguin-species', 'examples', 'penguins.csv'))} }))`
        },
        { execute: "await models.load('nowhere')" },
        {
          execute:
            "import * as fs from 'node:fs'; fs.mkdirSync('saved'); fs.writeFileSync('saved/saved_model.pb', 'x');\nawait models.load('saved')"
        }
      ]
    );
    expect(loaded.outputs.at(-1)?.text).toBe(
      'tfjs-wasm | tfjs-node-gpu is not installed; tfjs-node is not installed\n'
    );
    expect(table.outputs.at(-1)?.data?.['text/html']).toContain('<table');
    expect(table.outputs.at(-1)?.data?.['text/plain']).toContain('Gentoo');
    expect(bad.reply).toMatchObject({
      ename: 'DeepError',
      evalue: expect.stringContaining('There is no model folder at')
    });
    expect(savedModel.reply.evalue).toContain('counts as code');
  });
});
