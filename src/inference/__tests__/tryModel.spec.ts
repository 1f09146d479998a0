import { Blob as NodeBlob } from 'node:buffer';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { ANSWER, API, DONE, MODULE, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import type { ChosenFile } from '../chosenFile';
import { InferenceClient } from '../client';
import { TryModel } from '../tryModel';

const PHOTO: ChosenFile = {
  kind: 'jupyter',
  path: 'photos/my cat.jpg',
  name: 'my cat.jpg',
  sizeBytes: 1000
};

describe('TryModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: TryModel;

  beforeEach(async () => {
    server = new StandInServer({
      'POST inference/predictions': () => RUN,
      'GET runs/r1/result': () => ANSWER
    });
    service = connect(server);
    const client = new InferenceClient(service);
    model = new TryModel({ module: MODULE.id, service, client, trans });
    model.setApi(API.predict, API.accepts);
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
  });

  afterEach(() => {
    model.dispose();
    service.dispose();
  });

  const sent = () =>
    server.requestsOf('POST', 'inference/predictions').map(({ body }) => body);

  it('sends a file of Jupyter by its path and shows the answer of the run', async () => {
    model.setFile('image', PHOTO);
    model.setValues({ ...model.values, top_k: 3 });
    await model.predict();
    expect(sent()).toEqual([
      {
        module: MODULE.id,
        arguments: { top_k: 3 },
        files: { image: { from: 'jupyter', path: 'photos/my cat.jpg' } }
      }
    ]);
    expect(model.busySince).not.toBeNull();
    server.publish({ event: 'run', data: DONE });
    await waitFor(() => expect(model.busySince).toBeNull());
    expect(model.result!.parts).toMatchObject([
      { kind: 'scores', scores: [{ label: 'Egyptian Mau' }, {}] }
    ]);
  });

  it('fills in the example of the module', async () => {
    model.useExample(MODULE.examples[0]);
    await model.predict();
    expect(sent()).toEqual([
      {
        module: MODULE.id,
        // Five is what the module takes anyway.
        arguments: {},
        files: { image: { from: 'example', example: 'cat' } }
      }
    ]);
  });

  it('does not send what is not complete', async () => {
    model.setValues({ top_k: 0 });
    await model.predict();
    expect(sent()).toEqual([]);
    expect(model.fieldErrors).toEqual({
      image: ['Choose a file.'],
      top_k: ['It must be at least 1.']
    });
    model.setFile('image', PHOTO);
    expect(model.fieldErrors).toEqual({ top_k: ['It must be at least 1.'] });
  });

  it('takes an end that is told before the reply to the request', async () => {
    const reply = later<object>();
    server.routes['POST inference/predictions'] = () => reply.promise;
    model.setFile('image', PHOTO);
    const predicted = model.predict();
    server.publish({ event: 'run', data: DONE });
    await new Promise(resolve => setTimeout(resolve, 10));
    reply.give(RUN);
    await predicted;
    await waitFor(() => expect(model.result).not.toBeNull());
  });

  it('is not set back by events that arrive late', async () => {
    model.setFile('image', PHOTO);
    await model.predict();
    server.publish({ event: 'run', data: DONE });
    server.publish({ event: 'run', data: { ...RUN, state: 'running' } });
    await waitFor(() => expect(model.busySince).toBeNull());
    expect(model.run!.state).toBe('succeeded');
  });

  it('asks for the run again when events were missed', async () => {
    model.setFile('image', PHOTO);
    await model.predict();
    const error = {
      type: 'urn:jupyterlab-deep:interrupted',
      title: 'Interrupted',
      status: 503,
      detail: 'The service ended during the prediction.'
    };
    server.routes['GET runs/r1'] = () => ({
      ...RUN,
      state: 'interrupted',
      error
    });
    server.publish({ event: 'reset', data: { reason: 'restart' } });
    await waitFor(() => expect(model.busySince).toBeNull());
    expect(model.error!.message).toBe(error.detail);
  });

  it('fetches an answer again that was lost with the connection', async () => {
    server.routes['GET runs/r1/result'] = () => {
      throw new TypeError('fetch failed');
    };
    model.setFile('image', PHOTO);
    await model.predict();
    server.publish({ event: 'run', data: DONE });
    await waitFor(() => expect(model.error).not.toBeNull());
    server.routes['GET runs/r1/result'] = () => ANSWER;
    model.forgetOutage();
    expect(model.error).toBeNull();
    await waitFor(() => expect(model.result).not.toBeNull());
  });

  it('keeps the form and says what the service refused, by argument', async () => {
    server.routes['POST inference/predictions'] = () =>
      refuse('invalid-arguments', 422, 'Some arguments are wrong.', {
        fields: { top_k: ['The module allows 10.'] }
      });
    model.setFile('image', PHOTO);
    await model.predict();
    expect(model.busySince).toBeNull();
    expect(model.error!.message).toBe('Some arguments are wrong.');
    expect(model.fieldErrors).toEqual({ top_k: ['The module allows 10.'] });
    expect(model.files.get('image')).toEqual(PHOTO);
  });

  it('stops a run', async () => {
    server.routes['POST runs/r1/cancel'] = () => RUN;
    model.setFile('image', PHOTO);
    await model.predict();
    await model.stop();
    expect(server.requestsOf('POST', 'runs/r1/cancel')).toHaveLength(1);
    server.publish({ event: 'run', data: { ...RUN, state: 'cancelled' } });
    await waitFor(() => expect(model.busySince).toBeNull());
    expect(model.error).toBeNull();
  });

  describe('with a file of the computer', () => {
    const PIECE = 8 * 1024 * 1024;
    const size = PIECE + 5;
    const upload = (receivedBytes: number) => ({
      id: 'u1',
      filename: 'big.png',
      sizeBytes: size,
      receivedBytes
    });

    beforeEach(() => {
      server.routes['POST inference/uploads'] = () => upload(0);
      server.routes['PUT inference/uploads/u1'] = ({ path, body }) =>
        upload(Number(path.split('=')[1]) + (body as Blob).size);
      model.setFile('image', {
        kind: 'browser',
        blob: new NodeBlob([new Uint8Array(size)]) as Blob,
        origin: 'this computer',
        name: 'big.png',
        sizeBytes: size
      });
    });

    it('sends it in pieces, each after the other, and names the upload', async () => {
      const progress: number[] = [];
      model.changed.connect(() => {
        if (model.upload) {
          progress.push(model.upload.sentBytes);
        }
      });
      await model.predict();
      const pieces = server.requestsOf('PUT', 'inference/uploads/u1');
      expect(pieces.map(({ path }) => path.split('?')[1])).toEqual([
        'offset=0',
        `offset=${PIECE}`
      ]);
      expect(pieces[0].headers.get('content-type')).toBe(
        'application/octet-stream'
      );
      expect(progress).toEqual([0, PIECE, size]);
      expect(sent()).toMatchObject([
        { files: { image: { from: 'upload', id: 'u1' } } }
      ]);
    });

    it('stops in the middle of the transfer', async () => {
      const piece = later<object>();
      server.routes['PUT inference/uploads/u1'] = () => piece.promise;
      const predicted = model.predict();
      await waitFor(() =>
        expect(server.requestsOf('PUT', 'inference/uploads/u1')).toHaveLength(1)
      );
      await model.stop();
      piece.give(upload(PIECE));
      await predicted;
      expect(model.busySince).toBeNull();
      expect(model.error).toBeNull();
      expect(sent()).toEqual([]);
    });
  });
});
