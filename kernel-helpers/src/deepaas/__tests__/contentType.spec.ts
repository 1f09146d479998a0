import { contentTypeOfAnswer } from '../contentType';
import { parseJson } from '../json';
import { notationOf } from '../literal';

const riff = (kind: string): Buffer => Buffer.from(`RIFF\0\0\0\0${kind}`);

describe('what an answer is', () => {
  it.each<[string, Buffer, string?]>([
    ['image/png', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['image/jpeg', Buffer.from('ffd8ffe0', 'hex')],
    ['image/webp', riff('WEBP')],
    ['image/tiff', Buffer.from('49492b0008000000', 'hex')],
    ['audio/wav', riff('WAVE')],
    ['audio/flac', Buffer.from('fLaC\0')],
    ['audio/ogg', Buffer.from('OggS\0')],
    ['audio/mpeg', Buffer.from('ID3\u0003')],
    ['audio/mpeg', Buffer.from('fffb9000', 'hex')],
    ['video/mp4', Buffer.from('\0\0\0\u0018ftypisom')],
    ['video/webm', Buffer.from('1a45dfa3', 'hex')],
    ['application/zip', Buffer.from('PK\u0003\u0004')],
    ['application/gzip', Buffer.from('1f8b08', 'hex')],
    ['application/x-npy', Buffer.from('934e554d505901', 'hex')],
    ['application/pdf', Buffer.from('%PDF-1.7')],
    ['application/json', Buffer.from(' {"a": 1}')],
    ['text/csv', Buffer.from('label,share\ncat,0.5\n')],
    ['text/csv', Buffer.from('a;b\n'), 'scores.csv'],
    ['text/plain', Buffer.from('Größe, and more\nwords\n')],
    ['application/octet-stream', Buffer.from('0001fe02', 'hex')],
    ['application/octet-stream', Buffer.alloc(0)]
  ])('is %s by its content or its name', (type, body, filename = '') => {
    expect(contentTypeOfAnswer(body, filename)).toBe(type);
  });
});

describe('JSON as Python writes it', () => {
  it('has numbers that JSON has not, and texts that only look so', () => {
    expect(
      parseJson('{"a": [NaN, -Infinity, Infinity], "b": "NaN \\" NaN"}')
    ).toEqual({ a: [NaN, -Infinity, Infinity], b: 'NaN " NaN' });
    expect(() => parseJson('{"a": NaNs}')).toThrow(SyntaxError);
  });

  it('may hold a large file in a text', () => {
    const file = 'A'.repeat(20_000_000);
    expect(parseJson(`{"file": "${file}", "share": NaN}`)).toEqual({
      file,
      share: NaN
    });
  });
});

describe('a dictionary written as a text', () => {
  it.each<[string, string | undefined]>([
    ["{'a': 0, 'b': [1.5, None, (True, -2)]}", 'python'],
    ['{"a": 0}', 'json'],
    ['{}', 'json'],
    ['[1, 2]', 'json'],
    ["['x',]", 'python'],
    ['[0-9]+', undefined],
    ["{'a': 1} and more", undefined],
    ["{'a': (1]}", undefined],
    ["{'a'", undefined],
    ['words', undefined]
  ])('is known by its notation: %s', (text, notation) => {
    expect(notationOf(text)).toBe(notation);
  });
});
