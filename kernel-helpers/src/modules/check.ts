import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckReport, Run } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, shownAs } from '../display/bundle';
import { tableBundle } from '../display/table';

const LOOK_MS = 200;

/** A conformance report; shown as a table of what is not as it should be. */
export type CheckedModule = CheckReport;

/** Let the service check a server, and wait for its report. */
export async function checkModule(
  target: string,
  model: string | undefined,
  signal?: AbortSignal
): Promise<CheckedModule> {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
  const begun = await service.json<Run>('/modules/checks', {
    method: 'POST',
    body: isAddress
      ? // Who writes an address into a cell means it.
        { address: target, allowPrivate: true, model }
      : { deployment: target },
    signal
  });
  const run = await ended(begun, signal);
  if (run.error || run.state !== 'succeeded') {
    throw run.error
      ? DeepError.fromProblem(run.error)
      : new DeepError('interrupted', `The check was ${run.state}.`);
  }
  const report = await service.json<CheckReport>(`/runs/${run.id}/result`, {
    signal
  });
  return shownAs(report, () => bundle(report));
}

async function ended(begun: Run, signal?: AbortSignal): Promise<Run> {
  const line = display.progress(begun.title);
  let run = begun;
  try {
    while (!run.endedAt) {
      throwIfCancelled(signal);
      const { progress, phase } = run;
      const count = progress
        ? `: rule ${progress.done + 1} of ${progress.total}`
        : '';
      line.update(`${begun.title}${count}: ${phase}`);
      await sleep(LOOK_MS);
      run = await service.json<Run>(`/runs/${run.id}`, { signal });
    }
    return run;
  } finally {
    line.end(`${begun.title}: ${run.state}`);
  }
}

function bundle({
  findings,
  counts,
  address,
  model
}: CheckReport): IMimeBundle {
  const { passed, warning, failed, skipped } = counts;
  const rows = findings
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'warning')
    .map(({ rule, outcome, says, found, remedy }) => ({
      rule,
      outcome,
      says,
      found,
      'what to do': remedy
    }));
  return tableBundle(
    rows,
    ['rule', 'outcome', 'says', 'found', 'what to do'],
    `${address}, model ${model}: ${failed} failed, ${warning} to look at, ${passed} passed, ${skipped} not tried`
  );
}
