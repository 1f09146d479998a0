import { Deployments } from '../deployments/deployments';

/**
 * Modules that were started for topologies, and how many runs use each: one that nobody else has asked since is stopped
 * with the last run that uses it.
 */
export class ModuleLeases {
  constructor(private readonly _deployments: Deployments) {}

  take(deployment: string, run: string): void {
    const runs = this._runs.get(deployment) ?? new Set<string>();
    runs.add(run);
    this._runs.set(deployment, runs);
  }

  /** A run ends, or rests. */
  release(run: string): void {
    for (const [deployment, runs] of this._runs) {
      if (runs.delete(run) && runs.size === 0) {
        this._runs.delete(deployment);
        this._stop(deployment);
      }
    }
  }

  private _stop(deployment: string): void {
    try {
      this._deployments.stop(deployment);
    } catch {
      // It is gone already.
    }
  }

  private readonly _runs = new Map<string, Set<string>>();
}
