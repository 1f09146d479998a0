import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  TargetTemplate,
  TargetTemplates
} from '@jupyterlab-deep/protocol';
import { writeAtomically } from '../../../store/atomicFile';
import { storeFailure } from '../../../store/diskErrors';
import { ITargetTemplates } from '../target';
import { ITemplate, readTemplate } from './template';
import container from './templates/container.yml';
import machine from './templates/machine.yml';
import model from './templates/model.yml';

const OWN = { container, machine, model };
const OURS = 'part of jupyterlab-deep';
const FILE = /\.ya?ml$/i;

/** A file that cannot be used, with the reason. */
export interface IUnusable {
  file: string;
  reason: string;
}

/** The TOSCA templates of a target: ours, and files in folders of the administrator and the user, which win by name. */
export class Templates implements ITargetTemplates {
  constructor(private readonly _options: Templates.IOptions) {}

  /** Read all of them anew; files may have changed. */
  async read(): Promise<{ templates: ITemplate[]; unusable: IUnusable[] }> {
    const own = Object.entries(OWN).map(([id, text]) =>
      readTemplate(id, text, OURS)
    );
    const found = new Map(own.map(template => [template.id, template]));
    const unusable: IUnusable[] = [];
    for (const folder of this._options.folders) {
      for (const file of await filesOf(folder)) {
        try {
          const template = await readFileOf(file);
          const isOwn = folder === this._options.userFolder;
          found.set(template.id, { ...template, isOwn });
        } catch (error) {
          unusable.push({ file, reason: (error as Error).message });
        }
      }
    }
    return { templates: [...found.values()], unusable };
  }

  async list(): Promise<TargetTemplates> {
    const { templates, unusable } = await this.read();
    return {
      templates: templates.map(shown),
      unusable: unusable.map(({ file, reason }) => ({
        file: path.basename(file),
        reason
      }))
    };
  }

  /**
   * Keep a TOSCA file of the user.
   *
   * @param name Of the file; what is left of it without its ending is the template's id.
   * @throws DeepError `invalid-request` saying what is wrong with it; `address-refused` of what it would have fetched; `conflict` where
   * the user may keep none; `no-space`
   */
  async add(name: string, text: string): Promise<TargetTemplate> {
    const { check } = this._options;
    const folder = this._userFolder;
    const template = readTemplate(idOf(name), text, name);
    await check?.(template);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeAtomically(path.join(folder, `${template.id}.yml`), text);
    } catch (error) {
      throw storeFailure(error, folder);
    }
    return shown({ ...template, isOwn: true });
  }

  /** Forget a file of the user; what was made by it goes on. @throws DeepError `not-found`, `conflict` */
  async remove(id: string): Promise<void> {
    const folder = this._userFolder;
    const files = await filesOf(folder);
    const own = files.filter(file => idOf(file) === id);
    if (own.length === 0) {
      throw new DeepError(
        'not-found',
        `You have brought no template ${id}; those of others are not removed here.`
      );
    }
    await Promise.all(own.map(file => rm(file, { force: true })));
  }

  private get _userFolder(): string {
    const { userFolder } = this._options;
    if (userFolder === undefined) {
      throw new DeepError(
        'conflict',
        'This target takes the templates of its administrator only.'
      );
    }
    return userFolder;
  }
}

export namespace Templates {
  export interface IOptions {
    /** Folders of `*.yml`; later ones win. */
    folders: readonly string[];
    /** The one of them in which the user's own are kept. */
    userFolder?: string;
    /** Of what a user brings. @throws DeepError `address-refused` */
    check?(template: ITemplate): Promise<void>;
  }
}

const shown = ({
  id,
  title,
  description,
  isOwn = false
}: ITemplate): TargetTemplate => ({ id, title, description, isOwn });

const idOf = (file: string): string =>
  path
    .basename(file)
    .replace(FILE, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

const readFileOf = async (file: string): Promise<ITemplate> =>
  readTemplate(idOf(file), await readFile(file, 'utf8'), file);

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter(name => FILE.test(name))
    .sort()
    .map(name => path.join(folder, name));
}
