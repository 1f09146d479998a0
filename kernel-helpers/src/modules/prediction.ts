import {
  type Box,
  isRecord,
  recognise,
  type ResultPart,
  rowsOfRecords,
  unwrapped
} from '@jupyterlab-deep/protocol';
import type { IPredictReply } from '../deepaas';
import type { FileSource } from '../deepaas/types';
import { answerBundle } from '../display/answer';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { fileBundle } from '../display/file';
import { IScore, scoresOf } from './scores';

/** A thing that was found in a picture. */
export interface IFoundThing {
  label: string;
  /** As answered; usually 0 to 1. */
  score?: number;
  /** `x1, y1, x2, y2` from the upper left, in the units of the answer: pixels, or parts of the picture from 0 to 1. */
  box?: Box;
  /** Outlines, each `x, y, x, y, …`. */
  polygons?: number[][];
  /** Which picture of the answer, from 0. */
  frame: number;
}

/** A file that a module answered. */
export interface IAnsweredFile {
  /** The module's name for it, else where it stands in the answer. */
  name: string;
  contentType: string;
  data: Buffer;
}

/** What a module answered. As data: `value`, `labels`, `top`, `boxes`, `table`, `files`; in a notebook shown as a person would look at it. */
export class Prediction {
  constructor(reply: IPredictReply, input?: FileSource) {
    this.value = reply.value;
    this.contentType = reply.contentType;
    this.filename = reply.filename;
    this.body = reply.body;
    const parts = reply.value === undefined ? [] : recognise(reply.value);
    this.scores = scoresOf(parts);
    // Not enumerable: a printed prediction shows the answer, not the question.
    Object.defineProperty(this, '_input', { value: input });
    Object.defineProperty(this, '_parts', { value: parts });
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

  /** What was found in the picture, at most 2,000; empty when the answer is no detection. */
  get boxes(): IFoundThing[] {
    return this._parts.flatMap(part =>
      part.kind === 'detections'
        ? part.items.map(({ mask, ...thing }) => thing)
        : []
    );
  }

  /** The rows of an answer that is a table, as records; empty when it is none. */
  get table(): Record<string, unknown>[] {
    const body = unwrapped(this.value);
    if (Array.isArray(body) && rowsOfRecords(body)) {
      return body.filter(isRecord);
    }
    return this._parts.flatMap(part =>
      part.kind === 'rows'
        ? part.rows.map(row =>
            Object.fromEntries(
              part.columns.map((name, index) => [name, row[index]])
            )
          )
        : []
    );
  }

  /** The files of the answer: the answer itself when it is no JSON, and those that stand in JSON as base64. */
  get files(): IAnsweredFile[] {
    const { body: data, contentType, filename: name = 'answer' } = this;
    if (this.value === undefined) {
      return [{ name, contentType, data }];
    }
    return this._parts.flatMap(part =>
      part.kind === 'files'
        ? part.files.map(file => ({
            name: file.name,
            contentType: file.contentType,
            data: Buffer.from(file.base64, 'base64')
          }))
        : []
    );
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    const { value, body: data, contentType, filename: name = '' } = this;
    return value === undefined
      ? fileBundle({ data, name, contentType })
      : answerBundle(value, this._input, this._parts);
  }

  declare private readonly _input?: FileSource;
  declare private readonly _parts: readonly ResultPart[];
}
