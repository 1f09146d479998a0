/** What a training says while it goes on. */
export type TrainingEvent =
  | {
      event: 'progress';
      phase: TrainingPhase;
      done: number;
      total: number;
      unit: string;
    }
  | {
      event: 'metrics';
      /** Of the epoch, from 1. */
      step: number;
      values: Record<string, number>;
    }
  | { event: 'log'; text: string };

export type TrainingPhase = 'reading' | 'learning' | 'saving';
