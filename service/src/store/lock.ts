import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError, DiscoveryFile } from '@jupyterlab-deep/protocol';
import { IPlaces } from '../places';
import { answersOn } from '../lifecycle/probe';
import { removeFile, writeAtomically } from './atomicFile';

const SQLITE_BUSY = 5;
/** A new holder needs a moment to answer, an ending one some seconds to stop its modules. */
const HOLDER_PATIENCE_MS = 20_000;
/** A holder's note may be that of its predecessor on another host for a moment. */
const ELSEWHERE_PATIENCE_MS = 1_000;
const RETRY_MS = 100;

/** `holder.json` in the store: who holds the lock. The locked database itself cannot be read by others. */
export type Holder = Omit<DiscoveryFile, 'token'> & {
  /** Its own discovery file, which carries the token. */
  discovery: string;
};

/**
 * The store belongs to one service: a separate SQLite file held by an open exclusive transaction.
 * The system frees it at once when its holder dies.
 */
export class StoreLock {
  /** The lock, or undefined when somebody holds it. */
  static tryTake(store: string): StoreLock | undefined {
    const database = new DatabaseSync(path.join(store, 'lock.sqlite'), {
      timeout: 0
    });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new StoreLock(database, store);
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
        return undefined;
      }
      throw error;
    }
  }

  private constructor(database: DatabaseSync, store: string) {
    this._database = database;
    this._note = holderFile(store);
  }

  /** Tell others who holds the lock. */
  async announce(holder: Holder): Promise<void> {
    await writeAtomically(this._note, JSON.stringify(holder));
  }

  async release(): Promise<void> {
    await removeFile(this._note);
    this._database.close();
  }

  private readonly _database: DatabaseSync;
  private readonly _note: string;
}

const holderFile = (store: string): string => path.join(store, 'holder.json');

/** Who holds the lock, as far as its note says; undefined when there is none. */
export async function readHolder(store: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile(store), 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Take the lock, or find that a service on this host has it and answers.
 *
 * @throws DeepError `service-elsewhere` when the holder is on another host; `service-unavailable` when it does not answer.
 */
export async function takeLock(
  places: IPlaces
): Promise<StoreLock | { holder: Holder }> {
  const since = Date.now();
  for (;;) {
    const lock = StoreLock.tryTake(places.store);
    if (lock) {
      return lock;
    }
    const holder = await readHolder(places.store);
    if (holder && (await isUsable(holder, places.store, since))) {
      return { holder };
    }
    if (Date.now() - since > HOLDER_PATIENCE_MS) {
      throw silentHolder(places.store, holder);
    }
    await sleep(RETRY_MS);
  }
}

async function isUsable(
  holder: Holder,
  store: string,
  since: number
): Promise<boolean> {
  if (holder.host === hostname()) {
    // It writes its discovery file last.
    return (await answersOn(holder.socket)) && existsSync(holder.discovery);
  }
  if (Date.now() - since < ELSEWHERE_PATIENCE_MS) {
    return false;
  }
  throw new DeepError(
    'service-elsewhere',
    `The store ${store} is used by a service on ${holder.host} (process ${holder.pid}, since ${holder.startedAt}).`,
    {
      hint: `Close Jupyter on ${holder.host}, or give this host a store of its own by DEEP_STORE_DIRECTORY.`
    }
  );
}

function silentHolder(store: string, holder?: Holder): DeepError {
  const who = holder ? `process ${holder.pid}` : 'an unknown process';
  return new DeepError(
    'service-unavailable',
    `The store ${store} is held by ${who}, which did not answer for ${HOLDER_PATIENCE_MS / 1000} s.`,
    { hint: holder && `End it, then try again: kill ${holder.pid}` }
  );
}
