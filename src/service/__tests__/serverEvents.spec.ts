import { ReadableStream } from 'node:stream/web';
import { IServerEvent, readServerEvents } from '../serverEvents';

function streamOf(...pieces: string[]): Response {
  const body = new ReadableStream({
    start(controller) {
      pieces.forEach(piece =>
        controller.enqueue(new Uint8Array(Buffer.from(piece, 'latin1')))
      );
      controller.close();
    }
  });
  return new Response(body as never);
}

async function read(response: Response): Promise<IServerEvent[]> {
  const events: IServerEvent[] = [];
  for await (const event of readServerEvents(response, 1000)) {
    events.push(event);
  }
  return events;
}

describe('readServerEvents', () => {
  it('puts events together that arrive in pieces', async () => {
    const events = await read(
      streamOf('id: a-1\nev', 'ent: run\ndata: {"x"', ':1}\n', '\nid: a-2\n\n')
    );
    expect(events).toEqual([
      { id: 'a-1', event: 'run', data: '{"x":1}' },
      { id: 'a-2', event: 'message', data: '' }
    ]);
  });

  it('puts a letter together that was cut in its middle', async () => {
    const [first, second] = ['data: \xc3', '\xa9\n\n'];
    const [event] = await read(streamOf(first, second));
    expect(event.data).toBe('é');
  });

  it('passes over heartbeats', async () => {
    expect(await read(streamOf(': \n\n', ': still here\n\n'))).toEqual([]);
  });

  it('ends with an error when nothing arrives for too long', async () => {
    const silent = new Response(new ReadableStream() as never);
    const reading = readServerEvents(silent, 20).next();
    await expect(reading).rejects.toThrow('silent for 20 ms');
  });
});
