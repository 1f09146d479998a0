import * as React from 'react';
import { CommandIDs as CatalogueCommandIDs } from '../catalogue/commandIds';
import type { IPageContext } from './pageContext';

/** In the place of a page: no source has a module of this name. */
export function UnknownModule({ page }: { page: IPageContext }): JSX.Element {
  const { commands, model, trans } = page;
  return (
    <div role="alert" className="jp-DeepInference-unknown">
      <h1>{trans.__('There is no module “%1”', model.moduleId)}</h1>
      <p>
        {trans.__(
          'No source of the catalogue has it: it may have another name, or its source may be switched off or not read yet.'
        )}
      </p>
      <div className="jp-DeepInference-headerActions">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => void commands.execute(CatalogueCommandIDs.findModule)}
        >
          {trans.__('Search the catalogue')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.load()}
        >
          {trans.__('Look again')}
        </button>
      </div>
    </div>
  );
}
