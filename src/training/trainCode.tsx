import type { ITrainingForm } from '@jupyterlab-deep/protocol';
import { trainingCells } from '@jupyterlab-deep/protocol/lib/trainingCode';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { CopyButton } from '../inference/copyButton';
import type { IPageContext } from '../inference/pageContext';
import { useChanges } from '../shared/useChanges';
import type { TrainModel } from './trainModel';

type Language = ITrainingForm['language'];

/** What the form does, as cells. */
export function TrainCode({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  const { train, moduleId } = model;
  const [language, setLanguage] = React.useState<Language>('typescript');
  useChanges(train);
  const folder = page.contents.localPath(page.currentFolder());
  const code = codeOf(train, moduleId, language, folder);
  return (
    <details className="jp-DeepInference-code">
      <summary>{trans.__('As code')}</summary>
      <div className="jp-DeepInference-codeBar">
        <select
          className="jp-mod-styled"
          aria-label={trans.__('Language')}
          value={language}
          onChange={event => setLanguage(event.target.value as Language)}
        >
          <option value="typescript">{trans.__('TypeScript')}</option>
          <option value="python">{trans.__('Python')}</option>
        </select>
        <CopyButton
          label={trans.__('Copy as cell')}
          text={code}
          trans={trans}
        />
      </div>
      <pre tabIndex={0} aria-label={trans.__('Code of the training')}>
        {code}
      </pre>
    </details>
  );
}

/** @param folder Of the notebook: paths are relative to it. */
export function codeOf(
  { data, datasets, plan, values }: TrainModel,
  module: string,
  language: Language,
  folder: string
): string {
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        value !== undefined &&
        value !== null &&
        !data.has(name) &&
        !plan?.secrets.includes(name)
    )
  );
  const refs: Record<string, string> = {};
  for (const [argument, chosen] of data) {
    if (chosen.from === 'dataset') {
      const dataset = datasets?.find(({ id }) => id === chosen.id);
      refs[argument] = dataset?.ref ?? chosen.id;
    } else if (chosen.from === 'jupyter') {
      const path = PathExt.relative(`/${folder}`, `/${chosen.path}`);
      given[argument] = path || '.';
    } else {
      given[argument] = chosen.path;
    }
  }
  const form = { module, language, arguments: given, datasets: refs };
  const { open, train, watch } = trainingCells(form);
  return [open, train, watch].join('\n\n');
}
