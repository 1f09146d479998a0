import { Static, Type } from '@sinclair/typebox';

/** Classes of one matrix; what lies outside of it is counted. */
export const MATRIX_CLASSES = 100;
/** Mistakes that are told, the surest first. */
export const WORST_MISTAKES = 100;

/** How well one class was found. */
export const EvaluatedClass = Type.Object({
  label: Type.String(),
  count: Type.Integer({ description: 'Answered files of this class.' }),
  recall: Type.Optional(
    Type.Number({ description: 'Share of them that was found; 0 to 1.' })
  ),
  precision: Type.Optional(
    Type.Number({
      description: 'Share of what was found as this class that was it; 0 to 1.'
    })
  )
});
export type EvaluatedClass = Static<typeof EvaluatedClass>;

/** A file for which another class was found than the one that it has. */
export const Mistake = Type.Object({
  item: Type.Integer({ description: 'Its number in the batch.' }),
  path: Type.String({ description: "Below the batch's folder." }),
  label: Type.String({ description: 'What it was.' }),
  found: Type.String(),
  probability: Type.Number({ description: 'Of what was found.' }),
  probabilityOfTrue: Type.Optional(
    Type.Number({
      description: 'Of what it was, where the answer tells that.'
    })
  )
});
export type Mistake = Static<typeof Mistake>;

/** A file that was left out, and why. */
export const LeftOut = Type.Object({
  path: Type.String(),
  reason: Type.String()
});
export type LeftOut = Static<typeof LeftOut>;

/** Reply of `GET /runs/:id/evaluation`: what is known so far. */
export const Evaluation = Type.Object({
  total: Type.Integer({ description: 'Files with a label.' }),
  count: Type.Integer({ description: 'Of them those that were answered.' }),
  failed: Type.Integer({
    description: 'Of them those that could not be done.'
  }),
  right: Type.Integer(),
  accuracy: Type.Optional(
    Type.Number({
      description: 'Share of the answered files; absent before the first.'
    })
  ),
  labels: Type.Array(Type.String(), {
    description: 'Classes of the matrix, those of the files first.'
  }),
  rows: Type.Array(Type.Array(Type.Integer()), {
    description: 'Confusion; row: what it was, column: what was found.'
  }),
  outside: Type.Integer({
    description: 'Answered files of which a class is not in the matrix.'
  }),
  perClass: Type.Array(EvaluatedClass, {
    description: 'Classes of the files.'
  }),
  confused: Type.Array(
    Type.Object({
      label: Type.String(),
      found: Type.String(),
      count: Type.Integer()
    }),
    { description: 'What was taken for what, the most frequent first.' }
  ),
  unknown: Type.Array(Type.String(), {
    description: 'Classes of the files that the module does not know.'
  }),
  leftOut: Type.Object({
    count: Type.Integer(),
    first: Type.Array(LeftOut)
  }),
  worst: Type.Array(Mistake, {
    description: 'A page of mistakes, the surest first.'
  }),
  worstTotal: Type.Integer({ description: 'Mistakes over all pages.' })
});
export type Evaluation = Static<typeof Evaluation>;
