import type { ISeriesPart } from '@jupyterlab-deep/protocol/lib/results';
import { classColour } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCount } from './numbers';

const HEIGHT = 260;

interface IChartViewProps {
  part: ISeriesPart;
  trans: TranslationBundle;
}

/** Numbers over time as lines. Its figures are in the table or in the JSON beside it. */
export function ChartView({ part, trans }: IChartViewProps): JSX.Element {
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const node = place.current!;
    const chart = new uPlot(optionsOf(part, node), dataOf(part), node);
    const resize = new ResizeObserver(() =>
      chart.setSize({ width: node.clientWidth, height: HEIGHT })
    );
    resize.observe(node);
    const themes = new MutationObserver(() => chart.redraw(false));
    themes.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    return () => {
      resize.disconnect();
      themes.disconnect();
      chart.destroy();
    };
  }, [part]);
  const names = part.lines.map(({ name }) => name).filter(Boolean);
  return (
    <figure className="jp-DeepResults-chart">
      <div
        ref={place}
        role="img"
        aria-label={
          names.length > 0
            ? trans.__('Chart of %1', names.join(', '))
            : trans.__('Chart of %1 numbers', formatCount(part.total))
        }
      />
      {part.step > 1 && (
        <figcaption className="jp-DeepResults-note">
          {trans.__(
            'Each %1th of %2 points.',
            formatCount(part.step),
            formatCount(part.total)
          )}
        </figcaption>
      )}
    </figure>
  );
}

/** Times in seconds, as the library has them. */
const dataOf = ({ x, scale, lines }: ISeriesPart): uPlot.AlignedData => [
  scale === 'time' ? x.map(value => value / 1000) : x,
  ...lines.map(({ values }) => values)
];

function optionsOf(part: ISeriesPart, node: HTMLElement): uPlot.Options {
  const variable = (name: string) => () =>
    getComputedStyle(node).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: variable('--jp-ui-font-color1'),
    grid: { stroke: variable('--jp-border-color2'), width: 1 },
    ticks: { stroke: variable('--jp-border-color2'), width: 1 }
  };
  return {
    width: node.clientWidth || 480,
    height: HEIGHT,
    scales: { x: { time: part.scale === 'time' } },
    axes: [axis, { ...axis, size: 60 }],
    series: [
      { label: part.xName || '#' },
      ...part.lines.map(({ name }, index) => ({
        label: name || '1',
        stroke: classColour(index),
        width: 2,
        spanGaps: false
      }))
    ]
  };
}
