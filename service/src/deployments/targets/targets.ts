import { DeepError, Target } from '@jupyterlab-deep/protocol';
import { EventStream } from '../../http/events';
import { ITarget, ITargetCheck, ITargetFace } from './target';

/** Longer nobody waits to hear whether a target can be used. */
const CHECK_MS = 20_000;

/** What is known of one. */
interface IKnown {
  face: ITargetFace;
  /** Absent where something else than an adapter runs its modules. */
  adapter?: ITarget;
  accountUntil?: () => string | undefined;
  isOwn?: boolean;
  check?: ITargetCheck;
  checkedAt?: string;
  checking?: Promise<Target>;
}

/** The places where modules can run. Everybody adds theirs, and what was heard of them last is kept. */
export class Targets {
  constructor(private readonly _options: Targets.IOptions) {}

  /**
   * Offer a target.
   *
   * @param about `isOwn`: its user added it; `accountUntil`: until when the account holds that it is asked with, where that ends.
   * @returns what takes it back.
   */
  add(
    adapter: ITarget,
    about: Pick<IKnown, 'isOwn' | 'accountUntil'> = {}
  ): Targets.IDisposable {
    return this._add({ face: adapter, adapter, ...about });
  }

  /** Offer one whose modules are started by somebody else. */
  addFace(face: ITargetFace): Targets.IDisposable {
    return this._add({ face });
  }

  /** All of them as they were last heard of; those that nobody has asked yet are asked behind the reader's back. */
  list(): Target[] {
    const all = [...this._known.values()];
    for (const known of all.filter(({ check }) => !check)) {
      void this._check(known);
    }
    return all.map(describe);
  }

  /**
   * Ask one whether it can be used now.
   *
   * @throws DeepError `not-found`
   */
  check(id: string): Promise<Target> {
    return this._check(this._get(id));
  }

  has(id: string): boolean {
    return this._known.has(id);
  }

  /** @throws DeepError `not-found` */
  face(id: string): ITargetFace {
    return this._get(id).face;
  }

  /** What runs modules there. @throws DeepError `not-found` */
  adapter(id: string): ITarget {
    const { adapter } = this._get(id);
    if (!adapter) {
      throw new DeepError('internal', `${id} has no adapter.`);
    }
    return adapter;
  }

  /** Nobody wants an answer any longer. */
  async close(): Promise<void> {
    this._closed.abort();
    const all = [...this._known.values()];
    await Promise.all(all.map(({ adapter }) => adapter?.close?.()));
  }

  private _add(known: IKnown): Targets.IDisposable {
    const { id } = known.face;
    if (!this._options.disabled.includes(id)) {
      this._known.set(id, known);
    }
    return {
      dispose: () => {
        if (this._known.get(id) === known) {
          this._known.delete(id);
        }
        void known.adapter?.close?.();
      }
    };
  }

  private _get(id: string): IKnown {
    const known = this._known.get(id);
    if (!known) {
      const names = [...this._known.keys()].join(', ');
      throw new DeepError('not-found', `There is no target ${id}.`, {
        hint: this._options.disabled.includes(id)
          ? 'The administrator has switched it off (`targets.disabled`).'
          : `There are: ${names}.`
      });
    }
    return known;
  }

  /** Whoever comes meanwhile waits for the same answer. */
  private _check(known: IKnown): Promise<Target> {
    known.checking ??= this._ask(known).finally(
      () => (known.checking = undefined)
    );
    return known.checking;
  }

  private async _ask(known: IKnown): Promise<Target> {
    const { face } = known;
    const before = describe(known);
    const timeout = AbortSignal.timeout(CHECK_MS);
    const signal = AbortSignal.any([this._closed.signal, timeout]);
    known.check = await Promise.race([
      face.check(signal),
      silence(face, signal)
    ]);
    known.checkedAt = new Date().toISOString();
    const now = describe(known);
    if (
      JSON.stringify({ ...now, checkedAt: before.checkedAt }) !==
      JSON.stringify(before)
    ) {
      this._options.events.publish({ event: 'target', data: now });
    }
    return now;
  }

  private readonly _known = new Map<string, IKnown>();
  private readonly _closed = new AbortController();
}

export namespace Targets {
  export interface IOptions {
    events: EventStream;
    /** Ids that nobody is offered. */
    disabled: string[];
  }

  export interface IDisposable {
    dispose(): void;
  }
}

function describe({ face, check, checkedAt, isOwn, ...known }: IKnown): Target {
  const { id, kind, title, account, jobs, templates } = face;
  const { state = 'unknown', said = '', hint, used } = check ?? {};
  return {
    id,
    kind,
    title,
    state,
    said,
    hint,
    checkedAt,
    account,
    accountUntil: known.accountUntil?.(),
    used,
    ...(jobs && { takesJobs: true }),
    ...(templates && { takesTemplates: true }),
    ...(isOwn && { isOwn })
  };
}

/** An adapter should keep to its signal; one that does not holds nobody up. */
async function silence(
  { title }: ITargetFace,
  signal: AbortSignal
): Promise<ITargetCheck> {
  await new Promise(resolve =>
    signal.addEventListener('abort', resolve, { once: true })
  );
  return {
    state: 'unreachable',
    said: `${title} did not answer within ${CHECK_MS / 1000} s.`,
    hint: 'See whether it runs and can be reached from here, then check it again.'
  };
}
