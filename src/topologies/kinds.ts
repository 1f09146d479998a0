import type { TopologyNode, TopologyNodeKind } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What a node is for, in the order of the palette. */
export type KindGroup = 'source' | 'module' | 'step' | 'sink';

/** How a kind of node is spoken of, and what a new one of it holds. */
export interface IKind {
  kind: TopologyNodeKind;
  group: KindGroup;
  label: string;

  /** A sentence for who has not met it. */
  about: string;

  /** A character for its picture; the words say the same. */
  sign: string;
  make: () => TopologyNode;
}

export function groupLabel(group: KindGroup, trans: TranslationBundle): string {
  switch (group) {
    case 'source':
      return trans.__('Sources');
    case 'module':
      return trans.__('Modules');
    case 'step':
      return trans.__('Steps');
    case 'sink':
      return trans.__('Results');
  }
}

/** All kinds but modules, which come from the catalogue. */
export function kindsOf(trans: TranslationBundle): IKind[] {
  return [...sources(trans), ...steps(trans), ...sinks(trans)];
}

export function kindOf(
  kind: TopologyNodeKind,
  trans: TranslationBundle
): Omit<IKind, 'make'> {
  return (
    kindsOf(trans).find(each => each.kind === kind) ?? {
      kind: 'module',
      group: 'module',
      label: trans.__('Module'),
      about: trans.__('Predicts for each item.'),
      sign: '◈'
    }
  );
}

function sources(trans: TranslationBundle): IKind[] {
  const group = 'source';
  return [
    {
      kind: 'files',
      group,
      label: trans.__('Files'),
      about: trans.__('A file, a folder or a pattern such as photos/*.jpg.'),
      sign: '▤',
      make: () => ({ kind: 'files', pattern: '*' })
    },
    {
      kind: 'dataset',
      group,
      label: trans.__('Dataset'),
      about: trans.__('Files of a dataset of a linked storage.'),
      sign: '⊜',
      make: () => ({ kind: 'dataset', dataset: 'account:folder' })
    },
    {
      kind: 'csv-column',
      group,
      label: trans.__('CSV column'),
      about: trans.__('A value, or a file, of each row of a table.'),
      sign: '▥',
      make: () => ({ kind: 'csv-column', file: 'table.csv', column: 'name' })
    },
    {
      kind: 'request',
      group,
      label: trans.__('Request'),
      about: trans.__('What a caller gives when the topology is a module.'),
      sign: '⇥',
      make: () => ({
        kind: 'request',
        inputs: {
          image: {
            type: { kind: 'file', mediaTypes: ['image/*'] },
            required: true
          }
        }
      })
    }
  ];
}

function steps(trans: TranslationBundle): IKind[] {
  const group = 'step';
  return [
    {
      kind: 'transform',
      group,
      label: trans.__('Transform'),
      about: trans.__('Makes another value of a value, by an expression.'),
      sign: 'ƒ',
      make: () => ({ kind: 'transform', expression: '$' })
    },
    {
      kind: 'filter',
      group,
      label: trans.__('Filter'),
      about: trans.__('Gives on only what a condition is true of.'),
      sign: '▽',
      make: () => ({ kind: 'filter', condition: 'true' })
    },
    {
      kind: 'branch',
      group,
      label: trans.__('Branch'),
      about: trans.__('Gives on as yes or as no, by a condition.'),
      sign: '⇉',
      make: () => ({ kind: 'branch', condition: 'true' })
    },
    {
      kind: 'merge',
      group,
      label: trans.__('Merge'),
      about: trans.__('Brings together what came of the same item.'),
      sign: '⋈',
      make: () => ({ kind: 'merge', manner: 'key' })
    },
    {
      kind: 'crop',
      group,
      label: trans.__('Crop'),
      about: trans.__('Cuts a picture out for each box that was found.'),
      sign: '◰',
      make: () => ({ kind: 'crop' })
    },
    {
      kind: 'resize',
      group,
      label: trans.__('Resize'),
      about: trans.__('Makes pictures smaller or larger.'),
      sign: '⤢',
      make: () => ({
        kind: 'resize',
        width: 640,
        height: 640,
        manner: 'contain'
      })
    }
  ];
}

function sinks(trans: TranslationBundle): IKind[] {
  const group = 'sink';
  return [
    {
      kind: 'folder',
      group,
      label: trans.__('Folder'),
      about: trans.__('Writes a file for each item.'),
      sign: '▣',
      make: () => ({ kind: 'folder', folder: 'results' })
    },
    {
      kind: 'csv',
      group,
      label: trans.__('CSV table'),
      about: trans.__('Writes a row for each item.'),
      sign: '▦',
      make: () => ({ kind: 'csv', file: 'results.csv' })
    },
    {
      kind: 'json-lines',
      group,
      label: trans.__('JSON Lines'),
      about: trans.__('Writes a line of JSON for each item.'),
      sign: '≣',
      make: () => ({ kind: 'json-lines', file: 'results.jsonl' })
    },
    {
      kind: 'reply',
      group,
      label: trans.__('Reply'),
      about: trans.__('Gives the results to who asks: a caller, or a cell.'),
      sign: '⇤',
      make: () => ({ kind: 'reply' })
    }
  ];
}

/** The one thing to know of a node, in its box. */
export function summaryOf(
  node: TopologyNode,
  trans: TranslationBundle
): string {
  switch (node.kind) {
    case 'files':
      return node.pattern;
    case 'dataset':
      return node.dataset;
    case 'csv-column':
      return trans.__('%1 of %2', node.column, node.file);
    case 'request':
      return Object.keys(node.inputs).join(', ');
    case 'module':
      return node.module;
    case 'transform':
      return node.expression;
    case 'filter':
    case 'branch':
      return node.condition;
    case 'crop':
      return node.boxes ?? trans.__('boxes as they are found');
    case 'resize':
      return `${node.width} × ${node.height}`;
    case 'merge':
      return mannerLabel(node.manner, trans);
    case 'folder':
      return node.folder;
    case 'csv':
    case 'json-lines':
      return node.file;
    case 'reply':
      return trans.__('to the caller');
  }
}

export function mannerLabel(
  manner: 'vote' | 'mean' | 'key' | 'list',
  trans: TranslationBundle
): string {
  switch (manner) {
    case 'vote':
      return trans.__('the value that most have');
    case 'mean':
      return trans.__('the mean of numbers');
    case 'key':
      return trans.__('one object, by node');
    case 'list':
      return trans.__('a list of all');
  }
}
