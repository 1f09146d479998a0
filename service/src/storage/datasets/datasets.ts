import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import {
  Dataset,
  DatasetRemoval,
  DatasetRequest,
  DeepError,
  Run
} from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { isLive, RunJournal } from '../../runs/journal';
import type { IRemotes } from '../remoteFiles';
import { Transfers } from '../transfers/transfers';
import { DatasetRecords } from './records';
import { Turns } from './turns';
import { IDatasetPlace, IDatasetSight, IDatasetWay, ITask } from './way';

/** How often a dataset that somebody uses is compared with the cloud. */
const POLL_MS = 60_000;
const POLL_TIMEOUT_MS = 30_000;
/** How often watchers hear of files that come. */
const SIGHT_MS = 1_000;

type Act = 'fill' | 'fetch' | 'refresh' | 'push';

const PHASE: Record<Act, Dataset['state']> = {
  fill: 'copying',
  fetch: 'copying',
  refresh: 'syncing',
  push: 'syncing'
};

/** Folders of accounts that every kernel sees at one path, whichever way they come there. */
export class Datasets {
  constructor(private readonly _parts: Datasets.IParts) {
    for (const act of ['fill', 'fetch', 'refresh', 'push'] as const) {
      _parts.transfers.follow(act, (run, task) =>
        this._carryOut(act, run, task)
      );
    }
    _parts.transfers.listen((run, error) => this._heard(run, error));
    this._polling = setInterval(() => void this.poll(), POLL_MS);
    this._polling.unref();
  }

  /** Take up what an earlier service made. */
  async takeUp(): Promise<void> {
    for (const { id, way } of this._parts.records.all()) {
      try {
        await this._way(way).adopt(this._place(id));
      } catch (error) {
        this._parts.logger.warn({ err: error, dataset: id }, 'not taken up');
        const problem = asDeepError(error).toProblem();
        this._parts.records.update(id, { state: 'failed', error: problem });
      }
    }
  }

  async list(): Promise<Dataset[]> {
    const all = this._parts.records.all();
    return Promise.all(all.map(({ id }) => this.get(id)));
  }

  /** By its id or its `ref`. @throws DeepError `not-found` */
  async find(name: string): Promise<Dataset> {
    const known = this._parts.records.all().find(({ ref }) => ref === name);
    return this.get(known?.id ?? name);
  }

  /** As it is now. @throws DeepError `not-found` */
  async get(id: string): Promise<Dataset> {
    const { run } = this._parts.records.get(id);
    if (!run) {
      await this._look(id);
    }
    return this._parts.records.get(id);
  }

  /**
   * Make a dataset of a folder; the one that there is, if it was made before.
   *
   * @throws DeepError `not-found`, `invalid-request`; what the account's server says.
   */
  async make(request: DatasetRequest): Promise<Dataset> {
    const { account, pattern, way = 'auto' } = request;
    const remotePath = checked(request.path);
    const key = `${account}:${remotePath}`;
    return this._making.run(key, async () => {
      const known = this._parts.records.find(account, remotePath);
      if (known) {
        await this._widen(known, pattern);
        return this.get(known.id);
      }
      await this._refuseFile(account, remotePath);
      const id = randomBytes(6).toString('hex');
      const place: IDatasetPlace = {
        id,
        account,
        remotePath,
        path: path.join(this._parts.folder, account, remotePath),
        pattern
      };
      this._refuseNested(place);
      const chosen = await this._choose(place, way);
      const name = request.name ?? (path.posix.basename(remotePath) || account);
      this._parts.records.add({
        id,
        name,
        ref: key,
        account,
        remotePath,
        path: place.path,
        way: chosen.way.way,
        why: chosen.why,
        pattern,
        state: 'preparing',
        here: { files: 0, bytes: 0 },
        waiting: { files: 0, bytes: 0 },
        conflicts: [],
        createdAt: new Date().toISOString()
      });
      await this._begin(id, 'fill');
      return this._parts.records.get(id);
    });
  }

  /** @throws DeepError `not-found` */
  refresh(id: string): Promise<Run> {
    return this._begin(id, 'refresh');
  }

  /** @throws DeepError `not-found` */
  push(id: string): Promise<Run> {
    return this._begin(id, 'push');
  }

  /** @throws DeepError `not-found` */
  fetch(id: string, pattern: string): Promise<Run> {
    return this._begin(id, 'fetch', { pattern });
  }

