import type { Run } from '@jupyterlab-deep/protocol';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { RunHandle } from '../runs/runHandle';
import { jobsBundle } from './shown';

/**
 * A script that a platform carries out in the container of a module: it outlives this kernel, and the service too. Platforms
 * give no logs: its log says what happened to it, and the script may write one of its own into its storage.
 *
 * ```ts
 * const job = await deployments.submit({ module: 'ai4eosc/plants', target: 'papi:ai4eosc', script, options });
 * await job.watch();
 * ```
 */
export class JobRun extends RunHandle {
  /** What it is doing, for people; empty once it has ended. */
  get phase(): string {
    return this._run.phase;
  }

  /** Why it did not end well, in words. */
  get error(): string | undefined {
    return this._run.error?.detail;
  }

  /** What the target calls it, once it was taken. */
  get job(): string | undefined {
    return this._run.job?.job;
  }

  /** All that is known of it. */
  get about(): Readonly<Run> {
    return this._run;
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return jobsBundle([this.about]);
  }
}
