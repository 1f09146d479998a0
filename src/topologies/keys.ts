import type * as React from 'react';
import type { TopologyEditor } from './editor';
import { GRID, IPoint } from './edits';

const DIRECTIONS: Record<string, IPoint> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 }
};

/**
 * The keys that lead through the drawing: arrows from node to node, with Shift they move what is chosen, Space adds to
 * what is chosen, Enter opens the inspector. All others are shortcuts of commands.
 */
export function onCanvasKey(
  event: React.KeyboardEvent,
  editor: TopologyEditor
): void {
  const { key, shiftKey, ctrlKey, metaKey, altKey, target } = event;
  const node = (target as HTMLElement).closest<HTMLElement>('[data-deep-node]');
  const id = node?.dataset.deepNode ?? currentNode(event);
  if (key === 'Escape') {
    editor.forgive();
    return;
  }
  if (id === undefined || ctrlKey || metaKey || altKey) {
    return;
  }
  const direction = DIRECTIONS[key];
  if (direction) {
    event.preventDefault();
    event.stopPropagation();
    if (shiftKey) {
      editor.nudge({ x: direction.x * GRID, y: direction.y * GRID });
    } else {
      goTo(editor, node ? nearest(editor, id, direction) : id);
    }
  } else if (key === 'Enter') {
    event.preventDefault();
    editor.inspect();
  } else if (key === ' ') {
    event.preventDefault();
    toggle(editor, id);
  }
}

/** The canvas itself has the focus when it is opened: the first key goes on to where Tab would lead. */
function currentNode({
  target,
  currentTarget
}: React.KeyboardEvent): string | undefined {
  return target === currentTarget
    ? currentTarget.querySelector<HTMLElement>('[data-deep-node][tabindex="0"]')
        ?.dataset.deepNode
    : undefined;
}

function goTo(editor: TopologyEditor, id: string | null): void {
  if (id !== null) {
    editor.show(id);
  }
}

function toggle({ model }: TopologyEditor, id: string): void {
  const { nodes } = model.selection;
  model.select({
    nodes: nodes.includes(id)
      ? nodes.filter(each => each !== id)
      : [...nodes, id]
  });
}

/** The node that lies in a direction, the least aside; null where none does. */
export function nearest(
  { model }: TopologyEditor,
  id: string,
  direction: IPoint
): string | null {
  const { layout = {}, nodes = {} } = model.document ?? {};
  const here = layout[id] ?? { x: 0, y: 0 };
  let best: string | null = null;
  let least = Infinity;
  for (const other of Object.keys(nodes)) {
    const { x, y } = layout[other] ?? { x: 0, y: 0 };
    const along = (x - here.x) * direction.x + (y - here.y) * direction.y;
    const aside = Math.abs(
      (x - here.x) * direction.y - (y - here.y) * direction.x
    );
    // Aside counts double: what lies straight ahead is meant.
    const far = along + aside * 2;
    if (other !== id && along > 0 && far < least) {
      least = far;
      best = other;
    }
  }
  return best;
}
