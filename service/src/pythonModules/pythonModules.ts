import path from 'node:path';
import {
  ConsentQuestion,
  DeepError,
  PythonEnvironment,
  RememberedConsent
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import type { Catalogue } from '../catalogue/catalogue';
import type { Deployments } from '../deployments/deployments';
import { isLive } from '../deployments/records';
import { IPlaces } from '../places';
import { Store } from '../store/store';
import { AddedModules } from './addedModules';
import { Admission } from './admission';
import { CodeStore } from './code';
import { Consents } from './consents';
import { Environments } from './environments';
import { Git } from './git';
import { pythonOf } from './origin';
import { PythonTarget } from './pythonTarget';
import { PythonTools } from './pythonTools';
import { Sandbox } from './sandbox';

/** Everything of Python modules, over the store. */
export class PythonModules {
  constructor({
    places,
    settings,
    store,
    tools,
    onAdded
  }: PythonModules.IParts) {
    const folder = store.folderOf('python', '');
    const { uv, env: own } = tools;
    const sandbox = new Sandbox(own);
    const code = new CodeStore(
      path.join(folder, 'code'),
      new Git(own, settings.network)
    );
    this._consents = new Consents(path.join(folder, 'consents.json'));
    this._environments = new Environments(
      path.join(folder, 'environments'),
      uv
    );
    this.isPossible = places.uv !== undefined;
    this.admission = new Admission({
      code,
      consents: this._consents,
      sandbox,
      uv
    });
    this.target = new PythonTarget({
      ...{ places, settings, store, uv, sandbox, code },
      consents: this._consents,
      environments: this._environments,
      launcher: places.launcher
    });
    this.added = new AddedModules(path.join(folder, 'modules.json'), onAdded);
    this.opened = this._open();
  }

  /** Whether environments can be made here at all. */
  readonly isPossible: boolean;
  readonly admission: Admission;
  readonly target: PythonTarget;
  readonly added: AddedModules;
  /** What was named before is known, and what a kill left half made is gone. */
  readonly opened: Promise<void>;

  /** Who knows modules and what runs. */
  follow(catalogue: Catalogue, deployments: Deployments): void {
    this._catalogue = catalogue;
    this._deployments = deployments;
  }

  /** @throws DeepError `not-found`, `module-not-implemented`, and what looking at its origin throws */
  async question(id: string, signal: AbortSignal): Promise<ConsentQuestion> {
    const entry = await this._catalogue!.getUsable(id);
    const python = pythonOf(entry);
    if (!python || (entry.folder !== undefined && !entry.python)) {
      throw new DeepError(
        'module-not-implemented',
        `${entry.module.title} has no Python code that could be started here.`
      );
    }
    return this.admission.question(python, signal);
  }

  /** Largest first. */
  async environments(): Promise<PythonEnvironment[]> {
    const used = await this._used();
    const all = await this._environments.list();
    return all
      .map(about => ({ ...about, inUse: used.has(about.id) }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes);
  }

  /** @throws DeepError `not-found`; `conflict` while a module runs in it */
  async removeEnvironment(id: string): Promise<void> {
    if ((await this._used()).has(id)) {
      throw new DeepError('conflict', 'A module runs in this environment.', {
        hint: 'Stop the module, then delete its environment.'
      });
    }
    await this._environments.remove(id);
  }

  /** What was agreed to. */
  get remembered(): Consents {
    return this._consents;
  }

  async consents(): Promise<RememberedConsent[]> {
    return (await this._consents.list()).map(
      ({ requirements: _requirements, ...consent }) => consent
    );
  }

  /** @throws DeepError `not-found` */
  revoke(id: string): Promise<void> {
    return this._consents.revoke(id);
  }

  private async _open(): Promise<void> {
    await this.added.open();
    await this._environments.sweep();
  }

  /** Environments that a module runs in. */
  private async _used(): Promise<Set<string>> {
    const live = (await this._deployments!.list()).filter(isLive);
    const notes = await Promise.all(
      live.map(({ id }) => this.target.noteOf(id))
    );
    return new Set(notes.flatMap(note => note?.environment ?? []));
  }

  private readonly _consents: Consents;
  private readonly _environments: Environments;
  private _catalogue?: Catalogue;
  private _deployments?: Deployments;
}

export namespace PythonModules {
  export interface IParts {
    places: IPlaces;
    settings: ISettings;
    store: Store;
    tools: PythonTools;
    /** Modules were named or forgotten. */
    onAdded(): void;
  }
}
