import type {
  CatalogueQuery,
  CatalogueSort,
  FacetName,
  ModuleCard
} from '@jupyterlab-deep/protocol';

/** Which modules are looked at. */
export type View = 'all' | 'favourites' | 'recent';

/** What the user looks for. */
export interface ISearch {
  text: string;
  facets: Partial<Record<FacetName, string[]>>;
  sort: CatalogueSort;
  view: View;
}

export const NO_SEARCH: ISearch = {
  text: '',
  facets: {},
  sort: 'relevance',
  view: 'all'
};

/** Whether anything is left out. */
export const isNarrow = ({ text, facets, view }: ISearch): boolean =>
  text.trim() !== '' || Object.keys(facets).length > 0 || view !== 'all';

/** The search with one more value of a facet, or one less. */
export function toggled(
  search: ISearch,
  facet: FacetName,
  value: string
): ISearch {
  const chosen = search.facets[facet] ?? [];
  const values = chosen.includes(value)
    ? chosen.filter(each => each !== value)
    : [...chosen, value];
  const { [facet]: _, ...others } = search.facets;
  return {
    ...search,
    facets: values.length > 0 ? { ...others, [facet]: values } : others
  };
}

/** A plain search over what is at hand, for the time without a service. */
export function matchesText(
  { title, name, summary, tags, tasks }: ModuleCard,
  text: string
): boolean {
  const haystack = [title, name, summary, ...tags, ...tasks]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => haystack.includes(word));
}

/** @param ids Of the view, where it is one of favourites or recent ones. */
export function queryOf(
  { text, facets, sort }: ISearch,
  ids: readonly string[] | null
): CatalogueQuery {
  return {
    ...(text.trim() && { text: text.trim() }),
    ...facets,
    ...(sort !== 'relevance' && { sort }),
    // Nothing has an empty id: a view without any shows nothing.
    ...(ids && { id: ids.length > 0 ? [...ids] : [''] })
  };
}
