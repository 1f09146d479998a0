import type { Logger } from 'pino';
import {
  DeepError,
  NotebookReply,
  NotebookRequest,
  Run,
  TrainingRequest,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IAsker } from '../inference/inputs';
import { HIDDEN } from '../inference/secrets';
import { RunJournal } from '../runs/journal';
import { Beginnings, otherRequest, runIdOf } from '../runs/requestIds';
import { refuseEnded } from '../runs/steering';
import { Unfinished } from '../runs/unfinished';
import { IRunWorker } from '../runs/workers';
import { Datasets } from '../storage/datasets/datasets';
import { Store } from '../store/store';
import { findData } from './dataPaths';
import { checkTrain, shownArguments, withPaths } from './givenArguments';
import { digestOf, KeptTraining, keptOf } from './keptTraining';
import { trainingNotebook } from './notebook';
import { TrainingFiles } from './trainingFiles';
import { TrainingWork } from './trainingWork';

/** Trainings of any module: begun, watched, taken up again after any end of the service. */
export class Trainings implements IRunWorker {
  constructor(private readonly _parts: Trainings.IParts) {}

  /** Go on with what an earlier service left. */
  takeUp(leftovers: readonly Run[]): void {
    for (const run of leftovers.filter(({ kind }) => kind === 'training')) {
      this._work(run.id, work => work.takeUp());
    }
  }

  /**
   * Check a request, write its run down and begin it; a request that was made before under its `requestId` begins nothing.
   *
   * @throws DeepError `not-found`, `invalid-arguments`, `module-broken`, `module-not-implemented`, `consent-needed`, `no-space`;
   * `conflict` of a `requestId` that was given to another request.
   */
  async begin(request: TrainingRequest, asker: IAsker): Promise<Run> {
    const id = runIdOf(request.requestId, 'training');
    return this._beginnings.once(
      id,
      () => this._begun(id, request),
      () => this._begin(id, request, asker)
    );
  }

  private async _begin(
    id: string,
    request: TrainingRequest,
    asker: IAsker
  ): Promise<Run> {
    const { catalogue, datasets, deployments, journal, store } = this._parts;
    const { module } = await catalogue.get(request.module);
    const ready = deployments.readyOf(module);
    const isElsewhere =
      ready !== undefined && !ready.endpoint.startsWith('unix:');
    const data = await findData(
      datasets,
      request.data ?? {},
      asker,
      isElsewhere
    );
    const given = withPaths(request.arguments, data);
    await (ready && checkTrain(ready, module, given));
    // Also refuses a broken module, and one that nothing here can run.
    const { id: deployment } = await deployments.start(
      request.module,
      request.consent
    );
    const title = [module.title, ...data.map(({ name }) => name)].join(': ');
    await store.makeFolder('runs', id);
    const { consent: _consent, ...kept } = request;
    const run = journal.create(
      id,
      {
        kind: 'training',
        title,
        module: module.id,
        deployment,
        arguments: shownArguments(request.arguments, data, ready),
        training: {
          data,
          ...(module.version ? { moduleVersion: module.version } : {}),
          hardware: await this._parts.hardware(),
          environment: '',
          steps: 0,
          metrics: {}
        }
      },
      []
    );
    await new KeptTraining(store, id).write(keptOf(kept, ready));
    this._work(id, work => work.begin(kept, isElsewhere));
    return run;
  }

  /**
   * Begin another training with the same arguments and data.
   *
   * @throws DeepError `not-found`, also of data that are gone; what `begin` throws
   */
  async again(id: string, asker: IAsker): Promise<Run> {
    const run = this._training(id);
    const kept = await new KeptTraining(this._parts.store, run.id).read();
    const { requestId: _requestId, ...request } = kept.request;
    const hidden = Object.entries(request.arguments)
      .filter(([, value]) => value === HIDDEN)
      .map(([name]) => name);
    if (hidden.length > 0) {
      throw new DeepError(
        'conflict',
        `This training had a password (${hidden.join(', ')}), which was not kept.`,
        { hint: 'Fill in the form of the module once more.' }
      );
    }
    return this.begin(request, asker);
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended; what the module says when it cannot. */
  async cancel(id: string): Promise<Run> {
    const { journal } = this._parts;
    refuseEnded(journal.get(id));
    await this._works.get(id)?.cancel();
    return journal.get(id);
  }

  /** @throws DeepError `not-found`; `conflict` while it is at work. */
  async remove(id: string): Promise<void> {
    await this._parts.journal.remove(id);
  }

  /** A notebook that repeats it. @throws DeepError `not-found`, also of a module that is gone; `conflict` */
  async notebook(
    id: string,
    language: NotebookRequest['language']
  ): Promise<NotebookReply> {
    const run = this._training(id);
    const { module } = await this._parts.catalogue.get(run.module!);
    return trainingNotebook(run, module, language);
  }

  /** Numbers of a training from a place on. @throws DeepError `not-found` */
  steps(id: string, from: number): Promise<TrainingSteps> {
    const { journal, store } = this._parts;
    return new TrainingFiles(store, journal.get(id).id).read(from);
  }

  /** The service ends, and the modules of this machine with it. */
  async close(): Promise<void> {
    const works = [...this._works.values()];
    works.forEach(work => work.interrupt());
    await Promise.allSettled(works.map(({ done }) => done));
  }

  private _training(id: string): Run {
    const run = this._parts.journal.get(id);
    if (run.kind !== 'training') {
      throw new DeepError('conflict', 'This run is no training.');
    }
    return run;
  }

  private _work(id: string, begin: (work: TrainingWork) => void): void {
    const work = new TrainingWork({ ...this._parts, id });
    this._works.set(id, work);
    this._mark();
    begin(work);
    void work.done.finally(() => {
      this._works.delete(id);
      this._mark();
    });
  }

  /** By it a Jupyter that starts anew starts the service too. */
  private _mark(): void {
    this._parts.unfinished.mark('trainings', this._works.size > 0);
  }

  /** What an earlier request of the same name began. */
  private async _begun(
    id: string,
    request: TrainingRequest
  ): Promise<Run | undefined> {
    const { journal, store } = this._parts;
    if (!request.requestId || !journal.has(id)) {
      return undefined;
    }
    const { digest } = await new KeptTraining(store, id).read();
    if (digest !== digestOf(request)) {
      throw otherRequest('training');
    }
    return journal.get(id);
  }

  private readonly _works = new Map<string, TrainingWork>();
  private readonly _beginnings = new Beginnings<Run>();
}

export namespace Trainings {
  export interface IParts {
    catalogue: Catalogue;
    datasets: Datasets;
    deployments: Deployments;
    journal: RunJournal;
    store: Store;
    unfinished: Unfinished;
    logger: Logger;
    /** Where the runtime puts what was trained. */
    modelsFolder: string;
    /** For people: `2 CPU, 24 GB, no GPU`. */
    hardware(): Promise<string>;
  }
}
