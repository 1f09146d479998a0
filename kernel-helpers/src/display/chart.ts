import type { ISeriesPart } from '@jupyterlab-deep/protocol';
import { IMimeBundle } from './bundle';

/** What JupyterLab draws without any extension. */
export const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/** A notebook keeps every point. */
const MOST_POINTS = 2000;

/**
 * Numbers over time as a chart of Vega-Lite.
 *
 * @param text - what a place without charts shows.
 */
export function chartBundle(part: ISeriesPart, text: string): IMimeBundle {
  const { scale, xName, lines } = part;
  return {
    'text/plain': text,
    [VEGA_LITE]: {
      $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
      width: 560,
      height: 240,
      data: { values: pointsOf(part) },
      mark: { type: 'line', tooltip: true },
      encoding: {
        x: {
          field: 'x',
          type: scale === 'time' ? 'temporal' : 'quantitative',
          title: xName || null
        },
        y: { field: 'y', type: 'quantitative', title: null },
        ...(lines.length > 1
          ? { color: { field: 'line', type: 'nominal', title: null } }
          : {})
      }
    }
  };
}

function pointsOf({ x, lines }: ISeriesPart): object[] {
  const step = Math.ceil((x.length * lines.length) / MOST_POINTS);
  return lines.flatMap(({ name, values }) =>
    x.flatMap((at, index) =>
      index % step === 0 ? [{ x: at, y: values[index], line: name }] : []
    )
  );
}

/** The shape of a chart in words. */
export function chartWords({ total, lines, xName }: ISeriesPart): string {
  const names = lines.map(({ name }) => name).filter(Boolean);
  const of = names.length > 0 ? ` of ${names.join(', ')}` : '';
  return `${total} points${of}${xName ? ` over ${xName}` : ''}`;
}
