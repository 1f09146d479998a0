import * as React from 'react';
import type { IPageContext } from './pageContext';

/** How the form came to its values, where a person might wonder. */
export function FormNotices({
  page
}: {
  page: IPageContext;
}): JSX.Element | null {
  const { trans, model } = page;
  const { notices, isRecalled } = model.trial;
  if (notices.length === 0 && !isRecalled) {
    return null;
  }
  return (
    <div className="jp-DeepInference-notices" role="status">
      {notices.map(notice => (
        <p key={notice}>{notice}</p>
      ))}
      {isRecalled && (
        <p>
          {trans.__('Filled in with your values of the last time.')}{' '}
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => model.trial.startAfresh()}
          >
            {trans.__('Start afresh')}
          </button>
        </p>
      )}
    </div>
  );
}
