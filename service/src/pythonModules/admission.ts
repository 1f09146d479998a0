import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Consent, ConsentQuestion, DeepError } from '@jupyterlab-deep/protocol';
import { CodeStore, ICode } from './code';
import { Consents, KeptConsent } from './consents';
import { ILock, resolveLock } from './locks';
import { IPythonModule, originText, PythonOrigin } from './origin';
import { Sandbox } from './sandbox';
import { ALWAYS_BUILT, Uv } from './uv';

/** Longer nobody waits for a dialog. */
const LOOK_MS = 120_000;
const RESOLVE_MS = 30_000;
const KEPT_LOCKS = 50;

/** A Python module that may start, and within which bounds. */
export interface IAdmitted extends IPythonModule {
  consent: KeptConsent;
}

/** Nothing of a module's code runs before its user has agreed to its origin and commit. */
export class Admission {
  constructor(private readonly _parts: Admission.IParts) {}

  /**
   * What to look at before it runs. Brings the code here; runs nothing of it.
   *
   * @throws DeepError `module-broken`, `environment-failed`, …
   */
  async question(
    { module, origin }: IPythonModule,
    closed: AbortSignal
  ): Promise<ConsentQuestion> {
    const { code, sandbox, consents } = this._parts;
    const signal = AbortSignal.any([closed, AbortSignal.timeout(LOOK_MS)]);
    const commit = await code.commitOf(origin, signal);
    const found = await code.obtain(origin, commit, signal);
    const { isConfined, why } = await sandbox.confinement();
    const kept = await consents.of(origin);
    const {
      requirements: _requirements,
      id: _id,
      origin: _origin,
      agreedAt,
      ...agreed
    } = kept ?? ({} as Partial<KeptConsent>);
    return {
      module: module.id,
      title: module.title,
      kind: origin.kind,
      origin: originText(origin),
      commit,
      ...(await this._installs({ module, origin }, found, signal)),
      built: ALWAYS_BUILT,
      isConfined,
      confinement: why,
      ...(kept && { agreed: agreed as Consent, agreedAt })
    };
  }

  /**
   * Let it start, by the consent that is given now or was given before.
   *
   * @throws DeepError `consent-needed` naming origin and commit
   */
  async admit(python: IPythonModule, consent?: Consent): Promise<IAdmitted> {
    const { code, consents } = this._parts;
    const { origin } = python;
    const kept = consent ?? (await consents.of(origin));
    // A branch moves on without asking anybody: what was agreed to is one commit of it.
    const isFixed = origin.kind === 'git' && kept !== undefined;
    const commit = isFixed
      ? kept.commit
      : await code.commitOf(origin, AbortSignal.timeout(LOOK_MS));
    if (!kept || kept.commit !== commit) {
      throw consentNeeded(python, commit, kept);
    }
    if (origin.kind === 'git' && !/^[0-9a-f]{40,64}$/.test(commit)) {
      throw consentNeeded(
        python,
        await code.commitOf(origin, AbortSignal.timeout(LOOK_MS)),
        kept
      );
    }
    return {
      ...python,
      consent: consent
        ? await this._keep(origin, consent)
        : (kept as KeptConsent)
    };
  }

  /** Who agrees once more to the same has the same packages. */
  private async _keep(
    origin: PythonOrigin,
    consent: Consent
  ): Promise<KeptConsent> {
    const { consents } = this._parts;
    const before = await consents.of(origin);
    const isSame =
      before?.commit === consent.commit &&
      before.fromSource === consent.fromSource &&
      (consent.lock ?? before.lock) === before.lock;
    const shown = this._locks.get(consent.lock ?? '');
    return consents.keep(
      origin,
      isSame ? { ...consent, lock: before.lock } : consent,
      shown ?? (isSame ? before.requirements : undefined)
    );
  }

  /** Packages that are written down are resolved at once: that runs no code. */
  private async _installs(
    { module, origin }: IPythonModule,
    { project, folder }: ICode,
    signal: AbortSignal
  ): Promise<Pick<ConsentQuestion, 'requirements' | 'lock' | 'note'>> {
    const requirements =
      origin.kind === 'package'
        ? [`${origin.name}==${origin.version}`]
        : (project?.requirements ?? []);
    if (project?.isDynamic) {
      return {
        requirements,
        note: 'Only its own code knows everything that it installs.'
      };
    }
    const own = path.join(folder, `looking-${randomBytes(4).toString('hex')}`);
    try {
      const lock = await resolveLock(this._parts.uv, {
        title: module.title,
        requirements,
        fromSource: false,
        prefersKnown: origin.kind === 'folder' && origin.isEdited,
        folder: own,
        signal: AbortSignal.any([signal, AbortSignal.timeout(RESOLVE_MS)])
      });
      this._remember(lock);
      return { requirements: lock.requirements, lock: lock.hash };
    } catch (error) {
      signal.throwIfAborted();
      return { requirements, note: (error as Error).message };
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }

  private _remember({ hash, requirements }: ILock): void {
    this._locks.set(hash, requirements);
    const [oldest] = this._locks.keys();
    if (this._locks.size > KEPT_LOCKS) {
      this._locks.delete(oldest);
    }
  }

  /** What dialogs have shown, by hash. */
  private readonly _locks = new Map<string, string[]>();
}

export namespace Admission {
  export interface IParts {
    code: CodeStore;
    consents: Consents;
    sandbox: Sandbox;
    uv: Uv;
  }
}

/** Enough of a commit or digest to tell it from another; versions stay as they are. */
const short = (commit: string): string =>
  /^[0-9a-f]{40,}$/.test(commit) ? `${commit.slice(0, 12)}…` : commit;

export function consentNeeded(
  { module, origin }: IPythonModule,
  commit: string,
  before?: { commit: string }
): DeepError {
  const changed =
    before && before.commit !== commit
      ? ` What was agreed to before was ${short(before.commit)}.`
      : '';
  return new DeepError(
    'consent-needed',
    `${module.title} is code that would run as you. It comes from ${originText(origin)}, now at ${short(commit)}.${changed} Nothing of it was started.`,
    {
      hint: `Look at it, then agree on its page in the DEEP panel; or in a cell by modules.open('${module.id}', { consent: '${commit}' }).`,
      technical: JSON.stringify({ origin: originText(origin), commit })
    }
  );
}
