import { recognise, type ResultPart } from '@jupyterlab-deep/protocol';

/** A label with its probability. */
export interface IScore {
  label: string;
  /** 0 to 1. */
  probability: number;
}

/**
 * The classes in an answer, by the conventions of DEEP modules: `labels` with `probabilities` (or numeric `predictions`)
 * of the same length, records with a label and a score, or a record of names with probabilities.
 *
 * @returns best first; empty when the answer is no classification.
 */
export const scoresIn = (value: unknown): IScore[] =>
  scoresOf(recognise(value));

/** The classes among what was recognised. */
export const scoresOf = (parts: readonly ResultPart[]): IScore[] =>
  parts.flatMap(part =>
    part.kind === 'scores'
      ? part.scores.map(({ label, probability }) => ({ label, probability }))
      : []
  );
