import type { TargetTemplates } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { DeployModel } from './deployModel';

interface ITemplatesProps {
  model: DeployModel;
  trans: TranslationBundle;
}

/** TOSCA files that the user brought to the chosen place: listed, added, forgotten. */
export function TemplatesBox({ model, trans }: ITemplatesProps): JSX.Element {
  const { target } = model;
  const [known, setKnown] = React.useState<TargetTemplates | null>(null);
  const [error, setError] = React.useState<DeepRequestError | null>(null);
  React.useEffect(() => {
    let isGone = false;
    model.templates(target).then(
      found => isGone || setKnown(found),
      reason => isGone || setError(asRequestError(reason, trans))
    );
    return () => {
      isGone = true;
    };
  }, [model, target, trans]);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      setKnown(await model.templates(target));
      setError(null);
    } catch (reason) {
      setError(asRequestError(reason, trans));
    }
  };
  const own = known?.templates.filter(({ isOwn }) => isOwn) ?? [];
  return (
    <details className="jp-DeepDeployments-templates" open={error !== null}>
      <summary>{trans.__('Your TOSCA files (%1)', own.length)}</summary>
      <ul>
        {own.map(({ id, title }) => (
          <li key={id}>
            {title} <code>{id}</code>{' '}
            <button
              type="button"
              className="jp-mod-styled"
              aria-label={trans.__('Forget the template %1', title)}
              onClick={() => void attempt(() => model.forgetTemplate(id))}
            >
              {trans.__('Forget')}
            </button>
          </li>
        ))}
      </ul>
      {known?.unusable.map(({ file, reason }) => (
        <p key={file} className="jp-DeepDeployments-problem">
          {trans.__('%1 is not used: %2', file, reason)}
        </p>
      ))}
      <label>
        {trans.__('Add a TOSCA file')}
        <input
          type="file"
          accept=".yaml,.yml"
          onChange={event => {
            const input = event.currentTarget;
            const [file] = input.files ?? [];
            if (file) {
              void attempt(async () =>
                model.bringTemplate(file.name, await file.text())
              ).finally(() => (input.value = ''));
            }
          }}
        />
      </label>
      {error && <ErrorBox problem={error.problem} trans={trans} />}
    </details>
  );
}
