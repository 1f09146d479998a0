import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Consent,
  DeepError,
  RememberedConsent
} from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { codeKey, IImageOrigin, originText, PythonOrigin } from './origin';

/** A consent, and the packages that it was given for once they are known. */
export type KeptConsent = RememberedConsent & { requirements?: string[] };

/** What its user agreed to, an origin and a commit each, until it is taken back. */
export class Consents {
  constructor(private readonly _file: string) {}

  /** Newest first. */
  async list(): Promise<KeptConsent[]> {
    try {
      const kept = JSON.parse(
        await readFile(this._file, 'utf8')
      ) as KeptConsent[];
      return kept.toReversed();
    } catch {
      // None yet; of a damaged file nothing counts: everything is asked for again.
      return [];
    }
  }

  /** The latest word about this origin. */
  async of(
    origin: PythonOrigin | IImageOrigin
  ): Promise<KeptConsent | undefined> {
    const text = originText(origin);
    return (await this.list()).find(({ origin: agreed }) => agreed === text);
  }

  /** @throws DeepError `no-space` */
  async keep(
    origin: PythonOrigin | IImageOrigin,
    consent: Consent,
    requirements?: string[]
  ): Promise<KeptConsent> {
    const id = codeKey(origin, consent.commit);
    const kept: KeptConsent = {
      ...consent,
      id,
      origin: originText(origin),
      agreedAt: new Date().toISOString(),
      requirements
    };
    await this._change(all => [...all.filter(each => each.id !== id), kept]);
    return kept;
  }

  /** @throws DeepError `not-found` */
  async revoke(id: string): Promise<void> {
    if (!(await this.list()).some(each => each.id === id)) {
      throw new DeepError('not-found', `There is no consent ${id}.`);
    }
    await this._change(all => all.filter(each => each.id !== id));
  }

  /** One change after the other. */
  private _change(
    change: (all: KeptConsent[]) => KeptConsent[]
  ): Promise<void> {
    const next = this._last.then(async () => {
      const all = (await this.list()).toReversed();
      try {
        await mkdir(path.dirname(this._file), { recursive: true, mode: 0o700 });
        await writeAtomically(this._file, JSON.stringify(change(all)));
      } catch (error) {
        throw storeFailure(error, path.dirname(this._file));
      }
    });
    this._last = next.catch(() => undefined);
    return next;
  }

  private _last: Promise<void> = Promise.resolve();
}
