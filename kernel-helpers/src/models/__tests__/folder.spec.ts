import {
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync
} from 'node:fs';
import * as path from 'node:path';
import { openModelFolder } from '../folder';
import { loadModel } from '../model';
import { LITE0, Scratch } from './surroundings';

const MODEL = 'onnx/model.onnx';

/** A protobuf field that holds bytes. */
const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = [];
  let rest = bytes.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
};

const entry = (key: string, value: string): Buffer =>
  field(13, Buffer.concat([field(1, key), field(2, value)]));

/** An ONNX model whose one weight lies in another file. */
const modelWithWeightIn = (location: string, length: number): Buffer =>
  field(
    7,
    field(
      5,
      Buffer.concat([
        entry('location', location),
        entry('length', String(length))
      ])
    )
  );

describe('A model folder', () => {
  const scratch = new Scratch();
  let folder: string;
  let count = 0;

  beforeEach(() => {
    folder = scratch.lite0(`model${count++}`);
  });

  afterAll(() => scratch.remove());

  const replace = (name: string, content: string | Buffer): void => {
    unlinkSync(path.join(folder, name));
    writeFileSync(path.join(folder, name), content);
  };

  const change = (name: string, values: object): void => {
    const file = path.join(folder, name);
    const value = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...value, ...values }));
  };

  const refusal = async (): Promise<string> => {
    const error = await loadModel(folder).then(
      model => model.release().then(() => new Error('it was loaded')),
      thrown => thrown
    );
    expect(error).toMatchObject({ name: 'DeepError', key: 'model-invalid' });
    return error.message;
  };

  it('is described by its files', async () => {
    const found = await openModelFolder(LITE0);
    expect(found.manifest).toMatchObject({
      name: 'image-classifier',
      task: 'image-classification'
    });
    expect(found.inputs).toEqual(['pixel_values']);
    expect(found.outputs).toContain('logits');
    expect(found.sizeBytes).toBeGreaterThan(18_000_000);
  });

  it('needs no manifest when its architecture says what it does', async () => {
    rmSync(path.join(folder, 'module.json'));
    const { manifest } = await openModelFolder(folder);
    expect(manifest).toEqual({
      name: path.basename(folder),
      task: 'image-classification'
    });
  });

  it.each(['config.json', 'preprocessor_config.json', MODEL])(
    'is refused without %s, by name',
    async name => {
      rmSync(path.join(folder, name));
      expect(await refusal()).toContain(`has no ${name}`);
    }
  );

  it('that does not exist is refused', async () => {
    folder = scratch.file('nowhere');
    expect(await refusal()).toContain(`no model folder at ${folder}`);
  });

  it.each(['config.json', 'preprocessor_config.json', 'module.json'])(
    'is refused when %s is not JSON',
    async name => {
      replace(name, '{"half":');
      expect(await refusal()).toContain(`${name} is not valid JSON`);
    }
  );

  it('says where a file breaks its schema', async () => {
    change('preprocessor_config.json', { image_mean: [1, 'x', 3] });
    expect(await refusal()).toContain(
      'preprocessor_config.json is not valid at image_mean.1'
    );
  });

  it('is refused when its model is cut off', async () => {
    const whole = readFileSync(path.join(folder, MODEL));
    replace(MODEL, whole);
    truncateSync(path.join(folder, MODEL), whole.length >> 1);
    expect(await refusal()).toContain('damaged');
  });

  it('is refused when its model is something else', async () => {
    replace(MODEL, 'this is no model');
    expect(await refusal()).toContain(`${MODEL} is not an ONNX model`);
  });

  it('is refused when its model is empty', async () => {
    replace(MODEL, '');
    expect(await refusal()).toContain(`${MODEL} of the model folder is empty`);
  });

  it('is refused when a link leads outside', async () => {
    const outside = scratch.file(`outside${count}.json`);
    writeFileSync(outside, '{}');
    rmSync(path.join(folder, 'config.json'));
    symlinkSync(outside, path.join(folder, 'config.json'));
    expect(await refusal()).toContain(
      'config.json of the model folder leads outside'
    );
  });

  it.each(['../../secret', '/etc/passwd', 'a/../../../secret'])(
    'is refused when its weights lie in %s',
    async location => {
      replace(MODEL, modelWithWeightIn(location, 4));
      expect(await refusal()).toContain(
        `refers to "${location}", which is not a path inside`
      );
    }
  );

  it('is refused when its weights lie behind a link that leads outside', async () => {
    const outside = scratch.file(`weights${count}`);
    writeFileSync(outside, 'weights');
    symlinkSync(outside, path.join(folder, 'onnx/weights'));
    replace(MODEL, modelWithWeightIn('weights', 4));
    expect(await refusal()).toContain(
      'onnx/weights of the model folder leads outside'
    );
  });

  it('is refused when a file of weights is missing or too short', async () => {
    replace(MODEL, modelWithWeightIn('weights', 100));
    expect(await refusal()).toContain('has no onnx/weights');
    writeFileSync(path.join(folder, 'onnx/weights'), 'short');
    expect(await refusal()).toContain('onnx/weights is shorter than');
  });

  it('is refused when a file is a folder', async () => {
    rmSync(path.join(folder, 'config.json'));
    mkdirSync(path.join(folder, 'config.json'));
    expect(await refusal()).toContain(
      'config.json of the model folder is not a file'
    );
  });

  it('is refused when nothing can do its task, which is named', async () => {
    change('module.json', { task: 'text-generation' });
    const message = await refusal();
    expect(message).toContain('"text-generation" is not supported');
    expect(message).toContain('image-classification');
  });

  it('is refused when its classes have no names', async () => {
    change('config.json', { id2label: { 0: 'a', 2: 'c' } });
    expect(await refusal()).toContain('id2label');
  });

  it('is refused when pictures would have to be prepared in a way that is not done here', async () => {
    change('preprocessor_config.json', { resample: 0 });
    expect(await refusal()).toContain('nearest-neighbour');
  });
});
