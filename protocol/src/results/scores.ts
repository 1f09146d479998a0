import { IClassScore, IScoresPart, SHOWN } from './parts';
import { fieldOf, isRecord, JsonRecord, numberOf, places } from './reading';

const LABELS = ['labels', 'classes', 'class_names', 'names'];
const PROBABILITIES = [
  'probabilities',
  'predictions',
  'scores',
  'confidences',
  'probs'
];
const LABEL = ['label', 'class_name', 'class', 'name', 'category'];
const PROBABILITY = ['probability', 'score', 'confidence', 'prob'];
/** Fields that hold a class for each name. */
const DICTIONARIES =
  /^(top_?\d*(_?predictions?)?|probabilities|scores|predictions?|classes|confidences)$/i;

/**
 * Classes with probabilities, by the conventions of DEEP modules: `labels` with `probabilities` or `predictions`,
 * a list of records, or a record of names with probabilities.
 */
export function findScores(body: unknown): IScoresPart | null {
  for (const place of places(body, 2)) {
    const found =
      scoresOfList(place) ??
      (isRecord(place)
        ? (scoresOfList(place.predictions) ??
          scoresOfColumns(place) ??
          scoresOfFields(place))
        : null);
    if (found) {
      return found;
    }
  }
  return null;
}

function scoresOfList(list: unknown): IScoresPart | null {
  if (!Array.isArray(list) || list.length === 0) {
    return null;
  }
  return gather(list.length, position => {
    const entry: unknown = list[position];
    const label = isRecord(entry) ? fieldOf(entry, LABEL) : undefined;
    const { index } = (entry ?? {}) as JsonRecord;
    return isRecord(entry) && label !== undefined
      ? [label, fieldOf(entry, PROBABILITY), index]
      : null;
  });
}

function scoresOfColumns(record: JsonRecord): IScoresPart | null {
  const labels = fieldOf(record, LABELS);
  const probabilities = fieldOf(record, PROBABILITIES);
  const fit =
    Array.isArray(labels) &&
    Array.isArray(probabilities) &&
    labels.length === probabilities.length &&
    labels.length > 0;
  return fit
    ? gather(labels.length, position => [
        labels[position],
        probabilities[position],
        undefined
      ])
    : null;
}

/** `{"top5_prediction": {"cat": 0.9, "dog": 0.1}}`. */
function scoresOfFields(record: JsonRecord): IScoresPart | null {
  for (const [name, value] of Object.entries(record).slice(0, 50)) {
    if (DICTIONARIES.test(name) && isRecord(value)) {
      const entries = Object.entries(value).slice(0, SHOWN.classes);
      const found =
        entries.length > 0 &&
        gather(entries.length, position => [...entries[position], undefined]);
      if (found) {
        return found;
      }
    }
  }
  return null;
}

type Entry = [label: unknown, probability: unknown, index: unknown];

/** Null where one entry is no class with a probability from 0 to 1. */
function gather(
  total: number,
  entryAt: (position: number) => Entry | null
): IScoresPart | null {
  const scores: IClassScore[] = [];
  for (let position = 0; position < total; position++) {
    const entry = entryAt(position);
    const label = entry?.[0];
    const probability = numberOf(entry?.[1]);
    const isClass =
      (typeof label === 'string' || typeof label === 'number') &&
      probability !== undefined &&
      probability >= 0 &&
      probability <= 1.000001;
    if (!isClass) {
      return null;
    }
    scores.push({
      label: String(label),
      probability: Math.min(1, probability),
      index: numberOf(entry?.[2]) ?? position
    });
  }
  scores.sort((a, b) => b.probability - a.probability);
  return { kind: 'scores', scores: scores.slice(0, SHOWN.classes), total };
}
