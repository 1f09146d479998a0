import type { ModuleDetail } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { flowOf, madeWith } from '../catalogue/card';
import { moduleIcon, starFilledIcon, starIcon } from '../shared/icons';
import { SharedUpdate } from '../sharing/sharedUpdate';
import { useSignal } from '../shared/useChanges';
import { HeaderActions } from './headerActions';
import type { IPageContext } from './pageContext';

interface IHeaderProps {
  page: IPageContext;
  module: ModuleDetail;
}

/** Title, facts in a line, and what can be done. */
export function Header({ page, module }: IHeaderProps): JSX.Element {
  return (
    <header className="jp-DeepInference-header">
      <div className="jp-DeepInference-title">
        <moduleIcon.react tag="span" width="24px" height="24px" />
        <h1>{module.title}</h1>
        <Star page={page} module={module} />
      </div>
      <p className="jp-DeepInference-facts">{factsLine(module)}</p>
      <HeaderActions page={page} module={module} />
      <SharedUpdate page={page} module={module} />
    </header>
  );
}

/** `image → 1,000 labels · ONNX · Apache-2.0 · v1.0.0 · AI4EOSC, DEEP` */
export function factsLine(module: ModuleDetail): string {
  const { licence, version, origins } = module;
  const versionText = version && `v${version.replace(/^v(?=\d)/i, '')}`;
  const titles = new Set(origins.map(({ title }) => title));
  return [
    flowOf(module),
    ...new Set(madeWith(module)),
    licence,
    versionText,
    [...titles].join(', ')
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** Keeps the module among the favourites. */
function Star({ page, module }: IHeaderProps): JSX.Element {
  const { favourites } = page.catalogue;
  const { trans } = page;
  useSignal(favourites.changed);
  const isFavourite = favourites.has(module.id);
  const icon = isFavourite ? starFilledIcon : starIcon;
  return (
    <button
      type="button"
      className="jp-DeepInference-star"
      aria-pressed={isFavourite}
      aria-label={trans.__('Favourite: %1', module.title)}
      title={
        isFavourite
          ? trans.__('Remove from favourites')
          : trans.__('Add to favourites')
      }
      onClick={() => favourites.toggle(module.id)}
    >
      <icon.react tag="span" />
    </button>
  );
}
