import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Redraw the component whenever the signal fires. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const onChange = () => redraw();
    signal.connect(onChange);
    // What fired between the first drawing and this moment.
    redraw();
    return () => {
      signal.disconnect(onChange);
    };
  }, [signal]);
}

/** Redraw the component whenever the model says that it changed. */
export function useChanges(model: {
  readonly changed: ISignal<unknown, unknown>;
}): void {
  useSignal(model.changed);
}
