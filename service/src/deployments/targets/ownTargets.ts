import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  DeepError,
  OwnTarget,
  Target,
  TargetRequest
} from '@jupyterlab-deep/protocol';
import { checkTyped } from '../../admin/addresses';
import { ISettings } from '../../admin/config';
import { EventStream } from '../../http/events';
import { writeAtomically } from '../../store/atomicFile';
import { storeFailure } from '../../store/diskErrors';
import { parseEngineAddress } from './container/engineAddress';
import { ITarget } from './target';
import { Targets } from './targets';

/** In the store. */
const FILE = 'targets.json';

/** The places that a user adds: kept in a file of the store, checked when they are added, taken back when nothing runs there. */
export class OwnTargets {
  /** Offer those of earlier services. */
  constructor(private readonly _parts: OwnTargets.IParts) {
    for (const setting of this._read()) {
      this._offer(setting);
    }
  }

  /**
   * Add one, and ask it whether it can be used. One that does not answer now stays: it says so.
   *
   * @throws DeepError `conflict` where the administrator allows none, or of a name that is taken; `invalid-arguments`; `address-private`,
   * `address-refused`; `no-space`
   */
  async add(request: TargetRequest): Promise<Target> {
    const { settings, targets } = this._parts;
    if (settings.targets.lockTargets) {
      throw new DeepError(
        'conflict',
        'The administrator lets nobody add places for deployments (`targets.lockTargets`).',
        { hint: 'Ask the administrator to add it.' }
      );
    }
    const id = idOf(request);
    if (targets.has(id) || settings.targets.disabled.includes(id)) {
      throw new DeepError(
        'conflict',
        `There is a place “${request.id}” already.`,
        {
          fields: { id: ['Choose another name.'] }
        }
      );
    }
    await this._check(request);
    const added = [...this._added.values(), request];
    await this._write(added);
    this._offer(request);
    return targets.check(id);
  }

  /** @throws DeepError `not-found`; `conflict` while something of it goes on, or of one that is not the user's */
  async remove(id: string): Promise<void> {
    const { events, targets, usesOf } = this._parts;
    const setting = this._added.get(id);
    if (!setting) {
      const { title } = targets.face(id);
      throw new DeepError(
        'conflict',
        `${title} was not added by you, and is not removed here.`
      );
    }
    const uses = usesOf(id);
    if (uses.length > 0) {
      throw new DeepError(
        'conflict',
        `Something goes on there: ${uses.join(', ')}. Without the place nobody could stop it.`,
        { hint: 'Stop and remove it first.' }
      );
    }
    await this._write(
      [...this._added.values()].filter(each => each !== setting)
    );
    this._added.delete(id);
    const offered = this._offered.get(id);
    this._offered.delete(id);
    offered?.dispose();
    events.publish({ event: 'target-removed', data: { id } });
  }

  private async _check(request: TargetRequest): Promise<void> {
    const { privateHosts } = this._parts.settings.network;
    const url = urlOf(request);
    if (url) {
      const { allowPrivate } = request;
      await checkTyped(url, { allowPrivate, privateHosts });
    }
  }

  private _offer(setting: OwnTarget): void {
    const { make, targets } = this._parts;
    try {
      const id = idOf(setting);
      this._offered.set(id, targets.add(make(setting), { isOwn: true }));
      this._added.set(id, setting);
    } catch (error) {
      // Of an older version, or written by hand: the others are offered all the same.
      this._parts.onUnusable(setting.id, error);
    }
  }

  private _read(): OwnTarget[] {
    try {
      const { targets } = JSON.parse(readFileSync(this._file, 'utf8'));
      return Array.isArray(targets) ? targets : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this._parts.onUnusable(FILE, error);
      }
      return [];
    }
  }

  private async _write(targets: readonly OwnTarget[]): Promise<void> {
    try {
      await writeAtomically(this._file, JSON.stringify({ targets }, null, 2));
    } catch (error) {
      throw storeFailure(error, this._parts.folder);
    }
  }

  private get _file(): string {
    return path.join(this._parts.folder, FILE);
  }

  private readonly _added = new Map<string, OwnTarget>();
  private readonly _offered = new Map<string, Targets.IDisposable>();
}

export namespace OwnTargets {
  export interface IParts {
    /** Of the store. */
    folder: string;
    settings: Pick<ISettings, 'network' | 'targets'>;
    targets: Targets;
    events: EventStream;
    /** @throws DeepError of what makes none */
    make(setting: OwnTarget): ITarget;
    /** What goes on at a target, for people. */
    usesOf(id: string): string[];
    onUnusable(name: string, error: unknown): void;
  }
}

const idOf = ({ kind, id }: OwnTarget): string => `${kind}:${id}`;

/** Where it is asked; undefined of a socket of this machine. @throws DeepError `invalid-arguments` */
function urlOf(request: TargetRequest): URL | undefined {
  const { address, kind } = request;
  if (kind !== 'container') {
    const url = URL.parse(address);
    if (!url || !/^https?:$/.test(url.protocol) || url.username) {
      throw invalid('It begins with https:// and holds no name or password.');
    }
    return url;
  }
  const engine = engineOf(request);
  if (engine.kind === 'unix') {
    return undefined;
  }
  if (engine.kind === 'tcp' && !engine.files) {
    throw invalid(
      'Over tcp:// an engine is asked with TLS only: name its authority, and the certificate and key that say who you are.'
    );
  }
  const { host, port } = engine;
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

function engineOf(request: TargetRequest) {
  try {
    return parseEngineAddress(request.address, request);
  } catch (error) {
    const { detail, hint = '' } = error as DeepError;
    throw invalid(`${detail} ${hint}`.trim());
  }
}

const invalid = (why: string): DeepError =>
  new DeepError('invalid-arguments', `This address cannot be used. ${why}`, {
    fields: { address: [why] }
  });