  /** @throws DeepError `not-found`; `conflict` while something waits that is not given up. */
  async remove(id: string, removal: DatasetRemoval): Promise<void> {
    const { way } = this._parts.records.get(id);
    await this._refuseLoss(id, removal);
    for (const run of this._runsOf(id)) {
      this._parts.transfers.cancel(run.id);
      await this._parts.transfers.stopped(run.id);
    }
    await this._refuseLoss(id, removal);
    await this._way(way).remove(this._place(id), removal);
    this._parts.records.remove(id);
  }

  private async _refuseLoss(
    id: string,
    removal: DatasetRemoval
  ): Promise<void> {
    if (removal.giveUpWaiting || removal.keepFiles) {
      return;
    }
    const { way } = this._parts.records.get(id);
    const { waiting } = await this._way(way).sight(this._place(id), true);
    if (waiting.files > 0) {
      throw new DeepError(
        'conflict',
        `${waiting.files} files of this dataset are not in the cloud yet.`,
        {
          hint: 'Push them first, keep the files, or give them up explicitly.'
        }
      );
    }
  }

  /** Compare what is used with the cloud, one request each, and refresh what changed. */
  async poll(): Promise<void> {
    if (!this._parts.isInUse() || this._isPolling) {
      return;
    }
    this._isPolling = true;
    try {
      for (const dataset of this._parts.records.all()) {
        await this._pollOne(dataset);
      }
    } finally {
      this._isPolling = false;
    }
  }

  async close(): Promise<void> {
    clearInterval(this._polling);
    await Promise.all(this._parts.ways.map(way => way.close()));
  }

  private async _pollOne({
    id,
    way: name,
    state,
    run
  }: Dataset): Promise<void> {
    const way = this._way(name);
    const canAsk = ['ready', 'unreachable'].includes(state) && !run;
    if (!canAsk || !way.isStale) {
      return;
    }
    try {
      const signal = AbortSignal.timeout(POLL_TIMEOUT_MS);
      if (await way.isStale(this._place(id), signal)) {
        await this.refresh(id);
      } else {
        await this._look(id, true);
      }
    } catch (error) {
      this._stand(id, asDeepError(error));
    }
  }

  private async _refuseFile(account: string, folder: string): Promise<void> {
    const { type } = await this._parts.remotes.files(account).stat(folder);
    if (type !== 'folder') {
      throw new DeepError('invalid-request', `${folder} is a file.`, {
        hint: 'Make a dataset of the folder that it lies in; a pattern can choose the file.'
      });
    }
  }

  /** Two that write one folder would undo each other's work. */
  private _refuseNested({ account, remotePath }: IDatasetPlace): void {
    const isIn = (inner: string, outer: string): boolean =>
      outer === '' || inner.startsWith(`${outer}/`);
    const other = this._parts.records
      .all()
      .find(
        each =>
          each.account === account &&
          (isIn(remotePath, each.remotePath) ||
            isIn(each.remotePath, remotePath))
      );
    if (other) {
      throw new DeepError(
        'conflict',
        `${account}:${remotePath} and the dataset ${other.ref} lie in one another.`,
        { hint: `Use ${other.path}, or remove that dataset first.` }
      );
    }
  }

  private async _choose(
    place: IDatasetPlace,
    wanted: string
  ): Promise<{ way: IDatasetWay; why: string }> {
    const refused: string[] = [];
    for (const way of this._parts.ways) {
      if (wanted === 'auto' || wanted === way.way) {
        const { isPossible, why } = await way.offer(place);
        if (isPossible) {
          return { way, why: [why, ...refused].join(' ') };
        }
        refused.push(why);
      }
    }
    throw new DeepError(
      'conflict',
      `This dataset cannot be made here. ${refused.join(' ')}`
    );
  }

  /** Asked for again with another pattern: more is fetched. */
  private async _widen(known: Dataset, pattern?: string): Promise<void> {
    if (known.pattern !== undefined && pattern !== known.pattern) {
      await this.fetch(known.id, pattern ?? '**');
    }
  }

  private async _begin(
    id: string,
    act: Act,
    given: Run['arguments'] = {}
  ): Promise<Run> {
    const { ref, account, path: here, name } = this._parts.records.get(id);
    const same = this._runsOf(id).find(
      run => run.transfer?.act === act && act !== 'fetch'
    );
    if (same) {
      return same;
    }
    const [from, to] = act === 'push' ? [here, ref] : [ref, here];
    const title = `${TITLES[act]} ${name}`;
    const about = { act, account, dataset: id, from, to, title };
    const run = await this._parts.transfers.begin({
      ...about,
      arguments: given
    });
    this._parts.records.update(id, { run: run.id, state: PHASE[act] });
    return run;
  }

