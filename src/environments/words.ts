import type {
  EnvironmentDevice,
  EnvironmentPlan,
  InstalledPackage,
  MachineReport,
  MadeEnvironment
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatSize } from '../shared/sizes';
import { formatAgo } from '../shared/time';

/** `torch 2.15.0 · torchvision 0.29.2` */
export const versionWords = (versions: readonly InstalledPackage[]): string =>
  versions.map(({ name, version }) => `${name} ${version}`).join(' · ');

/** What making it takes: *152 MB to download · 610 MB on disk · about 40 s · 50 packages*. */
export function costWords(
  { downloadBytes, installedBytes, seconds, packages }: EnvironmentPlan,
  trans: TranslationBundle
): string {
  const parts = [
    trans.__('%1 to download', formatSize(downloadBytes)),
    installedBytes && trans.__('%1 on disk', formatSize(installedBytes)),
    seconds && trans.__('about %1', durationWords(seconds, trans)),
    trans._n('%2 package', '%2 packages', packages, packages.toLocaleString())
  ];
  return parts.filter(Boolean).join(' · ');
}

/** `40 s`, `3 min`: no more exact than a time can be that was measured elsewhere. */
export const durationWords = (
  seconds: number,
  trans: TranslationBundle
): string =>
  seconds < 90
    ? trans.__('%1 s', Math.max(1, Math.round(seconds / 5) * 5))
    : trans.__('%1 min', Math.round(seconds / 60));

/** *Made 2 hours ago in 40 s · Python 3.12.4 · 50 packages · 610 MB · for the CPU* */
export function madeWords(
  made: MadeEnvironment,
  trans: TranslationBundle
): string {
  const { madeAt, python, packages, sizeBytes, device, added } = made;
  const parts = [
    trans.__('Made %1', formatAgo(new Date(madeAt))),
    trans.__('Python %1', python),
    trans._n('%2 package', '%2 packages', packages, packages.toLocaleString()),
    added > 0 && trans._n('%2 of them added', '%2 of them added', added, added),
    formatSize(sizeBytes),
    deviceWords(device, trans)
  ];
  return parts.filter(Boolean).join(' · ');
}

export function deviceWords(
  device: EnvironmentDevice,
  trans: TranslationBundle
): string {
  switch (device) {
    case 'cpu':
      return trans.__('for the CPU');
    case 'cuda':
      return trans.__('for an NVIDIA GPU');
    case 'any':
      return trans.__('for CPU and GPU');
  }
}

/** Empty where it fits. */
export function spaceWords(
  { installedBytes, downloadBytes, freeBytes }: EnvironmentPlan,
  trans: TranslationBundle
): string {
  const needed = installedBytes ?? downloadBytes;
  return needed > freeBytes
    ? trans.__('It does not fit: %1 are free.', formatSize(freeBytes))
    : '';
}

/** Term and value of what this machine has. */
export function machineRows(
  machine: MachineReport,
  trans: TranslationBundle
): [string, string][] {
  const { cpus, hostCpus, memoryBytes, hostMemoryBytes, disk, python } =
    machine;
  const rows: [string, string][] = [
    [
      trans.__('CPU'),
      cpus < hostCpus
        ? trans.__('%1 of %2, by a limit', cpus.toLocaleString(), hostCpus)
        : cpus.toLocaleString()
    ],
    [
      trans.__('Memory'),
      memoryBytes < hostMemoryBytes
        ? trans.__(
            '%1 of %2, by a limit',
            formatSize(memoryBytes),
            formatSize(hostMemoryBytes)
          )
        : formatSize(memoryBytes)
    ],
    [trans.__('GPU'), gpuWords(machine, trans)],
    [
      trans.__('Disk'),
      trans.__(
        '%1 of %2 free, where environments lie',
        formatSize(disk.freeBytes),
        formatSize(disk.totalBytes)
      )
    ]
  ];
  return python ? [...rows, [trans.__('Python'), python]] : rows;
}

function gpuWords(
  { gpus, gpuNote }: MachineReport,
  trans: TranslationBundle
): string {
  const names = gpus.map(({ name, memoryBytes, usedBytes, driver }) =>
    [
      name,
      memoryBytes && formatSize(memoryBytes),
      usedBytes !== undefined &&
        trans.__('%1 of it in use', formatSize(usedBytes)),
      driver && trans.__('driver %1', driver)
    ]
      .filter(Boolean)
      .join(', ')
  );
  return [names.join('; ') || trans.__('none'), gpuNote].join(' · ');
}
