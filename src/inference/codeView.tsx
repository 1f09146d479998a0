import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { codeOf, Language, notebookPaths } from './notebook';
import type { IPageContext } from './pageContext';

/** The form may be typed in beside the code. */
const TYPING_MS = 150;

/** What the form does, as cells: the code of the notebook that *Open as notebook* makes. */
export function CodeView({ page }: { page: IPageContext }): JSX.Element {
  const { trans } = page;
  const [language, setLanguage] = React.useState<Language>('typescript');
  const { code, error } = useCode(page, language);
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
          disabled={code === ''}
          onClick={() => Clipboard.copyToSystem(code)}
        >
          {trans.__('Copy')}
        </button>
      </div>
      {error ? (
        <ErrorBox problem={error.problem} trans={trans} />
      ) : (
        <pre tabIndex={0} aria-label={trans.__('Code')}>
          {code}
        </pre>
      )}
    </div>
  );
}

interface ICode {
  code: string;
  error: DeepRequestError | null;
}

function useCode(page: IPageContext, language: Language): ICode {
  const { model, client, trans, currentFolder, contents } = page;
  const { trial, moduleId } = model;
  useChanges(trial);
  const [state, setState] = React.useState<ICode>({ code: '', error: null });
  const folder = contents.localPath(currentFolder());
  const request = JSON.stringify({
    module: moduleId,
    language,
    arguments: trial.arguments,
    files: notebookPaths(trial.files, folder)
  });
  React.useEffect(() => {
    let isWanted = true;
    const show = (next: ICode) => isWanted && setState(next);
    const ask = () =>
      client.makeNotebook(JSON.parse(request)).then(
        reply => show({ code: codeOf(reply), error: null }),
        reason => show({ code: '', error: asRequestError(reason, trans) })
      );
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, request, trans]);
  return state;
}