  private _runsOf(id: string): Run[] {
    return this._parts.journal
      .list({ limit: 1000 })
      .filter(run => isLive(run) && run.transfer?.dataset === id);
  }

  /** One work at a time on one dataset. */
  private async _carryOut(act: Act, run: Run, task: ITask): Promise<void> {
    const id = run.transfer!.dataset!;
    const { way: name } = this._parts.records.get(id);
    const way = this._way(name);
    const place = this._place(id);
    await this._turns.run(id, async () => {
      task.signal.throwIfAborted();
      this._parts.records.update(id, { run: run.id, state: PHASE[act] });
      const ticker = setInterval(() => void this._look(id), SIGHT_MS);
      let isDone = false;
      try {
        await this._act(act, way, place, run, task);
        isDone = true;
      } finally {
        clearInterval(ticker);
        if (!task.signal.aborted) {
          // Also what failed has left something: what waits, for one.
          await this._look(id, isDone && act !== 'fetch');
        }
      }
    });
  }

  private _act(
    act: Act,
    way: IDatasetWay,
    place: IDatasetPlace,
    run: Run,
    task: ITask
  ): Promise<void> {
    switch (act) {
      case 'fill':
        return way.prepare(place, task);
      case 'fetch':
        return way.fetch(place, String(run.arguments.pattern), task);
      case 'refresh':
        return way.refresh(place, task);
      case 'push':
        return way.push(place, task);
    }
  }

  private _heard({ transfer, state, error }: Run, waits?: DeepError): void {
    const id = transfer?.dataset;
    if (!id) {
      return;
    }
    if (waits) {
      this._stand(id, waits);
    } else if (state === 'failed' && error) {
      this._parts.records.update(id, {
        state: 'failed',
        error,
        run: undefined
      });
    } else {
      const ready = { state: 'ready' as const, error: undefined };
      this._parts.records.update(id, { ...ready, run: undefined });
    }
  }

  private _stand(id: string, error: DeepError): void {
    const state =
      error.key === 'storage-login'
        ? 'needs-login'
        : error.key === 'storage-unreachable' || error.key === 'timeout'
          ? 'unreachable'
          : 'failed';
    this._parts.records.update(id, { state, error: error.toProblem() });
  }

  /** @param isFresh It was just found to be as in the cloud. */
  private async _look(id: string, isFresh = false): Promise<void> {
    const { records, logger } = this._parts;
    const { way, state } = records.get(id);
    let sight: IDatasetSight;
    try {
      sight = await this._way(way).sight(this._place(id));
    } catch (error) {
      logger.warn({ err: error, dataset: id }, 'cannot be looked at');
      return;
    }
    const isAgain = isFresh && state === 'unreachable';
    records.update(id, {
      ...sight,
      ...(isFresh ? { freshAt: new Date().toISOString() } : {}),
      ...(isAgain ? { state: 'ready', error: undefined } : {})
    });
  }

  private _way(name: Dataset['way']): IDatasetWay {
    const way = this._parts.ways.find(each => each.way === name);
    if (!way) {
      throw new DeepError(
        'internal',
        `Datasets by ${name} are not known here.`
      );
    }
    return way;
  }

  private _place(id: string): IDatasetPlace {
    const {
      account,
      remotePath,
      path: here,
      pattern
    } = this._parts.records.get(id);
    return { id, account, remotePath, path: here, pattern };
  }

  private readonly _turns = new Turns();
  private readonly _making = new Turns();
  private readonly _polling: NodeJS.Timeout;
  private _isPolling = false;
}

export namespace Datasets {
  export interface IParts {
    records: DatasetRecords;
    transfers: Transfers;
    journal: RunJournal;
    remotes: IRemotes;
    /** The better ones first. */
    ways: IDatasetWay[];
    /** Where the datasets lie. */
    folder: string;
    logger: Pick<Logger, 'warn'>;
    /** Whether a page or kernel is there. */
    isInUse(): boolean;
  }
}

const TITLES: Record<Act, string> = {
  fill: 'Copy',
  fetch: 'Fetch more of',
  refresh: 'Refresh',
  push: 'Push'
};

/** @throws DeepError `invalid-request` for a path that leads elsewhere. */
function checked(given: string): string {
  const segments = given.split('/').filter(Boolean);
  if (
    segments.some(each => each === '.' || each === '..') ||
    /[\0\\]/.test(given)
  ) {
    throw new DeepError(
      'invalid-request',
      `“${given}” is no path of an account.`
    );
  }
  return segments.join('/');
}
