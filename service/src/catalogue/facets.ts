import {
  CatalogueFacets,
  CatalogueQuery,
  FacetName,
  FACETS,
  Module,
  ModuleFit
} from '@jupyterlab-deep/protocol';

/** The values of a module, by facet. */
export type FacetValues = Record<FacetName, readonly string[]>;

export const facetValuesOf = (module: Module, fit: ModuleFit): FacetValues => ({
  fit: [fit.state],
  capability: module.capabilities,
  task: module.tasks,
  library: module.libraries,
  dataType: module.dataTypes,
  source: [...new Set(module.origins.map(({ source }) => source))],
  licence: module.licence ? [module.licence] : []
});

type Chosen = [facet: FacetName, values: ReadonlySet<string>][];

const chosenIn = (query: CatalogueQuery): Chosen =>
  FACETS.flatMap(facet => {
    const values = [query[facet] ?? []].flat();
    return values.length > 0 ? [[facet, new Set(values)] as const] : [];
  }).map(([facet, values]) => [facet, values]);

type Counts = Map<FacetName, Map<string, number>>;

/**
 * Those that fit every chosen facet, and how many each value of a facet would show: what fits all the other facets is counted, so
 * that a second value of the same facet can be seen to add something.
 */
export function narrow<T extends { values: FacetValues }>(
  items: readonly T[],
  query: CatalogueQuery
): { fitting: T[]; facets: CatalogueFacets } {
  const chosen = chosenIn(query);
  const counts: Counts = new Map(FACETS.map(facet => [facet, new Map()]));
  const fitting: T[] = [];
  for (const item of items) {
    const missed = chosen.filter(
      ([facet, values]) => !item.values[facet].some(value => values.has(value))
    );
    if (missed.length === 0) {
      fitting.push(item);
      FACETS.forEach(facet => count(counts, facet, item.values[facet]));
    } else if (missed.length === 1) {
      const [[facet]] = missed;
      count(counts, facet, item.values[facet]);
    }
  }
  return { fitting, facets: inOrder(counts) };
}

function count(
  counts: Counts,
  facet: FacetName,
  values: readonly string[]
): void {
  const own = counts.get(facet)!;
  for (const value of values) {
    own.set(value, (own.get(value) ?? 0) + 1);
  }
}

const inOrder = (counts: Counts): CatalogueFacets =>
  Object.fromEntries(
    [...counts].map(([facet, values]) => [
      facet,
      [...values]
        .map(([value, number]) => ({ value, count: number }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    ])
  ) as CatalogueFacets;
