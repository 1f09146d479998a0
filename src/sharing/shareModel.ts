import type {
  PublishRequest,
  Receiver,
  Run,
  SharePreview,
  SharePreviewRequest,
  StorageAccount,
  StoragePerson
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { SharingClient } from './client';

const ASK_AFTER_MS = 300;

/** Somebody who will receive it, with a name for people. */
export interface IChosenReceiver extends Receiver {
  name: string;
}

/** A place where it can be shared: a linked cloud, or a folder on a disk. */
export interface ISharePlace {
  id: string;
  title: string;
  to: PublishRequest['to'];
  isCloud: boolean;
}

type FindPeople = (
  account: string,
  search: string,
  signal: AbortSignal
) => Promise<StoragePerson[]>;

/** What will be shared, where, with whom, as which version. */
export class ShareModel implements IDisposable {
  constructor(private readonly _options: ShareModel.IOptions) {}

  get changed(): ISignal<ShareModel, void> {
    return this._changed;
  }

  /** Null until it is known. */
  get preview(): SharePreview | null {
    return this._preview;
  }

  /** Null until they are known. */
  get places(): readonly ISharePlace[] | null {
    return this._places;
  }

  get place(): ISharePlace | null {
    return this._places?.find(({ id }) => id === this._placeId) ?? null;
  }

  get receivers(): readonly IChosenReceiver[] {
    return this._receivers;
  }

  get hasLink(): boolean {
    return this._hasLink;
  }

  get version(): string {
    return this._version;
  }

  get licence(): string {
    return this._licence;
  }

  get note(): string {
    return this._note;
  }

  get search(): string {
    return this._search;
  }

  get people(): readonly StoragePerson[] {
    return this._people;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  get canShare(): boolean {
    return (
      this._preview !== null &&
      this.place !== null &&
      this._version.trim() !== '' &&
      !this._isBusy
    );
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._asked.abort();
    this._ask.dispose();
    Signal.clearData(this);
  }

  async load(): Promise<void> {
    const { client, what } = this._options;
    await this._try(async () => {
      const [preview, clouds, folders] = await Promise.all([
        client.preview(what),
        client.clouds(),
        client.folders()
      ]);
      this._preview = preview;
      this._places = [...clouds.map(cloudPlace), ...folders.map(diskPlace)];
      this._placeId = this._places[0]?.id ?? '';
      this._version = preview.version;
      this._licence = preview.licence;
    });
  }

  setPlace(id: string): void {
    this._placeId = id;
    // Ids of people belong to one cloud.
    this._receivers = [];
    this._people = [];
    this._changed.emit();
  }

  set(change: { version?: string; licence?: string; note?: string }): void {
    this._version = change.version ?? this._version;
    this._licence = change.licence ?? this._licence;
    this._note = change.note ?? this._note;
    this._error = null;
    this._changed.emit();
  }

  setLink(hasLink: boolean): void {
    this._hasLink = hasLink;
    this._changed.emit();
  }

  find(text: string): void {
    this._search = text;
    this._changed.emit();
    void this._ask.invoke().catch(() => undefined); // A newer one took its place.
  }

  add({ id, kind, name }: StoragePerson): void {
    const isThere = this._receivers.some(
      each => each.kind === kind && each.with === id
    );
    this._receivers = isThere
      ? this._receivers
      : [...this._receivers, { kind, with: id, name }];
    this._search = '';
    this._people = [];
    this._changed.emit();
  }

  remove(receiver: IChosenReceiver): void {
    this._receivers = this._receivers.filter(each => each !== receiver);
    this._changed.emit();
  }

  /** Begin it. @returns null when it was refused: `error` says why. */
  async share(): Promise<Run | null> {
    const { client, what } = this._options;
    const { place } = this;
    if (!place || !this.canShare) {
      return null;
    }
    let run: Run | null = null;
    this._isBusy = true;
    this._changed.emit();
    await this._try(async () => {
      run = await client.publish({
        ...what,
        to: place.to,
        with: place.isCloud ? this._chosen() : [],
        version: this._version.trim(),
        licence: this._licence.trim(),
        ...(this._note.trim() && { note: this._note.trim() }),
        requestId: this._requestId
      });
    });
    this._isBusy = false;
    this._requestId = UUID.uuid4();
    this._changed.emit();
    return run;
  }

  private _chosen(): Receiver[] {
    const people = this._receivers.map(({ kind, with: who }) => ({
      kind,
      with: who
    }));
    return this._hasLink ? [...people, { kind: 'link' }] : people;
  }

  private async _findPeople(): Promise<void> {
    this._asked.abort();
    const { signal } = (this._asked = new AbortController());
    const search = this._search.trim();
    const account = this.place?.to.account;
    await this._try(async () => {
      const people =
        search && account
          ? await this._options.findPeople(account, search, signal)
          : [];
      if (!signal.aborted) {
        this._people = people;
      }
    }, signal);
  }

  private async _try(
    work: () => Promise<void>,
    signal?: AbortSignal
  ): Promise<void> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      if (!signal?.aborted) {
        this._error = asRequestError(reason, this._options.trans);
      }
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<ShareModel, void>(this);
  private readonly _ask = new Debouncer(() => this._findPeople(), ASK_AFTER_MS);
  private _asked = new AbortController();
  private _preview: SharePreview | null = null;
  private _places: readonly ISharePlace[] | null = null;
  private _placeId = '';
  private _receivers: readonly IChosenReceiver[] = [];
  private _hasLink = false;
  private _version = '';
  private _licence = '';
  private _note = '';
  private _search = '';
  private _people: readonly StoragePerson[] = [];
  private _error: DeepRequestError | null = null;
  private _isBusy = false;
  private _isDisposed = false;
  /** What is asked twice is shared once. */
  private _requestId: string = UUID.uuid4();
}

export namespace ShareModel {
  export interface IOptions {
    client: Pick<SharingClient, 'preview' | 'clouds' | 'folders' | 'publish'>;
    findPeople: FindPeople;
    what: SharePreviewRequest;
    trans: TranslationBundle;
  }
}

const cloudPlace = ({ id, title }: StorageAccount): ISharePlace => ({
  id,
  title,
  to: { account: id },
  isCloud: true
});

const diskPlace = (path: string): ISharePlace => ({
  id: path,
  title: path,
  to: { path },
  isCloud: false
});
