import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  checkSettings,
  folderTexts,
  IAboutModel,
  IInspectedModel,
  inspectModel,
  plainName,
  settingsOf,
  titleOf
} from '@jupyterlab-deep/kernel-helpers/models';
import {
  DeepError,
  InspectionRequest,
  ModelInspection,
  ModelRequest,
  PythonModuleTarget,
  SavedModel,
  WrittenPythonModule
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IAsker } from '../inference/inputs';
import { IPlaces } from '../places';
import { FREE_SPACE } from '../store/diskErrors';
import { OWN_MODELS, ownModelsFolder } from '../training/ownModels';
import { checkFolder } from './checkFolder';
import { keepExample } from './example';
import { locateModel } from './locateModel';
import { isDraft, ModelDirectory } from './modelDirectory';
import { writePythonModule } from './python/writeModule';

const FIRST_VERSION = '1.0.0';
/** Beside the model itself: texts, an example, and some air. */
const SPARE_BYTES = 32 * 1024 ** 2;

/** Makes modules of model files: looked at, checked, written as folders among the user's own. */
export class Models {
  constructor(private readonly _parts: Models.IParts) {
    this._directory = new ModelDirectory(ownModelsFolder(_parts.places));
    this._tidied = this._directory.tidy();
    // Whoever writes meets the same failure and says it.
    this._tidied.catch(() => undefined);
  }

  /** Folder of one of them. @throws DeepError `not-found` of what cannot be a name */
  pathOf(name: string): string {
    return this._directory.pathOf(name);
  }

  /**
   * Have the folder of a module filled that is made elsewhere, and list it.
   *
   * @throws DeepError `conflict`, `no-space`, what filling throws; nothing is left behind then.
   */
  async addFolder(
    name: string,
    replaces: boolean,
    fill: (folder: string) => Promise<void>
  ): Promise<void> {
    await this._tidied;
    await this._directory.refuseTaken(name, replaces);
    await this._directory.add(name, replaces, fill);
    await this._changed(name);
  }

  /** @throws DeepError `not-found`, `unauthorized`, `model-invalid` */
  async inspect(
    { file }: InspectionRequest,
    asker: IAsker
  ): Promise<ModelInspection> {
    return (await inspectModel(locateModel(file, asker))).inspection;
  }

  /**
   * Write a model folder among the user's own, once it has been loaded and has run.
   *
   * @throws DeepError `invalid-arguments` by field, `conflict`, `model-invalid`, `no-space`; nothing is left behind then.
   */
  async save(request: ModelRequest, asker: IAsker): Promise<SavedModel> {
    await this._tidied;
    const found = await inspectModel(locateModel(request.file, asker));
    const settings = settingsOf(found.inspection, request);
    checkSettings(found.inspection, settings);
    const name = nameOf(request.name);
    const replaces = request.replace ?? false;
    await this._directory.refuseTaken(name, replaces);
    await this._refuseFull(found.inspection.sizeBytes);
    const about = await this._aboutOf(name, request);
    const place = request.isDraft ? this._directory.draftName() : name;
    const detail = await this._directory.add(place, replaces, async folder => {
      const examples = await keepExample(folder, request, settings, asker);
      const texts = folderTexts(settings, { ...about, examples });
      await fillModelFolder(folder, found, texts);
      return checkFolder(folder, this._parts);
    });
    await this._changed(place);
    return this._saved(place, detail);
  }

  /** Give a draft its name. @throws DeepError `not-found`, `conflict`, `no-space` */
  async finish(draft: string, replaces: boolean): Promise<SavedModel> {
    await this._tidied;
    const name = await this._directory.finish(draft, replaces);
    await this._changed(draft);
    await this._changed(name);
    return this._saved(name, '');
  }

  /** @throws DeepError `not-found` */
  async remove(name: string): Promise<void> {
    await this._tidied;
    await this._directory.remove(name);
    await this._changed(name);
  }

