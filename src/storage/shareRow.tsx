import type { StorageShare } from '@jupyterlab-deep/protocol';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ShareModel } from './shareModel';

interface IShareRowProps {
  share: StorageShare;
  model: ShareModel;
  trans: TranslationBundle;
}

export function ShareRow({ share, model, trans }: IShareRowProps): JSX.Element {
  const { id, name, kind, url, canEdit, hasPassword, expiresAt } = share;
  const title = kind === 'link' ? name || trans.__('Link') : name;
  const facts = [
    kind === 'group' && trans.__('group'),
    hasPassword && trans.__('with password'),
    expiresAt && trans.__('until %1', expiresAt.slice(0, 10))
  ].filter(Boolean);
  return (
    <li>
      <strong>{title}</strong> <span>{facts.join(' · ')}</span>
      <div className="jp-DeepStorage-actions">
        {kind !== 'other' && (
          <label>
            <input
              type="checkbox"
              checked={canEdit}
              onChange={event =>
                void model.change(id, { canEdit: event.target.checked })
              }
            />
            {trans.__('may edit')}
          </label>
        )}
        <label>
          {trans.__('Ends on')}
          <input
            className="jp-mod-styled"
            type="date"
            aria-label={trans.__('Ends on, for %1', title)}
            value={expiresAt?.slice(0, 10) ?? ''}
            onChange={event =>
              void model.change(id, { expiresAt: event.target.value })
            }
          />
        </label>
        {url && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => Clipboard.copyToSystem(url)}
          >
            {trans.__('Copy link')}
          </button>
        )}
        <button
          type="button"
          className="jp-mod-styled"
          aria-label={trans.__('Stop sharing with %1', title)}
          onClick={() => void model.remove(id)}
        >
          {trans.__('Remove')}
        </button>
      </div>
    </li>
  );
}
