import {
  type IFileInside,
  type IRowsPart,
  recognise,
  type ResultPart
} from '@jupyterlab-deep/protocol';
import type { FileSource } from '../deepaas/types';
import { barsBundle } from './bars';
import { escapeHtml, IMimeBundle, jsonBundle, textBundle } from './bundle';
import { chartBundle, chartWords } from './chart';
import { detectionsBundle } from './overlay';
import { IThumbnail, pictureHtml, thumbnail } from './picture';
import { Row, tableBundle } from './table';

/** Files of an answer that are shown; the others are listed. */
const SHOWN_FILES = 6;

/**
 * An answer of a module as a person would look at it: bars, boxes over the picture, a chart, a table, files, else JSON.
 *
 * @param input - the file that was predicted, where it is known.
 */
export function answerBundle(
  value: unknown,
  input?: FileSource,
  parts: readonly ResultPart[] = recognise(value)
): IMimeBundle {
  if (parts.length === 0) {
    return jsonBundle(value);
  }
  const series = parts.find(part => part.kind === 'series');
  if (series) {
    const rows = parts.find(part => part.kind === 'rows');
    const text = rows ? tableOf(rows) : jsonBundle(value);
    return chartBundle(series, String(text['text/plain']));
  }
  return joined(parts.map(part => partBundle(part, input)));
}

function partBundle(part: ResultPart, input?: FileSource): IMimeBundle {
  switch (part.kind) {
    case 'scores':
      return classesBundle(part.scores, input);
    case 'detections':
      return detectionsBundle(part, input);
    case 'rows':
      return tableOf(part);
    case 'series':
      return chartBundle(part, chartWords(part));
    case 'files':
      return filesBundle(part.files);
    case 'text':
      return textBundle(part.text);
  }
}

/** Several views as one output. */
function joined(bundles: readonly IMimeBundle[]): IMimeBundle {
  if (bundles.length === 1) {
    return bundles[0];
  }
  return {
    'text/plain': bundles.map(bundle => bundle['text/plain']).join('\n\n'),
    'text/html': bundles
      .map(
        bundle =>
          bundle['text/html'] ??
          `<pre>${escapeHtml(String(bundle['text/plain']))}</pre>`
      )
      .join('')
  };
}

/** Rows as records; of more than are shown the count is said. */
function tableOf({ columns, rows, total }: IRowsPart): IMimeBundle {
  const records = rows.map((row): Row =>
    Object.fromEntries(columns.map((name, index) => [name, row[index]]))
  );
  const caption = total > rows.length ? `${rows.length} of ${total} rows` : '';
  return tableBundle(records, columns, caption);
}

function classesBundle(
  scores: readonly { label: string; probability: number }[],
  input?: FileSource
): IMimeBundle {
  const bars = barsBundle(
    scores.map(({ label, probability }) => ({ label, value: probability }))
  );
  const picture = input && preview(input);
  if (!picture) {
    return bars;
  }
  return {
    'text/plain': `${picture.name}\n${bars['text/plain']}`,
    'text/html':
      '<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">' +
      `<figure style="margin:0">${pictureHtml(picture)}<figcaption>${escapeHtml(picture.name)}</figcaption></figure>` +
      `<div>${bars['text/html']}</div></div>`,
    [picture.contentType]: picture.data.toString('base64')
  };
}

/** In a small size, since a notebook keeps it for every prediction. */
function preview(input: FileSource): IThumbnail | undefined {
  try {
    return thumbnail(input, 320);
  } catch {
    // Not a picture, or gone meanwhile: the labels say enough.
    return undefined;
  }
}

function filesBundle(files: readonly IFileInside[]): IMimeBundle {
  const lines = files.map(
    ({ name, contentType, sizeBytes }) =>
      `${name}: ${contentType}, ${sizeBytes} bytes`
  );
  const pictures = files.slice(0, SHOWN_FILES).flatMap(file => {
    const picture = preview({
      data: Buffer.from(file.base64, 'base64'),
      filename: file.name
    });
    return picture ? [figure(picture)] : [];
  });
  return {
    'text/plain': lines.join('\n'),
    'text/html': `${pictures.join('')}<pre>${escapeHtml(lines.join('\n'))}</pre>`
  };
}

const figure = (picture: IThumbnail): string =>
  `<figure style="display:inline-block;margin:0 16px 8px 0">${pictureHtml(picture)}<figcaption>${escapeHtml(picture.name)}</figcaption></figure>`;
