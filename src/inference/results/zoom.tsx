import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { percent } from './numbers';

const LEAST = 0.05;
const MOST = 16;
const STEP = 1.5;

/** How large a picture is shown. */
export interface IZoom {
  /** Pixels of the page for one of the picture; null: as large as there is room. */
  scale: number | null;
  setScale: (scale: number | null) => void;
  step: (direction: 1 | -1) => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}

/** Zoom by buttons, and by `+`, `-`, `1` and `0` where the picture has the focus. */
export function useZoom(): IZoom {
  const [scale, setScale] = React.useState<number | null>(null);
  const step = (direction: 1 | -1) =>
    setScale(Math.min(MOST, Math.max(LEAST, (scale ?? 1) * STEP ** direction)));
  const byKey: Record<string, () => void> = {
    '+': () => step(1),
    '=': () => step(1),
    '-': () => step(-1),
    '0': () => setScale(null),
    '1': () => setScale(1)
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const act = hasModifier ? undefined : byKey[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };
  return { scale, setScale, step, onKeyDown };
}

interface IZoomButtonsProps {
  zoom: IZoom;
  trans: TranslationBundle;
}

export function ZoomButtons({ zoom, trans }: IZoomButtonsProps): JSX.Element {
  const { scale, setScale, step } = zoom;
  const buttons = [
    { label: trans.__('Fit'), title: trans.__('As large as there is room (0)'), act: () => setScale(null) }, // prettier-ignore
    { label: '1:1', title: trans.__('Its own size (1)'), act: () => setScale(1) }, // prettier-ignore
    { label: '−', title: trans.__('Smaller (-)'), act: () => step(-1) },
    { label: '+', title: trans.__('Larger (+)'), act: () => step(1) }
  ];
  return (
    <div
      role="group"
      aria-label={trans.__('Zoom')}
      className="jp-DeepResults-buttons"
    >
      {buttons.map(({ label, title, act }) => (
        <button
          key={label}
          type="button"
          className="jp-mod-styled"
          title={title}
          aria-label={title}
          onClick={act}
        >
          {label}
        </button>
      ))}
      <span role="status">{scale === null ? '' : percent(scale)}</span>
    </div>
  );
}
