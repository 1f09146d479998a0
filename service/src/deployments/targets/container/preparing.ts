import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import { IBeginning, IDeployable } from '../target';
import { buildModel, obtainRuntime } from './building';
import { IContainerChoices, IContainerParts } from './containerSpec';
import { Engine } from './engine';
import { publishOf } from './engineAddress';
import { findImage, IImage, pullImage } from './images';
import { IImageName, imageText, mirrored, parseImageName } from './imageNames';
import { LABELS } from './labels';

/** A container that is wanted. */
export interface IContainerOrder {
  engine: Engine;
  deployment: string;
  what: IDeployable;
  choices: IContainerChoices;
  beginning: IBeginning;
}

/** Of the target. */
interface IMeans {
  settings: ISettings;
  /** Folder of the bundles, which go into images. */
  nodeHome: string;
  env: Record<string, string | undefined>;
}

/**
 * The parts of a container of a model folder, whose image is built.
 *
 * @throws DeepError of building
 */
export async function modelParts(
  { engine, deployment, what, choices, beginning }: IContainerOrder,
  { settings, nodeHome, env }: IMeans
): Promise<IContainerParts> {
  const { mirrors, baseImage } = settings.targets;
  const build = {
    engine,
    nodeHome,
    mirrors,
    env,
    baseImage: choices.baseImage ?? baseImage
  };
  const runtime = await obtainRuntime(build, beginning);
  const folder = what.folder as string;
  const image =
    choices.model === 'mounted'
      ? runtime
      : await buildModel(engine, runtime, { deployment, folder }, beginning);
  const known = await findImage(
    engine,
    parseImageName(image),
    beginning.signal
  );
  return {
    ...(await common(engine, settings, beginning.signal)),
    ...{ deployment, what, choices, image },
    imageName: image,
    digest: known?.id ?? '',
    isFetched: false
  };
}

/**
 * The parts of a container of a catalogue's image, which is fetched where the engine has it not.
 *
 * @throws DeepError of fetching; `consent-needed` where it is another image than was agreed to
 */
export async function imageParts(
  { engine, deployment, what, choices, beginning }: IContainerOrder,
  { settings, env }: IMeans
): Promise<IContainerParts> {
  const { signal, agreed, onCommit } = beginning;
  const { name, from } = imageOf(what, choices, settings.targets.mirrors);
  const origin = imageText(name);
  const known = await findImage(engine, from, signal);
  const isOurs = await isFetched(engine, origin, beginning);
  if (!known) {
    beginning.remember?.(fetching(origin));
  }
  const image =
    known && !choices.fetch
      ? known
      : await pullImage(engine, from, beginning, env);
  checkAgreed(what, origin, image, agreed);
  await onCommit?.(origin, image.digest);
  return {
    ...(await common(engine, settings, signal)),
    ...{ deployment, what, choices },
    image: imageText(from),
    imageName: origin,
    digest: image.digest,
    isFetched: isOurs || known === undefined
  };
}

/** Whether an image that is there came for a deployment of ours, and goes with the last of them. */
async function isFetched(
  engine: Engine,
  origin: string,
  { remembered = [], signal }: IBeginning
): Promise<boolean> {
  const label = [`${LABELS.image}=${origin}`, `${LABELS.fetched}=true`];
  const others = await engine.ask('its containers', signal, docker =>
    docker.listContainers({ all: true, filters: { label } })
  );
  return others.length > 0 || remembered.includes(fetching(origin));
}

/** A name may mean another image than the one that was looked at. @throws DeepError `consent-needed` */
function checkAgreed(
  { module }: IDeployable,
  origin: string,
  { digest }: IImage,
  agreed: string | undefined
): void {
  if (agreed !== undefined && agreed !== origin && agreed !== digest) {
    throw new DeepError(
      'consent-needed',
      `${origin}, the image of ${module.title}, is ${digest} now; what was agreed to was ${agreed}. Nothing of it was started.`,
      {
        hint: 'Look at it, then deploy it anew and agree.',
        technical: JSON.stringify({ origin, commit: digest })
      }
    );
  }
}

async function common(
  engine: Engine,
  settings: ISettings,
  signal: AbortSignal
): Promise<Pick<IContainerParts, 'isPodman' | 'publishAddress' | 'uploadMb'>> {
  const { isPodman } = await engine.about(signal);
  const { uploadMb } = settings.limits;
  return { isPodman, publishAddress: publishOf(engine.address), uploadMb };
}

/**
 * The image of a module, and where it is fetched from.
 *
 * @throws DeepError `invalid-arguments`
 */
export function imageOf(
  { module }: IDeployable,
  { tag }: IContainerChoices,
  mirrors: Record<string, string>
): { name: IImageName; from: IImageName } {
  const name = parseImageName(module.image ?? '', tag);
  return { name, from: mirrored(name, mirrors) };
}

const fetching = (image: string): string => `fetching ${image}`;
