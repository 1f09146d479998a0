import type { Publication, SharedModule } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { type IMimeBundle, SHOWN_AS, textBundle } from '../display/bundle';
import { type Module, modules } from '../modules';
import { carryOut, type ITransferOptions } from '../storage/transfer';

/** A module that you share. */
export class SharedByMe {
  /** @param version The newest unless it is said. */
  constructor(
    private readonly _publication: Publication,
    version?: string
  ) {
    this.version = version ?? _publication.versions[0].version;
  }

  readonly version: string;

  get name(): string {
    return this._publication.name;
  }

  get title(): string {
    return this._publication.title;
  }

  /** All that are shared, the newest first. */
  get versions(): string[] {
    return this._publication.versions.map(({ version }) => version);
  }

  /** Of its link, where it has one. */
  get url(): string | undefined {
    return this._publication.url;
  }

  /** Where it lies, as it is written in a request. */
  get place(): { account: string } | { path: string } {
    const { account, place } = this._publication;
    return account === undefined ? { path: place } : { account };
  }

  /** Whom it is shared with. */
  get with(): string[] {
    return this._publication.with.map(({ kind, with: who }) =>
      kind === 'link' ? 'link' : `${kind}:${who}`
    );
  }

  [SHOWN_AS](): IMimeBundle {
    const { title, version, url } = this;
    const whom = this.with.join(', ') || 'nobody yet';
    const link = url ? `, ${url}` : '';
    const where = `${this._publication.path} at ${this._publication.place}`;
    return textBundle(
      `${title} ${version} is shared with ${whom}${link}: ${where}`
    );
  }
}

/** A module that a colleague shares. */
export class ReceivedModule {
  constructor(private readonly _shared: SharedModule) {}

  /** Module id: `shared/leaves-3f9a2c`. */
  get id(): string {
    return this._shared.id;
  }

  get title(): string {
    return this._shared.title;
  }

  get author(): string {
    return this._shared.author;
  }

  /** Host of the cloud, or folder. */
  get place(): string {
    return this._shared.place;
  }

  get version(): string {
    return this._shared.version;
  }

  /** The newest first. */
  get versions(): string[] {
    return this._shared.versions;
  }

  /** `model`: data only; `code`: asks before its first run; `image`: the name of a container image. */
  get kind(): SharedModule['kind'] {
    return this._shared.kind;
  }

  /** `shared`, `withdrawn`, `broken` or `other-key`; `problem` says why. */
  get state(): SharedModule['state'] {
    return this._shared.state;
  }

  get problem(): string | undefined {
    return this._shared.problem;
  }

  /** Fingerprint of the key that signed it. */
  get key(): string {
    return this._shared.key;
  }

  /** Whether there is a newer version than the one that was used here. */
  get hasUpdate(): boolean {
    return this._shared.hasUpdate;
  }

  /**
   * Fetch it, and start it on this machine.
   *
   * @param options `consent` is the digest of code that you looked at and agree to run.
   * @throws DeepError `share-refused` when it is not what its author signed; `consent-needed`
   */
  open(options: Parameters<typeof modules.open>[1] = {}): Promise<Module> {
    return modules.open(this.id, options);
  }

  /**
   * Copy it to your own modules: it stays when it is withdrawn.
   *
   * @returns its id
   * @throws DeepError `share-refused`, `conflict` of a name that is taken
   */
  async copy(
    name: string,
    options: ITransferOptions & { version?: string } = {}
  ): Promise<string> {
    const { version, ...waiting } = options;
    await carryOut(
      `${this._path()}/fetch`,
      { copyAs: name, ...(version && { version }) },
      waiting
    );
    return `mine/${name}`;
  }

  /**
   * Take it off the list: of a link that you opened with all that lies behind it, else of what is not shared any more.
   *
   * @throws DeepError `conflict` while it is still shared with you
   */
  async forget(): Promise<void> {
    const { link } = this._shared;
    await service.request(
      link ? `/sharing/links/${encodeURIComponent(link)}` : this._path(),
      { method: 'DELETE' }
    );
  }

  /** Take the key that it is signed with for its author's, after you compared it with them. @throws DeepError `conflict` */
  async trust(key: string): Promise<void> {
    await service.json(`${this._path()}/trust`, {
      method: 'POST',
      body: { key }
    });
  }

  [SHOWN_AS](): IMimeBundle {
    const { title, version, author, place, kind, state, problem } = this;
    const what = { model: 'data only', code: 'code', image: 'an image' }[kind];
    const why = problem ? `: ${problem}` : '';
    return textBundle(
      `${title} ${version} (${this.id}) by ${author}, ${place}; ${what}; ${state}${why}`
    );
  }

  private _path(): string {
    return `/sharing/received/${encodeURIComponent(this._shared.name)}`;
  }
}
