import type { IDetectionsPart } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount, formatNumber, formatScore } from './numbers';
import { boundsOf, factorsOf, ISize, IThing, IThingClass } from './things';

/** Rows at a time. */
const STEP = 50;

interface IThingListProps {
  part: IDetectionsPart;
  things: IThing[];
  classes: IThingClass[];
  size: ISize;
  active: number | null;
  onActive: (id: number | null) => void;
  trans: TranslationBundle;
}

/** Every thing in words; the one that has the focus is the one that is marked. */
export function ThingList(props: IThingListProps): JSX.Element | null {
  const { things, trans } = props;
  const [count, setCount] = React.useState(STEP);
  const shown = things.slice(0, count);
  if (things.length === 0) {
    return null;
  }
  return (
    <details className="jp-DeepResults-things" open={things.length <= 10}>
      <summary>{trans.__('As a list')}</summary>
      <ul onKeyDown={moveByArrows} onMouseLeave={() => props.onActive(null)}>
        {shown.map(thing => (
          <ThingRow key={thing.id} {...props} thing={thing} />
        ))}
      </ul>
      {things.length > shown.length && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => setCount(count + STEP)}
        >
          {trans.__(
            'Show more (%1 of %2)',
            formatCount(shown.length),
            formatCount(things.length)
          )}
        </button>
      )}
    </details>
  );
}

function ThingRow(props: IThingListProps & { thing: IThing }): JSX.Element {
  const { thing, classes, active, onActive, trans } = props;
  const colour = classes.find(({ label }) => label === thing.label)?.colour;
  return (
    <li>
      <button
        type="button"
        aria-pressed={thing.id === active}
        onFocus={() => onActive(thing.id)}
        onBlur={() => onActive(null)}
        onMouseEnter={() => onActive(thing.id)}
      >
        <span
          aria-hidden="true"
          className="jp-DeepResults-swatch"
          style={{ background: colour }}
        />
        <span>{thing.label || trans.__('without a label')}</span>
        <span className="jp-DeepResults-count">
          {thing.score === undefined ? '' : formatScore(thing.score)}
        </span>
        <span className="jp-DeepResults-place">{placeOf(props)}</span>
      </button>
    </li>
  );
}

function placeOf(props: IThingListProps & { thing: IThing }): string {
  const { thing, part, size, trans } = props;
  const bounds = boundsOf(thing, factorsOf(part, size));
  if (!bounds) {
    return trans.__('mask');
  }
  const [left, top, width, height] = [
    bounds.left,
    bounds.top,
    bounds.width,
    bounds.height
  ].map(value => formatNumber(Math.round(value)));
  return trans.__('%1 × %2 at %3, %4', width, height, left, top);
}

function moveByArrows(event: React.KeyboardEvent<HTMLUListElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (step !== undefined && index >= 0) {
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, index + step))].focus();
  }
}
