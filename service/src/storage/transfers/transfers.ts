import {
  DeepError,
  errorType,
  Run,
  TransferState
} from '@jupyterlab-deep/protocol';
import { isLive, RunJournal } from '../../runs/journal';
import { RunPruning } from '../../runs/pruning';
import { logFileOf, RunLog } from '../../runs/runLog';
import { WorkedRuns } from '../../runs/workedRuns';
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
export class Transfers extends WorkedRuns<Transfer, Transfers.IParts> {
  constructor(parts: Transfers.IParts) {
    super(parts, 'transfer');
    this._stopListening = parts.remotes.onChange(account =>
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
    this._find(id).start();
    return run;
  }

  /** Resolves when nothing of its work goes on any more. */
  async stopped(id: string): Promise<void> {
    await this._opens(id)?.stopped;
  }

  override async close(): Promise<void> {
    this._stopListening();
    await super.close();
  }

  protected _refuseRetry(_run: Transfer, record: Run): void {
    const isDone =
      record.state === 'succeeded' && record.transfer?.failed === 0;
    if (isLive(record) || isDone) {
      const why = isDone ? 'nothing of it failed' : 'it is still at work';
      throw new DeepError('conflict', `There is nothing to retry: ${why}.`);
    }
  }

  protected _make(id: string): Transfer {
    const { journal, store, pruning } = this._parts;
    const { act, account } = journal.get(id).transfer!;
    return new Transfer({
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
      onWorking: () => this._mark()
    });
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
        this._opens(run.id)?.wake();
      }
    }
  }

  private _tell(run: Run, error?: DeepError): void {
    this._listeners.forEach(listener => listener(run, error));
  }

  private readonly _works = new Map<string, TransferWork>();
  private readonly _listeners: TransferListener[] = [];
  private readonly _stopListening: () => void;
}

export namespace Transfers {
  export interface IParts extends WorkedRuns.IParts {
    store: Store;
    remotes: IRemotes;
    pruning: Pick<RunPruning, 'afterRun'>;
    /** Whom an account's transfers wait for, for people: `cloud.example.org`. */
    hostOf(account: string): string;
  }
}
