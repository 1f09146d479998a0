import { DeepError } from '@jupyterlab-deep/protocol';

const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_OWNER = 'library';
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const HOST = /^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** A full name of an image. */
export interface IImageName {
  /** `docker.io/ai4oshub/plants` */
  name: string;
  tag: string;
  digest?: string;
}

/**
 * The full name that a short one stands for, by Docker's own rules: `ai4oshub/plants` is `docker.io/ai4oshub/plants:latest`.
 *
 * @throws DeepError `invalid-arguments`
 */
export function parseImageName(text: string, tag?: string): IImageName {
  const [named, digest] = text.trim().split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const path = hasTag ? named.slice(0, colon) : named;
  const parts = path.split('/');
  const hasRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]);
  const registry = hasRegistry ? parts.shift()! : DEFAULT_REGISTRY;
  const isOfficial = registry === DEFAULT_REGISTRY && parts.length === 1;
  const all = isOfficial ? [DEFAULT_OWNER, ...parts] : parts;
  const wanted = tag ?? (hasTag ? named.slice(colon + 1) : 'latest');
  const isGood =
    HOST.test(registry) &&
    all.every(part => NAME.test(part)) &&
    TAG.test(wanted) &&
    (digest === undefined || DIGEST.test(digest));
  if (!isGood) {
    throw new DeepError(
      'invalid-arguments',
      `“${text.slice(0, 200)}”${tag === undefined ? '' : ` with the tag “${tag}”`} is not the name of an image.`,
      { hint: 'Names look like `ai4oshub/plants:latest`, in small letters.' }
    );
  }
  return { name: [registry, ...all].join('/'), tag: wanted, digest };
}

/** As engines take it. */
export const imageText = ({ name, tag, digest }: IImageName): string =>
  digest === undefined ? `${name}:${tag}` : `${name}@${digest}`;

/**
 * Where an image is fetched from: names that begin as the table says, at a boundary, are asked for elsewhere.
 *
 * @param mirrors The longest beginning counts.
 */
export function mirrored(
  image: IImageName,
  mirrors: Record<string, string>
): IImageName {
  const [from, to] =
    Object.entries(mirrors)
      .filter(([start]) => {
        const prefix = start.replace(/\/+$/, '');
        return image.name === prefix || image.name.startsWith(`${prefix}/`);
      })
      .sort(([a], [b]) => b.length - a.length)
      .at(0) ?? [];
  if (from === undefined || to === undefined) {
    return image;
  }
  const rest = image.name.slice(from.replace(/\/+$/, '').length);
  return { ...image, name: to.replace(/\/+$/, '') + rest };
}

/** The registry of a full name. */
export const registryOf = ({ name }: IImageName): string => name.split('/')[0];