  /**
   * Write a Python project that serves the model by the platform's own server.
   *
   * @throws DeepError `not-found`, `conflict` when something lies there, `module-not-implemented`, `no-space`
   */
  async writePython(
    name: string,
    { folder }: PythonModuleTarget,
    asker: IAsker
  ): Promise<WrittenPythonModule> {
    const from = this._directory.pathOf(name);
    await this._directory.manifestOf(name);
    return writePythonModule(from, locateModel(folder, asker));
  }

  private async _aboutOf(
    name: string,
    request: ModelRequest
  ): Promise<IAboutModel> {
    const { description, licence, author, replace } = request;
    // A name of other scripts than ours stays readable in the title.
    const given = request.name.trim();
    const title =
      request.title?.trim() || titleOf(given === name ? name : given);
    const known = replace && (await this._directory.has(name));
    return {
      name,
      title,
      version:
        request.version ||
        (known ? await this._nextVersion(name) : FIRST_VERSION),
      summary:
        request.summary?.trim() || `${title}, made from a file of its user.`,
      description,
      licence,
      author,
      isDraft: request.isDraft
    };
  }

  /** `1.4.0` after `1.3.2`. */
  private async _nextVersion(name: string): Promise<string> {
    const { version } = await this._directory.manifestOf(name);
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? [];
    return major ? `${major}.${Number(minor) + 1}.0` : FIRST_VERSION;
  }

  /** Before anything is copied: a disk that is full for a moment stops others. */
  private async _refuseFull(sizeBytes: number): Promise<void> {
    const { store } = this._parts.places;
    const { bavail, bsize } = await statfs(store);
    if (bavail * bsize < sizeBytes + SPARE_BYTES) {
      throw new DeepError(
        'no-space',
        `There is no room for the model in ${store}: it has ${Math.ceil(sizeBytes / 1024 ** 2)} MB.`,
        { hint: FREE_SPACE }
      );
    }
  }

  /** What runs of it has the old files; the catalogue looks at once. */
  private async _changed(name: string): Promise<void> {
    const { catalogue, deployments } = this._parts;
    const id = `${OWN_MODELS}/${name}`;
    for (const {
      module,
      id: deployment,
      target,
      state
    } of await deployments.list()) {
      if (module !== id || target !== 'process') {
        continue;
      }
      if (isDraft(name)) {
        // Nobody can start again what was tried under a name that is gone.
        await deployments.remove(deployment);
      } else if (!['stopped', 'failed'].includes(state)) {
        deployments.stop(deployment);
      }
    }
    await catalogue.reread(OWN_MODELS);
  }

  private async _saved(name: string, detail: string): Promise<SavedModel> {
    const manifest = await this._directory.manifestOf(name);
    const { title, version, task } = manifest as Record<string, string>;
    return {
      id: `${OWN_MODELS}/${name}`,
      name,
      title,
      version,
      task,
      folder: this._directory.pathOf(name),
      detail
    };
  }

  private readonly _directory: ModelDirectory;
  private readonly _tidied: Promise<void>;
}

export namespace Models {
  export interface IParts {
    places: IPlaces;
    settings: ISettings;
    catalogue: Catalogue;
    deployments: Deployments;
  }
}

/** Names of other scripts would all become the same. */
function nameOf(given: string): string {
  const plain = plainName(given);
  const isLost = plain === 'model' && given.trim().toLowerCase() !== 'model';
  const hash = createHash('sha256').update(given.trim()).digest('hex');
  return isLost ? `model-${hash.slice(0, 6)}` : plain;
}

/** Copy a model's files into its folder, and write what goes with them. @throws DeepError `conflict` */
export async function fillModelFolder(
  folder: string,
  { files }: IInspectedModel,
  texts: Record<string, string>
): Promise<void> {
  for (const [name, from] of Object.entries(files)) {
    const to = path.join(folder, name);
    await mkdir(path.dirname(to), { recursive: true });
    const { size } = await stat(from);
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    if ((await stat(to)).size !== size) {
      throw new DeepError(
        'conflict',
        `${from} was changed while it was copied.`,
        {
          hint: 'Wait until whatever writes it has ended, and try again.'
        }
      );
    }
  }
  for (const [name, text] of Object.entries(texts)) {
    // On the disk when it returns: the rename must not come before the content.
    await writeFile(path.join(folder, name), text, { flush: true });
  }
}
