import type {
  BatchCount,
  BatchFiles,
  BatchItems,
  BatchItemState,
  BatchRequest,
  Evaluation,
  Run
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of predictions of many files, one function each. */
export class BatchClient {
  constructor(private readonly _service: IDeepService) {}

  begin(request: BatchRequest): Promise<Run> {
    return this._post('inference/batches', request);
  }

  /** How many files a pattern finds. */
  count(each: BatchFiles, signal?: AbortSignal): Promise<BatchCount> {
    return this._post('inference/batches/count', each, signal);
  }

  /** Files that have ended, newest first. */
  items(
    run: string,
    page: { state?: BatchItemState; offset: number; limit: number }
  ): Promise<BatchItems> {
    const { state, offset, limit } = page;
    const query = new URLSearchParams({
      offset: `${offset}`,
      limit: `${limit}`
    });
    if (state) {
      query.set('state', state);
    }
    return this._service.requestJson(`runs/${run}/items?${query}`);
  }

  /** What a batch with labels found for what, with some of the mistakes. */
  evaluation(
    run: string,
    { offset, limit }: { offset: number; limit: number }
  ): Promise<Evaluation> {
    return this._service.requestJson(
      `runs/${run}/evaluation?offset=${offset}&limit=${limit}`
    );
  }

  /** A small picture of a file. */
  async thumbnail(run: string, item: number): Promise<Blob> {
    const response = await this._service.request(
      `runs/${run}/items/${item}/thumbnail`
    );
    return response.blob();
  }

  /** Let the pages of the gallery bring their pictures along: Lab shows a page without its files. */
  showPictures(run: string): Promise<Run> {
    return this._post(`runs/${encodeURIComponent(run)}/gallery`, {});
  }

  private _post<T>(
    path: string,
    json: unknown,
    signal?: AbortSignal
  ): Promise<T> {
    return this._service.requestJson<T>(path, { method: 'POST', json, signal });
  }
}
