import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Dataset as DatasetState,
  DatasetConflict,
  DatasetCounts,
  DatasetRemoval
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display, type IProgress } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { datasetBundle } from './shown';
import { findRun } from '../runs/runHandle';
import { carryOut, ITransferOptions, showRun } from './transfer';

const LOOK_EVERY_MS = 300;
/** Its files are not all there yet. */
const COMING: DatasetState['state'][] = ['preparing', 'copying'];

/** A folder of a cloud as a folder of this machine, that every kernel and module sees. */
export class StorageDataset {
  /** @param state As the service last told it. */
  constructor(state: DatasetState) {
    this.id = state.id;
    this._state = state;
  }

  readonly id: string;

  /** Where it is on this machine: the same path in every kernel, whatever the way. */
  get path(): string {
    return this._state.path;
  }

  /** `account:path`, as it is written in cells. */
  get ref(): string {
    return this._state.ref;
  }

  get name(): string {
    return this._state.name;
  }

  /** Files that can be read here; of a mount, those of the cloud where that is known. */
  get files(): number {
    return this._counts.files;
  }

  get bytes(): number {
    return this._counts.bytes;
  }

  get state(): DatasetState['state'] {
    return this._state.state;
  }

  /** `platform`, `mount` or `copy`; `why` says why not a better one. */
  get way(): DatasetState['way'] {
    return this._state.way;
  }

  get why(): string {
    return this._state.why;
  }

  /** What was written here and is not in the cloud yet. */
  get waiting(): DatasetCounts {
    return this._state.waiting;
  }

  /** Files that changed on both sides: both versions are kept. */
  get conflicts(): DatasetConflict[] {
    return this._state.conflicts;
  }

  /** Send what was written here to the cloud, and wait until it is there. */
  push(options: ITransferOptions = {}): Promise<this> {
    return this._carryOut('push', {}, options);
  }

  /** Bring what changed in the cloud here. */
  refresh(options: ITransferOptions = {}): Promise<this> {
    return this._carryOut('refresh', {}, options);
  }

  /**
   * Bring more files here, where only some were asked for.
   *
   * ```ts
   * await ds.fetch('train/**' + '/*.jpg');
   * ```
   */
  fetch(pattern: string, options: ITransferOptions = {}): Promise<this> {
    return this._carryOut('fetch', { pattern }, options);
  }

  /**
   * Forget it; the cloud keeps its files. `keepFiles` leaves a copy's files on this machine.
   *
   * @throws DeepError `conflict` while something waits to be sent, unless `giveUpWaiting`.
   */
  async remove(
    options: DatasetRemoval & { signal?: AbortSignal } = {}
  ): Promise<void> {
    const { signal, ...body } = options;
    await service.request(this._path(), { method: 'DELETE', body, signal });
  }

  /** Ask how it is now. */
  async update(options: { signal?: AbortSignal } = {}): Promise<this> {
    this._state = await service.json<DatasetState>(this._path(), options);
    return this;
  }

  /** Wait until its files can be used; the first fill is shown as it goes. */
  async untilUsable(signal?: AbortSignal): Promise<this> {
    const line = display.progress(`Preparing ${this.ref}`);
    try {
      while (COMING.includes(this.state)) {
        await this._showFill(line, signal);
        await sleep(LOOK_EVERY_MS);
        throwIfCancelled(signal);
        await this.update({ signal });
      }
    } finally {
      line.end(`${this.ref}: ${this.state}, ${this.files} files`);
    }
    this._refuseUnusable();
    return this;
  }

  /** Its path, wherever text is wanted. */
  toString(): string {
    return this.path;
  }

  [SHOWN_AS](): IMimeBundle {
    return datasetBundle(this._state);
  }

  private get _counts(): DatasetCounts {
    const { way, here, there } = this._state;
    return way === 'copy' ? here : (there ?? here);
  }

  private async _showFill(
    line: IProgress,
    signal: AbortSignal | undefined
  ): Promise<void> {
    if (this._state.run) {
      showRun(line, await findRun(this._state.run, signal));
    }
  }

  private _refuseUnusable(): void {
    const { state, error, freshAt } = this._state;
    const isUsable =
      state === 'ready' ||
      state === 'syncing' ||
      // What lies here was whole once.
      (freshAt !== undefined && state !== 'failed');
    if (isUsable) {
      return;
    }
    throw error
      ? DeepError.fromProblem(error)
      : new DeepError(
          state === 'needs-login' ? 'storage-login' : 'storage-unreachable',
          `${this.ref} cannot be used: it is ${state}.`,
          { hint: 'The storage panel says more.' }
        );
  }

  private async _carryOut(
    act: 'push' | 'refresh' | 'fetch',
    body: object,
    options: ITransferOptions
  ): Promise<this> {
    await carryOut(`${this._path()}/${act}`, body, options);
    return this.update({ signal: options.signal });
  }

  private _path(): string {
    return `/storage/datasets/${encodeURIComponent(this.id)}`;
  }

  private _state: DatasetState;
}
