import { statfs } from 'node:fs/promises';
import {
  DeepError,
  EnvironmentDevice,
  EnvironmentPlan
} from '@jupyterlab-deep/protocol';
import { gigabytes } from '../machine/sizes';
import { Definition, Figures } from './definitions';

/** As Node calls it: `linux-x64`. */
const PLATFORM = `${process.platform}-${process.arch}`;
/** Unpacked packages take about so much more than their files where nobody has measured. */
const UNPACKED_FACTOR = 3;
const MEGABYTE = 1024 ** 2;
/** What else is written while an environment is made. */
const MARGIN_BYTES = 200 * MEGABYTE;

/** What this machine is, as far as environments go. */
export interface IEnvironmentMachine {
  hasGpu: boolean;
  /** Of the interpreter: `3.12.4`. */
  python: string;
  platform?: string;
}

/** What of a definition is made on a machine. */
export interface IChoice {
  device: EnvironmentDevice;
  figures: Figures;
  why: string;
}

/**
 * The variant for a machine; what was asked for goes before what fits best.
 *
 * @throws DeepError `environment-failed` when there is none for it.
 */
export function chooseVariant(
  definition: Definition,
  { hasGpu, python, platform = PLATFORM }: IEnvironmentMachine,
  asked?: EnvironmentDevice
): IChoice {
  if (definition.broken) {
    throw new DeepError('environment-failed', definition.broken);
  }
  const order: EnvironmentDevice[] = hasGpu
    ? ['cuda', 'any', 'cpu']
    : ['cpu', 'any', 'cuda'];
  const there = order.filter(each => definition.variants[each]?.[platform]);
  const device = asked ? there.find(each => each === asked) : there[0];
  if (!device) {
    throw new DeepError(
      'environment-failed',
      `${definition.title} is not published ${asked ? `for ${DEVICES[asked]} ` : ''}on this kind of machine (${platform}).`,
      { hint: 'Choose another one, or a container image.' }
    );
  }
  const figures = definition.variants[device]![platform];
  const short = python.split('.').slice(0, 2).join('.');
  if (!figures.pythons.includes(short)) {
    throw new DeepError(
      'environment-failed',
      `${definition.title} needs Python ${wordList(figures.pythons)}; Jupyter here runs on Python ${short}.`,
      { hint: 'Install Jupyter with one of these, or choose another one.' }
    );
  }
  return { device, figures, why: whyVariant(device, hasGpu, platform) };
}

const DEVICES: Record<EnvironmentDevice, string> = {
  cpu: 'CPUs',
  cuda: 'NVIDIA GPUs',
  any: 'CPUs and GPUs'
};

function whyVariant(
  device: EnvironmentDevice,
  hasGpu: boolean,
  platform: string
): string {
  if (device === 'any') {
    const libraries = platform.startsWith('linux')
      ? 'It brings the libraries of CUDA, as there is no smaller one in the package index. '
      : '';
    return `${libraries}${hasGpu ? 'It uses the GPU here.' : 'Without a GPU it computes on the CPU.'}`;
  }
  if (device === 'cuda') {
    return hasGpu
      ? 'For the NVIDIA GPU here.'
      : 'For an NVIDIA GPU; there is none here now.';
  }
  return hasGpu
    ? 'For the CPU: it does not use the GPU here.'
    : 'For the CPU: there is no NVIDIA GPU here.';
}

const wordList = (words: string[]): string =>
  words.length === 1
    ? words[0]
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** What making it takes, and what there is. */
export async function planOf(
  { device, figures, why }: IChoice,
  folder: string
): Promise<EnvironmentPlan> {
  const { versions, packages, downloadBytes, installedBytes, seconds } =
    figures;
  return {
    device,
    why,
    versions: Object.entries(versions).map(([name, version]) => ({
      name,
      version
    })),
    packages,
    downloadBytes,
    installedBytes,
    seconds,
    freeBytes: await freeBytes(folder)
  };
}

/** @throws DeepError `no-space` where it would not fit */
export async function checkSpace(
  title: string,
  { downloadBytes, installedBytes }: Figures,
  folder: string
): Promise<void> {
  const needed =
    (installedBytes ?? downloadBytes * UNPACKED_FACTOR) + MARGIN_BYTES;
  const free = await freeBytes(folder);
  if (free < needed) {
    throw new DeepError(
      'no-space',
      `${title} needs about ${gigabytes(needed)} on the disk of ${folder}; ${gigabytes(free)} are free.`,
      {
        hint: 'Remove environments that are not needed, or free space; the administrator can put the store elsewhere (`store.directory`).'
      }
    );
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
