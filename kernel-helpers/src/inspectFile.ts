import * as path from 'node:path';
import type { ModelInspection, ModelTensor } from '@jupyterlab-deep/protocol';
import { type IMimeBundle, shownAs, textBundle } from './display/bundle';

const tensorLine = ({ name, type, shape }: ModelTensor): string =>
  `${name} (${type}${shape.length > 0 ? `, ${shape.map(length => length ?? 'any').join(' × ')}` : ''})`;

function shown(found: ModelInspection): IMimeBundle {
  const { problem, proposal, inputs, outputs, findings, questions } = found;
  const said = findings.map(
    ({ text, isCertain }) => `${isCertain ? '·' : '?'} ${text}`
  );
  return textBundle(
    [
      `${found.name}: ${proposal?.task ?? 'no module can be made of it as it is'}`,
      `in: ${inputs.map(tensorLine).join(', ')}`,
      `out: ${outputs.map(tensorLine).join(', ')}`,
      ...said,
      ...(problem ? [`${problem.detail} ${problem.hint ?? ''}`.trim()] : []),
      ...(questions.length > 0
        ? [`To be said when it is saved: ${questions.join(', ')}.`]
        : [])
    ].join('\n')
  );
}

/** What a model file says of itself; nothing of it is run. */
export async function inspectFile(file: string): Promise<ModelInspection> {
  // Late, since most notebooks use modules and need none of it.
  const { inspectModel } = await import('./models');
  const { inspection } = await inspectModel(path.resolve(file));
  return shownAs(inspection, shown);
}
