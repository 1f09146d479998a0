import type { SharedLink } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MySharesModel } from './mySharesModel';

interface IOpenedLinksProps {
  model: MySharesModel;
  trans: TranslationBundle;
}

/** Links of others that are looked behind. */
export function OpenedLinks(props: IOpenedLinksProps): JSX.Element | null {
  const { model, trans } = props;
  return model.links.length === 0 ? null : (
    <details>
      <summary>
        {trans.__('Links that you opened (%1)', model.links.length)}
      </summary>
      <ul>
        {model.links.map(link => (
          <li key={link.id} className="jp-DeepSharing-version">
            {wordsOf(link, trans)}
            <button
              type="button"
              className="jp-mod-styled"
              aria-label={trans.__('Forget the link at %1', link.place)}
              onClick={() => void model.removeLink(link.id)}
            >
              {trans.__('Forget it')}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function wordsOf(
  { place, addedAt, modules }: SharedLink,
  trans: TranslationBundle
): string {
  const names = modules.map(id => id.slice(id.indexOf('/') + 1)).join(', ');
  const since = new Date(addedAt).toLocaleDateString();
  return names
    ? trans.__('%1 at %2, since %3', names, place, since)
    : trans.__('Nothing any more at %1, since %2', place, since);
}
