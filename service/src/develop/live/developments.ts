import { stat } from 'node:fs/promises';
import path from 'node:path';
import { plainName } from '@jupyterlab-deep/kernel-helpers/models';
import {
  Consent,
  DeepError,
  Development,
  ModelPlace
} from '@jupyterlab-deep/protocol';
import { randomBytes } from 'node:crypto';
import type { Catalogue } from '../../catalogue/catalogue';
import type { ModuleReader } from '../../catalogue/metadata/readModule';
import { readModelFolder } from '../../catalogue/modelFolder';
import { isPythonFolder } from '../../catalogue/pythonFolder';
import type { ICatalogueEntry } from '../../catalogue/source';
import type { Deployments } from '../../deployments/deployments';
import { EventStream } from '../../http/events';
import type { IAsker } from '../../inference/inputs';
import { locateModel } from '../../models/locateModel';
import type { Consents } from '../../pythonModules/consents';
import { pathInJupyter } from '../scaffold/newModules';
import { LiveModule } from './liveModule';

/** First part of the ids of what is being edited. */
export const DEVELOPED = 'develop';
/** A panel says from time to time that it is there; a tab in the background does so once a minute. */
const LEASE_MS = 180_000;

interface IHeld {
  live: LiveModule;
  seenAt: number;
}

/** Modules that are served while their user edits them. Each ends with the panel that shows it. */
export class Developments {
  constructor(private readonly _parts: Developments.IParts) {
    this._leases = setInterval(() => this._endUnseen(), LEASE_MS / 6);
    void this._clear();
  }

  /** What the catalogue has of them: used by their ids, in no list. */
  get entries(): ICatalogueEntry[] {
    return [...this._held.values()].flatMap(({ live }) => live.entry ?? []);
  }

  list(): Development[] {
    return [...this._held.values()].map(({ live }) => live.development);
  }

  /**
   * Serve a folder; one that is served already is found.
   *
   * @throws DeepError `not-found`, `module-broken` where there is no module in it, `unauthorized`
   */
  async begin(place: ModelPlace, asker: IAsker): Promise<Development> {
    const folder = locateModel(place, asker).replace(/\/+$/, '');
    const known = [...this._held].find(
      ([, { live }]) => live.development.folder === folder
    );
    if (known) {
      return this.get(known[0]);
    }
    const kind = await kindOf(folder);
    const id = randomBytes(5).toString('hex');
    const jupyterPath = pathInJupyter(folder, asker);
    const live = new LiveModule(
      {
        id,
        kind,
        folder,
        module: this._freeId(folder),
        title: path.basename(folder),
        ...(jupyterPath !== undefined && { jupyterPath })
      },
      {
        ...this._parts,
        readEntry: (at, module) => this._readEntry(at, module),
        onEntry: () => this._parts.catalogue.runningChanged(),
        onChange: data =>
          this._parts.events.publish({ event: 'development', data })
      }
    );
    this._held.set(id, { live, seenAt: Date.now() });
    void live.begin();
    return live.development;
  }

  /** How one stands; whoever asks keeps it going. @throws DeepError `not-found` */
  get(id: string): Development {
    const held = this._find(id);
    held.seenAt = Date.now();
    return held.live.development;
  }

  /** Start one anew, with the consent of its user where that is asked for. @throws DeepError `not-found` */
  restart(id: string, consent?: Consent): Development {
    const { live } = this._find(id);
    void live.restart(consent);
    return this.get(id);
  }

  /** @throws DeepError `not-found` */
  async end(id: string, phase = 'It was stopped'): Promise<Development> {
    const { live } = this._find(id);
    await live.end(phase);
    this._held.delete(id);
    this._parts.catalogue.runningChanged();
    return live.development;
  }

  async close(): Promise<void> {
    clearInterval(this._leases);
    await Promise.all(
      [...this._held.keys()].map(id => this.end(id, 'The service has ended'))
    );
  }

  private _find(id: string): IHeld {
    const held = this._held.get(id);
    if (!held) {
      throw new DeepError('not-found', 'This module is not served any more.', {
        hint: 'Take “Serve while I edit” again.'
      });
    }
    return held;
  }

  private _endUnseen(): void {
    for (const [id, { seenAt }] of this._held) {
      if (Date.now() - seenAt > LEASE_MS) {
        void this.end(id, 'Its panel was closed').catch(() => undefined);
      }
    }
  }

  /** What a service that was killed left: nobody edits it with this one. */
  private async _clear(): Promise<void> {
    const { deployments } = this._parts;
    for (const { id, module } of await deployments.adoptedOnes()) {
      if (module.startsWith(`${DEVELOPED}/`)) {
        await deployments.forget(id);
      }
    }
  }

  private _freeId(folder: string): string {
    const taken = new Set(this.list().map(({ module }) => module));
    const base = `${DEVELOPED}/${plainName(path.basename(folder))}`;
    let id = base;
    for (let number = 2; taken.has(id); number++) {
      id = `${base}-${number}`;
    }
    return id;
  }

  private async _readEntry(
    folder: string,
    id: string
  ): Promise<ICatalogueEntry> {
    const source = { id: DEVELOPED, title: 'Being edited' };
    const entry = await readModelFolder(source, folder, this._parts.reader, {
      isEdited: true
    });
    const module = {
      ...entry.module,
      id,
      name: id.slice(DEVELOPED.length + 1),
      origins: entry.module.origins.map(origin => ({ ...origin, id }))
    };
    const { python } = entry;
    return {
      ...entry,
      isDraft: true,
      module,
      ...(python?.kind === 'folder' && {
        python: { ...python, isEdited: true }
      })
    };
  }

  private readonly _held = new Map<string, IHeld>();
  private readonly _leases: NodeJS.Timeout;
}

export namespace Developments {
  export interface IParts {
    catalogue: Catalogue;
    deployments: Deployments;
    consents: Consents;
    events: EventStream;
    reader: ModuleReader;
  }
}

async function kindOf(folder: string): Promise<Development['kind']> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) {
    throw new DeepError('not-found', `There is no folder ${folder}.`, {
      hint: 'Choose the folder that has the module.'
    });
  }
  if (isPythonFolder(folder)) {
    return 'python';
  }
  const manifest = await stat(path.join(folder, 'module.json')).catch(
    () => undefined
  );
  if (!manifest?.isFile()) {
    throw new DeepError(
      'module-broken',
      `There is no module in ${folder}: neither pyproject.toml nor module.json.`,
      { hint: 'Take “New module” to begin one, or choose another folder.' }
    );
  }
  return 'model';
}
