import type { Logger } from 'pino';
import {
  DeepError,
  errorType,
  Run,
  TransferState
} from '@jupyterlab-deep/protocol';
import { isLive, RunJournal } from '../../runs/journal';
import { RunPruning } from '../../runs/pruning';
import { logFileOf, RunLog } from '../../runs/runLog';
import { Unfinished } from '../../runs/unfinished';
import { IRunWorker } from '../../runs/workers';
import { Store } from '../../store/store';
import type { IRemotes } from '../remoteFiles';
import { Transfer, TransferWork } from './transfer';

/** What a new transfer is about. */
export interface ITransferAbout extends Pick<
  TransferState,
  'act' | 'account' | 'dataset' | 'from' | 'to' | 'totalBytes'
> {
  title: string;
  /** All that its work needs to know, also after a kill. */
  arguments: Run['arguments'];
}

/** Who wants to know how transfers go. */
export type TransferListener = (run: Run, error?: DeepError) => void;

/** Works between an account and this machine as runs: begun, steered, waiting for the cloud, taken up again after any end of the service. */
export class Transfers implements IRunWorker {
  constructor(private readonly _parts: Transfers.IParts) {
    this._stopListening = _parts.remotes.onChange(account =>
      this._accountChanged(account)
    );
  }

  /** Say who does the work of an act. */
  follow(act: TransferState['act'], work: TransferWork): void {
    this._works.set(act, work);
  }

  /** Hear of ends, and of what is waited for. */
  listen(listener: TransferListener): void {
    this._listeners.push(listener);
  }

  /** Go on with what an earlier service left; works must be known by then. */
  takeUp(leftovers: readonly Run[]): void {
    for (const { id, kind, state } of leftovers) {
      if (kind === 'transfer' && state !== 'paused') {
        this._transfer(id).start();
      }
    }
    this._mark();
  }

  /** @throws DeepError `no-space` */
  async begin({
    title,
    arguments: given,
    ...about
  }: ITransferAbout): Promise<Run> {
    const id = RunJournal.newId();
    await this._parts.store.makeFolder('runs', id);
    const transfer: TransferState = { ...about, doneBytes: 0, failed: 0 };
    const run = this._parts.journal.create(
      id,
      { kind: 'transfer', title, arguments: given, transfer },
      []
    );
    this._transfer(id).start();
    this._mark();
    return run;
  }

  /** @throws DeepError `not-found`; `conflict` unless it is at work. */
  pause(id: string): Run {
    const { state } = this._parts.journal.get(id);
    if (state !== 'running' && state !== 'queued') {
      throw new DeepError('conflict', `This run is not at work: ${state}.`);
    }
    return this._transfer(id).pause();
  }

  /** @throws DeepError `not-found`; `conflict` unless it is paused. */
  resume(id: string): Run {
    const { state } = this._parts.journal.get(id);
    if (state !== 'paused') {
      throw new DeepError('conflict', `This run is not paused: ${state}.`);
    }
    const run = this._transfer(id).resume();
    this._mark();
    return run;
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended. */
  cancel(id: string): Run {
    const run = this._parts.journal.get(id);
    if (!isLive(run)) {
      const says = `This run has already ended: ${run.state}.`;
      throw new DeepError('conflict', says);
    }
    return this._transfer(id).cancel();
  }

  /** Do what is not done again; what is, is found so and left. @throws DeepError `conflict` while it is at work or all is done. */
  async retry(id: string): Promise<Run> {
    const run = this._parts.journal.get(id);
    const isDone = run.state === 'succeeded' && run.transfer?.failed === 0;
    if (isLive(run) || isDone) {
      const why = isDone ? 'nothing of it failed' : 'it is still at work';
      throw new DeepError('conflict', `There is nothing to retry: ${why}.`);
    }
    const transfer = this._transfer(id);
    await transfer.stopped;
    const revived = this._parts.journal.revive(id, { phase: 'Once more' });
    transfer.start();
    this._mark();
    return revived;
  }

  /** @throws DeepError `conflict` while it is at work. */
  async remove(id: string): Promise<void> {
    if (!isLive(this._parts.journal.get(id))) {
      await this._open.get(id)?.stopped;
      this._open.delete(id);
    }
    await this._parts.journal.remove(id);
  }

  /** Resolves when nothing of its work goes on any more. */
  async stopped(id: string): Promise<void> {
    await this._open.get(id)?.stopped;
  }

  /** The service ends: everything stops where it is, and the next service goes on. */
  async close(): Promise<void> {
    this._isClosing = true;
    this._stopListening();
    const all = [...this._open.values()];
    this._open.clear();
    await Promise.all(all.map(transfer => transfer.close()));
  }

  private _transfer(id: string): Transfer {
    const known = this._open.get(id);
    if (known) {
      return known;
    }
    const { journal, store, pruning } = this._parts;
    const { act, account } = journal.get(id).transfer!;
    const transfer = new Transfer({
      id,
      journal,
      log: new RunLog(logFileOf(store, id)),
      work: async (run, task) => this._works.get(act)!(run, task),
      host: () => this._parts.hostOf(account),
      onWaiting: error => this._tell(journal.get(id), error),
      onEnd: run => {
        this._tell(run);
        void pruning.afterRun(id);
      },
      onStopped: () => {
        if (!journal.isLive(id)) {
          this._open.delete(id);
        }
        this._mark();
      }
    });
    this._open.set(id, transfer);
    return transfer;
  }

  /** Linked again: what waited for that goes on. */
  private _accountChanged(account: string): void {
    const isOurs = ({ transfer }: Run): boolean =>
      transfer?.account === account;
    for (const run of this._parts.journal.list({ state: 'paused' })) {
      if (isOurs(run) && run.error?.type === errorType('storage-login')) {
        this.resume(run.id);
      }
    }
    for (const run of this._parts.journal.list({ state: 'running' })) {
      if (isOurs(run)) {
        this._open.get(run.id)?.wake();
      }
    }
  }

  private _tell(run: Run, error?: DeepError): void {
    this._listeners.forEach(listener => listener(run, error));
  }

  private _mark(): void {
    if (!this._isClosing) {
      const isWorking = [...this._open.values()].some(each => each.isWorking);
      this._parts.unfinished.mark('transfers', isWorking);
    }
  }

  private readonly _works = new Map<string, TransferWork>();
  private readonly _listeners: TransferListener[] = [];
  private readonly _open = new Map<string, Transfer>();
  private readonly _stopListening: () => void;
  private _isClosing = false;
}

export namespace Transfers {
  export interface IParts {
    journal: RunJournal;
    store: Store;
    remotes: IRemotes;
    unfinished: Unfinished;
    pruning: Pick<RunPruning, 'afterRun'>;
    logger: Pick<Logger, 'warn'>;
    /** Whom an account's transfers wait for, for people: `cloud.example.org`. */
    hostOf(account: string): string;
  }
}
