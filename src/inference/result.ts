import type { ClassScore } from '@jupyterlab-deep/protocol';

/** A module's answer, ready to be shown. */
export interface IPredictionResult {
  contentType: string;
  blob: Blob;

  /** The parsed answer of a JSON reply. */
  json?: unknown;

  /** The text of a textual reply. */
  text?: string;

  /** Classes with their probabilities, where the answer holds such. */
  scores: ClassScore[] | null;
}

/** More text than this makes the page slow; the rest can be saved as a file. */
export const SHOWN_CHARACTERS = 200_000;

export async function readResult(
  blob: Blob,
  contentType: string
): Promise<IPredictionResult> {
  const type = contentType.split(';')[0].trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) {
    const source = await blob.text();
    const json: unknown = JSON.parse(source);
    const text = JSON.stringify(json, null, 2);
    return { contentType: type, blob, json, text, scores: findScores(json) };
  }
  if (type.startsWith('text/')) {
    return { contentType: type, blob, text: await blob.text(), scores: null };
  }
  return { contentType: type, blob, scores: null };
}

/**
 * Classes with probabilities in a DEEPaaS answer: a list of `{label, probability}`,
 * or the parallel lists `labels` and `probabilities` that many modules of the catalogues answer.
 */
export function findScores(answer: unknown): ClassScore[] | null {
  const body = field(answer, 'predictions') ?? answer;
  return (
    scoresOfList(field(body, 'predictions') ?? body) ?? scoresOfColumns(body)
  );
}

function scoresOfList(list: unknown): ClassScore[] | null {
  if (!Array.isArray(list) || list.length === 0) {
    return null;
  }
  const scores = list.map((entry, position) =>
    asScore(field(entry, 'label'), field(entry, 'probability'), {
      position,
      index: field(entry, 'index')
    })
  );
  return scores.every(score => score !== null)
    ? (scores as ClassScore[])
    : null;
}

function scoresOfColumns(body: unknown): ClassScore[] | null {
  const labels = field(body, 'labels');
  const probabilities = field(body, 'probabilities');
  if (!Array.isArray(labels) || !Array.isArray(probabilities)) {
    return null;
  }
  return scoresOfList(
    labels.map((label, position) => ({
      label,
      probability: probabilities[position]
    }))
  );
}

function asScore(
  label: unknown,
  probability: unknown,
  { position, index }: { position: number; index: unknown }
): ClassScore | null {
  const isScore =
    typeof label === 'string' &&
    typeof probability === 'number' &&
    probability >= 0 &&
    probability <= 1;
  return isScore
    ? {
        label,
        probability,
        index: typeof index === 'number' ? index : position
      }
    : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
