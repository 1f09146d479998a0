import { IBeginning } from '../target';
import { Engine } from './engine';
import { isMissing, refusal } from './engineFailure';
import { findImage, pullImage } from './images';
import { imageText, mirrored, parseImageName } from './imageNames';
import { byLabel, LABELS } from './labels';
import { readProgress } from './progress';
import { hashOf, HOME, runtimeFiles } from './runtimeFiles';
import { entriesOf, ITarEntry, packTar } from './tar';

/** Nobody's user: nothing in the image belongs to it. */
const USER = '65532:65532';
/** A look at the port: a request would begin the idle time of the module anew. */
const LOOK =
  "require('node:net').connect(5000,'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))";

/** What images are made from, and where it comes from. */
export interface IBuildParts {
  engine: Engine;
  nodeHome: string;
  baseImage: string;
  mirrors: Record<string, string>;
  env: Record<string, string | undefined>;
}

const repository = 'localhost/jupyterlab-deep';
export const modelImage = (deployment: string): string =>
  `${repository}/model:${deployment}`;
const runtimeImage = (hash: string): string => `${repository}/runtime:${hash}`;

/**
 * The image that serves model folders, made where the engine has it not yet. It is made without running anything.
 *
 * @throws DeepError of fetching its base and of building
 */
export async function obtainRuntime(
  { engine, nodeHome, baseImage, mirrors, env }: IBuildParts,
  beginning: IBeginning
): Promise<string> {
  const base = mirrored(parseImageName(baseImage), mirrors);
  const files = await runtimeFiles(nodeHome);
  const hash = await hashOf(files, imageText(base));
  const image = runtimeImage(hash);
  const { signal, onPhase } = beginning;
  if (await findImage(engine, parseImageName(image), signal)) {
    return image;
  }
  const isFetched = !(await findImage(engine, base, signal));
  if (isFetched) {
    await pullImage(engine, base, beginning, env);
  }
  onPhase('Building the image that serves models');
  const recipe = [
    `FROM ${imageText(base)}`,
    `COPY deep ${HOME}`,
    `ENV NODE_ENV=production HOME=/tmp`,
    `USER ${USER}`,
    'EXPOSE 5000',
    `HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ${JSON.stringify([`${HOME}/bin/node`, '-e', LOOK])}`,
    `ENTRYPOINT ${JSON.stringify([`${HOME}/bin/node`, `${HOME}/module-runtime.mjs`])}`
  ];
  const labels = {
    [LABELS.runtime]: hash,
    ...(isFetched && { [LABELS.base]: imageText(base) })
  };
  await build(engine, { recipe, files, image, labels }, beginning);
  return image;
}

/**
 * The image of a model folder, made for one deployment.
 *
 * @throws DeepError of building
 */
export async function buildModel(
  engine: Engine,
  runtime: string,
  { deployment, folder }: { deployment: string; folder: string },
  beginning: IBeginning
): Promise<string> {
  beginning.onPhase('Building the image of the model');
  const image = modelImage(deployment);
  const recipe = [`FROM ${runtime}`, `COPY model ${HOME}/model`];
  const files = await entriesOf(folder, 'model');
  const labels = { [LABELS.deployment]: deployment };
  await build(engine, { recipe, files, image, labels }, beginning);
  return image;
}

interface IBuild {
  recipe: string[];
  files: ITarEntry[];
  image: string;
  labels: Record<string, string>;
}

async function build(
  engine: Engine,
  { recipe, files, image, labels }: IBuild,
  { signal, onLog }: IBeginning
): Promise<void> {
  const content = `${recipe.join('\n')}\n`;
  const context = packTar([{ name: 'Dockerfile', content }, ...files]);
  const doing = `building ${image}`;
  const failure = await engine.work(doing, signal, async docker => {
    const stream = await docker.buildImage(context, {
      t: image,
      labels,
      rm: true,
      forcerm: true,
      abortSignal: signal
    });
    return readProgress(stream, ({ stream = '' }) => onLog(stream), signal);
  });
  if (failure) {
    throw refusal(failure, engine.title, doing);
  }
}

/** Remove the images that were made for a deployment, and what serves models where nothing uses it any longer. */
export async function removeModel(
  engine: Engine,
  deployment: string,
  signal: AbortSignal
): Promise<void> {
  const filters = byLabel(LABELS.deployment, deployment);
  const made = await engine.ask('its images', signal, docker =>
    docker.listImages({ all: true, filters })
  );
  for (const { Id } of made) {
    await removeImage(engine, Id, signal);
  }
  const hashes = made.flatMap(({ Labels }) => Labels?.[LABELS.runtime] ?? []);
  for (const hash of new Set(hashes)) {
    await removeRuntime(engine, hash, signal);
  }
}

/** Remove what serves models, unless a model stands on it. */
export async function removeRuntime(
  engine: Engine,
  hash: string,
  signal: AbortSignal
): Promise<void> {
  const filters = byLabel(LABELS.runtime, hash);
  const left = await engine.ask('its images', signal, docker =>
    docker.listImages({ all: false, filters })
  );
  const containers = await engine.ask('its containers', signal, docker =>
    docker.listContainers({ all: true, filters })
  );
  const isUsed =
    containers.length > 0 ||
    left.some(({ Labels }) => Labels?.[LABELS.deployment]);
  for (const { Id, Labels } of isUsed ? [] : left) {
    await removeImage(engine, Id, signal);
    const base = Labels?.[LABELS.base];
    await (base && removeImage(engine, base, signal));
  }
}

/** Remove an image, unless something uses it. */
export function removeImage(
  engine: Engine,
  image: string,
  signal: AbortSignal
): Promise<void> {
  return engine.ask('removing an image', signal, async docker => {
    try {
      await docker.getImage(image).remove();
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      const isInUse = statusCode === 409;
      if (!isInUse && !isMissing(error)) {
        throw error;
      }
    }
  });
}
