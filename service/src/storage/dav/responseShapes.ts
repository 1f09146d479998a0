import { isDeepStrictEqual } from 'node:util';
import { decoded } from './entities';
import type { IDavResponse } from './multistatus';

/** Of one answer: a server writes files, folders and what is shared in shapes of their own. */
const MAX_SHAPES = 6;
/** A longer response is not learnt from. */
const MAX_CHARACTERS = 8192;
/** An element that has nothing but text. */
const LEAF = /<([^\s<>/]+)>([^<]*)<\/\1>/g;

/**
 * The shapes of the responses of one answer. They repeat thousands of times with other texts, and a regular expression made of the
 * first reads the others in a fraction of the time that reading them tag by tag takes.
 */
export class ResponseShapes {
  /** Where the response that was matched last ends. */
  end = 0;

  /** @returns The response that begins there; undefined where its shape is not known. */
  match(text: string, at: number): IDavResponse | undefined {
    for (const shape of this._shapes) {
      const found = shape.read(text, at);
      if (found) {
        this.end = shape.end;
        return found;
      }
    }
    return undefined;
  }

  /** Remember the shape of a response that was read tag by tag. */
  learn(raw: string, read: IDavResponse): void {
    const isFull = this._shapes.length >= MAX_SHAPES;
    if (isFull || raw.length > MAX_CHARACTERS || raw.includes('<!')) {
      return;
    }
    const shape = Shape.of(raw, read);
    // One that would read it otherwise is of no use.
    if (shape && isDeepStrictEqual(shape.read(raw, 0), read)) {
      this._shapes.push(shape);
    }
  }

  private readonly _shapes: Shape[] = [];
}

/** Everything as it stood there but the texts of href and properties. */
class Shape {
  static of(raw: string, read: IDavResponse): Shape | undefined {
    const names: string[] = [];
    let source = '';
    let at = 0;
    for (const { 1: tag, 2: text, index } of raw.matchAll(LEAF)) {
      const name = tag.slice(tag.indexOf(':') + 1);
      const said = name === 'href' ? read.href : read.properties[name];
      if (said === decoded(text).trim()) {
        names.push(name);
        const textAt = index + tag.length + 2;
        source += `${literal(raw.slice(at, textAt))}([^<]*)`;
        at = textAt + text.length;
      }
    }
    source += literal(raw.slice(at));
    const isClear = names[0] === 'href' && new Set(names).size === names.length;
    return isClear ? new Shape(source, names.slice(1), read) : undefined;
  }

  private constructor(
    source: string,
    private readonly _names: string[],
    { properties }: IDavResponse
  ) {
    this._pattern = new RegExp(source, 'y');
    const same = Object.entries(properties).filter(
      ([name]) => !_names.includes(name)
    );
    this._same = Object.fromEntries(same);
  }

  end = 0;

  read(text: string, at: number): IDavResponse | undefined {
    this._pattern.lastIndex = at;
    const match = this._pattern.exec(text);
    if (!match) {
      return undefined;
    }
    this.end = this._pattern.lastIndex;
    const properties = { ...this._same };
    for (let index = 0; index < this._names.length; index++) {
      properties[this._names[index]] = decoded(match[index + 2]).trim();
    }
    return { href: decoded(match[1]).trim(), properties };
  }

  private readonly _pattern: RegExp;
  private readonly _same: Record<string, string>;
}

const literal = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
