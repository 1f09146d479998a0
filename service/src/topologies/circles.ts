import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  nameOfNode,
  readTopology,
  SERVED_TOPOLOGY,
  TopologyDocument,
  TopologyProblem
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ILocated, realFile } from './locate';

/** Topologies inside of each other. */
const DEEPEST = 20;

/** A topology that led to itself, perhaps by others that are served as modules, would never end. */
export async function circles(
  { document, path: file }: ILocated,
  { catalogue, servedAs }: circles.IParts
): Promise<TopologyProblem[]> {
  const own = await realFile(file);
  const found: TopologyProblem[] = [];
  for (const [node, about] of Object.entries(document.nodes)) {
    const way = servedAs === undefined ? [] : [servedAs];
    const circle =
      about.kind === 'module' &&
      (await wayBack(catalogue, about.module, own, way));
    if (circle) {
      found.push({
        rule: 'recursive',
        severity: 'error',
        node,
        reason: `${nameOfNode(document, node)} is made of this topology itself: ${circle.join(' → ')}.`,
        remedy: 'Use another module in its place.'
      });
    }
  }
  return found;
}

export namespace circles {
  export interface IParts {
    catalogue: Pick<Catalogue, 'get'>;
    /** Id of the module that is to be made of it. */
    servedAs?: string;
  }
}

/** @returns the modules on the way to what has been on it, or to the file that is looked at. */
async function wayBack(
  catalogue: circles.IParts['catalogue'],
  module: string,
  file: string | undefined,
  way: readonly string[]
): Promise<string[] | undefined> {
  const next = [...way, module];
  if (way.includes(module) || way.length >= DEEPEST) {
    return next;
  }
  const served = await servedBy(catalogue, module);
  if (!served) {
    return undefined;
  }
  if (served.madeOf !== undefined && served.madeOf === file) {
    return next;
  }
  for (const node of Object.values(served.document.nodes)) {
    const back =
      node.kind === 'module' &&
      (await wayBack(catalogue, node.module, file, next));
    if (back) {
      return back;
    }
  }
  return undefined;
}

/** The topology that a module is made of, if it is. */
async function servedBy(
  catalogue: circles.IParts['catalogue'],
  module: string
): Promise<IServed | undefined> {
  // A module that nobody knows is told by another rule.
  const entry = await catalogue.get(module).catch(() => undefined);
  if (entry?.folder === undefined) {
    return undefined;
  }
  const read = (name: string): Promise<string> =>
    readFile(path.join(entry.folder!, name), 'utf8');
  try {
    const document = readTopology(await read(SERVED_TOPOLOGY));
    const about = await read('served.json').catch(() => '{}');
    return { document, madeOf: JSON.parse(about).madeOf };
  } catch {
    // It is no topology, or a damaged one, which says so when it is started.
    return undefined;
  }
}

interface IServed {
  document: TopologyDocument;
  /** Real path of the file that it was made of. */
  madeOf?: string;
}
