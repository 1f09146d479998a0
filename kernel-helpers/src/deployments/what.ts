import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { LocalModel } from '../localModel';
import { TrainingRun } from '../training';

/**
 * What is deployed: an id (`mine/seeds`), anything that has one (what `modules.open`, `catalogue.get` or `run.model()` gave),
 * a training, whose model is waited for, or a model folder.
 */
export type DeployedModel =
  string | { readonly id: string } | TrainingRun | LocalModel;

const MODULE_ID = /^[a-z0-9-]+\/[A-Za-z0-9._-]+$/;

/** Id of the module to deploy. @throws DeepError `invalid-arguments`; why a training made none. */
export async function moduleIdOf(
  module: DeployedModel | undefined,
  model: DeployedModel | undefined,
  signal: AbortSignal | undefined
): Promise<string> {
  const what = module ?? model;
  if (what === undefined || (module !== undefined && model !== undefined)) {
    throw new DeepError(
      'invalid-arguments',
      'Give either a module or a model to deploy.',
      {
        hint: "Such as deployments.create({ module: 'builtin/image-classifier' })."
      }
    );
  }
  if (what instanceof TrainingRun) {
    return what.modelId({ signal });
  }
  if (what instanceof LocalModel) {
    throw noModule(what.folder);
  }
  const named = typeof what === 'string' ? what : what.id;
  if (module === undefined && (await isFolder(named))) {
    throw noModule(path.resolve(named));
  }
  if (!MODULE_ID.test(named)) {
    throw new DeepError(
      'invalid-arguments',
      `“${named}” is neither the id of a module nor a folder.`,
      {
        hint: "An id looks like mine/seeds; catalogue.search('…') lists them."
      }
    );
  }
  return named;
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(path.resolve(name))).isDirectory();
  } catch {
    // Nothing there, or nothing that may be looked at: then it is meant as an id.
    return false;
  }
}

const noModule = (folder: string): DeepError =>
  new DeepError(
    'invalid-arguments',
    `The model folder ${folder} is no module of the catalogue yet.`,
    {
      hint: `Save its file as a module of yours with models.save, and give what that returns; or add ${path.dirname(folder)} under “Sources…” of the DEEP catalogue, and give the id that the module has there.`
    }
  );
