import { cellCode } from '@jupyterlab-deep/protocol/lib/cellCode';
import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import { cellFormOf, Language } from './cellForm';
import { CommandIDs } from './commandIds';
import type { IPageContext } from './pageContext';

/** What the form does, as the cell that *Copy as cell* and *Insert into notebook* make. */
export function CodeView({ page }: { page: IPageContext }): JSX.Element {
  const { trans, commands, model } = page;
  const { trial, moduleId: id } = model;
  const [language, setLanguage] = React.useState<Language>('typescript');
  useChanges(trial);
  const folder = page.contents.localPath(page.currentFolder());
  const { form, leftOut } = cellFormOf(trial, language, folder);
  return (
    <div className="jp-DeepInference-code">
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
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() =>
            void commands.execute(CommandIDs.copyCell, { id, language })
          }
        >
          {trans.__('Copy as cell')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() =>
            void commands.execute(CommandIDs.insertCell, { id, language })
          }
        >
          {trans.__('Insert into notebook')}
        </button>
      </div>
      <pre tabIndex={0} aria-label={trans.__('Code')}>
        {cellCode(form, leftOut)}
      </pre>
    </div>
  );
}
