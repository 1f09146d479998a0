import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DeepError, Problem } from '@jupyterlab-deep/protocol';
import { ISettings, readSettings } from '../admin/config';
import { ModuleReader } from '../catalogue/metadata/readModule';
import { MetadataSchemas } from '../catalogue/metadata/metadataSchemas';
import { FolderSource } from '../catalogue/sources/folderSource';
import { asDeepError } from '../http/problems';
import { listGpus } from '../machine/gpus';
import { ILimits, readLimits } from '../machine/limits';
import {
  findJupyterFolders,
  findPlaces,
  IJupyterFolders,
  IPlaces,
  storeFolder
} from '../places';
import { Holder, readHolder } from '../store/lock';
import { version } from '../version';
import { IStatus, statusAt } from './status';
import { inspectStore, IStoreReport } from './storeReport';

/** What is known about this installation. */
export interface IReport {
  version: string;
  node: string;
  platform: string;
  host: string;
  machine: ILimits & { gpus: string[] };
  folders: IJupyterFolders;
  places: IPlaces;
  /** The administrator's files that were read. */
  adminFiles: string[];
  limits?: ISettings['limits'];
  service: IStatus;
  holder?: Holder;
  store: Omit<IStoreReport, 'problems'>;
  modules: { id: string; broken: boolean }[];
  problems: Problem[];
}

/** Look at everything without starting or changing anything. */
export async function doctor(): Promise<IReport> {
  const problems: DeepError[] = [];
  const folders = findJupyterFolders(process.env);
  const settings = await readSettings(folders.config, process.env).catch(
    error => {
      problems.push(asDeepError(error));
    }
  );
  const folder = storeFolder(folders, settings?.storeDirectory);
  const places = await findPlaces(process.env, folders, folder);
  const { problems: storeProblems, ...store } = await inspectStore(folder);
  const service = await statusAt(places);
  const holder = await readHolder(folder);
  const modules = await inspectModules(places, settings ?? undefined);
  problems.push(
    ...storeProblems,
    ...serviceProblems(service, holder),
    ...(await programProblems(places)),
    ...modules.problems
  );
  return {
    version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    host: hostname(),
    machine: { ...readLimits(), gpus: await listGpus() },
    folders,
    places,
    adminFiles: settings?.files ?? [],
    limits: settings?.limits,
    service,
    holder,
    store,
    modules: modules.listed,
    problems: problems.map(problem => problem.toProblem())
  };
}

function serviceProblems(
  { isRunning, problem }: IStatus,
  holder?: Holder
): DeepError[] {
  if (holder && holder.host !== hostname()) {
    const detail = `The store is held by a service on ${holder.host} (process ${holder.pid}).`;
    const hint = `Close Jupyter on ${holder.host}, or set DEEP_STORE_DIRECTORY to another folder.`;
    return [new DeepError('service-elsewhere', detail, { hint })];
  }
  return problem && !isRunning
    ? [
        new DeepError('service-unavailable', problem, {
          hint: 'Its next use starts a new one.'
        })
      ]
    : [];
}

async function programProblems({ nodeHome }: IPlaces): Promise<DeepError[]> {
  const program = path.join(nodeHome, 'module-runtime.mjs');
  try {
    await access(program);
    return [];
  } catch {
    const detail = `The program that serves modules is missing: ${program}.`;
    const hint = 'Install jupyterlab-deep again.';
    return [new DeepError('module-start-failed', detail, { hint })];
  }
}

async function inspectModules(
  { modules, schemas }: IPlaces,
  settings?: ISettings
): Promise<{ listed: IReport['modules']; problems: DeepError[] }> {
  const folders = [...modules, ...(settings?.moduleFolders ?? [])];
  const reader = new ModuleReader(new MetadataSchemas(schemas));
  const source = new FolderSource('builtin', '', folders, reader);
  const { entries, problem } = await source.load();
  const found = entries.map(({ module }) => module);
  const broken = found.filter(module => module.broken);
  return {
    listed: found.map(({ id, broken }) => ({ id, broken })),
    problems: [
      ...(problem ? [new DeepError('module-broken', problem)] : []),
      ...broken.map(
        ({ id, problems }) =>
          new DeepError(
            'module-broken',
            `${id}: ${problems.map(({ message }) => message).join(' ')}`
          )
      )
    ]
  };
}
