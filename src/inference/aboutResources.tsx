import type { Health, Module } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatSize } from '../shared/sizes';
import { IAboutPart, Row, Rows } from './aboutFacts';
import { lackWords } from './usability';

type Machine = Health['machine'];

const BYTES_PER_MB = 1e6;

interface IResourcesProps extends IAboutPart {
  /** Null while the service has not told. */
  machine: Machine | null;
}

/** What it needs, against what this machine has. */
export function Resources(props: IResourcesProps): JSX.Element {
  const { module, machine, trans } = props;
  const { resources, sizeBytes } = module;
  const needs = needWords(resources, trans);
  const rows: Row[] = [
    [trans.__('Needs'), needs || trans.__('not given')],
    [
      trans.__('This machine'),
      machine && <Machine {...props} machine={machine} isCompared={!!needs} />
    ],
    ...trainingRows(props),
    [trans.__('Size'), sizeBytes === undefined ? '' : formatSize(sizeBytes)]
  ];
  return (
    <section className="jp-DeepInference-resources">
      <h2>{trans.__('Resources')}</h2>
      <Rows rows={rows.filter(([, value]) => value !== null)} />
    </section>
  );
}

/** Only of what says so: most modules are not trained. */
function trainingRows({ module, trans }: IResourcesProps): Row[] {
  const needs = needWords(module.trainingResources, trans);
  const { trainingLacks: lacks = [] } = module.fit;
  return needs
    ? [
        [
          trans.__('To be trained'),
          lacks.length === 0 ? (
            needs
          ) : (
            <span data-fits="false">
              {needs} <span aria-hidden="true">✗ </span>
              {trans.__(
                'not enough here: it needs %1',
                lackWords({ lacks }, trans)
              )}
            </span>
          )
        ]
      ]
    : [];
}

interface IMachineProps extends IAboutPart {
  machine: Machine;

  /** Whether the module says what it needs. */
  isCompared: boolean;
}

/** A sign beside the words, so that colour is never alone. */
function Machine(props: IMachineProps): JSX.Element {
  const { module, machine, isCompared, trans } = props;
  const has = trans.__('this machine has %1', machineWords(machine, trans));
  const { lacks } = module.fit;
  if (!isCompared) {
    return <>{has}</>;
  }
  return lacks.length === 0 ? (
    <span data-fits="true">
      <span aria-hidden="true">✓ </span>
      {trans.__('enough: %1', has)}
    </span>
  ) : (
    <span data-fits="false">
      <span aria-hidden="true">✗ </span>
      {trans.__('not enough: it needs %1', lackWords(module.fit, trans))}
    </span>
  );
}

function needWords(
  resources: Module['resources'],
  trans: TranslationBundle
): string {
  const { cpu, gpu, memoryMb, gpuMemoryMb, storageMb } = resources ?? {};
  const size = (megabytes: number) => formatSize(megabytes * BYTES_PER_MB);
  const words = [
    cpu ? trans._n('%1 CPU', '%1 CPUs', cpu) : '',
    memoryMb ? size(memoryMb) : '',
    gpu ? trans._n('%1 GPU', '%1 GPUs', gpu) : '',
    gpuMemoryMb ? trans.__('%1 on the GPU', size(gpuMemoryMb)) : '',
    storageMb ? trans.__('%1 on disk', size(storageMb)) : ''
  ];
  return words.filter(word => word !== '').join(', ');
}

function machineWords(machine: Machine, trans: TranslationBundle): string {
  const gpus = machine.gpus.length;
  return [
    trans._n('%1 CPU', '%1 CPUs', machine.cpus),
    formatSize(machine.memoryBytes),
    gpus
      ? trans._n('%1 GPU (%2)', '%1 GPUs (%2)', gpus, machine.gpus.join('; '))
      : trans.__('no GPU')
  ].join(', ');
}
