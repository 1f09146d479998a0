import 'uplot/dist/uPlot.min.css';
import type { TrainingStep } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import uPlot from 'uplot';
import { formatMetric } from './metricGroups';

/** One line of a plot. */
export interface ICurve {
  label: string;
  steps: readonly TrainingStep[];
  metric: string;
}

interface ICurvesProps {
  title: string;
  curves: ICurve[];
  /** What it shows, for those who do not see it. */
  summary: string;

  /** What the steps are. */
  xLabel: string;
}

const HEIGHT = 200;
const LEAST_WIDTH = 200;
/** Of Lab's theme: they are told apart on light and dark ground. */
const COLOURS = [
  '--jp-brand-color1',
  '--jp-warn-color1',
  '--jp-success-color1',
  '--jp-error-color1',
  '--jp-info-color1',
  '--jp-accent-color1'
];

/** Lines over the steps of a training, drawn anew as numbers come. */
export function Curves(props: ICurvesProps): JSX.Element {
  const { title, curves, summary, xLabel } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const plot = React.useRef<uPlot | null>(null);
  const labels = curves.map(({ label }) => label).join('\n');
  const theme = useTheme();
  React.useEffect(() => {
    const node = host.current!;
    const drawn = new uPlot(
      optionsOf(node, labels.split('\n'), xLabel),
      [[]],
      node
    );
    plot.current = drawn;
    const showLast = () => showLastIn(drawn);
    drawn.over.addEventListener('mouseleave', showLast);
    const observer = new ResizeObserver(() =>
      drawn.setSize({ width: widthOf(node), height: HEIGHT })
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [labels, theme, xLabel]);
  React.useEffect(() => {
    if (plot.current) {
      plot.current.setData(dataOf(curves));
      showLastIn(plot.current);
    }
  }, [curves, labels, theme, xLabel]);
  return (
    <figure className="jp-DeepTraining-curves">
      <figcaption>{title}</figcaption>
      <div ref={host} role="img" aria-label={`${title}. ${summary}`} />
    </figure>
  );
}

/** While nobody points at a step, the legend has the numbers of the last. */
function showLastIn(plot: uPlot): void {
  const [xs] = plot.data;
  if (xs.length > 0) {
    plot.setLegend({ idx: xs.length - 1 });
  }
}

const widthOf = (node: HTMLElement): number =>
  Math.max(LEAST_WIDTH, node.clientWidth);

/** Changes when Lab changes its theme: what is on a canvas does not follow by itself. */
function useTheme(): string {
  const read = () => document.body.dataset.jpThemeName ?? '';
  const [theme, setTheme] = React.useState(read);
  React.useEffect(() => {
    const observer = new MutationObserver(() => setTheme(read()));
    observer.observe(document.body, {
      attributeFilter: ['data-jp-theme-name']
    });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function optionsOf(
  node: HTMLElement,
  labels: string[],
  xLabel: string
): uPlot.Options {
  const style = getComputedStyle(node);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--jp-ui-font-color1'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('--jp-border-color2'), width: 1 },
    ticks: { stroke: colour('--jp-border-color2'), width: 1 }
  };
  return {
    width: widthOf(node),
    height: HEIGHT,
    scales: { x: { time: false }, y: { range: rangeOf } },
    axes: [
      { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000] },
      { ...axis, size: 56 }
    ],
    series: [
      { label: xLabel },
      ...labels.map((label, index) => ({
        label,
        stroke: colour(COLOURS[index % COLOURS.length]),
        width: 2,
        value: (_plot: uPlot, value: number | null) =>
          value === null ? '–' : formatMetric(value),
        dash: index >= COLOURS.length ? [6, 4] : undefined,
        spanGaps: true
      }))
    ],
    legend: { live: true },
    // New data empty the legend when they are drawn, a moment after they were set.
    hooks: {
      setCursor: [plot => (plot.cursor.left ?? -1) < 0 && showLastIn(plot)]
    }
  };
}

/** Shares are drawn up to 1, whatever they are; all others as the library does. */
function rangeOf(_: uPlot, least: number, most: number): [number, number] {
  const isShare = least >= 0 && most <= 1 && most > 0.5;
  if (isShare) {
    return [Math.max(0, least - 0.1), 1.02];
  }
  const [from, to] = uPlot.rangeNum(least, most, 0.1, true);
  return [from ?? 0, to ?? 1];
}

/** All curves over the steps that any of them has. */
function dataOf(curves: readonly ICurve[]): uPlot.AlignedData {
  const all = new Set(
    curves.flatMap(({ steps }) => steps.map(({ step }) => step))
  );
  const xs = [...all].sort((a, b) => a - b);
  const lines = curves.map(({ steps, metric }) => {
    const values = new Map(steps.map(each => [each.step, each.values[metric]]));
    return xs.map(x => values.get(x) ?? null);
  });
  return [xs, ...lines];
}
