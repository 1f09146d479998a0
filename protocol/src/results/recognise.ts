import { encodedFile } from './base64';
import { findDetections } from './detections';
import { findFiles } from './files';
import { IDetectionsPart, ResultPart } from './parts';
import { unwrapped } from './reading';
import { findRows } from './rows';
import { findScores } from './scores';
import { findSeries, seriesOfRows } from './series';

/**
 * What is in an answer that a person would look at, most telling first; empty where it is only data.
 * The work is bounded, whatever the size of the answer.
 *
 * ```ts
 * recognise({ labels: ['cat'], probabilities: [0.9] }); // [{ kind: 'scores', … }]
 * ```
 *
 * @param answer - any JSON, with or without DEEPaaS's wrapper.
 */
export function recognise(answer: unknown): ResultPart[] {
  const body = unwrapped(answer);
  if (typeof body === 'string') {
    return encodedFile(body)
      ? [findFiles(body)!]
      : [{ kind: 'text', text: body }];
  }
  const found = findDetections(body);
  const main = found ? [found] : onlyThere(findScores(body));
  const parts = main.length > 0 ? main : tableParts(body);
  const files = findFiles(body, masksOf(found));
  return [...parts, ...onlyThere(files)];
}

function tableParts(body: unknown): ResultPart[] {
  const rows = findRows(body);
  const series = (rows && seriesOfRows(rows)) ?? findSeries(body);
  return [...onlyThere(series), ...onlyThere(rows)];
}

const onlyThere = <T>(part: T | null): T[] => (part === null ? [] : [part]);

/** A mask is drawn with its thing, not as a file of its own. */
function masksOf(found: IDetectionsPart | null): ReadonlySet<string> {
  const texts = (found?.items ?? []).flatMap(({ mask }) =>
    mask?.form === 'picture' ? [mask.base64] : []
  );
  return new Set(texts);
}
