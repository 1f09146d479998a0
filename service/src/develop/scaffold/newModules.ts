import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import {
  checkSettings,
  folderTexts,
  inspectModel,
  plainName,
  settingsOf
} from '@jupyterlab-deep/kernel-helpers/models';
import {
  DeepError,
  ModelPlace,
  NewModuleRequest,
  NotebookReading,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../../admin/config';
import { IAsker } from '../../inference/inputs';
import { checkFolder } from '../../models/checkFolder';
import { locateModel } from '../../models/locateModel';
import { fillModelFolder } from '../../models/models';
import { IPlaces } from '../../places';
import { Consents } from '../../pythonModules/consents';
import { readProject } from '../../pythonModules/project';
import { fillFolder } from './emptyFolder';
import { licenceText } from './licenceText';
import { moduleNames } from './moduleNames';
import { IProject, VERSION } from './projectTexts';
import { IReadNotebook, readNotebook } from './readNotebook';
import { INotebookSource, writeProject } from './writeProject';

/** Writes new modules into empty folders: Python projects, and model folders without any code. */
export class NewModules {
  constructor(private readonly _parts: NewModules.IParts) {}

  /**
   * What would become of a notebook. Nothing of it is run.
   *
   * @throws DeepError `not-found`, `invalid-request`, `unauthorized`
   */
  async readNotebook(
    place: ModelPlace,
    asker: IAsker
  ): Promise<NotebookReading> {
    const {
      code: _code,
      modules: _modules,
      examples: _examples,
      ...reading
    } = await this._read(locateModel(place, asker));
    return reading;
  }

  /**
   * Write a module. It is there when it is whole, and over nothing.
   *
   * @throws DeepError `invalid-arguments` by field, `conflict`, `model-invalid`, `no-space`, `not-found`
   */
  async write(
    request: NewModuleRequest,
    asker: IAsker
  ): Promise<WrittenModule> {
    const to = locateModel(request.folder, asker);
    const written =
      request.variant === 'model'
        ? await this._writeModel(to, request, asker)
        : await this._writeProject(to, request, asker);
    const jupyterPath = pathInJupyter(to, asker);
    return {
      folder: to,
      ...(jupyterPath !== undefined && { jupyterPath }),
      ...written
    };
  }

  private async _writeProject(
    to: string,
    request: NewModuleRequest,
    asker: IAsker
  ): Promise<Omit<WrittenModule, 'folder'>> {
    const notebook =
      request.variant === 'notebook'
        ? await this._notebook(request, asker)
        : undefined;
    const project = await this._project(request, notebook?.reading);
    let files: string[] = [];
    await fillFolder(to, async scratch => {
      files = await writeProject(scratch, project, notebook);
    });
    await this._agree(to);
    const { packageName } = project;
    const first = notebook ? 'cells.py' : 'api.py';
    return {
      package: packageName,
      files,
      start: `${packageName}/${first}`,
      says: [
        'Its own tests pass as it is: `pip install --editable ".[test]"`, then `pytest`.',
        ...(notebook?.reading.notes ?? []),
        'Say in ai4-metadata.yml where its source code is before you share it.'
      ]
    };
  }

  private async _project(
    { variant, title, summary, author, licence }: NewModuleRequest,
    reading: IReadNotebook | undefined
  ): Promise<IProject> {
    const requirements =
      reading?.requirements ?? (variant === 'image' ? ['pillow'] : []);
    const names = await moduleNames(title, this._parts.places.python, [
      ...requirements,
      ...(reading?.modules ?? [])
    ]);
    return {
      variant,
      ...names,
      title: oneLine(title),
      summary: oneLine(summary ?? '') || `${oneLine(title)}: a new module.`,
      author: oneLine(author ?? ''),
      licence: licence ?? 'none',
      isTrainable: reading ? Boolean(reading.train) : variant !== 'empty',
      requirements,
      localModules: reading?.modules ?? []
    };
  }

  private async _notebook(
    request: NewModuleRequest,
    asker: IAsker
  ): Promise<INotebookSource> {
    const file = locateModel(sourceOf(request), asker);
    const reading = await this._read(file);
    const [problem, ...more] = reading.problems;
    if (problem !== undefined) {
      throw new DeepError('invalid-arguments', problem, {
        hint: more.join(' ') || undefined,
        fields: { source: reading.problems }
      });
    }
    return { reading, folder: path.dirname(file) };
  }

  private async _writeModel(
    to: string,
    request: NewModuleRequest,
    asker: IAsker
  ): Promise<Omit<WrittenModule, 'folder'>> {
    const { title, summary, author = '', licence = 'none' } = request;
    const found = await inspectModel(locateModel(sourceOf(request), asker));
    const settings = settingsOf(found.inspection, {});
    checkModel(() => checkSettings(found.inspection, settings));
    const about = {
      name: plainName(title),
      title: oneLine(title),
      version: VERSION,
      summary: oneLine(summary ?? '') || `${oneLine(title)}: a new module.`,
      author,
      ...(licence !== 'none' && { licence })
    };
    const text = licenceText(licence, author);
    const texts = {
      ...folderTexts(settings, about),
      ...(text && { LICENSE: text })
    };
    await fillFolder(to, async scratch => {
      await fillModelFolder(scratch, found, texts);
      await writeFile(path.join(scratch, 'README.md'), readme(about));
      await checkFolder(scratch, this._parts);
    });
    return {
      files: [
        ...Object.keys(found.files),
        ...Object.keys(texts),
        'README.md'
      ].sort(),
      start: 'module.json',
      says: [
        'Its labels are in config.json, how it is fed in module.json; no code of it runs.',
        'Say in ai4-metadata.yml where its source code is before you share it.'
      ]
    };
  }

  /** Who has it written has agreed to it: until it installs something else, nobody is asked. */
  private async _agree(folder: string): Promise<void> {
    const project = await readProject(folder);
    if (project) {
      await this._parts.consents.keep(
        { kind: 'folder', folder },
        { commit: project.digest }
      );
    }
  }

  private _read(file: string): Promise<IReadNotebook> {
    return readNotebook(file, this._parts.places.python);
  }
}

export namespace NewModules {
  export interface IParts {
    places: IPlaces;
    settings: ISettings;
    /** What was agreed to. */
    consents: Consents;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function sourceOf({ source, variant }: NewModuleRequest): ModelPlace {
  if (!source) {
    const what = variant === 'model' ? 'a model file' : 'a notebook';
    throw new DeepError('invalid-arguments', `Name ${what}.`, {
      fields: { source: [`Name ${what}.`] }
    });
  }
  return source;
}

/** What cannot be guessed is asked by the wizard, which has a form for it. */
function checkModel(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof DeepError && error.key === 'invalid-arguments') {
      throw new DeepError('invalid-arguments', error.detail, {
        hint: 'The file does not say it all. “Deploy model…” of the file’s context menu asks for the rest.',
        fields: error.fields,
        cause: error
      });
    }
    throw error;
  }
}

/** Where Jupyter shows a folder; undefined where it does not. */
export function pathInJupyter(
  folder: string,
  { root }: IAsker
): string | undefined {
  const relative = root === undefined ? '..' : path.relative(root, folder);
  return relative.startsWith('..') || path.isAbsolute(relative)
    ? undefined
    : relative.split(path.sep).join('/');
}

const readme = ({
  title,
  summary
}: {
  title: string;
  summary: string;
}): string => `# ${title}

${summary}

A model folder: no code of it runs. \`jupyter deep serve-model .\` serves it with the API of DEEPaaS v2.

| file | has |
| --- | --- |
| \`module.json\` | its name, its task, how the network is fed |
| \`config.json\` | the names of its classes |
| \`onnx/\` | the network |
| \`ai4-metadata.yml\` | what catalogues show; its address of the source code is still to be filled in |
`;
