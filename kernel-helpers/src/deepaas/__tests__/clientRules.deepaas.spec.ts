import { ModuleClient } from '..';
import { IDeepaas, missing, startDeepaas } from './deepaasServer';
import { Recorder } from './recorder';

const withDeepaas = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';
const image = { data: Buffer.from('not-a-real-png'), filename: 'x.png' };

withDeepaas(`the client rules with a real DEEPaaS server${suffix}`, () => {
  let server: IDeepaas;
  let recorder: Recorder;
  let client: ModuleClient;

  beforeAll(async () => {
    server = await startDeepaas('tiny');
    recorder = await Recorder.before(server.endpoint);
    client = new ModuleClient({ endpoint: recorder.endpoint });
    await client.describe();
  });

  beforeEach(() => recorder.records.splice(0));

  afterAll(async () => {
    await client?.close();
    await recorder?.stop();
    await server?.stop();
  });

  const ended = async (id: string) => {
    let training = await client.training(id);
    while (training.status === 'running') {
      await new Promise(resolve => setTimeout(resolve, 50));
      training = await client.training(id);
    }
    return training;
  };

  it('1: keeps a base path that only the way to the module has', async () => {
    const proxy = await Recorder.before(server.endpoint, '/hub/tiny');
    const behind = new ModuleClient({ endpoint: `${proxy.endpoint}/` });
    const { modelPath } = await behind.describe();
    const { value } = await behind.predict({}, {});
    await behind.close();
    await proxy.stop();
    expect(modelPath).toBe('/hub/tiny/v2/models/tiny/');
    expect(value).toMatchObject({ labels: ['cat', 'dog'] });
    expect(proxy.records.map(({ path }) => path).sort()).toEqual([
      '/hub/tiny/swagger.json',
      '/hub/tiny/v2/models/',
      '/hub/tiny/v2/models/tiny/predict/'
    ]);
  });

  it('2: adds the slash at the end, and follows 308 with method and body', async () => {
    await client.predict({ threshold: 0.75 }, { image });
    expect(recorder.records.map(({ status }) => status)).toEqual([200]);
    let isFirst = true;
    recorder.rewrite = path => {
      const to = isFirst ? path.replace(/\/(\?|$)/, '$1') : path;
      isFirst = false;
      return to;
    };
    const { value } = await client.predict({ threshold: 0.75 }, { image });
    recorder.rewrite = path => path;
    const [, refused, followed] = recorder.records;
    expect([refused.status, followed.status]).toEqual([308, 200]);
    expect(followed.method).toBe('POST');
    expect(followed.path).toBe('/v2/models/tiny/predict/?threshold=0.75');
    expect(value).toMatchObject({ args: { threshold: 0.75 }, size: 14 });
  });

  it('3: sends a form with files, else JSON; repeats the keys of lists; leaves out null and defaults', async () => {
    const args = { urls: ['a', 'b'], threshold: 0.5, mode: null, flag: true };
    await client.predict(args, { image });
    await client.predict(args, {});
    const [form, json] = recorder.records;
    const names = [...form.body.matchAll(/ name="([^"]*)"/g)].map(
      ([, name]) => name
    );
    expect(form.headers['content-type']).toMatch(/^multipart\/form-data/);
    expect(names).toEqual(['urls', 'urls', 'flag', 'accept', 'image']);
    expect(form.body).toContain('name="flag"\r\n\r\ntrue\r\n');
    expect(JSON.parse(json.body)).toEqual({
      urls: ['a', 'b'],
      flag: true,
      accept: 'application/json'
    });
  });

  it('3: keeps texts, which may be secrets, out of the address', async () => {
    const args = { secret: 'hush', link: 'https://a.example/x', top_k: 5 };
    await client.predict(args, {});
    expect(recorder.records[0].path).toBe('/v2/models/tiny/predict/?top_k=5');
  });

  it('4: asks for one exact type, in the header and as an argument', async () => {
    await client.predict({}, {}, { accept: 'text/csv' });
    const [{ headers, body }] = recorder.records;
    expect(headers.accept).toBe('text/csv');
    expect(JSON.parse(body).accept).toBe('text/csv');
  });

  it('5: asks for JSON where no type is to be chosen', async () => {
    await client.trainings();
    await client.train({ epochs: 1, sleep: 0 });
    expect(recorder.records.map(({ headers }) => headers.accept)).toEqual([
      'application/json',
      'application/json'
    ]);
  });

  it('6: sends nothing that the schema forbids, and maps what the module refuses to the fields', async () => {
    await expect(
      client.predict({ threshold: 2, top_k: 2, mode: 'x' }, {})
    ).rejects.toMatchObject({
      fields: {
        threshold: [expect.any(String)],
        top_k: [expect.any(String)],
        mode: [expect.any(String)]
      }
    });
    expect(recorder.records).toEqual([]);
    await expect(
      client.predict({ when: '0000-01-01' }, {})
    ).rejects.toMatchObject({ fields: { when: ['Not a valid date.'] } });
  });

  it('7, 8: unwraps JSON; takes the name of a file from its header', async () => {
    const { value } = await client.predict({}, {});
    expect(value).toMatchObject({ probabilities: [0.9, 0.1] });
    expect(await client.predict({ accept: 'text/csv' }, {})).toMatchObject({
      filename: 'scores.csv',
      contentType: 'text/csv'
    });
  });

  it('9: says that the reason of a 500 is in the log', async () => {
    await expect(client.predict({ mode: 'fail' }, {})).rejects.toMatchObject({
      key: 'module-failed',
      hint: expect.stringContaining("module's log")
    });
  });

  it('10, 13: follows a training to its end and lists it', async () => {
    const args = { epochs: 2, sleep: 0.05, labels: ['x', 'y'] };
    const started = await client.train(args);
    expect(started).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 'running',
      isDone: false,
      arguments: { ...args, fail: false }
    });
    expect(await ended(started.id)).toMatchObject({
      status: 'done',
      isDone: true,
      hasFailed: false,
      output: { accuracy: 0.93, epochs: 2 },
      finishedAt: expect.stringMatching(/^\d{4}-/),
      duration: expect.stringMatching(/^0:00:00/)
    });
    const ids = (await client.trainings()).map(({ id }) => id);
    expect(ids).toContain(started.id);
  });

  it('10: tells why a training failed', async () => {
    const { id } = await client.train({ epochs: 1, sleep: 0, fail: true });
    expect(await ended(id)).toMatchObject({
      status: 'error',
      hasFailed: true,
      message: 'boom'
    });
  });

  it('11: cancels a waiting and a running training, whatever DEEPaaS answers, and forgets one that is over', async () => {
    const { id: over } = await client.train({ epochs: 1, sleep: 0 });
    await ended(over);
    expect(await client.cancelTraining(over)).toMatchObject({ status: 'done' });
    const running = await client.train({ epochs: 1000, sleep: 0.5 });
    const waiting = await client.train({ epochs: 1000, sleep: 0.5 });
    expect(await client.cancelTraining(waiting.id)).toBeUndefined();
    expect(await client.cancelTraining(running.id)).toBeUndefined();
    const left = (await client.trainings()).map(({ id }) => id);
    for (const { id } of [running, waiting, { id: over }]) {
      expect(left).not.toContain(id);
      await expect(client.cancelTraining(id)).rejects.toMatchObject({
        key: 'not-found',
        detail: expect.stringContaining(id)
      });
    }
    const deletes = recorder.records.filter(each => each.method === 'DELETE');
    expect(deletes.map(({ status }) => status).slice(0, 3)).toEqual([
      200, 0, 500
    ]);
  });

  it('12: waits for a prediction that stands behind a training', async () => {
    const training = await client.train({ epochs: 3, sleep: 0.3 });
    const { value } = await client.predict({}, {});
    expect(value).toMatchObject({ labels: ['cat', 'dog'] });
    expect((await client.training(training.id)).isDone).toBe(true);
  });

  it('14: sends a token only where one was given', async () => {
    const endpoint = recorder.endpoint;
    const named = new ModuleClient({ endpoint, token: 'secret' });
    await client.predict({}, {});
    await named.predict({}, {});
    await named.trainings();
    await named.close();
    const [bare, ...others] = recorder.records.map(
      ({ headers }) => headers.authorization
    );
    expect(bare).toBeUndefined();
    expect(new Set(others)).toEqual(new Set(['Bearer secret']));
  });
});

