import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Publication } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { byVersion } from './names';

type Place = Pick<Publication, 'account' | 'path'>;

/** What was shared from here, and with whom. */
export class PublishedRecords {
  constructor(private readonly _file: string) {}

  async list(): Promise<Publication[]> {
    try {
      return JSON.parse(await readFile(this._file, 'utf8')) as Publication[];
    } catch {
      // None yet, or damaged: what is shared lies at its place all the same.
      return [];
    }
  }

  async find(place: Place): Promise<Publication | undefined> {
    return (await this.list()).find(each => isAt(each, place));
  }

  /** A version was shared; what was said of others of its name stays. @throws DeepError `no-space` */
  async add(news: Publication): Promise<void> {
    await this._change(all => {
      const before = all.find(each => isAt(each, news));
      const versions = [
        ...news.versions,
        ...(before?.versions ?? []).filter(({ version }) =>
          news.versions.every(each => each.version !== version)
        )
      ].sort((a, b) => byVersion(a.version, b.version));
      const others = (before?.with ?? []).filter(one =>
        news.with.every(each => !isSame(each, one))
      );
      const url = news.url ?? before?.url;
      const kept: Publication = {
        ...news,
        versions,
        with: [...others, ...news.with],
        ...(url && { url })
      };
      return [kept, ...all.filter(each => !isAt(each, news))];
    });
  }

  /** A version, or all of them, are shared no more. @throws DeepError `no-space` */
  async remove(place: Place, version?: string): Promise<void> {
    await this._change(all =>
      all.flatMap(each => {
        if (!isAt(each, place)) {
          return [each];
        }
        const versions = each.versions.filter(
          other => version !== undefined && other.version !== version
        );
        return versions.length > 0 ? [{ ...each, versions }] : [];
      })
    );
  }

  /** One change after the other. */
  private _change(
    change: (all: Publication[]) => Publication[]
  ): Promise<void> {
    const next = this._last.then(async () => {
      const folder = path.dirname(this._file);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const text = JSON.stringify(change(await this.list()));
        await writeAtomically(this._file, text);
      } catch (error) {
        throw storeFailure(error, folder);
      }
    });
    this._last = next.catch(() => undefined);
    return next;
  }

  private _last: Promise<void> = Promise.resolve();
}

const isAt = (one: Place, other: Place): boolean =>
  one.account === other.account && one.path === other.path;

const isSame = (
  one: Publication['with'][number],
  other: Publication['with'][number]
): boolean => one.kind === other.kind && one.with === other.with;
