import type {
  Gpu,
  ModuleFit,
  ModuleResources
} from '@jupyterlab-deep/protocol';

/** What this machine has for modules. */
export interface IMachine {
  cpus: number;
  memoryBytes: number;
  gpus: readonly Pick<Gpu, 'memoryBytes'>[];
  /** Where environments and containers of modules grow. */
  diskFreeBytes: number;
}

type Lack = ModuleFit['lacks'][number];

const BYTES_PER_MB = 1e6;

/** What a module asks for, and is not here. Memory of cards that do not tell theirs is not compared. */
export function lacksOf(
  resources: ModuleResources | undefined = {},
  machine: IMachine
): Lack[] {
  const { cpu = 0, memoryMb = 0, gpuMemoryMb = 0, storageMb = 0 } = resources;
  // Who wants memory on a GPU wants a GPU, unless it says that it wants none.
  const gpu = resources.gpu ?? (gpuMemoryMb > 0 ? 1 : 0);
  const onGpu = gpu > 0 && machine.gpus.length >= gpu ? gpuMemoryMb : 0;
  const needs: Lack[] = [
    { what: 'cpu', needed: cpu, present: machine.cpus },
    { what: 'gpu', needed: gpu, present: machine.gpus.length },
    {
      what: 'memory',
      needed: memoryMb,
      present: megabytes(machine.memoryBytes)
    },
    {
      what: 'gpuMemory',
      needed: onGpu,
      present: megabytes(memoryOfGpus(machine.gpus, gpu))
    },
    {
      what: 'disk',
      needed: storageMb,
      present: megabytes(machine.diskFreeBytes)
    }
  ];
  return needs.filter(({ needed, present }) => needed > present);
}

/** What each of so many GPUs has, the best ones taken. */
function memoryOfGpus(gpus: IMachine['gpus'], count: number): number {
  const sizes = gpus
    .map(({ memoryBytes = Infinity }) => memoryBytes)
    .toSorted((a, b) => b - a);
  return sizes[Math.max(1, count) - 1] ?? Infinity;
}

const megabytes = (bytes: number): number => Math.round(bytes / BYTES_PER_MB);

/** A sentence for each, for whoever is about to run it here. */
export const lackSentences = (
  title: string,
  lacks: readonly Lack[]
): string[] => lacks.map(lack => lackSentence(title, lack));

function lackSentence(title: string, { what, needed, present }: Lack): string {
  switch (what) {
    case 'cpu':
      return `${title} needs ${needed} CPUs; this machine has ${present}.`;
    case 'gpu':
      return present === 0
        ? `${title} needs ${needed === 1 ? 'a GPU' : `${needed} GPUs`}; this machine has none.`
        : `${title} needs ${needed} GPUs; this machine has ${present}.`;
    case 'memory':
      return `${title} needs ${size(needed)} of memory; this machine has ${size(present)}.`;
    case 'gpuMemory':
      return `${title} needs ${size(needed)} of GPU memory; this machine’s GPU has ${size(present)}.`;
    case 'disk':
      return `${title} needs ${size(needed)} of disk; ${size(present)} are free here.`;
  }
}

/** `16 GB`, `500 MB`: as descriptions of modules count. */
const size = (mb: number): string =>
  mb >= 1000 ? `${Number((mb / 1000).toFixed(1))} GB` : `${mb} MB`;
