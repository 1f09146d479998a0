/** The peer: `mlflow models serve` over the same ONNX file, in an environment of its own. */
import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { at, mlflowVenv } from '../../scripts/paths.mjs';
import { pythonEnvironment } from '../../scripts/setup.mjs';
import { freePort } from '../runtime/servers.mjs';

const run = promisify(execFile);
const LOOK_MS = 5;
const GIVE_UP_MS = 300_000;
const END_MS = 10_000;

export class Mlflow {
  /** Where it is not there yet: that takes minutes. */
  static install() {
    return pythonEnvironment(mlflowVenv, 'bench/peers/mlflow.txt', 'mlflow');
  }

  /** Writes the model as it wants it. */
  static async prepare(onnx, folder) {
    const model = path.join(folder, 'mlflow-model');
    const script = at('bench/deploy/save_model.py');
    await run(`${mlflowVenv}/bin/python`, [script, onnx, model], {
      env: environment(folder)
    });
    return new Mlflow(model, folder);
  }

  constructor(model, folder) {
    this._model = model;
    this._folder = folder;
  }

  /**
   * Starts it.
   * @param {Buffer} body - Of a prediction.
   * @returns milliseconds until that was answered, and the running server.
   */
  async start(body, workers) {
    const port = await freePort();
    const since = performance.now();
    const args = ['models', 'serve', '-m', this._model];
    const place = ['--env-manager', 'local', '--host', '127.0.0.1'];
    const own = ['--port', String(port), '--workers', String(workers)];
    const child = spawn(
      `${mlflowVenv}/bin/mlflow`,
      [...args, ...place, ...own],
      { env: environment(this._folder), stdio: 'ignore', detached: true }
    );
    const server = new Running(child, `http://127.0.0.1:${port}`);
    try {
      while (!(await server.answers(body))) {
        if (child.exitCode !== null || performance.now() - since > GIVE_UP_MS) {
          throw new Error('mlflow models serve did not answer');
        }
        await sleep(LOOK_MS);
      }
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { ms: performance.now() - since, server };
  }
}

class Running {
  constructor(child, origin) {
    this._child = child;
    this.origin = origin;
  }

  answers(body) {
    const headers = { 'content-type': 'application/json' };
    const address = `${this.origin}/invocations`;
    return fetch(address, { method: 'POST', headers, body }).then(
      async reply => {
        const text = await reply.text();
        if (!reply.ok) {
          throw new Error(
            `mlflow models serve answered ${reply.status}: ${text}`
          );
        }
        return true;
      },
      // Nothing listens yet.
      () => false
    );
  }

  /** It starts servers of its own: its whole group ends. */
  async stop() {
    const ended = new Promise(resolve => this._child.once('exit', resolve));
    if (this._child.exitCode === null) {
      process.kill(-this._child.pid, 'SIGTERM');
      const timer = setTimeout(() => this._child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    }
    try {
      process.kill(-this._child.pid, 'SIGKILL');
    } catch {
      // ESRCH: the group is gone, as it should be.
    }
  }
}

/** Its commands call others of its environment; nothing is reported to anybody. */
const environment = home => ({
  PATH: `${mlflowVenv}/bin:${process.env.PATH}`,
  HOME: home,
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true'
});
