import { isModuleName } from '../modelFolder';

/** A file that may describe a module. */
export interface ICandidate {
  url: string;
  /** Its name, which says what it is written in. */
  file: string;
}

/** A module that an index names. */
export interface IListedModule {
  name: string;
  /** Places of its description, the best first. */
  candidates: ICandidate[];
  /** Why it cannot be asked for. */
  refused?: string;
}

/** What one index says. */
export interface IListing {
  modules: IListedModule[];
  /** What was left out, in whole sentences. */
  problems: string[];
}

const MAX_NAME = 200;

/** A name as identifiers allow it. */
export function toName(given: string): string {
  const name = given.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, MAX_NAME);
  return /^[.-]*$/.test(name) ? `unnamed${name}` : name;
}

/** Each name once, in an order of their own: of two the first one counts. */
export function withoutDoubles(modules: IListedModule[]): IListing {
  const first = new Map<string, IListedModule>();
  const twice = new Set<string>();
  for (const module of modules) {
    if (first.has(module.name)) {
      twice.add(module.name);
    } else {
      first.set(module.name, module);
    }
  }
  return {
    modules: [...first.values()],
    problems:
      twice.size === 0
        ? []
        : [`The index names ${some([...twice])} twice; the first one counts.`]
  };
}

const SHOWN = 5;

/** Names for people: not more than they want to read. */
export const some = (names: string[]): string =>
  names.length > SHOWN
    ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`
    : names.join(', ');

/** A module whose name cannot be used as it is. */
export const misnamed = (given: string): IListedModule | undefined =>
  isModuleName(given) && given === toName(given)
    ? undefined
    : {
        name: toName(given),
        candidates: [],
        refused: `The index calls it “${given.slice(0, MAX_NAME)}”; names are made of letters, digits, points, hyphens and underscores.`
      };
