import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Views with libraries of their own: they are loaded with the first answer that needs them. */
const Chart = React.lazy(async () => ({
  default: (await import('./chartView')).ChartView
}));
const Csv = React.lazy(async () => ({
  default: (await import('./csvView')).CsvView
}));
const Zip = React.lazy(async () => ({
  default: (await import('./zipView')).ZipView
}));

export function LazyChart(
  props: React.ComponentProps<typeof Chart>
): JSX.Element {
  return (
    <Lazily trans={props.trans}>
      <Chart {...props} />
    </Lazily>
  );
}

export function LazyCsv(props: React.ComponentProps<typeof Csv>): JSX.Element {
  return (
    <Lazily trans={props.view.trans}>
      <Csv {...props} />
    </Lazily>
  );
}

export function LazyZip(props: React.ComponentProps<typeof Zip>): JSX.Element {
  return (
    <Lazily trans={props.view.trans}>
      <Zip {...props} />
    </Lazily>
  );
}

interface ILazilyProps {
  trans: TranslationBundle;
  children: React.ReactNode;
}

function Lazily({ trans, children }: ILazilyProps): JSX.Element {
  return (
    <React.Suspense
      fallback={
        <p role="status" className="jp-DeepInference-empty">
          {trans.__('Loading the view…')}
        </p>
      }
    >
      {children}
    </React.Suspense>
  );
}
