/** A service of the benchmark's own, asked over its socket. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '../../scripts/paths.mjs';

const GIVE_UP_MS = 60_000;

/** The environment of everything that shares this home. */
export const environmentOf = home => ({
  PATH: process.env.PATH,
  HOME: home,
  XDG_RUNTIME_DIR: home,
  DEEP_DATA_DIR: path.join(home, 'data'),
  DEEP_RUNTIME_DIR: path.join(home, 'runtime'),
  DEEP_CONFIG_PATH: path.join(home, 'config'),
  DEEP_MODULES_PATH: at('jupyterlab_deep/modules')
});

/** Writes the administrator's file: only these sources, at servers of this machine. */
export function configure(home, sources) {
  mkdirSync(path.join(home, 'config'), { recursive: true });
  const disabled = ['ai4eosc', 'ai4os', 'deep'].filter(
    id => !sources.some(source => source.id === id)
  );
  writeFileSync(
    path.join(home, 'config/deep.json'),
    JSON.stringify({
      catalogue: { sources, disabled, refreshMinutes: 1000 },
      network: { privateHosts: ['127.0.0.1'] }
    })
  );
}

export class ServiceProcess {
  /**
   * @param {string[]} nodeOptions - Such as `--inspect=…`.
   * @param {object} env - Beside that of everything that shares the home.
   */
  constructor(home, nodeOptions = [], env = {}) {
    this._home = home;
    this._nodeOptions = nodeOptions;
    this._env = env;
  }

  async start() {
    this._child = spawn(
      process.execPath,
      [...this._nodeOptions, at('jupyterlab_deep/node/service.mjs'), 'serve'],
      { stdio: 'ignore', env: { ...environmentOf(this._home), ...this._env } }
    );
    const deadline = performance.now() + GIVE_UP_MS;
    while (!(await this._answers())) {
      if (performance.now() > deadline) {
        throw new Error('The service did not answer within a minute');
      }
      await sleep(10);
    }
    return this;
  }

  get residentMb() {
    const status = readFileSync(`/proc/${this._child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }

  /** JSON of a route; throws on anything but success. */
  async ask(route, method = 'GET', body) {
    const { status, text } = await this._request(route, method, body);
    if (status >= 300) {
      throw new Error(`${method} ${route} answered ${status}: ${text}`);
    }
    return text ? JSON.parse(text) : undefined;
  }

  /** Milliseconds from the order to read all sources until none is being read. */
  async refreshMs() {
    const start = performance.now();
    await this.ask('/catalogue/refresh', 'POST', {});
    for (;;) {
      const { sources } = await this.ask('/catalogue/sources');
      if (!sources.some(source => source.isRefreshing)) {
        const failed = sources.find(source => source.failingSince);
        if (failed) {
          throw new Error(`${failed.title}: ${failed.problem}`);
        }
        return performance.now() - start;
      }
      await sleep(5);
    }
  }

  async stop() {
    if (this._child.exitCode === null && this._child.signalCode === null) {
      const ended = new Promise(resolve => this._child.once('exit', resolve));
      this._child.kill('SIGTERM');
      await ended;
    }
  }

  async _answers() {
    try {
      const file = path.join(this._home, 'runtime/deep/service.json');
      this._found = JSON.parse(readFileSync(file, 'utf8'));
      const { status } = await this._request('/health');
      return this._found.pid === this._child.pid && status === 200;
    } catch {
      // Not there yet: asked again.
      return false;
    }
  }

  _request(route, method = 'GET', body) {
    const { socket, token } = this._found;
    const content = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          socketPath: socket,
          path: route,
          method,
          agent: this._agent,
          headers: {
            'x-deep-token': token,
            ...(content && { 'content-type': 'application/json' })
          }
        },
        reply => {
          const chunks = [];
          reply.on('data', chunk => chunks.push(chunk));
          reply.on('error', reject);
          reply.on('end', () =>
            resolve({
              status: reply.statusCode,
              text: Buffer.concat(chunks).toString()
            })
          );
        }
      );
      request.on('error', reject);
      request.end(content);
    });
  }

  _agent = new http.Agent({ keepAlive: true });
}
