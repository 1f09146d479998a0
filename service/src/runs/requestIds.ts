import { createHash } from 'node:crypto';
import { DeepError } from '@jupyterlab-deep/protocol';
import { RunJournal } from './journal';

/**
 * The same for the same `requestId`: what was begun is known by it also after an end of the service.
 *
 * @param kind Of the run, where names of different kinds are to differ.
 */
export const runIdOf = (requestId: string | undefined, kind = ''): string =>
  requestId === undefined
    ? RunJournal.newId()
    : createHash('sha256')
        .update(kind ? `${kind} ${requestId}` : requestId)
        .digest('hex')
        .slice(0, 16);

/** Somebody gave the name of one request to another. */
export const otherRequest = (what: string): DeepError =>
  new DeepError('conflict', `Another ${what} was begun with this requestId.`, {
    hint: `Give every new ${what} a requestId of its own.`
  });

/** Lets what is asked for several times at once begin once. */
export class Beginnings<T> {
  /** @param begun What an earlier request of this name has come to. */
  async once(
    id: string,
    begun: () => T | undefined | Promise<T | undefined>,
    begin: () => Promise<T>
  ): Promise<T> {
    while (this._underWay.has(id)) {
      // Why it failed is told to who asked for it.
      await this._underWay.get(id)!.catch(() => undefined);
    }
    const work = this._beginUnless(begun, begin);
    this._underWay.set(id, work);
    return work.finally(() => this._underWay.delete(id));
  }

  private async _beginUnless(
    begun: () => T | undefined | Promise<T | undefined>,
    begin: () => Promise<T>
  ): Promise<T> {
    return (await begun()) ?? begin();
  }

  private readonly _underWay = new Map<string, Promise<T>>();
}
