import type { TranslationBundle } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Facet, FIRST_FACETS, MORE_FACETS } from './facets';
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
      if (event.key === 'Escape' && model.text !== '') {
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
          value={model.text}
          onChange={event => model.setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
    );
  }
);
SearchBox.displayName = 'SearchBox';

/** The facets as switches, with counts; the rarer ones behind *More*. */
export function FacetBar({
  model,
  trans
}: {
  model: CatalogueModel;
  trans: TranslationBundle;
}): JSX.Element {
  const [isOpen, setOpen] = React.useState(false);
  const facets = isOpen ? [...FIRST_FACETS, ...MORE_FACETS] : FIRST_FACETS;
  const labels: Record<Facet, string> = {
    here: trans.__('Try here'),
    trainable: trans.__('Trainable'),
    'pre-trained': trans.__('Pre-trained'),
    tool: trans.__('Tools')
  };
  return (
    <div
      role="group"
      aria-label={trans.__('Narrow the list')}
      className="jp-DeepCatalogue-facets"
    >
      {facets.map(facet => (
        <button
          key={facet}
          type="button"
          aria-pressed={model.facets.has(facet)}
          onClick={() => model.toggleFacet(facet)}
        >
          {labels[facet]}
          <span className="jp-DeepCatalogue-count">{model.count(facet)}</span>
        </button>
      ))}
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? trans.__('Less') : trans.__('More')}
      </button>
    </div>
  );
}
