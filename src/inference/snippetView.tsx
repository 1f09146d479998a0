import * as React from 'react';
import { useChanges } from '../shared/useChanges';
import { CopyButton } from './copyButton';
import { ACCEPT } from './formSchema';
import type { IPageContext } from './pageContext';
import {
  fileNames,
  ICall,
  predictUrl,
  snippet,
  SnippetLanguage
} from './snippets';

const LANGUAGES: SnippetLanguage[] = ['curl', 'python', 'typescript'];

/** How a program elsewhere asks the running module what the form asks. */
export function SnippetView({
  page
}: {
  page: IPageContext;
}): JSX.Element | null {
  const { trans, model } = page;
  const [language, setLanguage] = React.useState<SnippetLanguage>('curl');
  useChanges(model.trial);
  const call = callOf(page);
  if (!call) {
    return null;
  }
  const names: Record<SnippetLanguage, string> = {
    curl: trans.__('curl'),
    python: trans.__('Python'),
    typescript: trans.__('TypeScript')
  };
  const code = snippet(language, call);
  return (
    <section aria-label={trans.__('From elsewhere')}>
      <h2>{trans.__('From elsewhere')}</h2>
      <p>
        {trans.__(
          'Programs ask this module through Jupyter with a token of yours, which they read from the environment variable JUPYTER_TOKEN. The address holds as long as this deployment runs; what takes longer than a few minutes, or many files, is better done as a run.'
        )}
      </p>
      <div className="jp-DeepInference-code">
        <div className="jp-DeepInference-codeBar">
          <select
            className="jp-mod-styled"
            aria-label={trans.__('Language of the program')}
            value={language}
            onChange={({ target }) =>
              setLanguage(target.value as SnippetLanguage)
            }
          >
            {LANGUAGES.map(each => (
              <option key={each} value={each}>
                {names[each]}
              </option>
            ))}
          </select>
          <CopyButton label={trans.__('Copy')} text={code} trans={trans} />
        </div>
        <pre tabIndex={0} aria-label={trans.__('Program')}>
          {code}
        </pre>
      </div>
    </section>
  );
}

function callOf({ model, contents }: IPageContext): ICall | null {
  const { deployment, api } = model.deployment;
  const { trial } = model;
  if (!api || !deployment?.modelPath) {
    return null;
  }
  const { baseUrl } = contents.serverSettings;
  const { secrets = [] } = trial.plan ?? {};
  const given = Object.entries(trial.arguments);
  const chosen = trial.values[ACCEPT];
  return {
    url: predictUrl(baseUrl, deployment.id, deployment.modelPath),
    arguments: Object.fromEntries(
      given.filter(([name]) => !secrets.includes(name))
    ),
    files: fileNames(trial.files),
    accept: typeof chosen === 'string' ? chosen : api.accepts[0]
  };
}
