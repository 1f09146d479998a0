import * as React from 'react';
import type { IPageContext } from '../../inference/pageContext';
import { Try } from '../../inference/try';
import { ErrorBox } from '../../shared/errorBox';
import { useChanges } from '../../shared/useChanges';
import type { IWizardContext } from './context';

/** The draft, running on this machine, tried as any module is. */
export function TryStep({
  wizard
}: {
  wizard: IWizardContext;
}): JSX.Element | null {
  const { page } = wizard.model;
  return page && <Trial key={page.idPrefix} page={page} />;
}

function Trial({ page }: { page: IPageContext }): JSX.Element {
  const { model, trans } = page;
  useChanges(model);
  const { module, error } = model;
  return (
    <>
      {error && (
        <ErrorBox
          problem={error.problem}
          trans={trans}
          actions={[
            { label: trans.__('Retry'), onClick: () => void model.load() }
          ]}
        />
      )}
      {module && <Try page={page} module={module} isDraft />}
    </>
  );
}
