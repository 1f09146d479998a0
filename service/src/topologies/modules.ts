import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { IModuleDescription } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { Consent } from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ICatalogueEntry } from '../catalogue/source';
import { Deployments } from '../deployments/deployments';
import { IReadyModule } from '../deployments/life';
import { pythonOf } from '../pythonModules/origin';
import { Consents } from '../pythonModules/consents';
import { IKnownApi, TopologyCache } from './cache';
import { ModuleUse } from './moduleUse';

/** The modules of one run, each asked through one place however many nodes ask it. */
export class RunModules {
  constructor(private readonly _parts: RunModules.IParts) {}

  use(module: string): ModuleUse {
    const known = this._uses.get(module);
    if (known) {
      return known;
    }
    const { deployments, consents, timeoutMs, signal } = this._parts;
    const use = new ModuleUse({
      deployments,
      module,
      consent: consents[module],
      timeoutMs,
      signal,
      onPhase: phase => this._phases.set(module, phase),
      onStarted: deployment => this._parts.onStarted(deployment),
      onReady: ready => void this._note(module, ready)
    });
    this._uses.set(module, use);
    return use;
  }

  /** What a module is doing, for people; empty while it answers. */
  phaseOf(module: string): string {
    return this._phases.get(module) ?? '';
  }

  /**
   * What makes a module's answers its own: its version, its files and its API. Known from earlier where it does not run,
   * so that a run whose answers are all known starts none.
   *
   * @throws DeepError why it cannot be had
   */
  async identity(module: string): Promise<IKnownApi> {
    const known = this._identities.get(module);
    if (known) {
      return known;
    }
    const identity = this._findIdentity(module);
    this._identities.set(module, identity);
    identity.catch(() => this._identities.delete(module));
    return identity;
  }

  /** The API has changed since the run, or this service's part of it, began. */
  hasChanged(module: string): boolean {
    return this._changed.has(module);
  }

  private async _findIdentity(module: string): Promise<IKnownApi> {
    const { cache } = this._parts;
    const remembered = cache.api(module);
    if (remembered && !module.startsWith('deployment:')) {
      const stamp = await this._stampOf(module);
      if (remembered.stamp === stamp) {
        this._fingerprints.set(module, remembered.fingerprint);
        return remembered;
      }
    }
    return this._note(module, await this.use(module).ready());
  }

  private async _note(
    module: string,
    { about }: IReadyModule
  ): Promise<IKnownApi> {
    const { predict, accepts } = about;
    const fingerprint = fingerprintOf(about);
    const before = this._fingerprints.get(module);
    if (before !== undefined && before !== fingerprint) {
      this._changed.add(module);
    }
    this._fingerprints.set(module, fingerprint);
    const stamp = await this._stampOf(module);
    const api: IKnownApi = { predict, accepts, stamp, fingerprint };
    this._identities.set(module, Promise.resolve(api));
    this._parts.cache.noteApi(module, api);
    return api;
  }

  private _stampOf(module: string): Promise<string> {
    const { catalogue, agreed } = this._parts;
    return stampOf(module, catalogue, agreed);
  }

  private readonly _uses = new Map<string, ModuleUse>();
  private readonly _phases = new Map<string, string>();
  private readonly _identities = new Map<string, Promise<IKnownApi>>();
  private readonly _fingerprints = new Map<string, string>();
  private readonly _changed = new Set<string>();
}

export namespace RunModules {
  export interface IParts {
    catalogue: Catalogue;
    deployments: Deployments;
    cache: TopologyCache;
    /** What was agreed to of foreign code. */
    agreed: Pick<Consents, 'of'>;
    consents: Record<string, Consent>;
    timeoutMs: number;
    signal: AbortSignal;
    /** A deployment was begun for this run. */
    onStarted(deployment: string): void;
  }
}

/** What an API is, beside what it happens to say. */
export const fingerprintOf = ({
  predict,
  accepts,
  metadata
}: IModuleDescription): string =>
  createHash('sha256')
    .update(JSON.stringify([predict, accepts, metadata.version ?? null]))
    .digest('hex')
    .slice(0, 16);

/** Another one where another version of a module, or other files of it, would answer. */
export async function stampOf(
  module: string,
  catalogue: Catalogue,
  agreed: Pick<Consents, 'of'>
): Promise<string> {
  const entry = await catalogue.get(module).catch(() => undefined);
  if (!entry) {
    return module;
  }
  const python = pythonOf(entry);
  const commit = python && (await agreed.of(python.origin))?.commit;
  const parts = [entry.module.id, entry.module.version, commit ?? null];
  return JSON.stringify([...parts, ...(await filesOf(entry))]);
}

/** Sizes and times of a model's files: whoever replaces it need not give it a new version. */
async function filesOf({ folder }: ICatalogueEntry): Promise<string[]> {
  if (folder === undefined) {
    return [];
  }
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const shown = names.filter(name => !name.startsWith('.')).slice(0, 200);
  const infos = await Promise.all(
    shown.sort().map(async name => {
      const info = await stat(path.join(folder, name)).catch(() => undefined);
      return info?.isFile() ? `${name} ${info.size} ${info.mtimeMs}` : '';
    })
  );
  return infos.filter(info => info !== '');
}
