import { filePattern } from '@jupyterlab-deep/protocol';
import type { BatchRequest, FileInput } from '@jupyterlab-deep/protocol';
import { ACCEPT, IFormPlan } from './formSchema';
import type { IPageContext } from './pageContext';

/** Pictures for an argument that speaks of them, else all files. */
export const patternFor = (plan: IFormPlan, argument: string): string =>
  filePattern(
    argument,
    plan.schema.properties?.[argument] as Parameters<typeof filePattern>[1]
  );

/** All other values come from the form of *Try*. */
export function valuesWords({ model, trans }: IPageContext): string {
  const values = Object.entries(model.trial.arguments);
  return values.length === 0
    ? trans.__("All other values are the module's own.")
    : trans.__(
        'Values of the form: %1',
        values.map(([name, value]) => `${name} = ${String(value)}`).join(', ')
      );
}

/** A file for another argument that only this page has. */
export const fileOfComputer = (
  { model }: IPageContext,
  argument: string
): string | undefined =>
  [...model.trial.files]
    .filter(([name, file]) => name !== argument && file.kind === 'browser')
    .map(([, file]) => file.name)
    .at(0);

/** What stays the same for every file. */
export function restOf(
  { model }: IPageContext,
  argument: string
): Pick<BatchRequest, 'arguments' | 'files' | 'accept'> {
  const files: Record<string, FileInput> = {};
  for (const [name, file] of model.trial.files) {
    if (name !== argument && file.kind === 'jupyter') {
      files[name] = { from: 'jupyter', path: file.path };
    }
    if (name !== argument && file.kind === 'example') {
      files[name] = { from: 'example', example: file.example };
    }
  }
  const accept = model.trial.values[ACCEPT] as string | undefined;
  return { arguments: model.trial.arguments, files, ...(accept && { accept }) };
}
