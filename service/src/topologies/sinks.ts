import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonText, TopologyNode } from '@jupyterlab-deep/protocol';
import { isNoSpace, storeFailure } from '../store/diskErrors';
import { openAt, put } from '../store/markedFile';
import { columnsOf, headLine, ITableRow, tableLine } from './csvRows';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { IItemRow } from './recordShapes';

/** Rows that are turned into text at once. */
const ROWS_AT_ONCE = 250;
/** Rows that a table's columns are found in. */
const ROWS_LOOKED_AT = 100;

/** How far a sink is written. */
interface IWritten {
  /** The last row that is in it. */
  origin: number;
  firing: string;
  bytes: number;
  columns?: string[];
  /** What a folder has is taken out first. */
  isAnew?: true;
}

const NOTHING: IWritten = { origin: -1, firing: '', bytes: 0 };

/**
 * What a run leaves behind: derived from the rows, in the order of the origins, as far as all origins before are done. How
 * far it is written is noted after the writing, so what a kill leaves behind that is cut off, and written again.
 */
export class TopologySinks {
  /** @param _places Absolute, by node. */
  constructor(
    private readonly _plan: Plan,
    private readonly _records: TopologyRecords,
    private readonly _places: Readonly<Record<string, string>>
  ) {}

  /**
   * Bring all up to the rows; several calls at once become one after another.
   *
   * @param isLast Nothing follows.
   * @throws DeepError `no-space`; Error of the file system.
   */
  async write(isLast = false): Promise<void> {
    this._turn = this._turn
      .catch(() => undefined)
      .then(() => this._write(isLast));
    await this._turn;
  }

  private async _write(isLast: boolean): Promise<void> {
    for (const sink of this._plan.sinks) {
      const { node } = this._plan.node(sink);
      const place = this._places[sink];
      if (place === undefined) {
        continue;
      }
      try {
        await (node.kind === 'folder'
          ? this._fillFolder(sink, place)
          : this._append(sink, node, place, isLast));
      } catch (error) {
        throw isNoSpace(error) ? storeFailure(error, place) : error;
      }
    }
  }

