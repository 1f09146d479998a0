import type { FacetName } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CatalogueModel } from './model';
import type { View } from './search';
import { facetTitles, facetValueTitle } from './words';

interface IProps {
  model: CatalogueModel;
  trans: TranslationBundle;
}

/** The two facets that people use first. */
const FIRST: [facet: FacetName, value: string][] = [
  ['fit', 'here'],
  ['capability', 'trainable']
];

/** The facets as switches with counts; all of them behind *More*. */
export function FacetBar({ model, trans }: IProps): JSX.Element {
  const [isOpen, setOpen] = React.useState(false);
  const titles: Record<string, string> = {
    here: trans.__('Try here'),
    trainable: trans.__('Trainable')
  };
  const chosen = Object.values(model.search.facets).flat().length;
  return (
    <>
      <div
        role="group"
        aria-label={trans.__('Narrow the list')}
        className="jp-DeepCatalogue-facets"
      >
        {FIRST.map(([facet, value]) => (
          <FacetButton
            key={value}
            {...{ model, facet, value }}
            title={titles[value]}
          />
        ))}
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? trans.__('Less') : trans.__('More')}
          {chosen > 0 && !isOpen && (
            <span className="jp-DeepCatalogue-count">{chosen}</span>
          )}
        </button>
      </div>
      {isOpen && <AllFacets model={model} trans={trans} />}
      {!isOpen && <Chips model={model} trans={trans} />}
    </>
  );
}

interface IFacetButtonProps {
  model: CatalogueModel;
  facet: FacetName;
  value: string;
  title: string;
}

function FacetButton(props: IFacetButtonProps): JSX.Element {
  const { model, facet, value, title } = props;
  const count =
    model.facets?.[facet].find(each => each.value === value)?.count ?? 0;
  return (
    <button
      type="button"
      aria-pressed={model.isChosen(facet, value)}
      onClick={() => model.toggleFacet(facet, value)}
    >
      {title}{' '}
      <span className="jp-DeepCatalogue-count">{count.toLocaleString()}</span>
    </button>
  );
}

/** Values of a facet before *all*. */
const FEW = 8;

function AllFacets({ model, trans }: IProps): JSX.Element {
  return (
    <div className="jp-DeepCatalogue-allFacets">
      <ViewAndSort model={model} trans={trans} />
      {facetTitles(trans).map(([facet, title]) => (
        <FacetGroup key={facet} {...{ model, trans, facet, title }} />
      ))}
    </div>
  );
}

interface IGroupProps extends IProps {
  facet: FacetName;
  title: string;
}

function FacetGroup(props: IGroupProps): JSX.Element | null {
  const { model, trans, facet, title } = props;
  const [isLong, setLong] = React.useState(false);
  const listed = (model.facets?.[facet] ?? []).map(({ value }) => value);
  // What was chosen stays to be seen, also where nothing has it any more.
  const values = [
    ...new Set([...listed, ...(model.search.facets[facet] ?? [])])
  ];
  if (values.length === 0) {
    return null;
  }
  const shown = isLong
    ? values
    : values.filter(
        (value, index) => index < FEW || model.isChosen(facet, value)
      );
  return (
    <fieldset>
      <legend>{title}</legend>
      <div className="jp-DeepCatalogue-facets">
        {shown.map(value => (
          <FacetButton
            key={value}
            {...{ model, facet, value }}
            title={facetValueTitle(facet, value, model.sources, trans)}
          />
        ))}
        {values.length > shown.length && (
          <button type="button" onClick={() => setLong(true)}>
            {trans.__('All %1', values.length)}
          </button>
        )}
      </div>
    </fieldset>
  );
}

function ViewAndSort({ model, trans }: IProps): JSX.Element {
  const { view, sort } = model.search;
  const views: [View, string][] = [
    ['all', trans.__('All')],
    ['favourites', trans.__('Favourites')],
    ['recent', trans.__('Recently used')]
  ];
  const sorts = [
    ['relevance', trans.__('Best match')],
    ['title', trans.__('Title')],
    ['updated', trans.__('Latest')]
  ] as const;
  return (
    <>
      <fieldset>
        <legend>{trans.__('Show')}</legend>
        <div className="jp-DeepCatalogue-facets">
          {views.map(([value, title]) => (
            <button
              key={value}
              type="button"
              aria-pressed={view === value}
              onClick={() => model.setView(value)}
            >
              {title}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>{trans.__('Order')}</legend>
        <div className="jp-DeepCatalogue-facets">
          {sorts.map(([value, title]) => (
            <button
              key={value}
              type="button"
              aria-pressed={sort === value}
              onClick={() => model.setSort(value)}
            >
              {title}
            </button>
          ))}
        </div>
      </fieldset>
    </>
  );
}

/** What narrows the list beyond the first two switches, each with a way out. */
function Chips({ model, trans }: IProps): JSX.Element | null {
  const { facets, view } = model.search;
  const chosen = facetTitles(trans).flatMap(([facet]) =>
    (facets[facet] ?? [])
      .filter(value => !FIRST.some(([f, v]) => f === facet && v === value))
      .map(value => ({
        title: facetValueTitle(facet, value, model.sources, trans),
        remove: () => model.toggleFacet(facet, value)
      }))
  );
  if (view !== 'all') {
    const title =
      view === 'recent' ? trans.__('Recently used') : trans.__('Favourites');
    chosen.unshift({ title, remove: () => model.setView('all') });
  }
  return chosen.length === 0 ? null : (
    <div className="jp-DeepCatalogue-chips">
      {chosen.map(({ title, remove }) => (
        <button
          key={title}
          type="button"
          aria-label={trans.__('Remove %1', title)}
          onClick={remove}
        >
          {title} ✕
        </button>
      ))}
    </div>
  );
}
