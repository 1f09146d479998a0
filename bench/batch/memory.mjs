/** The memory of a process of Node after garbage collection, by its inspector. */
import { setTimeout as sleep } from 'node:timers/promises';

async function debuggerUrl(port) {
  for (let tries = 0; tries < 100; tries++) {
    try {
      const reply = await fetch(`http://127.0.0.1:${port}/json/list`);
      return (await reply.json())[0].webSocketDebuggerUrl;
    } catch {
      await sleep(50); // Not there yet: asked again.
    }
  }
  throw new Error('The inspector of the service did not answer');
}

export class Inspector {
  static async open(port) {
    const socket = new WebSocket(await debuggerUrl(port));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error('The inspector refused'));
    });
    return new Inspector(socket);
  }

  constructor(socket) {
    this._socket = socket;
  }

  /** Megabytes that are held: objects and what lies outside of the heap. */
  async heldMb() {
    for (let round = 0; round < 3; round++) {
      await this._ask('HeapProfiler.collectGarbage');
    }
    const { result } = await this._ask('Runtime.evaluate', {
      expression: '(m => m.heapUsed + m.external)(process.memoryUsage())'
    });
    return result.value / 1024 / 1024;
  }

  close() {
    this._socket.close();
  }

  _ask(method, params = {}) {
    const id = ++this._last;
    return new Promise((resolve, reject) => {
      const listen = ({ data }) => {
        const message = JSON.parse(data);
        if (message.id === id) {
          this._socket.removeEventListener('message', listen);
          if (message.error) {
            reject(new Error(message.error.message));
          } else {
            resolve(message.result);
          }
        }
      };
      this._socket.addEventListener('message', listen);
      this._socket.send(JSON.stringify({ id, method, params }));
    });
  }

  _last = 0;
}
