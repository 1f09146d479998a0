import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IConnection, IDeepService } from '../service/tokens';
import { Elapsed } from './time';
import { useSignal } from './useChanges';

interface IConnectionBannerProps {
  service: IDeepService;
  trans: TranslationBundle;
}

/** Says why there is no connection to the service; nothing while there is one. */
export function ConnectionBanner(props: IConnectionBannerProps): JSX.Element {
  const { service, trans } = props;
  useSignal(service.connectionChanged);
  const { state, since } = service.connection;
  return (
    // The live region stays in the page, so that what appears in it is read out.
    <div role="status" className="jp-DeepShared-banner" data-state={state}>
      {state === 'starting' && (
        <span>
          {trans.__('The DEEP service is starting…')} <Elapsed since={since} />
        </span>
      )}
      {state === 'unreachable' && (
        <Outage
          connection={service.connection}
          trans={trans}
          onRetry={() => service.retry()}
        />
      )}
    </div>
  );
}

interface IOutageProps {
  connection: IConnection;
  trans: TranslationBundle;
  onRetry: () => void;
}

function Outage({ connection, trans, onRetry }: IOutageProps): JSX.Element {
  const { error, since } = connection;
  const time = since.toLocaleTimeString([], { timeStyle: 'short' });
  return (
    <>
      <strong>{trans.__('Offline since %1', time)}</strong>
      {error && (
        <span>
          {error.problem.detail} {error.problem.hint}
        </span>
      )}
      <span>{trans.__('It is tried again by itself.')}</span>
      <button type="button" className="jp-mod-styled" onClick={onRetry}>
        {trans.__('Retry')}
      </button>
      {error?.problem.technical && (
        <details>
          <summary>{trans.__('Details')}</summary>
          <pre>{error.problem.technical}</pre>
        </details>
      )}
    </>
  );
}
