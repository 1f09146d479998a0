import type {
  EvaluatedClass,
  Evaluation as EvaluationState,
  LeftOut,
  Mistake
} from '@jupyterlab-deep/protocol';
import { WORST_MISTAKES } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import type { BatchRun } from './batchRun';
import { evaluationBundle } from './evaluationShown';
import { runPath } from './runHandle';

/** Small pictures that a notebook holds: a few kB each. */
const PICTURES = 12;

/** What a module found in files whose classes are known. */
export class Evaluation {
  /**
   * Ask the service how it is by now.
   *
   * @throws DeepError `conflict` of a batch whose files have no labels.
   */
  static async of(run: BatchRun, signal?: AbortSignal): Promise<Evaluation> {
    const path = runPath(run.id);
    const state = await service.json<EvaluationState>(`${path}/evaluation`, {
      query: { limit: WORST_MISTAKES },
      signal
    });
    const pictures = new Map<number, Buffer>();
    await Promise.all(
      state.worst.slice(0, PICTURES).map(async ({ item }) => {
        try {
          const thumbnail = `${path}/items/${item}/thumbnail`;
          const { body } = await service.request(thumbnail, { signal });
          pictures.set(item, body);
        } catch {
          // Not every file is a picture, and some are gone: the mistake is named all the same.
        }
      })
    );
    return new Evaluation(run, state, pictures);
  }

  private constructor(
    /** The batch behind it: its results in files, `retryFailed()`. */
    readonly run: BatchRun,
    private readonly _state: EvaluationState,
    private readonly _pictures: ReadonlyMap<number, Buffer>
  ) {}

  /** Share of the answered files for which the right class was found, 0 to 1; NaN when none was answered. */
  get accuracy(): number {
    return this._state.accuracy ?? NaN;
  }

  /** Files that were answered. */
  get count(): number {
    return this._state.count;
  }

  /** Files that could not be done; they count neither as right nor as wrong. */
  get failed(): number {
    return this._state.failed;
  }

  /** How often each class was found for each that it was; row: what it was, column: what was found. */
  get confusion(): { labels: string[]; rows: number[][] } {
    const { labels, rows } = this._state;
    return { labels, rows };
  }

  /** Count, recall and precision of each class of the files. */
  get perClass(): EvaluatedClass[] {
    return this._state.perClass;
  }

  /** Mistakes, the surest first; a hundred at most. */
  get worst(): Mistake[] {
    return this._state.worst;
  }

  /** Classes of the files that the module does not know. */
  get unknown(): string[] {
    return this._state.unknown;
  }

  /** How many files had no label, or labels no file, and the first of them with the reason. */
  get leftOut(): { count: number; first: LeftOut[] } {
    return this._state.leftOut;
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return evaluationBundle(this._state, this._pictures);
  }
}
