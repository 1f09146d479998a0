import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
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
export class Templates {
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
          found.set(template.id, template);
        } catch (error) {
          unusable.push({ file, reason: (error as Error).message });
        }
      }
    }
    return { templates: [...found.values()], unusable };
  }

  /**
   * Keep a TOSCA file of the user.
   *
   * @param name Of the file; what is left of it without its ending is the template's id.
   * @throws DeepError `invalid-request` saying what is wrong with it; `conflict` where the user may keep none
   */
  async add(name: string, text: string): Promise<ITemplate> {
    const { userFolder } = this._options;
    if (userFolder === undefined) {
      throw new DeepError(
        'conflict',
        'This target takes the templates of its administrator only.'
      );
    }
    const template = readTemplate(idOf(name), text, name);
    const file = path.join(userFolder, `${template.id}.yml`);
    await writeFile(`${file}.part`, text, { mode: 0o600 });
    await rename(`${file}.part`, file);
    return template;
  }
}

export namespace Templates {
  export interface IOptions {
    /** Folders of `*.yml`; later ones win. */
    folders: readonly string[];
    /** The one of them in which the user's own are kept. */
    userFolder?: string;
  }
}

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
