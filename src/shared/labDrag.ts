import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import * as React from 'react';

/** Set by Lab's file browser: the paths that are dragged. */
export const CONTENTS_MIME = 'application/x-jupyter-icontents';

/** The id of a module that is dragged out of the catalogue. */
export const MODULE_MIME = 'application/x-jupyterlab-deep-module';

type OnDrop = (
  type: string,
  data: unknown,
  at: { x: number; y: number }
) => void;

/**
 * Take drags of Lab's own, which are no drags of the browser.
 *
 * @param types - The first of them that a drag carries counts.
 * @param onDrop - Gets what was dropped, and where on the page.
 * @returns whether something that can be dropped is over the element.
 */
export function useDrop(
  element: React.RefObject<HTMLElement>,
  types: readonly string[],
  onDrop: OnDrop
): boolean {
  const [isOver, setOver] = React.useState(false);
  // Before the first paint: a drag may already go on when the element appears.
  React.useLayoutEffect(() => {
    const node = element.current!;
    const handle = (raw: Event) => {
      const event = raw as Drag.Event;
      const type = types.find(each => event.mimeData.hasData(each));
      if (type === undefined) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      event.dropAction = event.proposedAction;
      setOver(event.type === 'lm-dragenter' || event.type === 'lm-dragover');
      if (event.type === 'lm-drop') {
        const { clientX: x, clientY: y } = event;
        onDrop(type, event.mimeData.getData(type), { x, y });
      }
    };
    const events = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];
    events.forEach(name => node.addEventListener(name, handle));
    return () => events.forEach(name => node.removeEventListener(name, handle));
  }, [element, types, onDrop]);
  return isOver;
}

/** A press becomes a drag once the pointer has gone so far, px. */
const THRESHOLD = 5;

/**
 * Let something be dragged to where Lab's drags go.
 *
 * @param label - Hangs on the pointer.
 */
export function beginDrag(
  press: React.MouseEvent,
  type: string,
  data: unknown,
  label: string
): void {
  if (press.button !== 0) {
    return;
  }
  const { clientX, clientY } = press;
  const onMove = (event: MouseEvent) => {
    const far = Math.max(
      Math.abs(event.clientX - clientX),
      Math.abs(event.clientY - clientY)
    );
    if (far >= THRESHOLD) {
      end();
      event.preventDefault();
      startDrag(type, data, label, event);
    }
  };
  const end = () => {
    document.removeEventListener('mousemove', onMove, true);
    document.removeEventListener('mouseup', end, true);
  };
  document.addEventListener('mousemove', onMove, true);
  document.addEventListener('mouseup', end, true);
}

function startDrag(
  type: string,
  data: unknown,
  label: string,
  { clientX, clientY }: MouseEvent
): void {
  const mimeData = new MimeData();
  mimeData.setData(type, data);
  const dragImage = document.createElement('div');
  dragImage.className = 'jp-DeepShared-dragImage';
  dragImage.textContent = label;
  const drag = new Drag({
    mimeData,
    dragImage,
    proposedAction: 'copy',
    supportedActions: 'copy'
  });
  // Ends when it is dropped or given up, and disposes itself.
  void drag.start(clientX, clientY);
}
