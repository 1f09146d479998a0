import { rename } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeepError } from '@jupyterlab-deep/protocol';
import { isNoSpace, storeFailure } from './diskErrors';
import { MIGRATIONS, STORE_VERSION } from './migrations';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** An open store, and what a person should know about its opening. */
export interface IOpenStore {
  database: DatabaseSync;
  notes: string[];
}

/**
 * Open `deep.sqlite` and bring it to the present version. The caller holds the lock.
 * A damaged file is set aside beside a new one, and a note says so.
 *
 * @throws DeepError `store-newer` when a newer version has written it, which is left untouched; `no-space`.
 */
export async function openStore(folder: string): Promise<IOpenStore> {
  const file = path.join(folder, 'deep.sqlite');
  try {
    return { database: openAndMigrate(file), notes: [] };
  } catch (error) {
    if (!isDamage(error)) {
      throw storeFailure(error, folder);
    }
    const aside = await setAside(file);
    const note = `The store was damaged (${(error as Error).message}). It was kept as ${aside}; earlier runs are in it, and a new store was begun.`;
    return { database: openAndMigrate(file), notes: [note] };
  }
}

function openAndMigrate(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    checkVersion(database, file);
    // Write-ahead logs fail on network homes, where hosts share no memory.
    database.exec('PRAGMA journal_mode = DELETE');
    checkContent(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Version of the store's layout: `user_version`. */
export function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.user_version);
}

function checkVersion(database: DatabaseSync, file: string): void {
  const version = versionOf(database);
  if (version > STORE_VERSION) {
    throw new DeepError(
      'store-newer',
      `The store ${file} was written by a newer version of jupyterlab-deep (layout ${version}; this one knows ${STORE_VERSION}). It was not touched.`,
      {
        hint: 'Use the newer version, or give this one a store of its own by DEEP_STORE_DIRECTORY.'
      }
    );
  }
}

function checkContent(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  if (row?.quick_check !== 'ok') {
    throw Object.assign(new Error(String(row?.quick_check)), {
      errcode: SQLITE_CORRUPT
    });
  }
}

function migrate(database: DatabaseSync): void {
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index >= versionOf(database)) {
      inTransaction(database, `${sql}; PRAGMA user_version = ${index + 1}`);
    }
  }
}

function inTransaction(database: DatabaseSync, sql: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(sql);
    database.exec('COMMIT');
  } catch (error) {
    // A full disk has already rolled the transaction back.
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  return !isNoSpace(error) && [SQLITE_CORRUPT, SQLITE_NOTADB].includes(code);
}

async function setAside(file: string): Promise<string> {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const aside = `${file}.damaged-${stamp}`;
  await rename(file, aside);
  await renameIfThere(`${file}-journal`, `${aside}-journal`);
  return aside;
}

/** A journal left beside a new file would be rolled into it. */
async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}