withDeepaas(`the model that DEEPaaS brings along${suffix}`, () => {
  let server: IDeepaas;
  let client: ModuleClient;

  beforeAll(async () => {
    server = await startDeepaas('deepaas-test');
    client = new ModuleClient({ endpoint: server.endpoint });
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });

  it('is found by its link, since its id leads nowhere', async () => {
    const about = await client.describe();
    expect(about.metadata.id).toBe('0');
    expect(about.modelPath).toBe('/v2/models/deepaas-test/');
    expect(about.predict.required).toEqual(['data', 'parameter']);
    expect(about.train?.required).toEqual(['sleep']);
    expect(about.accepts).toEqual([
      'application/json',
      'text/plain',
      'image/png'
    ]);
  });

  it('answers with JSON, text and a picture as the header asks', async () => {
    const ask = (accept?: string) =>
      client.predict({ parameter: 1 }, { data: image }, { accept });
    expect((await ask()).value).toMatchObject({
      labels: [{ label: 'foo', probability: 1 }],
      data: expect.stringMatching(/^data:image\/png;base64,/)
    });
    expect((await ask('text/plain')).contentType).toBe('text/plain');
    const picture = await ask('image/png');
    expect(picture.contentType).toBe('image/png');
    expect(picture.body).toHaveLength(588);
  });

  it('is not asked when a required argument is missing', async () => {
    await expect(client.predict({}, { data: image })).rejects.toMatchObject({
      fields: { parameter: ['It is required.'] }
    });
    await expect(client.train({})).rejects.toMatchObject({
      fields: { sleep: ['It is required.'] }
    });
  });

  it('trains', async () => {
    const { id } = await client.train({ sleep: 0 });
    expect((await client.trainings()).map(each => each.id)).toEqual([id]);
  });
});
