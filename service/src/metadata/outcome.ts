import { PreparationCheck } from '@jupyterlab-deep/protocol';
import { IModuleFolder } from './moduleFolder';

/** What a check of a module's folder says. */
export type Outcome = Omit<PreparationCheck, 'id' | 'title'>;

export const ok = (reason: string, file?: string): Outcome => ({
  state: 'ok',
  reason,
  remedy: '',
  ...(file && { file })
});
export const wrong = (
  reason: string,
  remedy: string,
  file?: string
): Outcome => ({
  state: 'wrong',
  reason,
  remedy,
  ...(file && { file })
});
export const note = (
  reason: string,
  remedy: string,
  file?: string
): Outcome => ({
  ...wrong(reason, remedy, file),
  state: 'note'
});

/** The first name in the folder that is so. */
export const named = (
  { names }: IModuleFolder,
  pattern: RegExp
): string | undefined => names.find(name => pattern.test(name));

/** The links of its metadata that are texts. */
export const linksOf = ({ metadata }: IModuleFolder): Record<string, string> =>
  Object.fromEntries(
    Object.entries((metadata?.values?.links ?? {}) as object).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string'
    )
  );
