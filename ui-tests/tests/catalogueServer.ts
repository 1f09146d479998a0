/** The real catalogues' files as the real catalogues lay them out, on this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export class CatalogueServer {
  /** @param data The folder that has `catalogue`. */
  async start(data: string): Promise<void> {
    const script = path.join(__dirname, '../../bench/catalogue/standIn.mjs');
    this._process = spawn(process.execPath, [script, '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const [line] = await once(createInterface(this._process.stdout!), 'line');
    this._origin = `http://127.0.0.1:${JSON.parse(line as string).port}`;
  }

  /** For `deep.json`: the three catalogues are this server's. */
  get settings(): { catalogue: object; network: object } {
    const raw = `${this._origin}/raw`;
    const rawAddress = `${raw}/{owner}/{repo}/{branch}/{file}`;
    return {
      catalogue: {
        sources: [
          {
            id: 'ai4eosc',
            kind: 'papi',
            title: 'AI4EOSC',
            address: `${this._origin}/v1`
          },
          {
            id: 'ai4os',
            kind: 'git-index',
            title: 'AI4OS Hub',
            address: `${raw}/ai4os-hub/modules-catalog/master/.gitmodules`,
            toolsAddress: `${raw}/ai4os/tools-catalog/master/.gitmodules`,
            rawAddress
          },
          {
            id: 'deep',
            kind: 'deep-index',
            title: 'DEEP Open Catalogue',
            address: `${raw}/deephdc/deep-oc/master/MODULES.yml`,
            rawAddress
          }
        ],
        disabled: []
      },
      network: { privateHosts: ['127.0.0.1'] }
    };
  }

  /** Everything it answers from now on: `down` cuts every connection, nothing is as it should be. */
  async fault(kind: '' | 'down'): Promise<void> {
    await fetch(`${this._origin}/__faults`, {
      method: 'POST',
      body: JSON.stringify(kind === 'down' ? { path: '/', fault: 'cut' } : {})
    });
  }

  async stop(): Promise<void> {
    this._process?.kill('SIGTERM');
    if (this._process && this._process.exitCode === null) {
      await once(this._process, 'exit');
    }
  }

  private _process?: ChildProcess;
  private _origin = '';
}
