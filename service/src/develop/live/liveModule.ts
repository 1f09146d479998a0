import { realpath } from 'node:fs/promises';
import {
  CodeFailure,
  Consent,
  DeepError,
  Deployment,
  Development
} from '@jupyterlab-deep/protocol';
import type { ICatalogueEntry } from '../../catalogue/source';
import type { Deployments } from '../../deployments/deployments';
import { readLog } from '../../deployments/logFile';
import { asDeepError } from '../../http/problems';
import type { Consents } from '../../pythonModules/consents';
import { readProject } from '../../pythonModules/project';
import { FolderWatch } from './folderWatch';
import { faultInLog, faultInProblems } from './modelFault';
import { TracebackReader } from './traceback';

/** How often files, state and log are looked at. */
const LOOK_MS = 300;

/** One folder that is served while its user edits it: started anew with each save, its failures found in its log. */
export class LiveModule {
  constructor(
    begin: Omit<
      Development,
      'state' | 'phase' | 'since' | 'starts' | 'changed'
    >,
    private readonly _parts: LiveModule.IParts
  ) {
    this._now = {
      ...begin,
      state: 'starting',
      phase: 'Preparing its start',
      since: new Date().toISOString(),
      starts: 0,
      changed: []
    };
    this._watch = new FolderWatch(begin.folder, begin.kind === 'python');
  }

  get development(): Development {
    return this._now;
  }

  /** What the catalogue has of it. */
  get entry(): ICatalogueEntry | undefined {
    return this._entry;
  }

  /** Begin to watch and to serve; failures are in its state. */
  async begin(consent?: Consent): Promise<void> {
    await this._watch.begin();
    const real = await realpath(this._now.folder);
    this._folders = [...new Set([this._now.folder, real])];
    await this._start([], consent);
    this._loop();
  }

  /** Start it anew: by its user's word, or with their consent. */
  async restart(consent?: Consent): Promise<void> {
    await this._start([], consent);
  }

  /** Stop it, and leave nothing of it. */
  async end(phase: string): Promise<void> {
    if (this._isOver) {
      return;
    }
    this._isOver = true;
    clearTimeout(this._timer);
    await this._looking;
    await this._starting;
    await this._forget(this._now.deployment);
    this._update({ state: 'ended', phase, deployment: undefined });
  }

  private _loop(): void {
    if (!this._isOver) {
      this._timer = setTimeout(() => {
        this._looking = this._look()
          .catch(error => this._fail(error))
          .finally(() => this._loop());
      }, LOOK_MS);
    }
  }

  private async _look(): Promise<void> {
    const changed = await this._watch.changes();
    if (this._isOver) {
      return;
    }
    if (changed.length > 0) {
      await this._start(changed);
      return;
    }
    await this._readLog();
    this._follow();
    await this._findFault();
  }

  /** One start after the other. */
  private _start(changed: string[], consent?: Consent): Promise<void> {
    const next = this._starting.then(() => this._startNow(changed, consent));
    this._starting = next.catch(error => this._fail(error));
    return this._starting;
  }

  private async _startNow(changed: string[], consent?: Consent): Promise<void> {
    const { deployments, readEntry } = this._parts;
    if (this._isOver) {
      return;
    }
    const before = this._now.deployment;
    this._update({
      state: 'starting',
      phase: 'Preparing its start',
      starts: this._now.starts + 1,
      changed,
      failure: undefined,
      problem: undefined
    });
    this._entry = await readEntry(this._now.folder, this._now.module);
    const { title } = this._entry.module;
    this._parts.onEntry();
    await this._forget(before);
    await this._agreeAgain(consent);
    const { id } = await deployments.start(this._now.module, consent, {
      target: 'process'
    });
    this._isAgreed = true;
    this._offset = 0;
    this._reader = new TracebackReader(this._folders);
    this._update({ title, deployment: id });
  }

  /** Whoever edits it has agreed to what it was: they agree to what they make of it. */
  private async _agreeAgain(given?: Consent): Promise<void> {
    const { consents } = this._parts;
    const { folder, kind } = this._now;
    if (kind !== 'python' || given || !this._isAgreed) {
      return;
    }
    const origin = { kind: 'folder', folder } as const;
    const kept = await consents.of(origin);
    const project = await readProject(folder);
    if (kept && project && kept.commit !== project.digest) {
      const { network, fromSource, folders } = kept;
      await consents.keep(origin, {
        commit: project.digest,
        network,
        fromSource,
        folders
      });
    }
  }

