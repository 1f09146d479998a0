import type { Problem } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** An action that follows from an error. */
export interface IErrorAction {
  label: string;
  onClick: () => void;
}

interface IErrorBoxProps {
  problem: Problem;
  trans: TranslationBundle;
  actions?: IErrorAction[];
}

/** What happened, what the other side said, what to do; the technical part behind *Details*. */
export function ErrorBox(props: IErrorBoxProps): JSX.Element {
  const { problem, trans, actions = [] } = props;
  return (
    <div role="alert" className="jp-DeepShared-error">
      <strong>{problem.title}</strong>
      <p>{problem.detail}</p>
      {problem.hint && <p>{problem.hint}</p>}
      {actions.map(({ label, onClick }) => (
        <button
          key={label}
          type="button"
          className="jp-mod-styled"
          onClick={onClick}
        >
          {label}
        </button>
      ))}
      <details>
        <summary>{trans.__('Details')}</summary>
        <pre>{technicalText(problem)}</pre>
      </details>
    </div>
  );
}

function technicalText({ type, status, technical }: Problem): string {
  return [type, status ? `HTTP ${status}` : '', technical ?? '']
    .filter(line => line !== '')
    .join('\n');
}
