import { decoded } from './entities';
import { MultistatusError } from './multistatusError';
import { ResponseShapes } from './responseShapes';

/** One `response` of a multistatus: what its `propstat`s with a status 2xx say. */
export interface IDavResponse {
  href: string;
  /** Local name → text; of nested elements their local names, one space between. */
  properties: Record<string, string>;
  /** Of the response itself, where it has one. */
  status?: number;
}

/** Longest tag or text between two tags, characters. */
const MAX_TOKEN = 1_000_000;
const MAX_DEPTH = 64;

const EXCLAMATION = 33;
const SLASH = 47;
const EQUALS = 61;
const QUESTION = 63;
const LESS = 60;
const QUOTE = 34;
const APOSTROPHE = 39;
const GREATER = 62;

/**
 * Reads a multistatus (RFC 4918, 13) as it comes: any prefixes, CDATA, comments; no document type and so no entities but XML's own five.
 * What it holds of the text is one token at most.
 */
export class MultistatusScanner {
  /** @throws MultistatusError */
  write(text: string): IDavResponse[] {
    this._text = this._text === '' ? text : this._text + text;
    this._at = 0;
    this._responseAt = -1;
    this._found = [];
    while (this._token()) {
      // Each call takes one.
    }
    this._text = this._text.slice(this._at);
    if (this._text.length > MAX_TOKEN) {
      throw new MultistatusError('A part of the answer has no end.');
    }
    return this._found;
  }

  /** @throws MultistatusError when the end is missing. */
  end(): void {
    if (!this._isComplete) {
      throw new MultistatusError('The answer was cut.');
    }
  }

  private _token(): boolean {
    const start = this._text.indexOf('<', this._at);
    if (start < 0) {
      return false;
    }
    if (start > this._at) {
      this._say(this._text.slice(this._at, start));
      this._at = start;
    }
    switch (this._text.charCodeAt(start + 1)) {
      case SLASH:
        return this._endTag(start);
      case QUESTION:
        return this._skip('?>');
      case EXCLAMATION:
        return this._special(start);
      default:
        return this._tag(start);
    }
  }

  private _skip(end: string): boolean {
    const at = this._text.indexOf(end, this._at);
    if (at < 0) {
      return false;
    }
    this._at = at + end.length;
    return true;
  }

  private _special(start: number): boolean {
    if (this._text.startsWith('<!--', start)) {
      return this._skip('-->');
    }
    if (this._text.startsWith('<![CDATA[', start)) {
      const end = this._text.indexOf(']]>', start);
      if (end >= 0) {
        this._add(this._text.slice(start + 9, end));
        this._at = end + 3;
      }
      return end >= 0;
    }
    if (this._text.length - start < 9) {
      return false;
    }
    throw new MultistatusError('The answer declares a document type.');
  }

  private _tag(start: number): boolean {
    if (this._names.length === 1) {
      const found = this._shapes.match(this._text, start);
      if (found) {
        this._found.push(found);
        this._at = this._shapes.end;
        return true;
      }
      this._responseAt = start;
    }
    const end = this._endOfTag(start + 1);
    if (end < 0) {
      return false;
    }
    this._open(localName(this._text, start + 1, end));
    if (this._text.charCodeAt(end - 1) === SLASH) {
      this._close();
    }
    this._at = end + 1;
    return true;
  }

  private _endTag(start: number): boolean {
    const end = this._text.indexOf('>', start);
    if (end >= 0) {
      this._close();
      this._at = end + 1;
      this._learn();
    }
    return end >= 0;
  }

  /** Of a response that this piece of the answer has from its beginning. */
  private _learn(): void {
    const read = this._found.at(-1);
    if (this._names.length === 1 && this._responseAt >= 0 && read) {
      const raw = this._text.slice(this._responseAt, this._at);
      this._shapes.learn(raw, read);
    }
  }

  /** A value of an attribute may have a `>`. */
  private _endOfTag(from: number): number {
    const end = this._text.indexOf('>', from);
    // Only within the tag: a search of the text would go through all that follows.
    for (let at = from; at < end; at++) {
      if (this._text.charCodeAt(at) === EQUALS) {
        return this._endBehindQuotes(from);
      }
    }
    return end;
  }

  private _endBehindQuotes(from: number): number {
    for (let at = from; at < this._text.length; at++) {
      const code = this._text.charCodeAt(at);
      if (code === GREATER) {
        return at;
      }
      if (code === QUOTE || code === APOSTROPHE) {
        at = this._text.indexOf(this._text[at], at + 1);
        if (at < 0) {
          return -1;
        }
      } else if (code === LESS) {
        throw new MultistatusError('The answer is not well-formed XML.');
      }
    }
    return -1;
  }

  private _open(name: string): void {
    const depth = this._names.push(name);
    if (depth > MAX_DEPTH) {
      throw new MultistatusError('The answer is nested without end.');
    }
    if (depth === 1 && name !== 'multistatus') {
      throw new MultistatusError(`The answer is “${name}”, no multistatus.`);
    }
    if (depth === 2 && name === 'response') {
      this._response = { href: '', properties: {} };
    } else if (depth === 3) {
      this._status = '';
      this._properties = {};
    } else if (depth > 5 && this._isProperty()) {
      this._add(this._said === '' ? name : ` ${name}`);
    }
    if (depth <= 5) {
      this._said = '';
    }
  }

  private _close(): void {
    const depth = this._names.length;
    const name = this._names.pop();
    if (name === undefined) {
      throw new MultistatusError('The answer is not well-formed XML.');
    }
    if (depth === 5 && this._names[3] === 'prop') {
      this._properties[name] = this._said.trim();
    } else if (depth === 4 && name === 'status') {
      this._status = this._said;
    } else if (depth === 3) {
      this._closePart(name);
    } else if (depth === 2 && this._response) {
      this._found.push(this._response);
      this._response = undefined;
    } else if (depth === 1) {
      this._isComplete = true;
    }
  }

  private _closePart(name: string): void {
    const response = this._response;
    if (!response) {
      return;
    }
    if (name === 'href') {
      response.href = this._said.trim();
    } else if (name === 'status') {
      response.status = statusIn(this._said);
    } else if (name === 'propstat' && isSuccess(this._status)) {
      Object.assign(response.properties, this._properties);
    }
  }

  private _isProperty(): boolean {
    return this._names[2] === 'propstat' && this._names[3] === 'prop';
  }

  private _say(text: string): void {
    // Between elements stands nothing but blanks.
    if (this._names.length > 2) {
      this._add(decoded(text));
    }
  }

  private _add(text: string): void {
    this._said += text;
    if (this._said.length > MAX_TOKEN) {
      throw new MultistatusError('A part of the answer has no end.');
    }
  }

  private _text = '';
  private _at = 0;
  private _responseAt = -1;
  private readonly _shapes = new ResponseShapes();
  private _found: IDavResponse[] = [];
  private readonly _names: string[] = [];
  private _response?: IDavResponse;
  private _properties: Record<string, string> = {};
  private _status = '';
  private _said = '';
  private _isComplete = false;
}

/** Without prefix and attributes. */
function localName(text: string, start: number, end: number): string {
  let at = start;
  let from = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    // Blank, tab, line ends.
    if (code <= 32 || code === SLASH) {
      break;
    }
    if (code === 58) {
      from = at + 1;
    }
  }
  return text.slice(from, at);
}

/** `HTTP/1.1 200 OK` */
const statusIn = (line: string): number | undefined =>
  Number(/\s(\d{3})(\s|$)/.exec(line)?.[1]) || undefined;

const isSuccess = (line: string): boolean => /\s2\d\d(\s|$)/.test(line);
