import http from 'node:http';
import path from 'node:path';
import { TestHome, until } from '../../__tests__/home';
import { EventStream } from '../events';

jest.setTimeout(60_000);

/** One reader of the stream over a real socket. */
class Reader {
  constructor(socketPath: string, lastEventId?: string) {
    const headers = lastEventId ? { 'last-event-id': lastEventId } : {};
    this._request = http.get({ socketPath, headers, agent: false });
    this._request.on('error', () => undefined);
    this._request.on('response', response => {
      this.response = response;
      response.setEncoding('utf8');
      response.on('data', text => (this.text += text));
      response.on('close', () => (this.isClosed = true));
      response.on('error', () => undefined);
    });
  }

  text = '';
  isClosed = false;
  response?: http.IncomingMessage;

  get names(): string[] {
    return [...this.text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  }

  get sources(): string[] {
    return [...this.text.matchAll(/"source":"(.*?)"/g)].map(([, id]) => id);
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].pop()?.[1] ?? '';
  }

  leave(): void {
    this._request.destroy();
  }

  private readonly _request: http.ClientRequest;
}

describe('the event stream', () => {
  let home: TestHome;
  let events: EventStream;
  let server: http.Server;
  let socketPath: string;

  beforeEach(async () => {
    home = new TestHome();
    events = new EventStream();
    socketPath = path.join(home.folder, 's');
    server = http.createServer((request, response) => {
      const id = request.headers['last-event-id'];
      events.connect(response, typeof id === 'string' ? id : undefined);
    });
    await new Promise<void>(resolve => server.listen(socketPath, resolve));
  });

  afterEach(() => {
    events.close();
    server.closeAllConnections();
    server.close();
    home.remove();
  });

  const tell = (source: string): void =>
    events.publish({ event: 'catalogue', data: { source } });

  it('reaches every reader at once', async () => {
    const readers = [new Reader(socketPath), new Reader(socketPath)];
    await until(() => readers.every(reader => reader.lastId));
    tell('a');
    await until(() => readers.every(reader => reader.sources.includes('a')));
    expect(readers[0].response?.headers['content-type']).toBe(
      'text/event-stream'
    );
  });

  it('gives a reader that comes back what it missed, once and in order', async () => {
    const first = new Reader(socketPath);
    await until(() => first.lastId);
    tell('a');
    await until(() => first.sources.length === 1);
    first.leave();
    tell('b');
    tell('c');
    const second = new Reader(socketPath, first.lastId);
    await until(() => second.sources.length === 2);
    tell('d');
    await until(() => second.sources.length === 3);
    expect(second.sources).toEqual(['b', 'c', 'd']);
    expect(second.names).not.toContain('reset');
  });

  it('lets a reader resume that left before the first event', async () => {
    const first = new Reader(socketPath);
    await until(() => first.lastId);
    first.leave();
    tell('a');
    const second = new Reader(socketPath, first.lastId);
    await until(() => second.sources.length === 1);
    expect(second.sources).toEqual(['a']);
  });

  it.each(['otherboot-1', 'nonsense', '-', 'x-99'])(
    'asks a reader that has seen %s to fetch everything anew',
    async id => {
      tell('a');
      const reader = new Reader(socketPath, id);
      await until(() => reader.names.includes('reset'));
      expect(reader.sources).toEqual([]);
    }
  );

  it('asks for everything anew when too much was missed', async () => {
    const first = new Reader(socketPath);
    await until(() => first.lastId);
    first.leave();
    for (let i = 0; i < 1_001; i++) {
      tell(String(i));
    }
    const second = new Reader(socketPath, first.lastId);
    await until(() => second.names.includes('reset'));
  });

  it('lets a reader go that does not read, and keeps the others', async () => {
    const slow = new Reader(socketPath);
    const quick = new Reader(socketPath);
    await until(() => slow.lastId && quick.lastId);
    slow.response?.pause();
    const large = 'x'.repeat(100_000);
    for (let i = 0; events.connections === 2; i++) {
      tell(large);
      await new Promise(resolve => setImmediate(resolve));
      expect(i).toBeLessThan(1_000);
    }
    tell('end');
    await until(() => quick.sources.includes('end'));
    slow.leave();
  });

  it('ends when the service does', async () => {
    const reader = new Reader(socketPath);
    await until(() => reader.lastId);
    events.close();
    await until(() => reader.isClosed);
    expect(events.connections).toBe(0);
  });
});
