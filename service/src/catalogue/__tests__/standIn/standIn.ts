import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SCHEMAS } from '../../../__tests__/home';
import { MetadataSchemas } from '../../metadata/metadataSchemas';
import { ModuleReader } from '../../metadata/readModule';
import { ISource, ISourceReading } from '../../source';
import { makeSource, NamedSetting } from '../../sources/makeSource';

const PROGRAM = path.resolve(
  __dirname,
  '../../../../../bench/catalogue/standIn.mjs'
);

/** What was asked of the stand-in. */
export interface IAsked {
  path: string;
  accept: string;
  conditional: boolean;
  status: number;
}

/** The stand-in for the servers of catalogues, as a process of its own. */
export class StandIn {
  static async start(...args: string[]): Promise<StandIn> {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const [line] = await once(createInterface(child.stdout), 'line');
    return new StandIn(child, JSON.parse(String(line)).port);
  }

  private constructor(
    private readonly _child: ChildProcess,
    readonly port: number
  ) {
    this.origin = `http://127.0.0.1:${port}`;
  }

  readonly origin: string;

  /** From now on, addresses that contain the path answer so. */
  async fault(where: string, fault: string, more: object = {}): Promise<void> {
    await this._control('POST', '/__faults', { path: where, fault, ...more });
  }

  async mend(): Promise<void> {
    await this._control('POST', '/__faults', {});
  }

  /** What was asked since this was asked last. */
  async asked(): Promise<IAsked[]> {
    const reply = await fetch(`${this.origin}/__requests`);
    return (await reply.json()) as IAsked[];
  }

  /** Another content for an address; none takes it away. */
  async put(where: string, content = ''): Promise<void> {
    const url = `${this.origin}/__files?path=${encodeURIComponent(where)}`;
    await fetch(url, { method: 'PUT', body: content });
  }

  async stop(): Promise<void> {
    if (this._child.exitCode === null) {
      this._child.kill('SIGTERM');
      await once(this._child, 'exit');
    }
  }

  private async _control(
    method: string,
    route: string,
    body: object
  ): Promise<void> {
    const reply = await fetch(this.origin + route, {
      method,
      body: JSON.stringify(body)
    });
    if (!reply.ok) {
      throw new Error(await reply.text());
    }
  }
}

export const INDEXES = {
  modules: '/raw/ai4os-hub/modules-catalog/master/.gitmodules',
  tools: '/raw/ai4os/tools-catalog/master/.gitmodules',
  deep: '/raw/deephdc/deep-oc/master/MODULES.yml'
};

/** The three catalogues as the stand-in has them. */
export function settingsFor(
  origin: string
): Record<'ai4eosc' | 'ai4os' | 'deep', NamedSetting> {
  const rawAddress = `${origin}/raw/{owner}/{repo}/{branch}/{file}`;
  return {
    ai4eosc: {
      id: 'ai4eosc',
      kind: 'papi',
      title: 'AI4EOSC',
      address: `${origin}/v1`
    },
    ai4os: {
      id: 'ai4os',
      kind: 'git-index',
      title: 'AI4OS',
      address: origin + INDEXES.modules,
      toolsAddress: origin + INDEXES.tools,
      rawAddress
    },
    deep: {
      id: 'deep',
      kind: 'deep-index',
      title: 'DEEP',
      address: origin + INDEXES.deep,
      rawAddress
    }
  };
}

export const reader = new ModuleReader(new MetadataSchemas(SCHEMAS));

/** A source over the stand-in, which is not a public server. */
export const sourceOf = (
  setting: NamedSetting,
  cacheFolder: string,
  privateHosts = ['127.0.0.1']
): Promise<ISource> =>
  makeSource(setting, {
    cacheFolder,
    network: { privateHosts },
    reader,
    logger: { warn: () => undefined }
  });

export const refresh = (
  source: ISource,
  signal = new AbortController().signal
): Promise<ISourceReading> =>
  source.refresh({ signal, onProgress: () => undefined });
