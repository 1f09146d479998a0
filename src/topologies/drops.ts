import type { TopologyNodeKind } from '@jupyterlab-deep/protocol';
import { CONTENTS_MIME, MODULE_MIME } from '../shared/labDrag';
import type { TopologyEditor } from './editor';
import type { IPoint } from './edits';
import { kindsOf } from './kinds';

/** A kind of node that is dragged out of the palette. */
export const KIND_MIME = 'application/x-jupyterlab-deep-node';

export const DROPPED_TYPES = [MODULE_MIME, KIND_MIME, CONTENTS_MIME];

/** What is dropped at once lies below each other, px. */
const STEP = 120;

/** What was dropped becomes nodes. */
export function takeDrop(
  editor: TopologyEditor,
  type: string,
  data: unknown,
  at: IPoint
): void {
  switch (type) {
    case MODULE_MIME:
      editor.addModule(data as string, at);
      break;
    case KIND_MIME:
      addKind(editor, data as TopologyNodeKind, at);
      break;
    case CONTENTS_MIME:
      (data as string[]).forEach((path, index) => {
        const place = { x: at.x, y: at.y + index * STEP };
        void editor.addPath(path, place);
      });
      break;
  }
}

export function addKind(
  editor: TopologyEditor,
  kind: TopologyNodeKind,
  at?: IPoint
): string | null {
  const found = kindsOf(editor.trans).find(each => each.kind === kind);
  return found ? editor.addNode(found.make(), kind, at) : null;
}
