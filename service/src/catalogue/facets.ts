import {
  CatalogueFacets,
  CatalogueQuery,
  FACETS,
  FacetName,
  Module,
  ModuleFit
} from '@jupyterlab-deep/protocol';

const valuesOf = (
  module: Module,
  fit: ModuleFit
): Record<FacetName, readonly string[]> => ({
  // What runs can be tried at once, as what is here can.
  fit: fit.state === 'running' ? ['running', 'here'] : [fit.state],
  capability: module.capabilities,
  task: module.tasks,
  library: module.libraries,
  dataType: module.dataTypes,
  source: [...new Set(module.origins.map(({ source }) => source))],
  licence: module.licence ? [module.licence] : []
});

interface IValue {
  facet: FacetName;
  value: string;
}

/** A chosen facet, by its place in `FACETS`, and the numbers of its chosen values. */
interface IChosen {
  facet: number;
  numbers: ReadonlySet<number>;
}

const NONE = -1;
const SEVERAL = -2;

/**
 * What modules can be narrowed by, with counts. Every module that fits is counted at every key that is typed, so values are numbers
 * that lie one behind the other: those of a row's facet from `_starts[row * FACETS.length + facet]` to the next start.
 */
export class FacetTable {
  constructor(modules: readonly { module: Module; fit: ModuleFit }[]) {
    const starts = [0];
    const numbers: number[] = [];
    for (const { module, fit } of modules) {
      const values = valuesOf(module, fit);
      for (const facet of FACETS) {
        values[facet].forEach(value =>
          numbers.push(this._numberOf({ facet, value }))
        );
        starts.push(numbers.length);
      }
    }
    this._starts = Uint32Array.from(starts);
    this._numbers = Uint32Array.from(numbers);
  }

  /**
   * Those that fit every chosen facet, by the rows of their modules, and how many each value of a facet would show: what fits all the
   * other facets is counted, so that a second value of the same facet can be seen to add something.
   */
  narrow<T extends { row: number }>(
    items: readonly T[],
    query: CatalogueQuery
  ): { fitting: readonly T[]; facets: CatalogueFacets } {
    const chosen = this._chosenIn(query);
    const counts = new Uint32Array(this._values.length);
    const fitting = items.filter(({ row }) => {
      const missed = this._missedBy(row, chosen);
      const first = row * FACETS.length;
      if (missed === NONE) {
        this._count(counts, first, first + FACETS.length);
      } else if (missed !== SEVERAL) {
        this._count(counts, first + missed, first + missed + 1);
      }
      return missed === NONE;
    });
    return { fitting, facets: this._inOrder(counts) };
  }

  private _chosenIn(query: CatalogueQuery): IChosen[] {
    return FACETS.flatMap((name, facet) => {
      const wanted = [query[name] ?? []].flat();
      const numbers = wanted.flatMap(
        value => this._known.get(keyOf({ facet: name, value })) ?? []
      );
      return wanted.length > 0 ? [{ facet, numbers: new Set(numbers) }] : [];
    });
  }

  private _numberOf(value: IValue): number {
    const key = keyOf(value);
    const number = this._known.get(key) ?? this._values.push(value) - 1;
    this._known.set(key, number);
    return number;
  }

  /** The only chosen facet that has none of a row's values. */
  private _missedBy(row: number, chosen: readonly IChosen[]): number {
    let missed = NONE;
    for (const { facet, numbers } of chosen) {
      const cell = row * FACETS.length + facet;
      if (!this._hasAny(cell, numbers)) {
        if (missed !== NONE) {
          return SEVERAL;
        }
        missed = facet;
      }
    }
    return missed;
  }

  private _hasAny(cell: number, numbers: ReadonlySet<number>): boolean {
    for (let at = this._starts[cell]; at < this._starts[cell + 1]; at++) {
      if (numbers.has(this._numbers[at])) {
        return true;
      }
    }
    return false;
  }

  private _count(counts: Uint32Array, cell: number, end: number): void {
    const last = this._starts[end];
    for (let at = this._starts[cell]; at < last; at++) {
      counts[this._numbers[at]] += 1;
    }
  }

  private _inOrder(counts: Uint32Array): CatalogueFacets {
    const facets = Object.fromEntries(
      FACETS.map(facet => [facet, []])
    ) as unknown as CatalogueFacets;
    this._values.forEach(({ facet, value }, number) => {
      if (counts[number] > 0) {
        facets[facet].push({ value, count: counts[number] });
      }
    });
    for (const facet of FACETS) {
      facets[facet].sort(
        (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)
      );
    }
    return facets;
  }

  private readonly _starts: Uint32Array;
  private readonly _numbers: Uint32Array;
  private readonly _values: IValue[] = [];
  private readonly _known = new Map<string, number>();
}

const keyOf = ({ facet, value }: IValue): string => `${facet} ${value}`;
