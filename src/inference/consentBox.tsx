import type { Problem } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { asRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import type { IPageContext } from './pageContext';

interface IConsentBoxProps {
  page: IPageContext;
  problem: Problem;
}

/** The module is code of somebody else: nothing starts before its user has looked and agreed. */
export function ConsentBox({ page, problem }: IConsentBoxProps): JSX.Element {
  const { client, model, trans } = page;
  const [isLooking, setLooking] = React.useState(false);
  const [failure, setFailure] = React.useState<Problem | null>(null);
  const look = async (): Promise<void> => {
    setLooking(true);
    setFailure(null);
    try {
      const { askForConsent } = await import('./consentDialog');
      const question = await client.getQuestion(model.moduleId);
      const consent = await askForConsent(question, trans);
      if (consent) {
        await model.deployment.ask(consent);
      }
    } catch (reason) {
      setFailure(asRequestError(reason, trans).problem);
    } finally {
      setLooking(false);
    }
  };
  if (failure) {
    const actions = [
      { label: trans.__('Try again'), onClick: () => void look() }
    ];
    return <ErrorBox problem={failure} trans={trans} actions={actions} />;
  }
  return (
    <div className="jp-DeepInference-consent" role="status">
      <strong>{trans.__('This module is code that runs as you')}</strong>
      <p>{problem.detail}</p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        disabled={isLooking}
        onClick={() => void look()}
      >
        {isLooking
          ? trans.__('Looking at its code…')
          : trans.__('Review and decide…')}
      </button>
    </div>
  );
}