  private async _forget(deployment: string | undefined): Promise<void> {
    if (deployment !== undefined) {
      await this._parts.deployments.forget(deployment);
    }
  }

  private _fail(error: unknown): void {
    const problem = asDeepError(error);
    const isAsking = problem.key === 'consent-needed';
    const isFolder =
      this._now.kind === 'model' && problem.key === 'module-broken';
    this._update({
      ...(isFolder && {
        failure: faultInProblems(this._entry?.module.problems ?? [])
      }),
      state: isAsking ? 'asking' : 'failed',
      phase: '',
      problem: problem.toProblem(),
      deployment: undefined
    });
  }

  /** What its deployment says; one whose weights have changed gives way to another by itself. */
  private _follow(): void {
    const { deployments } = this._parts;
    const now = deployments.newestOf(this._now.module);
    if (!now || !this._now.deployment) {
      return;
    }
    if (now.id !== this._now.deployment) {
      void this._forget(this._now.deployment);
      this._offset = 0;
      this._reader = new TracebackReader(this._folders);
    }
    this._update({
      ...stateOf(now),
      deployment: now.id,
      problem: now.state === 'failed' ? problemOf(now) : undefined
    });
  }

  /** A model folder has no code that could raise anything: its server says which file it could not use. */
  private async _findFault(): Promise<void> {
    const { kind, state, failure, deployment, folder } = this._now;
    if (
      kind !== 'model' ||
      state !== 'failed' ||
      failure ||
      deployment === undefined
    ) {
      return;
    }
    const log = this._parts.deployments.logFile(deployment);
    const found = await faultInLog(folder, log);
    if (found && deployment === this._now.deployment) {
      this._update({ failure: found });
    }
  }

  private async _readLog(): Promise<void> {
    const { deployment } = this._now;
    if (deployment === undefined) {
      return;
    }
    const { text, next } = await readLog(
      this._parts.deployments.logFile(deployment),
      this._offset
    );
    if (this._isOver || deployment !== this._now.deployment) {
      return;
    }
    this._offset = next;
    const failures: CodeFailure[] = this._reader.read(text);
    if (failures.length > 0) {
      this._update({ failure: failures.at(-1) });
    }
  }

  private _update(change: Partial<Development>): void {
    const next = { ...this._now, ...change };
    if (next.state !== this._now.state) {
      next.since = new Date().toISOString();
    }
    if (JSON.stringify(next) !== JSON.stringify(this._now)) {
      this._now = next;
      this._parts.onChange(next);
    }
  }

  private readonly _watch: FolderWatch;
  private _now: Development;
  private _entry?: ICatalogueEntry;
  private _folders: string[] = [];
  private _reader = new TracebackReader([]);
  private _offset = 0;
  private _starting: Promise<void> = Promise.resolve();
  private _looking: Promise<void> = Promise.resolve();
  private _timer?: NodeJS.Timeout;
  private _isAgreed = false;
  private _isOver = false;
}

export namespace LiveModule {
  export interface IParts {
    deployments: Deployments;
    consents: Consents;
    readEntry(folder: string, module: string): Promise<ICatalogueEntry>;
    /** Its entry may be another. */
    onEntry(): void;
    onChange(development: Development): void;
  }
}

function stateOf({
  state,
  phase
}: Deployment): Pick<Development, 'state' | 'phase'> {
  switch (state) {
    case 'ready':
    case 'unreachable':
      return { state: 'serving', phase };
    case 'failed':
      return { state: 'failed', phase: '' };
    case 'stopped':
    case 'stopping':
      return { state: 'stopped', phase };
    default:
      return { state: 'starting', phase };
  }
}

const problemOf = ({ title, error }: Deployment): Development['problem'] =>
  new DeepError(
    'module-start-failed',
    error ?? `${title} could not be started.`,
    { hint: 'Mend it and save: it is started anew.' }
  ).toProblem();
