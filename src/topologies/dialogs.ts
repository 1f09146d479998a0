import type { ModuleCard, TopologyEdge } from '@jupyterlab-deep/protocol';
import { fitWords } from '../catalogue/words';
import { addKind } from './drops';
import type { TopologyEditor } from './editor';
import { groupLabel, kindsOf } from './kinds';
import { IChoice, pick } from './pick';

/** The most that the service lists at once. */
const MOST_MODULES = 10_000;

/** Choose what is added: a kind of node, or a module. */
export async function askForNode(editor: TopologyEditor): Promise<void> {
  const { trans } = editor;
  const kinds = kindsOf(trans).map(({ kind, group, label, about }) => ({
    value: () => addKind(editor, kind),
    label,
    about: `${groupLabel(group, trans)} · ${about}`
  }));
  const add = await pick<() => string | null>({
    title: trans.__('Add a node'),
    label: trans.__('Part of its name'),
    choices: kinds,
    more: moduleChoices(editor).then(modules =>
      modules.map(({ value, ...words }) => ({
        ...words,
        value: () => editor.addModule(value)
      }))
    ),
    empty: trans.__('There is nothing to add.'),
    trans
  });
  showNew(editor, add?.() ?? null);
}

export async function askForModule(editor: TopologyEditor): Promise<void> {
  const module = await pickModule(editor, editor.trans.__('Add a module'));
  showNew(editor, module === null ? null : editor.addModule(module));
}

/** Its arguments stay: those that the other does not know are shown as problems. */
export async function askForOtherModule(
  editor: TopologyEditor,
  id: string
): Promise<void> {
  const module = await pickModule(editor, editor.trans.__('Another module'));
  const node = editor.model.node(id);
  if (module !== null && node?.kind === 'module') {
    editor.setNode(id, { ...node, module });
    void editor.facts.ask(module, false);
  }
}

const showNew = (editor: TopologyEditor, id: string | null): void => {
  if (id !== null) {
    editor.showSoon(id);
  }
};

const pickModule = (
  editor: TopologyEditor,
  title: string
): Promise<string | null> =>
  pick({
    title,
    label: editor.trans.__('Part of its name'),
    choices: [],
    more: moduleChoices(editor),
    empty: editor.trans.__('No source has any module that predicts.'),
    trans: editor.trans
  });

async function moduleChoices(
  editor: TopologyEditor
): Promise<IChoice<string>[]> {
  const { options, trans } = editor;
  try {
    const { modules } = await options.catalogue.list({
      capability: 'inference',
      limit: MOST_MODULES
    });
    return modules
      .filter(({ broken }) => !broken)
      .sort((a, b) => rank(a) - rank(b))
      .map(module => ({
        value: module.id,
        label: module.title,
        about: [module.id, module.input, fitWords(module, trans)]
          .filter(Boolean)
          .join(' · ')
      }));
  } catch {
    // The kinds can be added without the catalogue; its panel says why it is away.
    return [];
  }
}

/** What can run here first. */
const rank = ({ fit }: ModuleCard): number =>
  ['running', 'here', 'environment', 'image', 'lacking'].indexOf(fit.state);

/** Choose where the node leads, or what feeds it: only what fits is offered. */
export async function askForConnection(
  editor: TopologyEditor,
  node: string
): Promise<void> {
  const { trans } = editor;
  const chosen = await pick<TopologyEdge>({
    title: trans.__('Connect “%1”', editor.nameOf(node)),
    label: trans.__('Node or port'),
    choices: editor.possibleEdges(node).map(edge => ({
      value: edge,
      ...connectionWords(editor, node, edge)
    })),
    empty: trans.__(
      'Nothing fits: no other node takes what comes out of it, or gives what it takes.'
    ),
    trans
  });
  if (chosen) {
    editor.connect(chosen);
  }
  editor.showSoon(node);
}

export function connectionWords(
  { trans, nameOf, model }: TopologyEditor,
  node: string,
  { from, to }: TopologyEdge
): { label: string; about: string } {
  const isOut = from.node === node;
  const other = isOut ? to : from;
  const [mine, theirs] = isOut ? [from.port, to.port] : [to.port, from.port];
  const isTaken = model.document?.edges.some(
    each => each.to.node === to.node && each.to.port === to.port
  );
  const about = isOut
    ? trans.__('%1 → %2', mine, theirs)
    : trans.__('%1 ← %2', mine, theirs);
  return {
    label: isOut
      ? trans.__('to %1', nameOf(other.node))
      : trans.__('from %1', nameOf(other.node)),
    about: isTaken ? trans.__('%1 (one is there)', about) : about
  };
}