  private async _append(
    sink: string,
    node: TopologyNode,
    file: string,
    isLast: boolean
  ): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    let written: IWritten = { ...this._written(sink), isAnew: undefined };
    if ((await sizeOf(file)) < written.bytes) {
      written = NOTHING;
    }
    const before = this._records.firstWaiting;
    const isCsv = node.kind === 'csv';
    if (isCsv && !written.columns) {
      const columns = this._columns(sink, node, before, isLast);
      if (!columns) {
        return;
      }
      written = { ...written, columns };
    }
    const handle = await openAt(file, written.bytes);
    try {
      for (;;) {
        const rows = this._records.inOrder(sink, written, before, ROWS_AT_ONCE);
        const isBegun = written.bytes > 0;
        if (rows.length === 0 && (isBegun || !isCsv)) {
          break;
        }
        const head = isCsv && !isBegun ? headLine(written.columns!) : '';
        const text =
          head + rows.map(row => this._line(row, node, written)).join('');
        const bytes = await put(handle, text, written.bytes);
        written = { ...written, ...lastOf(rows, written), bytes };
        this._records.write(noteOf(sink), written);
      }
    } finally {
      await handle.close();
    }
  }

  /** Chosen, or found in the first rows; undefined until there are enough of those. */
  private _columns(
    sink: string,
    node: TopologyNode,
    before: number,
    isLast: boolean
  ): string[] | undefined {
    const chosen = chosenColumns(node);
    if (chosen) {
      return chosen;
    }
    const rows = this._records.inOrder(sink, NOTHING, before, ROWS_LOOKED_AT);
    return isLast || rows.length === ROWS_LOOKED_AT
      ? columnsOf(rows.map(row => this._tableRow(row)))
      : undefined;
  }

  private _line(
    row: IItemRow,
    node: TopologyNode,
    { columns }: IWritten
  ): string {
    return node.kind === 'csv'
      ? tableLine(
          this._tableRow(row),
          columns!,
          chosenColumns(node) !== undefined
        )
      : `${JSON.stringify(this._tableRow(row))}\n`;
  }

  private _tableRow({ origin, value }: IItemRow): ITableRow {
    return {
      origin: this._records.nameOf(origin),
      value: value === undefined ? null : JSON.parse(value)
    };
  }

  private async _fillFolder(sink: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    if (this._written(sink).isAnew) {
      await this._empty(sink, folder);
    }
    const before = this._records.firstWaiting;
    for (;;) {
      const written = this._written(sink);
      const rows = this._records.inOrder(sink, written, before, ROWS_AT_ONCE);
      if (rows.length === 0) {
        return;
      }
      const names: string[] = [];
      // Together with how far it is: who goes on after a kill gives the same names again.
      for (const row of rows) {
        names.push(this._nameFor(sink, row, names));
      }
      for (const [index, row] of rows.entries()) {
        await putFile(row, path.join(folder, names[index]));
      }
      this._records.transact(() => {
        names.forEach(name => this._records.takeName(sink, name));
        this._records.write(noteOf(sink), lastOf(rows, written));
      });
    }
  }

  /** Take out what was written: names may be given to others now. */
  private async _empty(sink: string, folder: string): Promise<void> {
    for (const name of this._records.namesOf(sink)) {
      await rm(path.join(folder, name), { force: true });
    }
    this._records.transact(() => {
      this._records.forgetNames(sink);
      this._records.write(noteOf(sink), NOTHING);
    });
  }

  /** That was chosen, else that of the origin; numbered where it is taken. */
  private _nameFor(
    sink: string,
    row: IItemRow,
    taken: readonly string[]
  ): string {
    const { name = '' } = contentOf(row);
    const own = row.file?.name ?? this._records.nameOf(row.origin);
    const safe = safeName(name || own, row.file ? path.extname(own) : '.json');
    const { name: stem, ext } = path.parse(safe);
    for (let number = 1; ; number++) {
      const tried = number === 1 ? safe : `${stem}-${number}${ext}`;
      const isTaken =
        taken.some(each => each.toLowerCase() === tried.toLowerCase()) ||
        this._records.hasName(sink, tried);
      if (!isTaken) {
        return tried;
      }
    }
  }

  private _written(sink: string): IWritten {
    return (this._records.read(noteOf(sink)) as IWritten) ?? NOTHING;
  }

  private _turn: Promise<void> = Promise.resolve();
}

const noteOf = (sink: string): string => `written:${sink}`;

/** Rows in it are done again: it is written from its beginning. */
export const beginAnew = (records: TopologyRecords, sink: string): void =>
  records.write(noteOf(sink), { ...NOTHING, isAnew: true });

function chosenColumns(node: TopologyNode): string[] | undefined {
  const names = node.kind === 'csv' ? Object.keys(node.columns ?? {}) : [];
  return names.length > 0 ? names : undefined;
}

function lastOf(rows: readonly IItemRow[], written: IWritten): IWritten {
  const last = rows.at(-1);
  return last
    ? { ...written, origin: last.origin, firing: last.firing }
    : written;
}

const contentOf = ({
  value
}: IItemRow): { name?: string; content?: unknown } =>
  value === undefined ? {} : JSON.parse(value);

/** One part of a path, which no system takes for something else. */
function safeName(name: string, ending: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  const plain = last
    .replace(/[\x00-\x1f\x7f<>:"|?*]/g, '_')
    .replace(/^\.+/, '_');
  const { name: stem, ext } = path.parse(plain || 'item');
  const isWhole = ext !== '' && ending !== '.json';
  return `${stem.slice(0, 150)}${isWhole ? ext : ending}`;
}

async function putFile(row: IItemRow, place: string): Promise<void> {
  const fresh = `${place}.${randomBytes(4).toString('hex')}.part`;
  try {
    await (row.file
      ? copyFile(row.file.path, fresh, constants.COPYFILE_FICLONE)
      : writeFile(fresh, `${jsonText(contentOf(row).content ?? null)}\n`));
    await rename(fresh, place);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0
  );
