import type {
  NotebookReply,
  Run,
  TrainingRequest,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of trainings, one function each. */
export class TrainingClient {
  constructor(private readonly _service: IDeepService) {}

  begin(json: TrainingRequest): Promise<Run> {
    return this._service.requestJson('training/trainings', {
      method: 'POST',
      json
    });
  }

  /** The same arguments and data once more. */
  again(run: string): Promise<Run> {
    return this._service.requestJson(`runs/${run}/again`, {
      method: 'POST',
      json: {}
    });
  }

  /** A notebook that repeats a training. */
  notebook(
    run: string,
    language: 'typescript' | 'python'
  ): Promise<NotebookReply> {
    return this._service.requestJson(`runs/${run}/notebook`, {
      method: 'POST',
      json: { language }
    });
  }

  run(id: string): Promise<Run> {
    return this._service.requestJson(`runs/${encodeURIComponent(id)}`);
  }

  /** What the module answered at the end; any JSON. */
  result(run: string): Promise<unknown> {
    return this._service.requestJson(`runs/${run}/result`);
  }

  /** Numbers from a place on. */
  steps(run: string, from: number): Promise<TrainingSteps> {
    return this._service.requestJson(`runs/${run}/metrics?from=${from}`);
  }

  /** The last part of the log, and all of it where it is short. */
  async log(
    run: string,
    offset: number
  ): Promise<{ text: string; next: number }> {
    const response = await this._service.request(
      `runs/${run}/log?offset=${offset}`
    );
    const next = Number(response.headers.get('x-deep-offset') ?? offset);
    return { text: await response.text(), next };
  }
}
