import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount, formatScore } from './numbers';
import type { IThingClass } from './things';

/** Classes that are listed at once. */
const SHOWN = 30;

interface ILegendProps {
  classes: IThingClass[];
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;

  /** Null where nothing has a score. */
  range: { least: number; most: number } | null;
  threshold: number;
  onThreshold: (threshold: number) => void;
  frames: number;
  frame: number;
  onFrame: (frame: number) => void;
  trans: TranslationBundle;
}

/** Which classes, from which score, in which picture. */
export function Legend(props: ILegendProps): JSX.Element {
  const { classes, range, frames, trans } = props;
  return (
    <div className="jp-DeepResults-legend">
      {frames > 1 && <FrameChoice {...props} />}
      {range && <Threshold {...props} range={range} />}
      {classes.length > 0 && (
        <fieldset>
          <legend>{trans.__('Classes')}</legend>
          <ClassSwitches {...props} />
        </fieldset>
      )}
    </div>
  );
}

function FrameChoice({
  frames,
  frame,
  onFrame,
  trans
}: ILegendProps): JSX.Element {
  return (
    <label>
      {trans.__('Picture')}
      <input
        type="number"
        className="jp-mod-styled"
        min={1}
        max={frames}
        value={frame + 1}
        onChange={({ target }) =>
          onFrame(clamp(target.valueAsNumber || 1, 1, frames) - 1)
        }
      />
      {trans.__('of %1', formatCount(frames))}
    </label>
  );
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(value)));

interface IThresholdProps extends ILegendProps {
  range: { least: number; most: number };
}

function Threshold(props: IThresholdProps): JSX.Element {
  const { range, threshold, onThreshold, trans } = props;
  const words = formatScore(threshold);
  return (
    <label>
      {trans.__('Score from')}
      <input
        type="range"
        min={range.least}
        max={range.most}
        step={(range.most - range.least) / 100}
        value={threshold}
        aria-valuetext={words}
        onChange={({ target }) => onThreshold(target.valueAsNumber)}
      />
      <output>{words}</output>
    </label>
  );
}

function ClassSwitches(props: ILegendProps): JSX.Element {
  const { classes, hidden, onHidden, trans } = props;
  const [isWhole, setWhole] = React.useState(false);
  const shown = isWhole ? classes : classes.slice(0, SHOWN);
  const toggle = (label: string) => {
    const next = new Set(hidden);
    if (!next.delete(label)) {
      next.add(label);
    }
    onHidden(next);
  };
  return (
    <>
      {shown.map(({ label, count, colour }) => (
        <label key={label} className="jp-DeepResults-class">
          <input
            type="checkbox"
            checked={!hidden.has(label)}
            onChange={() => toggle(label)}
          />
          <span
            aria-hidden="true"
            className="jp-DeepResults-swatch"
            style={{ background: colour }}
          />
          <span>{label || trans.__('without a label')}</span>
          <span className="jp-DeepResults-count">{formatCount(count)}</span>
        </label>
      ))}
      {classes.length > shown.length && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => setWhole(true)}
        >
          {trans.__('Show %1 more', formatCount(classes.length - shown.length))}
        </button>
      )}
      {classes.length > 1 && (
        <span className="jp-DeepResults-buttons">
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => onHidden(new Set())}
          >
            {trans.__('All')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => onHidden(new Set(classes.map(({ label }) => label)))}
          >
            {trans.__('None')}
          </button>
        </span>
      )}
    </>
  );
}
