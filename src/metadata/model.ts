import type {
  MetadataCheck,
  MetadataProblem,
  MetadataVocabularies,
  Problem
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError } from '../service/errors';
import type { SharedText } from '../topologies/sharedText';
import type { MetadataClient } from './client';

interface IMetadataModelOptions {
  text: SharedText;
  client: MetadataClient;
  trans: TranslationBundle;
}

/** Typing goes on while the service looks; it is asked once the hand rests. */
const REST_MS = 250;
/** Who types all the time without a pause changes the form later. */
const MOST_TRIES = 20;

interface IPendingEdit {
  path: string[];
  value: unknown;
}

/** A description of a module: its text, what is wrong with it, and what its form shows. */
export class MetadataModel implements IDisposable {
  constructor(private readonly _options: IMetadataModelOptions) {
    this._debouncer = new Debouncer(() => this.check(), REST_MS);
    this.text.changed.connect(this._onText, this);
  }

  get changed(): ISignal<MetadataModel, void> {
    return this._changed;
  }

  get text(): SharedText {
    return this._options.text;
  }

  /** As last told by the service. */
  get found(): MetadataCheck | null {
    return this._found;
  }

  /** Whether `found` is about the text as it is. */
  get isCurrent(): boolean {
    return this._isCurrent;
  }

  get vocabularies(): MetadataVocabularies | null {
    return this._vocabularies;
  }

  /** What a migration could not carry over. */
  get notes(): readonly MetadataProblem[] {
    return this._notes;
  }

  /** Why something could not be done. */
  get failure(): Problem | null {
    return this._failure;
  }

  /** Its form can write: the text can be read, and changed. */
  get canEdit(): boolean {
    return (
      this._found?.values !== undefined &&
      this._found.version === 2 &&
      !this.text.isReadOnly
    );
  }

  /** Whether there is a newer version that it can become. */
  get canMigrate(): boolean {
    const { version, newest, values } = this._found ?? {};
    return (
      !this.text.isReadOnly &&
      (version === 1 ||
        (version === 2 &&
          values?.metadata_version !== undefined &&
          values.metadata_version !== newest))
    );
  }

  get isDisposed(): boolean {
    return this._debouncer.isDisposed;
  }

  /** What the text says at a place, or will say in a moment. */
  valueOf(path: readonly string[]): unknown {
    const pending = this._pending.get(path.join('.'));
    if (pending) {
      return pending.value ?? undefined;
    }
    return path.reduce<unknown>(
      (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
      this._values
    );
  }

  problemsOf(key: string): MetadataCheck['problems'] {
    return (this._found?.problems ?? []).filter(
      each => each.key === key || each.key?.startsWith(`${key}.`)
    );
  }

  async start(): Promise<void> {
    const { client } = this._options;
    await Promise.all([
      this.check(),
      this._try(async () => {
        this._vocabularies = await client.vocabularies();
      })
    ]);
    this._changed.emit();
  }

  async check(): Promise<void> {
    this._asked?.abort();
    const asked = (this._asked = new AbortController());
    const text = this.text.value;
    await this._try(async () => {
      const found = await this._options.client.check(text, asked.signal);
      if (text !== this.text.value || this.isDisposed) {
        return;
      }
      this._found = found;
      this._values = found.values ?? this._values;
      this._isCurrent = true;
      if (!this._isWriting) {
        this._pending.clear();
      }
    }, asked.signal);
    this._changed.emit();
  }

  /** Have the text say something else at a place. @param value null takes the key away. */
  async edit(path: string[], value: unknown): Promise<void> {
    this._pending.set(path.join('.'), { path, value });
    this._unwritten.add(path.join('.'));
    this._changed.emit();
    if (this._isWriting) {
      return;
    }
    this._isWriting = true;
    try {
      for (const key of this._unwritten) {
        this._unwritten.delete(key);
        await this._write(this._pending.get(key)!);
      }
    } finally {
      this._isWriting = false;
    }
  }

  async migrate(): Promise<void> {
    const text = this.text.value;
    await this._try(async () => {
      const made = await this._options.client.migrate(text);
      if (text === this.text.value) {
        this.text.write(made.text);
        this._notes = made.notes;
      }
    });
    this._changed.emit();
  }

  forgetNotes(): void {
    this._notes = [];
    this._changed.emit();
  }

  dispose(): void {
    this._asked?.abort();
    this._debouncer.dispose();
    this.text.changed.disconnect(this._onText, this);
    this.text.dispose();
    Signal.clearData(this);
  }

  /** Against the text as it is; when somebody typed meanwhile, again. */
  private async _write({ path, value }: IPendingEdit): Promise<void> {
    const { client } = this._options;
    await this._try(async () => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const text = this.text.value;
        const edited = await client.edit({ text, path, value });
        if (this.isDisposed) {
          return;
        }
        if (text === this.text.value) {
          this.text.write(edited.text, path.join('.'));
          return;
        }
      }
    });
    if (this._failure) {
      this._pending.delete(path.join('.'));
    }
    this._changed.emit();
  }

  private async _try(
    work: () => Promise<void>,
    signal?: AbortSignal
  ): Promise<void> {
    try {
      await work();
      this._failure = null;
    } catch (reason) {
      if (!signal?.aborted && !this.isDisposed) {
        const { trans } = this._options;
        this._failure = asRequestError(reason, trans).problem;
      }
    }
  }

  private _onText(): void {
    this._isCurrent = false;
    this._changed.emit();
    // Rejected when it is disposed meanwhile.
    this._debouncer.invoke().catch(() => undefined);
  }

  private readonly _debouncer: Debouncer;
  private readonly _changed = new Signal<MetadataModel, void>(this);
  private readonly _pending = new Map<string, IPendingEdit>();
  private readonly _unwritten = new Set<string>();
  private _isWriting = false;
  private _asked: AbortController | null = null;
  private _found: MetadataCheck | null = null;
  private _values: Record<string, unknown> = {};
  private _isCurrent = false;
  private _vocabularies: MetadataVocabularies | null = null;
  private _notes: readonly MetadataProblem[] = [];
  private _failure: Problem | null = null;
}
