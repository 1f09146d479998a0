import { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Folders that say nothing of how a module serves, or that are watched by its server. */
const LEFT_OUT =
  /^(\..*|__pycache__|node_modules|build|dist|venv|.*\.egg-info)$/;
const OF_PYTHON = /^(models|data|tests)$/;
const FILES_LEFT_OUT =
  /(\.(md|ipynb|pyc|pyo|log|swp|tmp)|~)$|^(LICENSE|NOTICE|CITATION\.cff|Containerfile|Dockerfile|ai4-metadata\.ya?ml)$/;
/** More files than a module has: something else lies there. */
const MAX_FILES = 5_000;

type Snapshot = Map<string, string>;

/**
 * Notices what was saved in a folder by looking: it works on network disks too, where nothing tells of changes, and a module has
 * few files.
 */
export class FolderWatch {
  constructor(
    private readonly _folder: string,
    private readonly _isPython: boolean
  ) {}

  /** Take what is there as known. */
  async begin(): Promise<void> {
    this._known = this._pending = await this._look();
  }

  /**
   * Files that were added, changed or removed since the last time that this said some; none while somebody is still writing.
   */
  async changes(): Promise<string[]> {
    const now = await this._look();
    // Twice the same: whoever saves has finished.
    const isWritten = differences(now, this._pending).length === 0;
    this._pending = now;
    const changed = differences(now, this._known);
    if (changed.length === 0 || !isWritten) {
      return [];
    }
    this._known = now;
    return changed;
  }

  private async _look(): Promise<Snapshot> {
    const found: Snapshot = new Map();
    await this._walk('', found);
    return found;
  }

  private async _walk(below: string, found: Snapshot): Promise<void> {
    const place = path.join(this._folder, below);
    const entries = await readdir(place, { withFileTypes: true }).catch(
      // It was removed meanwhile; its files are missed by the comparison.
      (): Dirent[] => []
    );
    for (const entry of entries) {
      const name = path.join(below, entry.name);
      if (found.size >= MAX_FILES) {
        return;
      }
      if (entry.isDirectory()) {
        if (!this._leavesOut(entry.name, below)) {
          await this._walk(name, found);
        }
      } else if (
        !entry.name.startsWith('.') &&
        !FILES_LEFT_OUT.test(entry.name)
      ) {
        const info = await stat(path.join(this._folder, name)).catch(
          () => undefined
        );
        found.set(name, info ? `${info.mtimeMs} ${info.size}` : '');
      }
    }
  }

  private _leavesOut(name: string, below: string): boolean {
    const isTop = below === '';
    return (
      LEFT_OUT.test(name) || (this._isPython && isTop && OF_PYTHON.test(name))
    );
  }

  private _known: Snapshot = new Map();
  private _pending: Snapshot = new Map();
}

const differences = (now: Snapshot, before: Snapshot): string[] =>
  [...new Set([...now.keys(), ...before.keys()])].filter(
    name => now.get(name) !== before.get(name)
  );
