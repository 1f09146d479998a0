import type { KernelEnvironment } from '@jupyterlab-deep/protocol';
import { IMimeBundle } from '../display/bundle';
import { Row, tableBundle } from '../display/table';
import { sizeWords } from '../storage/size';

/** Environments as a table: what is there, and what the others take. */
export const listBundle = (
  environments: readonly KernelEnvironment[]
): IMimeBundle => tableBundle(environments.map(rowOf));

export const madeBundle = (environment: KernelEnvironment): IMimeBundle =>
  tableBundle(
    [rowOf(environment)],
    undefined,
    environment.made &&
      `Choose the kernel “${environment.title} (DEEP)” for a notebook.`
  );

function rowOf({
  name,
  title,
  made,
  plan,
  whyNot,
  run
}: KernelEnvironment): Row {
  const state = run ? 'being made' : made ? 'ready' : whyNot ? 'not here' : '';
  const versions = (made ?? plan)?.versions ?? [];
  return {
    name,
    title,
    state,
    versions: versions.map(each => `${each.name} ${each.version}`).join(', '),
    takes: made
      ? sizeWords(made.sizeBytes)
      : plan
        ? costWords(plan)
        : (whyNot ?? '')
  };
}

function costWords({
  downloadBytes,
  installedBytes,
  seconds
}: NonNullable<KernelEnvironment['plan']>): string {
  const parts = [
    `${sizeWords(downloadBytes)} to download`,
    installedBytes && `${sizeWords(installedBytes)} on disk`,
    seconds && `about ${seconds} s`
  ];
  return parts.filter(Boolean).join(', ');
}
