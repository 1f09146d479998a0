import type { Evaluation, Mistake } from '@jupyterlab-deep/protocol';
import { escapeHtml, IMimeBundle } from '../display/bundle';
import { Row, tableBundle } from '../display/table';

/** A larger matrix nobody reads: then it is told what was taken for what most often. */
const MOST_CLASSES = 20;
const SHOWN_MISTAKES = 12;

/** How often a module was right, what it took for what, and the worst mistakes as small pictures. */
export function evaluationBundle(
  evaluation: Evaluation,
  pictures: ReadonlyMap<number, Buffer>
): IMimeBundle {
  const { unknown, failed, worst } = evaluation;
  const table = confusionsOf(evaluation);
  const mistakes = worst.slice(0, SHOWN_MISTAKES);
  const notes = [
    unknown.length > 0 &&
      `The module does not know: ${unknown.slice(0, MOST_CLASSES).join(', ')}.`,
    failed > 0 && `Files that could not be done: ${failed}.`,
    evaluation.leftOut.count > 0 &&
      `Left out for want of a label or a file: ${evaluation.leftOut.count}.`
  ].filter(note => note !== false);
  const head = accuracyWords(evaluation);
  return {
    'text/plain': [
      head,
      ...notes,
      table?.['text/plain'],
      ...mistakes.map(mistake => `${mistake.path}: ${wordsOf(mistake)}`)
    ]
      .filter(Boolean)
      .join('\n'),
    'text/html': [
      `<p><b>${escapeHtml(head)}</b></p>`,
      ...notes.map(note => `<p>${escapeHtml(note)}</p>`),
      table?.['text/html'] ?? '',
      mistakes.length > 0 &&
        `<div style="display:flex;flex-wrap:wrap;gap:12px">${mistakes
          .map(mistake => card(mistake, pictures.get(mistake.item)))
          .join('')}</div>`
    ]
      .filter(Boolean)
      .join('')
  };
}

function accuracyWords({ accuracy, right, count }: Evaluation): string {
  return accuracy === undefined
    ? 'No file was answered yet.'
    : `${(accuracy * 100).toFixed(1)} % right: ${right} of ${count} files.`;
}

function confusionsOf(evaluation: Evaluation): IMimeBundle | undefined {
  const { labels, rows, outside, perClass, confused } = evaluation;
  if (labels.length > MOST_CLASSES || outside > 0) {
    return confused.length > 0
      ? tableBundle(confused, ['label', 'found', 'count'])
      : undefined;
  }
  const own = new Set(perClass.map(({ label }) => label));
  const shown = labels.flatMap((label, row): Row[] =>
    own.has(label)
      ? [
          {
            'was \\ found': label,
            ...Object.fromEntries(
              labels.map((each, at) => [each, rows[row][at]])
            )
          }
        ]
      : []
  );
  return tableBundle(shown, ['was \\ found', ...labels]);
}

const wordsOf = ({ label, found, probability }: Mistake): string =>
  `it was ${label}, found ${found} ${probability.toFixed(2)}`;

function card(mistake: Mistake, picture: Buffer | undefined): string {
  const image = picture
    ? `<img alt="" style="height:96px;border-radius:4px" src="data:image/jpeg;base64,${picture.toString('base64')}"/>`
    : '';
  return (
    `<figure style="margin:0;max-width:192px;overflow-wrap:anywhere">${image}` +
    `<figcaption>${escapeHtml(mistake.path)}<br/>${escapeHtml(wordsOf(mistake))}</figcaption></figure>`
  );
}
