import type {
  DeepEvent,
  ReceivedModules,
  Run,
  SharedModule
} from '@jupyterlab-deep/protocol';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { IDeepService } from '../service/tokens';
import { SharingClient } from './client';

const KEY = 'jupyterlab-deep:sharing:told';
const QUIET_MS = 8_000;

/** Says how what the user shared has ended, and, once each and quietly, that a colleague has a newer version or another key. */
export class SharingNotices implements IDisposable {
  constructor(private readonly _options: SharingNotices.IOptions) {
    this._client = new SharingClient(_options.service);
    _options.service.eventReceived.connect(this._onEvent, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** A run whose end is told. */
  watch(run: Run): void {
    this._watched.add(run.id);
    this._ended(run);
  }

  /** Tell what is new among what is shared with the user. */
  async look(): Promise<void> {
    const none: ReceivedModules = { modules: [], problems: [] };
    // What is not known now is told at the next change.
    const { modules } = await this._client.received().catch(() => none);
    const news = modules.filter(
      ({ hasUpdate, state }) => hasUpdate || state === 'other-key'
    );
    if (news.length === 0 || this._isDisposed) {
      return;
    }
    const told = await this._told();
    news
      .filter(each => !told.has(noticeOf(each)))
      .forEach(each => {
        told.add(noticeOf(each));
        this._tell(each);
      });
    void this._options.state?.save(KEY, [...told]).catch(() => undefined);
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._ended(message.data);
    }
  }

  private _ended(run: Run): void {
    const isOver = !['queued', 'running'].includes(run.state);
    if (!this._watched.has(run.id) || !isOver) {
      return;
    }
    if (run.state !== 'paused') {
      this._watched.delete(run.id);
    }
    void this._tellEnd(run);
  }

  private async _tellEnd(run: Run): Promise<void> {
    const { trans, showActivity } = this._options;
    if (run.state === 'succeeded') {
      const url = await this._linkOf(run);
      Notification.success(trans.__('%1: done', run.title), {
        autoClose: QUIET_MS,
        actions: url
          ? [
              {
                label: trans.__('Copy the link'),
                callback: () => Clipboard.copyToSystem(url)
              }
            ]
          : []
      });
    } else if (run.error && run.state !== 'cancelled') {
      const { detail, hint = '' } = run.error;
      Notification.error(trans.__('%1: %2 %3', run.title, detail, hint), {
        autoClose: false,
        actions: [{ label: trans.__('Show'), callback: showActivity }]
      });
    }
  }

  private async _linkOf(run: Run): Promise<string | undefined> {
    const { url } =
      (await this._client.published().catch(() => [])).find(({ versions }) =>
        versions.some(each => each.run === run.id)
      ) ?? {};
    return url;
  }

  private _tell(shared: SharedModule): void {
    const { trans, openModule } = this._options;
    const { id, title, author, version } = shared;
    const actions = [
      { label: trans.__('Show'), callback: () => openModule(id) }
    ];
    if (shared.state === 'other-key') {
      const words = trans.__(
        '“%1” is signed with another key than %2 has used until now. Nothing of it is used.',
        title,
        author
      );
      Notification.warning(words, { actions, autoClose: false });
    } else {
      const words = trans.__(
        '%1 shares version %2 of “%3”',
        author,
        version,
        title
      );
      Notification.info(words, { actions, autoClose: QUIET_MS });
    }
  }

  private _told(): Promise<Set<string>> {
    return (this._telling ??= (async () => {
      const kept = await this._options.state?.fetch(KEY).catch(() => undefined);
      return new Set(Array.isArray(kept) ? kept.map(String) : []);
    })());
  }

  private readonly _client: SharingClient;
  private readonly _watched = new Set<string>();
  private _telling?: Promise<Set<string>>;
  private _isDisposed = false;
}

export namespace SharingNotices {
  export interface IOptions {
    service: IDeepService;
    state: IStateDB | null;
    trans: TranslationBundle;
    openModule(id: string): void;
    showActivity(): void;
  }
}

/** What was said once is not said again. */
const noticeOf = ({ id, version, state, key }: SharedModule): string =>
  state === 'other-key' ? `${id} ${key}` : `${id} ${version}`;
