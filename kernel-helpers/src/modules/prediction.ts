import type { IPredictReply } from '../deepaas';
import type { FileSource } from '../deepaas/types';
import { barsBundle } from '../display/bars';
import {
  escapeHtml,
  IMimeBundle,
  jsonBundle,
  SHOWN_AS,
  textBundle
} from '../display/bundle';
import {
  IThumbnail,
  pictureBundle,
  pictureHtml,
  thumbnail
} from '../display/picture';
import { Row, tableBundle } from '../display/table';
import { IScore, scoresIn } from './scores';

/** What a module answered. As data: `value`, `labels`, `top`; in a notebook shown as a person would look at it. */
export class Prediction {
  constructor(reply: IPredictReply, input?: FileSource) {
    this.value = reply.value;
    this.contentType = reply.contentType;
    this.filename = reply.filename;
    this.body = reply.body;
    this.scores = scoresIn(reply.value);
    // Not enumerable: a printed prediction shows the answer, not the question.
    Object.defineProperty(this, '_input', { value: input });
  }

  /** The answer when it is JSON, out of DEEPaaS's wrapper. */
  readonly value: unknown;
  /** Media type of the answer. */
  readonly contentType: string;
  /** Name that the module gave to a file. */
  readonly filename?: string;
  /** The answer's bytes. */
  readonly body: Buffer;
  /** Labels with probabilities, best first; empty when the answer is no classification. */
  readonly scores: IScore[];

  /** The labels, best first; empty when the answer is no classification. */
  get labels(): string[] {
    return this.scores.map(({ label }) => label);
  }

  /** The best label with its probability; undefined when the answer is no classification. */
  get top(): IScore | undefined {
    return this.scores[0];
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    if (this.scores.length > 0) {
      return this._classification();
    }
    if (this.value !== undefined) {
      return valueBundle(this.value);
    }
    if (this.contentType.startsWith('image/')) {
      const filename = this.filename ?? 'picture';
      return pictureBundle({ data: this.body, filename });
    }
    return this.contentType.startsWith('text/')
      ? textBundle(this.body.toString('utf8'))
      : textBundle(
          `${this.filename ?? 'A file'}: ${this.contentType}, ${this.body.length} bytes; its content is in .body`
        );
  }

  private _classification(): IMimeBundle {
    const bars = barsBundle(
      this.scores.map(({ label, probability }) => ({
        label,
        value: probability
      }))
    );
    const picture = this._input && preview(this._input);
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

  private readonly _input?: FileSource;
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

function valueBundle(value: unknown): IMimeBundle {
  const isTable =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(row => typeof row === 'object' && row && !Array.isArray(row));
  return isTable ? tableBundle(value as Row[]) : jsonBundle(value);
}
