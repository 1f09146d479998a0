import * as React from 'react';
import type { IStorageProps } from './panel';

/** What other people share with the user. */
export function Received({
  model,
  actions,
  trans
}: Pick<IStorageProps, 'model' | 'actions' | 'trans'>): JSX.Element {
  const { received } = model;
  return (
    <details>
      <summary>{trans.__('Shared with me (%1)', received.length)}</summary>
      {received.length === 0 && (
        <p className="jp-DeepStorage-hint">{trans.__('Nothing.')}</p>
      )}
      <ul>
        {received.map(({ account, entry }) => (
          <li key={`${account}:${entry.path}`}>
            <button
              type="button"
              className="jp-DeepStorage-title"
              onClick={() => void actions.show(account, entry)}
            >
              {entry.name}
            </button>
            <p className="jp-DeepStorage-facts">
              {entry.ownerName
                ? trans.__('from %1 · %2', entry.ownerName, account)
                : account}
              {entry.isReadOnly ? ` · ${trans.__('read only')}` : ''}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
