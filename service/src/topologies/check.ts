import { stat } from 'node:fs/promises';
import path from 'node:path';
import { asGlob } from '@jupyterlab-deep/kernel-helpers/files/glob';
import { findFiles } from '@jupyterlab-deep/kernel-helpers/files/findFiles';
import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  checkGraph,
  Consent,
  DeepError,
  expressionsOf,
  nameOfNode,
  placeOfSink,
  portsOf,
  TopologyCheck,
  TopologyNode,
  TopologyPorts,
  TopologyProblem
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { asDeepError } from '../http/problems';
import { Datasets } from '../storage/datasets/datasets';
import { readableDataset } from '../storage/datasets/readable';
import { circles } from './circles';
import { ILocated, placeIn } from './locate';
import { ModuleFacts } from './moduleFacts';

/** How long files are looked for. */
const LOOK_MS = 2_000;

/** What is looked at beside the document. */
export interface ICheckParts {
  catalogue: Pick<Catalogue, 'get'>;
  facts: ModuleFacts;
  datasets: Pick<Datasets, 'find'>;
  expressions: Expressions;
}

/** What a run would say instead of the document. */
export interface ICheckGiven {
  inputs?: Record<string, unknown>;
  consents?: Record<string, Consent>;
  /** Id of the module that is to be made of it. */
  servedAs?: string;
}

/** Everything that can be told of a topology before it runs. Nothing is started. */
export async function checkTopology(
  at: ILocated,
  parts: ICheckParts,
  given: ICheckGiven = {}
): Promise<TopologyCheck> {
  const { nodes } = at.document;
  const ports: Record<string, TopologyPorts> = {};
  const unknownApis: string[] = [];
  const found: TopologyProblem[] = [];
  for (const [id, node] of Object.entries(nodes)) {
    if (node.kind !== 'module') {
      ports[id] = portsOf(node);
      continue;
    }
    const { api, metadata, problem } = await parts.facts.of(
      node.module,
      given.consents?.[node.module]
    );
    ports[id] = portsOf(node, api ?? metadata);
    if (!api) {
      unknownApis.push(id);
    }
    if (problem) {
      found.push({ ...problem, node: id });
    }
  }
  const graph = checkGraph(at.document, ports, unknownApis);
  const problems = [
    ...graph,
    ...found,
    ...(await circles(at, { ...parts, ...given })),
    ...(await wrongExpressions(at, parts.expressions)),
    ...(await wrongPlaces(at, parts, given.inputs ?? {})),
    ...sinksOverSources(at, given.inputs ?? {})
  ];
  const isRunnable = problems.every(({ severity }) => severity !== 'error');
  return { isRunnable, problems, ports, unknownApis };
}

async function wrongExpressions(
  { document }: ILocated,
  expressions: Expressions
): Promise<TopologyProblem[]> {
  const all = Object.entries(document.nodes).flatMap(([node, about]) =>
    expressionsOf(about).map(each => ({ node, ...each }))
  );
  const answers = await expressions.check(all.map(({ text }) => text));
  return answers.flatMap(({ problem }, index) => {
    const { node, place } = all[index];
    const at =
      problem?.position === undefined
        ? ''
        : ` (at character ${problem.position})`;
    return problem
      ? [
          {
            rule: 'expression',
            severity: 'error' as const,
            node,
            reason: `\`${place}\` of ${nameOfNode(document, node)} is no JSONata: ${problem.message}${at}.`,
            remedy: 'Mend it; its preview shows what it makes of an item.'
          }
        ]
      : [];
  });
}

async function wrongPlaces(
  at: ILocated,
  parts: ICheckParts,
  inputs: Record<string, unknown>
): Promise<TopologyProblem[]> {
  const found: TopologyProblem[] = [];
  for (const [id, node] of Object.entries(at.document.nodes)) {
    try {
      const instead = inputs[id];
      found.push(
        ...(
          await lookAt(
            at,
            parts,
            typeof instead === 'string' ? instead : undefined,
            node
          )
        ).map(problem => ({ ...problem, node: id }))
      );
    } catch (error) {
      const { key, detail, hint } = asDeepError(error);
      found.push({
        rule: key === 'unauthorized' ? 'path' : ruleOf(node),
        severity: 'error',
        node: id,
        reason: detail,
        remedy: hint ?? 'Choose another one.'
      });
    }
  }
  return found;
}

/** A sink that would write over what the topology reads. */
function sinksOverSources(
  at: ILocated,
  inputs: Record<string, unknown>
): TopologyProblem[] {
  const nodes = Object.entries(at.document.nodes);
  const read = new Set(
    nodes.flatMap(([id, node]) => {
      const written =
        node.kind === 'files'
          ? node.pattern
          : node.kind === 'csv-column'
            ? node.file
            : undefined;
      return written === undefined
        ? []
        : [path.resolve(at.folder, String(inputs[id] ?? written))];
    })
  );
  return nodes.flatMap(([node, sink]) => {
    const place = sink.kind === 'folder' ? undefined : placeOfSink(sink);
    return place !== undefined && read.has(path.resolve(at.folder, place))
      ? [
          {
            rule: 'sink-over-source',
            severity: 'error' as const,
            node,
            reason: `${nameOfNode(at.document, node)} would write over ${place}, which is read.`,
            remedy: 'Give it another name.'
          }
        ]
      : [];
  });
}

const ruleOf = ({ kind }: TopologyNode): string =>
  kind === 'dataset' ? 'dataset-missing' : 'file-missing';

type Found = Omit<TopologyProblem, 'node'>;

async function lookAt(
  at: ILocated,
  { datasets }: ICheckParts,
  instead: string | undefined,
  node: TopologyNode
): Promise<Found[]> {
  switch (node.kind) {
    case 'files':
      await refuseNothing(placeIn(at, instead ?? node.pattern));
      return [];
    case 'dataset':
      await readableDataset(datasets, instead ?? node.dataset);
      return [];
    case 'csv-column':
      await refuseNothing(placeIn(at, instead ?? node.file));
      return [];
    case 'folder':
      return lookAtSink(placeIn(at, node.folder), true);
    case 'csv':
    case 'json-lines':
      return lookAtSink(placeIn(at, node.file), false);
    default:
      return [];
  }
}

async function refuseNothing(place: string): Promise<void> {
  const glob = asGlob(place);
  const signal = AbortSignal.timeout(LOOK_MS);
  try {
    if (!glob) {
      if (!(await stat(place)).isFile()) {
        throw new Error('it is not a file');
      }
      return;
    }
    for await (const _first of findFiles(glob.folder, glob.pattern, signal)) {
      return;
    }
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    throw missing(place, error);
  }
  throw missing(place);
}

const missing = (place: string, cause?: unknown): DeepError =>
  new DeepError('not-found', `There is no file for ${place}.`, {
    hint: 'Relative paths are relative to the topology. Capitals of endings do not matter; hidden files are left out.',
    cause
  });

async function lookAtSink(place: string, isFolder: boolean): Promise<Found[]> {
  const info = await stat(place).catch(() => undefined);
  if (info && info.isDirectory() !== isFolder) {
    return [
      {
        rule: 'sink-place',
        severity: 'error',
        reason: `${place} is a ${isFolder ? 'file' : 'folder'}; a ${isFolder ? 'folder' : 'file'} would be written there.`,
        remedy: 'Choose another name.'
      }
    ];
  }
  return info && !isFolder
    ? [
        {
          rule: 'sink-exists',
          severity: 'warning',
          reason: `${path.basename(place)} is there already, and will be written anew.`,
          remedy: 'Choose another name where you want to keep it.'
        }
      ]
    : [];
}
