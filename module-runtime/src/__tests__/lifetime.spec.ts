import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Workplace } from './bundle';
import { collect } from './client';
import { CAT } from './pictures';
import { startRuntime } from './server';
import { beginUpload, END, predictWith } from './upload';

jest.setTimeout(60_000);

let workplace: Workplace;

beforeAll(() => {
  workplace = new Workplace();
});

afterAll(() => workplace.remove());

describe('the end of a runtime', () => {
  it('comes with SIGTERM: exit code 0, and the socket gone', async () => {
    const server = await startRuntime(workplace, 'term').ready();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(existsSync(workplace.socket('term'))).toBe(false);
    expect(server.stderr).toBe('');
  });

  it('waits for the prediction that is under way', async () => {
    const server = await startRuntime(workplace, 'busy').ready();
    const request = beginUpload(server, CAT.length);
    // An answered request shows that the one before it has arrived.
    await predictWith(server, CAT);
    const answered = once(request, 'response');
    server.child.kill('SIGTERM');
    request.end(Buffer.concat([CAT, END]));
    const [response] = await answered;
    expect((await collect(response)).status).toBe(200);
    expect(await server.ended).toBe(0);
  });

  it('comes by itself after the idle time, which requests put off', async () => {
    // 1.2 seconds.
    const server = await startRuntime(workplace, 'idle', {
      more: ['--idle-minutes', '0.02']
    }).ready();
    const began = performance.now();
    while (performance.now() - began < 2500) {
      expect((await predictWith(server, CAT)).status).toBe(200);
    }
    expect(await server.ended).toBe(0);
    expect(existsSync(workplace.socket('idle'))).toBe(false);
  });

  it('by force leaves a socket that the next process takes over', async () => {
    const killed = await startRuntime(workplace, 'killed').ready();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(workplace.socket('killed'))).toBe(true);
    const next = await startRuntime(workplace, 'killed').ready();
    expect((await predictWith(next, CAT)).status).toBe(200);
    await next.stop();
  });
});
