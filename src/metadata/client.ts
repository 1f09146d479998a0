import type {
  MetadataCheck,
  MetadataEdit,
  MetadataMigration,
  MetadataText,
  MetadataVocabularies,
  Preparation,
  PreparationRequest,
  PreparedFilesRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of metadata, one function each. */
export class MetadataClient {
  constructor(private readonly _service: IDeepService) {}

  check(text: string, signal?: AbortSignal): Promise<MetadataCheck> {
    return this._post('metadata/check', { text }, signal);
  }

  vocabularies(): Promise<MetadataVocabularies> {
    return this._service.requestJson('metadata/vocabularies');
  }

  edit(request: MetadataEdit): Promise<MetadataText> {
    return this._post('metadata/edit', request);
  }

  migrate(text: string): Promise<MetadataMigration> {
    return this._post('metadata/migrate', { text });
  }

  prepare(request: PreparationRequest): Promise<Preparation> {
    return this._post('metadata/prepare', request);
  }

  writeFiles(request: PreparedFilesRequest): Promise<unknown> {
    return this._post('metadata/prepare/files', request);
  }

  private _post<T>(
    path: string,
    json: unknown,
    signal?: AbortSignal
  ): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json, signal });
  }
}
