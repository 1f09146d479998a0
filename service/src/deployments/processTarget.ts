import { access } from 'node:fs/promises';
import path from 'node:path';
import { serviceEnvironment } from '@jupyterlab-deep/kernel-helpers/connection/serviceEnvironment';
import { DeepError, Module, SERVED_TOPOLOGY } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import type { ICatalogueEntry } from '../catalogue/source';
import { IPlaces } from '../places';
import { featuresFolder, ownModelsFolder } from '../training/ownModels';
import { moduleEnvironment } from './environment';
import { ModuleProcess } from './moduleProcess';
import type { IProcessChoices } from './targets/processPlace';

/** A module that is a folder on this machine. */
export interface IModuleFolder {
  module: Module;
  folder: string;
  /** Fetch its files first, and use the folder that has them. */
  bring?: ICatalogueEntry['bring'];
}

/** Starts modules as processes on this machine, each on a unix socket of its own. */
export class ProcessTarget {
  constructor(private readonly _options: ProcessTarget.IOptions) {}

  socketOf(deployment: string): string {
    return path.join(this._options.places.sockets, `${deployment}.sock`);
  }

  /** @throws DeepError `module-start-failed` */
  async start(
    deployment: string,
    { module, folder }: IModuleFolder,
    logFile: string,
    choices: IProcessChoices = {}
  ): Promise<ModuleProcess> {
    const { places, settings, threads } = this._options;
    const program = path.join(places.nodeHome, 'module-runtime.mjs');
    await checkProgram(program);
    const { moduleIdleMinutes, uploadMb } = settings.limits;
    const idleMinutes = choices.idleMinutes ?? moduleIdleMinutes;
    const options = {
      '--model': folder,
      '--name': module.name,
      '--socket': this.socketOf(deployment),
      '--threads': String(choices.threads ?? threads),
      '--idle-minutes': String(idleMinutes),
      '--max-upload-mb': String(uploadMb),
      '--models-folder': ownModelsFolder(places),
      '--cache-folder': featuresFolder(places)
    };
    return ModuleProcess.start(
      process.execPath,
      [program, ...Object.entries(options).flat()],
      {
        // What serves a topology asks this service, or the next one.
        ...((await isThere(path.join(folder, SERVED_TOPOLOGY))) &&
          serviceEnvironment()),
        ...moduleEnvironment(settings.network, process.env)
      },
      logFile
    );
  }
}

export namespace ProcessTarget {
  export interface IOptions {
    places: IPlaces;
    settings: ISettings;
    /** Threads that a module may use. */
    threads: number;
  }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false
  );

async function checkProgram(program: string): Promise<void> {
  try {
    await access(program);
  } catch (error) {
    throw new DeepError(
      'module-start-failed',
      `The program that serves modules is missing: ${program}.`,
      { hint: 'Install jupyterlab-deep again.', cause: error }
    );
  }
}
