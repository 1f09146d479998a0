import { Module } from '@jupyterlab-deep/protocol';
import { isRecord, textOf } from '../shapes';
import { markedTitle } from './handle';
import { IPapiStorages, storageGroup } from './storage';

/** Groups of values by the platform's names. */
export type Configuration = Record<string, unknown>;

/**
 * What the platform is told of a job: its title carries the mark, and a storage is given where its user chose one.
 *
 * @param options As they were chosen by the plan.
 * @throws DeepError `account-needed` of a storage that may not be given; `invalid-arguments`
 */
export async function configurationFor(
  module: Module,
  mark: string,
  options: Record<string, unknown>,
  storages: IPapiStorages | undefined
): Promise<Configuration> {
  const { vo: _vo, use_storage: chosen, storage, ...groups } = options;
  const account = textOf(chosen);
  const given = account && storages ? await storages.open(account) : undefined;
  const general = isRecord(groups.general) ? groups.general : {};
  const title = textOf(general.title) ?? module.title;
  const group = storageGroup(storage, given);
  return {
    ...groups,
    general: { ...general, title: markedTitle(title, mark) },
    ...(group && { storage: group })
  };
}
