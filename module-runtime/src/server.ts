import { DeepError } from '@jupyterlab-deep/protocol';
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { sendFailure } from './failure';
import { type IModule } from './module';
import { type IOptions } from './options';
import { Router } from './router';

/** Large pictures over slow links; Node's own limit is five minutes. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
/** What is under way may end before the process does. */
const CLOSE_GRACE_MS = 2000;

async function somebodyListens(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(socket);
    probe
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

/** A process that was killed leaves its socket behind. */
async function freeSocket(socket: string): Promise<void> {
  if (await somebodyListens(socket)) {
    throw new DeepError('conflict', `${socket} is in use by another process.`);
  }
  try {
    unlinkSync(socket);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}

/** The module's HTTP server, which knows how long it has had nothing to do. */
export class ModuleServer {
  constructor(private readonly _module: IModule) {
    const router = new Router(_module);
    this._server = createServer((request, response) => {
      this._active += 1;
      response.once('close', () => {
        this._active -= 1;
        this._idleSince = performance.now();
      });
      router
        .handle(request, response)
        .catch(error => sendFailure(_module, request, response, error));
    });
    this._server.requestTimeout = REQUEST_TIMEOUT_MS;
    this._server.keepAliveTimeout = 60_000;
  }

  /** How long nothing has been asked; 0 while something is under way. */
  get idleMs(): number {
    if (this._active > 0 || this._module.trainings?.isBusy) {
      this._idleSince = performance.now();
      return 0;
    }
    return performance.now() - this._idleSince;
  }

  /** Listens; a unix socket is for its owner alone. Returns the endpoint as deployments name it. */
  async listen(where: IOptions['listen']): Promise<string> {
    if ('socket' in where) {
      await freeSocket(where.socket);
      const mask = process.umask(0o177);
      try {
        await this._listen({ path: where.socket });
      } finally {
        process.umask(mask);
      }
      chmodSync(where.socket, 0o600);
      return `unix:${where.socket}`;
    }
    await this._listen({ port: where.port, host: where.host });
    const { port } = this._server.address() as AddressInfo;
    return `http://${where.host}:${port}`;
  }

  /** Takes no more requests, stops trainings, gives what is under way a moment, then frees the model. */
  async close(): Promise<void> {
    const closed = new Promise(resolve => this._server.close(resolve));
    this._server.closeIdleConnections();
    await this._module.trainings?.close();
    const timer = setTimeout(
      () => this._server.closeAllConnections(),
      CLOSE_GRACE_MS
    );
    await closed;
    clearTimeout(timer);
    await this._module.model.release();
  }

  private async _listen(
    where: { path: string } | { port: number; host: string }
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this._server.once('error', reject);
      this._server.listen(where, () => {
        this._server.off('error', reject);
        resolve();
      });
    });
  }

  private readonly _server: Server;
  private _active = 0;
  private _idleSince = performance.now();
}
