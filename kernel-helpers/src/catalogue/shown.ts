import type {
  CatalogueFacets,
  CatalogueSource,
  ModuleCard,
  ModuleDetail
} from '@jupyterlab-deep/protocol';
import type { IMimeBundle } from '../display/bundle';
import { CommandLink, tableBundle } from '../display/table';

/** What a search found; shown as a table. */
export interface IModuleList extends Array<ModuleCard> {
  /** Modules in all sources, before the search. */
  total: number;
  /** Modules that match; the list may hold fewer. */
  matching: number;
  /** A search that would have found something, where this one did not. */
  suggestion?: string;
}

/** Opens the module's page in JupyterLab. */
const OPEN = 'deep:open-module';
const MAX_FACET_VALUES = 12;

const link = (text: string, id: string): CommandLink =>
  new CommandLink(text, OPEN, { id });

export function listBundle(list: IModuleList): IMimeBundle {
  const rows = list.map(module => ({
    module: link(module.title, module.id),
    id: module.id,
    summary: module.broken
      ? `Broken: ${module.problems[0]?.message ?? ''}`
      : module.summary,
    can: module.capabilities,
    here: fitWords(module)
  }));
  const columns = ['module', 'id', 'summary', 'can', 'here'];
  return tableBundle(rows, columns, captionOf(list));
}

function captionOf({
  length,
  matching,
  total,
  suggestion
}: IModuleList): string {
  if (length === 0) {
    const hint = suggestion ? ` Try “${suggestion}”.` : '';
    return `No module of ${total} matches.${hint}`;
  }
  const first = length < matching ? `The first ${length} of ` : '';
  return `${first}${matching} of ${total} modules`;
}

const WORDS = {
  here: 'runs here',
  environment: 'runs here as Python code, after you agree',
  running: 'running',
  image: 'container image',
  lacking: 'this machine has too little',
  broken: 'broken'
} as const;

function fitWords({ fit }: Pick<ModuleCard, 'fit'>): string {
  const lacks = fit.lacks.map(({ what, needed, present }) =>
    what === 'memory'
      ? `needs ${needed} MB of memory, here are ${present}`
      : `needs ${needed} ${what.toUpperCase()}, here are ${present}`
  );
  return fit.state === 'lacking' ? lacks.join('; ') : WORDS[fit.state];
}

export function moduleBundle(module: ModuleDetail): IMimeBundle {
  const rows: [string, unknown][] = [
    ['id', link(module.id, module.id)],
    ['summary', module.summary],
    ['version', module.version],
    ['licence', module.licence],
    ['can', module.capabilities],
    ['takes', module.input],
    ['gives', module.output],
    ['made with', module.libraries],
    ['image', module.image],
    ['runs', fitWords(module)],
    ['comes from', module.origins.map(({ title, id }) => `${title} (${id})`)],
    ['examples', module.examples.map(({ name }) => name)],
    ['problems', module.problems.map(({ message }) => message)]
  ];
  const known = rows.filter(([, value]) => value && String(value) !== '');
  return tableBundle(
    known.map(([what, value]) => ({ what, value })),
    ['what', 'value'],
    module.title
  );
}

export function facetsBundle(facets: CatalogueFacets): IMimeBundle {
  const rows = Object.entries(facets).map(([facet, values]) => ({
    facet,
    values: values
      .slice(0, MAX_FACET_VALUES)
      .map(({ value, count }) => `${value} (${count})`)
      .concat(values.length > MAX_FACET_VALUES ? ['…'] : [])
  }));
  return tableBundle(rows, ['facet', 'values']);
}

export function sourcesBundle(sources: CatalogueSource[]): IMimeBundle {
  const rows = sources.map(source => ({
    id: source.id,
    title: source.title,
    modules: source.modules,
    broken: source.broken,
    state: stateWords(source),
    address: source.address
  }));
  return tableBundle(rows);
}

function stateWords(source: CatalogueSource): string {
  const { enabled, isRefreshing, updatedAt, failingSince, problem } = source;
  if (!enabled) {
    return 'off';
  }
  if (isRefreshing) {
    return 'being read';
  }
  if (failingSince) {
    return `failing since ${failingSince}: ${problem ?? ''}`;
  }
  return updatedAt ? `read ${updatedAt}` : 'not read yet';
}
