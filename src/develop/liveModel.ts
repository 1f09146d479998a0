import type {
  Consent,
  DeepEvent,
  Development
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { InferenceClient } from '../inference/client';
import type { IPageContext } from '../inference/pageContext';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import type { DevelopClient } from './client';

/** The service ends what no panel asks for within three minutes. */
const SAY_MS = 45_000;

/** *Serve while I edit*: one folder, served until its panel goes. */
export class LiveModel implements IDisposable {
  constructor(private readonly _options: LiveModel.IOptions) {
    const { service } = _options;
    service.eventReceived.connect(this._onEvent, this);
    service.connectionChanged.connect(this._onConnection, this);
    this._beat = window.setInterval(() => void this._say(), SAY_MS);
    void this.begin();
  }

  get changed(): ISignal<LiveModel, void> {
    return this._changed;
  }

  /** Null before the service has answered. */
  get development(): Development | null {
    return this._development;
  }

  /** The module's form; null before it was read. */
  get page(): IPageContext | null {
    return this._page;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearInterval(this._beat);
    this._page?.model.dispose();
    const { _development: development } = this;
    if (development && development.state !== 'ended') {
      // A service that is away ends it by itself.
      this._options.client.end(development.id).catch(() => undefined);
    }
    Signal.clearData(this);
  }

  /** Serve the folder, or find that it is served. */
  begin(): Promise<void> {
    const { client, folder } = this._options;
    return this._ask(() => client.serve(folder));
  }

  restart(consent?: Consent): Promise<void> {
    const { client } = this._options;
    const { id } = this._development!;
    return this._ask(() => client.restart(id, consent));
  }

  async stop(): Promise<void> {
    const { client } = this._options;
    const { id } = this._development!;
    try {
      await client.end(id);
    } catch (reason) {
      this._fail(reason);
    }
  }

  /** Let its user look at what its code is and installs. */
  async askForConsent(): Promise<void> {
    const { inference, trans } = this._options;
    try {
      const { askForConsent } = await import('../inference/consentDialog');
      const question = await inference.getQuestion(this._development!.module);
      const consent = await askForConsent(question, trans);
      if (consent) {
        await this.restart(consent);
      }
    } catch (reason) {
      this._fail(reason);
    }
  }

  private async _ask(ask: () => Promise<Development>): Promise<void> {
    try {
      this._take(await ask(), true);
    } catch (reason) {
      this._fail(reason);
    }
  }

  private async _say(): Promise<void> {
    const { client } = this._options;
    const known = this._development;
    if (known && known.state !== 'ended') {
      try {
        this._take(await client.development(known.id));
      } catch (reason) {
        const error = asRequestError(reason, this._options.trans);
        if (error.key === 'not-found') {
          this._take({ ...known, state: 'ended', phase: error.message });
        }
      }
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    const id = this._development?.id;
    if (message.event === 'development' && message.data.id === id) {
      this._take(message.data);
    }
    if (message.event === 'reset') {
      void this._say();
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state === 'online') {
      void (this._development ? this._say() : this.begin());
    }
  }

  /** @param isNew Begun by this: an ended one gives way. */
  private _take(development: Development, isNew = false): void {
    const known = this._development;
    const hasEnded = known?.state === 'ended' && !isNew;
    if (this._isDisposed || hasEnded) {
      return;
    }
    if (known && known.id === development.id && isOlder(development, known)) {
      return;
    }
    this._development = development;
    this._error = null;
    this._openPage();
    this._changed.emit();
  }

  private _openPage(): void {
    const { module, starts, state } = this._development!;
    if (!this._page && starts > 0 && state !== 'asking') {
      this._page = this._options.makePage(module);
      // It is started by its session alone.
      this._page.model.deployment.follow();
      void this._page.model.load();
    }
  }

  private _fail(reason: unknown): void {
    if (!this._isDisposed) {
      this._error = asRequestError(reason, this._options.trans);
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<LiveModel, void>(this);
  private readonly _beat: number;
  private _development: Development | null = null;
  private _page: IPageContext | null = null;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}

/** Replies may be overtaken by events. */
const isOlder = (one: Development, other: Development): boolean =>
  one.starts < other.starts ||
  (one.starts === other.starts && one.since < other.since);

export namespace LiveModel {
  export interface IOptions {
    client: DevelopClient;
    inference: InferenceClient;
    service: IDeepService;
    /** Below the root of Jupyter. */
    folder: string;
    makePage: (module: string) => IPageContext;
    trans: TranslationBundle;
  }
}
