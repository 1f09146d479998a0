import { randomBytes } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat
} from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';

const SAVING = '.saving-';
/** What is taken out of its place: `.replaced-<name>~<chance>`. */
const REPLACED = '.replaced-';
const DRAFT = 'draft-';
/** Key of a manifest: the draft that it was. */
const FINISHED_FROM = 'finishedFrom';
/** Who has not finished a draft by then does not come back to it. */
const DRAFT_DAYS = 7;
const DAY_MS = 86_400_000;

/** Whether it is the name of a draft: such a one is in no list. */
export const isDraft = (name: string): boolean => name.startsWith(DRAFT);

const isCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');

/** The user's model folders. What is in a place is whole, or is not there. */
export class ModelDirectory {
  constructor(readonly folder: string) {}

  pathOf(name: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      throw new DeepError('not-found', `There is no model ${name}.`);
    }
    return path.join(this.folder, name);
  }

  async has(name: string): Promise<boolean> {
    const info = await stat(this.pathOf(name)).catch(() => undefined);
    return info?.isDirectory() ?? false;
  }

  /** Content of its `module.json`. @throws DeepError `not-found` */
  async manifestOf(name: string): Promise<Record<string, unknown>> {
    const file = path.join(this.pathOf(name), 'module.json');
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      throw new DeepError('not-found', `There is no model ${name}.`, {
        technical: (error as Error).message,
        cause: error
      });
    }
  }

  /**
   * Have a folder filled beside its place, and put it there when that went well.
   *
   * @param replaces Whether one of this name gives way.
   * @throws DeepError `conflict`, `no-space`, what filling throws; nothing is left behind then.
   */
  async add<T>(
    name: string,
    replaces: boolean,
    fill: (folder: string) => Promise<T>
  ): Promise<T> {
    let scratch: string | undefined;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      scratch = await mkdtemp(path.join(this.folder, SAVING));
      const made = await fill(scratch);
      await this._place(scratch, name, replaces);
      return made;
    } catch (error) {
      throw storeFailure(error, this.folder);
    } finally {
      if (scratch) {
        await rm(scratch, { recursive: true, force: true });
      }
    }
  }

  /**
   * Give a draft its name. Whoever asks again, since a kill has cut the answer or the work, gets the same.
   *
   * @throws DeepError `not-found`, `conflict`, `no-space`
   */
  async finish(draft: string, replaces: boolean): Promise<string> {
    const finished = await this._finishedAs(draft);
    if (finished !== undefined) {
      return finished;
    }
    const { draft: wanted, ...manifest } = await this.manifestOf(draft);
    const begun = manifest[FINISHED_FROM] === draft ? manifest : undefined;
    const { name } = (wanted ?? begun ?? {}) as { name?: string };
    if (name === undefined) {
      throw new DeepError('conflict', `${draft} is no draft.`, {
        hint: 'It has been finished already.'
      });
    }
    await this.refuseTaken(name, replaces);
    const file = path.join(this.pathOf(draft), 'module.json');
    const content = { ...manifest, name, [FINISHED_FROM]: draft };
    const text = `${JSON.stringify(content, null, 2)}\n`;
    try {
      await writeAtomically(file, text);
      await this._place(this.pathOf(draft), name, replaces);
    } catch (error) {
      throw storeFailure(error, this.folder);
    }
    return name;
  }

  /** The name that a draft was given that is not there any more. */
  private async _finishedAs(draft: string): Promise<string | undefined> {
    if (!isDraft(draft) || (await this.has(draft))) {
      return undefined;
    }
    for (const name of await readdir(this.folder).catch(() => [])) {
      const known = await this.manifestOf(name).catch(() => undefined);
      if (known?.[FINISHED_FROM] === draft) {
        return name;
      }
    }
    return undefined;
  }

  /** Gone at once for everybody. @throws DeepError `not-found` */
  async remove(name: string): Promise<void> {
    const aside = this._aside(name);
    try {
      await rename(this.pathOf(name), aside);
    } catch (error) {
      throw isCode(error, 'ENOENT')
        ? new DeepError('not-found', `There is no model ${name}.`)
        : error;
    }
    // A second name of its own: what was taken away on purpose is not put back.
    await rename(aside, `${aside}.removed`);
    await rm(`${aside}.removed`, { recursive: true, force: true });
  }

  /** @throws DeepError `conflict` */
  async refuseTaken(name: string, replaces: boolean): Promise<void> {
    if (!replaces && (await this.has(name))) {
      throw taken(name);
    }
  }

  /** A name that no draft has. */
  draftName(): string {
    return DRAFT + randomBytes(4).toString('hex');
  }

  /** Undo what a killed service left: half-made folders go, one that had to give way to none comes back. */
  async tidy(): Promise<void> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    for (const name of names) {
      const folder = path.join(this.folder, name);
      const back = new RegExp(`^\\${REPLACED}(.+)~[0-9a-f]+$`).exec(name)?.[1];
      if (back !== undefined && !(await this.has(back))) {
        await rename(folder, path.join(this.folder, back));
      } else if (name.startsWith(SAVING) || name.startsWith(REPLACED)) {
        await rm(folder, { recursive: true, force: true });
      } else if (isDraft(name) && (await isForgotten(folder))) {
        await rm(folder, { recursive: true, force: true });
      } else {
        // A kill between the two steps of `_place` leaves it empty; what holds something stays.
        await rmdir(folder).catch(() => undefined);
      }
    }
  }

  private async _place(
    from: string,
    name: string,
    replaces: boolean
  ): Promise<void> {
    const to = this.pathOf(name);
    try {
      await mkdir(to);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) {
        throw error;
      }
      if (!replaces) {
        throw taken(name);
      }
      const aside = this._aside(name);
      await rename(to, aside);
      await rename(from, to);
      await rm(aside, { recursive: true, force: true });
      return;
    }
    // Takes the place of the empty folder, which nobody else could take meanwhile.
    await rename(from, to);
  }

  private _aside(name: string): string {
    const chance = randomBytes(4).toString('hex');
    return path.join(this.folder, `${REPLACED}${name}~${chance}`);
  }
}

const taken = (name: string): DeepError =>
  new DeepError('conflict', `There is a model “${name}” already.`, {
    hint: 'Give it another name, or ask for it to be replaced.'
  });

async function isForgotten(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'module.json'), 'utf8').catch(
    () => '{}'
  );
  const info = await stat(folder);
  const isOld = Date.now() - info.mtimeMs > DRAFT_DAYS * DAY_MS;
  return isOld && text.includes('"draft"');
}
