import { IObserved } from '../target';
import { Facts } from './facts';
import { IInfrastructureState, ImApi } from './imApi';
import { placesOf } from './outputs';
import { lastLines, withoutSecrets } from './said';
import { phaseOf } from './states';

/** Says how infrastructures stand: where their modules can be reached, and why they ended. */
export class Standing {
  constructor(
    private readonly _api: ImApi,
    private readonly _facts: Facts
  ) {}

  async of(
    handle: string,
    found: IInfrastructureState,
    signal: AbortSignal
  ): Promise<IObserved> {
    const phase = phaseOf(found);
    switch (found.state) {
      case 'configured':
      case 'unknown':
        return this._running(handle, phase, signal);
      case 'stopped':
        return { state: 'stopped', phase };
      case 'unconfigured':
      case 'failed':
      case 'off': {
        const reason = await this._whyEnded(handle, found, signal);
        return { state: 'ended', phase, reason };
      }
      default:
        return { state: 'waiting', phase };
    }
  }

  private async _running(
    handle: string,
    phase: string,
    signal: AbortSignal
  ): Promise<IObserved> {
    const outputs = await this._api.outputs(handle, signal);
    const { endpoint, pages } = placesOf(outputs);
    const unknown =
      'It runs, and its template names no address of the module yet.';
    return {
      // A cloud that does not answer for a while may have the machines still.
      state: endpoint || !phase ? 'running' : 'waiting',
      phase: endpoint || phase ? phase : unknown,
      ...(endpoint && { endpoint }),
      ...(Object.keys(pages).length > 0 && { pages })
    };
  }

  private async _whyEnded(
    handle: string,
    found: IInfrastructureState,
    signal: AbortSignal
  ): Promise<string> {
    const { secrets } = await this._facts.of(handle, signal);
    const log = (await this._api.log(handle, signal)) ?? '';
    const last = withoutSecrets(lastLines(log), secrets);
    const kept =
      found.machines > 0
        ? ` Its machines (${found.machines}) are still there: remove them when you need them no longer.`
        : '';
    const said = last ? ` Its log ends with:\n${last}` : '';
    return `${phaseOf(found)}${kept}${said}`;
  }
}
