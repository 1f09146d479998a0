import { homedir } from 'node:os';
import type Docker from 'dockerode';
import { IBeginning } from '../target';
import { Engine } from './engine';
import { isMissing, refusal } from './engineFailure';
import { IImageName, imageText, registryOf } from './imageNames';
import { Layers, readProgress } from './progress';
import { registryLogin } from './registryLogins';

/** An image that an engine has. */
export interface IImage {
  id: string;
  /** `sha256:…` by which registries know it; of one that was made here its id. */
  digest: string;
  command: string[];
}

/** The image that an engine has under a name; undefined where it has none. */
export function findImage(
  engine: Engine,
  image: IImageName,
  signal: AbortSignal
): Promise<IImage | undefined> {
  return engine.ask('an image', signal, async docker => {
    try {
      return describe(await docker.getImage(imageText(image)).inspect());
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  });
}

function describe(info: Docker.ImageInspectInfo): IImage {
  const [known = ''] = info.RepoDigests ?? [];
  const { Cmd, Entrypoint } = info.Config ?? {};
  const words = (value: unknown): string[] =>
    Array.isArray(value) ? value.map(String) : [];
  return {
    id: info.Id,
    digest: known.split('@')[1] ?? info.Id,
    command: [...words(Entrypoint), ...words(Cmd)]
  };
}

/**
 * Fetch an image, with what is told meanwhile.
 *
 * @throws DeepError `target-unreachable`, `target-refused` in the words of the registry, `no-space`, `cancelled`
 */
export async function pullImage(
  engine: Engine,
  image: IImageName,
  { signal, onPhase, onLog }: IBeginning,
  env: Record<string, string | undefined>
): Promise<IImage> {
  const text = imageText(image);
  const doing = `the image ${text}`;
  const authconfig = await registryLogin(registryOf(image), env, homedir());
  onPhase(`Fetching the image ${text}`);
  onLog(`Fetching ${text}`);
  const layers = new Layers();
  const failure = await engine.work(doing, signal, async docker => {
    const stream = await docker.pull(text, {
      abortSignal: signal,
      ...(authconfig && { authconfig })
    });
    const take = (progress: Parameters<Layers['take']>[0]): void => {
      const told = layers.take(progress);
      if (told) {
        onPhase(`Fetching the image ${text}, ${told}`);
      }
    };
    return readProgress(stream, take, signal);
  });
  if (failure) {
    throw refusal(failure, engine.title, doing);
  }
  const found = await findImage(engine, image, signal);
  if (!found) {
    throw refusal('it did not come', engine.title, doing);
  }
  onLog(`It is ${found.digest}`);
  return found;
}
