import type { DeepEvent, Run, RunListing } from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** What can be done with a run. */
export type RunAction = 'pause' | 'resume' | 'cancel' | 'retry' | 'again';

/** The routes that all runs have, one function each. */
export class RunsClient {
  constructor(private readonly _service: IDeepService) {}

  /** Newest first. */
  async list(limit: number, module?: string): Promise<Run[]> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (module !== undefined) {
      query.set('module', module);
    }
    const { runs } = await this._service.requestJson<RunListing>(
      `runs?${query}`
    );
    return runs;
  }

  /**
   * `again` answers with another run, all others with the same. An end that was heard of meanwhile is newer than the reply, which
   * tells how it was when the order came, and nothing more would be heard of it.
   */
  async act(id: string, action: RunAction): Promise<Run> {
    const heard = new Map<string, Run>();
    const hear = (_: IDeepService, message: DeepEvent): void => {
      if (message.event === 'run') {
        heard.set(message.data.id, message.data);
      }
    };
    this._service.eventReceived.connect(hear);
    try {
      const reply = await this._service.requestJson<Run>(
        `runs/${id}/${action}`,
        { method: 'POST', json: {} }
      );
      const known = heard.get(reply.id);
      return known?.endedAt !== undefined && reply.endedAt === undefined
        ? known
        : reply;
    } finally {
      this._service.eventReceived.disconnect(hear);
    }
  }

  /** Its log from the beginning, as far as one reply goes. */
  async log(id: string): Promise<string> {
    const response = await this._service.request(`runs/${id}/log?offset=0`);
    return response.text();
  }

  /** Delete an ended run with its record. */
  async remove(id: string): Promise<void> {
    await this._service.request(`runs/${id}`, { method: 'DELETE' });
  }
}
