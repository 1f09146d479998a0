/** Serves one model folder with the DEEPaaS V2 API. See ARCHITECTURE.md for the command line. */
import { type IModel, loadModel } from '@jupyterlab-deep/kernel-helpers/models';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IModule, JSON_TYPE, REPLY_TYPES } from './module';
import { type IOptions, readOptions } from './options';
import { ModuleServer } from './server';
import { isTopology, loadTopology } from './topologyModel';
import { classifierTrainer } from './training/classifierTrainer';
import { Trainings } from './training/trainings';

/** The model folder cannot be served, or not as asked. */
const EXIT_REFUSED = 2;

function acceptOf({ manifest }: IModel): IModule['accept'] {
  const accept = manifest.accept ?? { types: [JSON_TYPE], in: 'query' };
  const unknown = accept.types.filter(type => !REPLY_TYPES.includes(type));
  if (unknown.length > 0) {
    throw new DeepError(
      'model-invalid',
      `module.json offers replies as ${unknown.join(', ')}; only ${REPLY_TYPES.join(' and ')} can be made.`
    );
  }
  return accept;
}

async function loadModule(options: IOptions): Promise<IModule> {
  const { model: folder, threads, workers, maxUploadBytes } = options;
  const isComposed = await isTopology(folder);
  const model = isComposed
    ? await loadTopology(folder)
    : await loadModel(folder, {
        threads,
        workers,
        maxFileBytes: maxUploadBytes
      });
  return {
    name: options.name ?? model.manifest.name,
    model,
    arguments: model.describe().arguments,
    accept: acceptOf(model),
    maxUploadBytes,
    ...(isComposed
      ? { notTrainable: 'Train the modules that it is composed of.' }
      : await trainingsOf(options))
  };
}

/** What can be retrained, or why this cannot. */
async function trainingsOf(
  options: IOptions
): Promise<Pick<IModule, 'notTrainable' | 'trainings'>> {
  const { modelsFolder } = options;
  if (modelsFolder === undefined) {
    return { notTrainable: 'It was started without a folder for new models.' };
  }
  try {
    const trainer = await classifierTrainer({ ...options, modelsFolder });
    return { trainings: new Trainings(trainer) };
  } catch (error) {
    if (error instanceof DeepError && error.key === 'module-not-implemented') {
      return { notTrainable: error.message };
    }
    throw error;
  }
}

function watch(server: ModuleServer, idleMinutes: number): void {
  let ending = false;
  const end = async (): Promise<void> => {
    if (!ending) {
      ending = true;
      await server.close();
      process.exit(0);
    }
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (idleMinutes > 0) {
    const limitMs = idleMinutes * 60_000;
    const everyMs = Math.min(limitMs / 4, 10_000);
    setInterval(() => server.idleMs >= limitMs && void end(), everyMs).unref();
  }
}

/** It was loaded and has run once: whoever asked starts it when it is wanted. */
async function sayChecked({ model }: IModule): Promise<void> {
  const { backend, detail } = model;
  console.log(JSON.stringify({ event: 'checked', backend, detail }));
  await model.release();
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const module = await loadModule(options);
  if (options.isCheck) {
    await sayChecked(module);
    return;
  }
  const server = new ModuleServer(module);
  const endpoint = await server.listen(options.listen);
  watch(server, options.idleMinutes);
  const { backend, detail } = module.model;
  const ready = { event: 'ready', pid: process.pid, backend, detail };
  console.log(
    JSON.stringify({
      ...ready,
      endpoint,
      modelPath: `/v2/models/${module.name}/`
    })
  );
}

main().catch((error: unknown) => {
  const problem =
    error instanceof DeepError
      ? error
      : new DeepError('internal', 'The module runtime could not start.', {
          technical: (error as Error).stack
        });
  console.error(JSON.stringify(problem.toProblem()));
  process.exit(EXIT_REFUSED);
});
