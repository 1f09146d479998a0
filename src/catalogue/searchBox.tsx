import type { TranslationBundle } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CatalogueModel } from './model';

interface ISearchProps {
  model: CatalogueModel;
  trans: TranslationBundle;

  /** The user goes on to the list. */
  onDown: () => void;
}

/** The search box: Escape clears it, ↓ leads to the list. */
export const SearchBox = React.forwardRef<HTMLInputElement, ISearchProps>(
  ({ model, trans, onDown }, ref) => {
    const onKeyDown = (event: React.KeyboardEvent) => {
      if (event.key === 'Escape' && model.search.text !== '') {
        event.preventDefault();
        model.setText('');
      } else if (event.key === 'ArrowDown') {
        event.preventDefault();
        onDown();
      }
    };
    return (
      <div className="jp-DeepCatalogue-search">
        <searchIcon.react tag="span" />
        <input
          ref={ref}
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search modules')}
          aria-label={trans.__('Search modules')}
          value={model.search.text}
          onChange={event => model.setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
    );
  }
);
SearchBox.displayName = 'SearchBox';
