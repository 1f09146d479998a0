import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainingRequest } from '@jupyterlab-deep/protocol';
import { IReadyModule } from '../deployments/life';
import { withoutSecrets } from '../inference/secrets';
import { writeAtomically } from '../store/atomicFile';
import { Store } from '../store/store';

/** What is kept on disk of a request: without passwords, which are nobody's business later. */
export interface IKept {
  request: TrainingRequest;
  /** Of the whole request: whether another is the same. */
  digest: string;
  /** Where the training began in the module's log. */
  logOffset?: number;
}

/** The file of a training's request, beside its run. */
export class KeptTraining {
  constructor(store: Store, id: string) {
    this._file = path.join(store.folderOf('runs', id), 'request.json');
  }

  async write(kept: IKept): Promise<void> {
    await writeAtomically(this._file, JSON.stringify(kept));
  }

  async read(): Promise<IKept> {
    return JSON.parse(await readFile(this._file, 'utf8')) as IKept;
  }

  private readonly _file: string;
}

export const digestOf = ({
  consent: _consent,
  ...asked
}: TrainingRequest): string =>
  createHash('sha256').update(JSON.stringify(asked)).digest('hex');

export const keptOf = (
  request: TrainingRequest,
  ready: IReadyModule | undefined
): IKept => ({
  request: {
    ...request,
    arguments: withoutSecrets(
      request.arguments,
      ready?.about.train ?? undefined
    )
  },
  digest: digestOf(request)
});
