import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { percent } from '../inference/results/numbers';
import { formatElapsed } from '../shared/time';
import { transferFacts } from '../storage/words';
import { formatMetric } from '../training/metricGroups';

/** A shape beside the words, so that colour is never alone. */
export const RUN_SIGNS: Record<Run['state'], string> = {
  queued: '◌',
  running: '◐',
  paused: '❚❚',
  succeeded: '●',
  failed: '▲',
  cancelled: '○',
  interrupted: '▲'
};

/** The state in one word or two. */
export function runState(run: Run, trans: TranslationBundle): string {
  switch (run.state) {
    case 'queued':
      return trans.__('Waiting');
    case 'running':
      return run.phase || trans.__('Running');
    case 'paused':
      return trans.__('Paused');
    case 'succeeded':
      return trans.__('Done');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
    case 'interrupted':
      return trans.__('Interrupted');
  }
}

/** *320 of 1,000 files · 98 a second · 7 s left · 2 failed*; empty where nothing is counted. */
export function progressOf(run: Run, trans: TranslationBundle): string {
  const { progress, batch, state } = run;
  if (run.transfer) {
    return transferFacts(run, trans);
  }
  if (run.training) {
    return trainingFacts(run, trans);
  }
  if (run.topology) {
    return topologyFacts(run, trans);
  }
  if (run.environment) {
    return environmentFacts(run, trans);
  }
  if (!progress || !batch) {
    return '';
  }
  const { ratePerS, leftS, failed, accuracy } = batch;
  const isGoing = state === 'running';
  const parts = [
    trans.__(
      '%1 of %2 files',
      progress.done.toLocaleString(),
      progress.total.toLocaleString()
    ),
    isGoing && ratePerS !== undefined && rateWords(ratePerS, trans),
    isGoing &&
      leftS !== undefined &&
      leftS >= 1 &&
      trans.__('%1 left', formatElapsed(leftS * 1000)),
    accuracy !== undefined &&
      !isGoing &&
      trans.__('%1 right', percent(accuracy)),
    failed > 0 &&
      trans._n('%2 failed', '%2 failed', failed, failed.toLocaleString())
  ];
  return parts.filter(Boolean).join(' · ');
}

/** *320 of 1,000 · 2 failed · 300 cached* */
export function topologyFacts(
  { progress, topology }: Run,
  trans: TranslationBundle
): string {
  const nodes = Object.values(topology?.nodes ?? {});
  const failed = failedNodes(topology);
  const cached = nodes.reduce((sum, each) => sum + each.cached, 0);
  const parts = [
    progress &&
      trans.__(
        '%1 of %2',
        progress.done.toLocaleString(),
        progress.total.toLocaleString()
      ),
    failed > 0 && trans.__('%1 failed', failed.toLocaleString()),
    cached > 0 && trans.__('%1 cached', cached.toLocaleString())
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Parts of a run that failed, whatever its parts are. */
export const failedOf = ({ batch, transfer, topology }: Run): number =>
  batch?.failed ?? transfer?.failed ?? failedNodes(topology);

const failedNodes = (topology: Run['topology']): number =>
  Object.values(topology?.nodes ?? {}).reduce(
    (sum, { failed }) => sum + failed,
    0
  );

/** *6 of 10 epochs · val_accuracy 0.94* */
function trainingFacts(
  { progress, training }: Run,
  trans: TranslationBundle
): string {
  const { curve, metrics } = training!;
  const value = curve && metrics[curve.metric];
  const parts = [
    progress &&
      progress.total > 1 &&
      trans.__(
        '%1 of %2 %3',
        progress.done.toLocaleString(),
        progress.total.toLocaleString(),
        unitOf(progress.unit, trans)
      ),
    value !== undefined && `${curve!.metric} ${formatMetric(value)}`
  ];
  return parts.filter(Boolean).join(' · ');
}

/** *12 of 50 packages* */
const environmentFacts = (
  { progress }: Run,
  trans: TranslationBundle
): string =>
  progress ? trans.__('%1 of %2 packages', progress.done, progress.total) : '';

function unitOf(unit: string, trans: TranslationBundle): string {
  switch (unit) {
    case 'pictures':
      return trans.__('pictures');
    case 'epochs':
      return trans.__('epochs');
    default:
      return unit;
  }
}

const rateWords = (ratePerS: number, trans: TranslationBundle): string =>
  ratePerS >= 1
    ? trans.__('%1 a second', Math.round(ratePerS).toLocaleString())
    : trans.__('%1 a minute', Math.round(ratePerS * 60).toLocaleString());
