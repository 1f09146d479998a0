import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isNoSpace, storeFailure } from '../../store/diskErrors';
import { writeAtomically } from '../../store/atomicFile';
import { openAt, put } from '../../store/markedFile';
import { IWritten } from './about';
import { galleryPage, ITEMS_OF_PAGE, pageName } from './gallery';
import { picturesOf } from './galleryPictures';
import { BatchItems, IEndedRow } from './items';
import { jsonLine } from './jsonLines';
import { columnsFor, headLine, IColumns, tableLine } from './table';

export const LINES_FILE = 'results.jsonl';
export const TABLE_FILE = 'results.csv';

/** Rows that are turned into text at once. */
const ROWS_AT_ONCE = 250;
/** The growing page is written anew as a whole, so not with every item. */
const PAGE_EVERY_MS = 2_000;
/** Pictures take milliseconds each, and somebody waits for them. */
const PICTURED_PAGES = 3;

const NOTHING: IWritten = {
  order: 0,
  linesBytes: 0,
  tableBytes: 0,
  page: 1,
  pageAfter: 0
};

/**
 * The files that people take away: derived from the rows, appended while they come. How far they are written is noted
 * after the writing, so what a kill leaves behind that is cut off, and written again.
 */
export class BatchOutputs {
  constructor(private readonly _items: BatchItems) {
    this._written = _items.about('written') ?? NOTHING;
    this._columns = _items.about('columns');
  }

  /** Size of the lines and the table. */
  get bytes(): number {
    return this._written.linesBytes + this._written.tableBytes;
  }

  /**
   * Bring the files up to the rows; several calls at once become one after another.
   *
   * @param isLast Nothing follows: the page is finished and the files are looked at once more.
   * @throws DeepError `no-space`; Error of the file system.
   */
  async write(isLast = false): Promise<void> {
    this._turn = this._turn
      .catch(() => undefined)
      .then(() => this._write(isLast));
    await this._turn;
  }

  /** Let the first pages of the gallery bring their pictures along, for whoever is about to look at them. */
  async showPictures(): Promise<void> {
    this._turn = this._turn
      .catch(() => undefined)
      .then(() => this._showPictures());
    await this._turn;
  }

  /** Begin anew: items that were written wait again. */
  async restart(): Promise<void> {
    const { page } = this._written;
    this._note(NOTHING);
    this._items.forget('columns');
    this._columns = undefined;
    for (let each = 1; each <= page; each++) {
      await rm(path.join(this._folder, pageName(each)), { force: true });
    }
  }

  private async _write(isLast: boolean): Promise<void> {
    try {
      await mkdir(this._folder, { recursive: true });
      if (!(await this._areWhole())) {
        await this.restart();
      }
      await this._append(isLast);
      await this._growGallery(isLast);
    } catch (error) {
      throw isNoSpace(error) ? storeFailure(error, this._folder) : error;
    }
  }

  /** Somebody may have moved or cut them. */
  private async _areWhole(): Promise<boolean> {
    const { linesBytes, tableBytes } = this._written;
    return (
      (await sizeOf(this._file(LINES_FILE))) >= linesBytes &&
      (await sizeOf(this._file(TABLE_FILE))) >= tableBytes
    );
  }

  private async _append(isLast: boolean): Promise<void> {
    const lines = await openAt(
      this._file(LINES_FILE),
      this._written.linesBytes
    );
    const table = await openAt(
      this._file(TABLE_FILE),
      this._written.tableBytes
    );
    try {
      for (;;) {
        const rows = this._items.endedAfter(this._written.order, ROWS_AT_ONCE);
        if (rows.length === 0 || !this._knowsColumns(rows, isLast)) {
          break;
        }
        const { linesBytes, tableBytes } = this._written;
        const head = tableBytes === 0 ? headLine(this._columns!) : '';
        const inTable = rows.map(row => tableLine(row, this._columns!));
        this._note({
          ...this._written,
          linesBytes: await put(lines, rows.map(jsonLine).join(''), linesBytes),
          tableBytes: await put(table, head + inTable.join(''), tableBytes),
          order: rows[rows.length - 1].ended
        });
      }
    } finally {
      await lines.close();
      await table.close();
    }
  }

  /** The first answer says which columns there are; without any the end does. */
  private _knowsColumns(rows: IEndedRow[], isLast: boolean): boolean {
    const first = rows.find(({ state }) => state === 'done');
    if (!this._columns && (first || isLast || rows.length === ROWS_AT_ONCE)) {
      const columns = first
        ? columnsFor(first)
        : { isClassification: false, isEvaluation: false, values: [] };
      this._items.note('columns', columns);
      this._columns = columns;
    }
    return this._columns !== undefined;
  }

  private async _growGallery(isLast: boolean): Promise<void> {
    const now = Date.now();
    if (!isLast && now - this._pageAt < PAGE_EVERY_MS) {
      return;
    }
    this._pageAt = now;
    for (;;) {
      const { page, pageAfter } = this._written;
      const rows = this._items.endedAfter(pageAfter, ITEMS_OF_PAGE + 1);
      const hasNext = rows.length > ITEMS_OF_PAGE;
      const shown = rows.slice(0, ITEMS_OF_PAGE);
      await this._writePage(page, hasNext, shown);
      if (!hasNext) {
        return;
      }
      const last = shown[shown.length - 1].ended;
      this._note({ ...this._written, page: page + 1, pageAfter: last });
    }
  }

  private async _showPictures(): Promise<void> {
    const folders = { files: this._filesFolder, results: this._folder };
    let after = 0;
    for (let page = 1; page <= PICTURED_PAGES; page++) {
      const rows = this._items.endedAfter(after, ITEMS_OF_PAGE + 1);
      const hasNext = rows.length > ITEMS_OF_PAGE;
      const shown = rows.slice(0, ITEMS_OF_PAGE);
      const pictures = await picturesOf(shown, folders);
      await this._writePage(page, hasNext, shown, pictures);
      if (!hasNext) {
        return;
      }
      after = shown[shown.length - 1].ended;
    }
  }

  private async _writePage(
    page: number,
    hasNext: boolean,
    rows: IEndedRow[],
    pictures?: ReadonlyMap<number, string>
  ): Promise<void> {
    const title = this._items.about('title') ?? '';
    const toFiles = path.relative(this._folder, this._filesFolder) || '.';
    const about = { title, page, hasNext, rows, toFiles, pictures };
    const html = galleryPage(about);
    await writeAtomically(this._file(pageName(page)), html);
  }

  private _note(written: IWritten): void {
    this._items.note('written', written);
    this._written = written;
  }

  private get _filesFolder(): string {
    return this._items.about('folder')!;
  }

  private get _folder(): string {
    return this._items.about('results')!;
  }

  private _file(name: string): string {
    return path.join(this._folder, name);
  }

  private _written: IWritten;
  private _columns?: IColumns;
  private _pageAt = 0;
  private _turn: Promise<void> = Promise.resolve();
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return -1;
    }
    throw error;
  }
}
